"""JSON documents and texts on disk: whole when written, noted when read. Apart from tables, which need pandas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crowdwise.base.errors import Problem
from crowdwise.storage.inputs import record
from crowdwise.storage.whole import current, whole_file


def write_json(document: Any, path: Path) -> None:
    """Write a JSON document (UTF-8, sorted keys, two spaces), whole or not at all."""
    with whole_file(Path(path)) as new:
        text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        new.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read a JSON document.

    Raises
    ------
    Problem
        If the file is missing or is not JSON.
    """
    path = Path(path)
    record(path)
    place = current(path)
    if not place.exists():
        raise Problem("this file is not made yet", where=path, remedy="Run `make report` first")
    try:
        return json.loads(place.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise Problem(
            f"this is not JSON ({error})", where=path, remedy="Remove it and run `make report` again"
        ) from error


def read_text(path: Path, *, remedy: str = "Write it, or name another") -> str:
    """Read a text file.

    Raises
    ------
    Problem
        If it is missing or is not UTF-8.
    """
    path = record(Path(path))
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Problem("there is no such file", where=path, remedy=remedy) from None
    except UnicodeDecodeError:
        raise Problem("this is not UTF-8 text", where=path, remedy="Save it as UTF-8") from None
