"""Where a system's tables come from, kept beside them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crowdwise.base.layout import find_root
from crowdwise.storage.address import SCHEME, parse
from crowdwise.storage.bucket import open_bucket
from crowdwise.storage.documents import write_json
from crowdwise.storage.fetch import Fetched
from crowdwise.storage.inputs import record
from crowdwise.storage.whole import current

SOURCES = ("made up", "local", "published")
MARK = "made-up.json"


def is_made_up(folder: Path) -> bool:
    """Say whether a folder of raw files was made by our generators: it holds their ``made-up.json`` then."""
    mark = Path(folder) / MARK
    if not current(mark).is_file():
        return False
    record(mark)
    return True


def write_provenance(tables: Path, source: str, fetched: Sequence[Fetched]) -> dict[str, Any]:
    """Write ``provenance.json`` beside a system's tables and give what it holds.

    Parameters
    ----------
    tables : Path
        The folder of Parquet tables.
    source : str
        ``made up``, ``local`` or ``published``. If any file comes from a folder that our generators made, or a copy
        of one in a bucket, it is ``made up`` whatever was given.
    fetched : sequence of Fetched
        The raw files, in the order they were read.
    """
    if source not in SOURCES:
        raise ValueError(f"source is one of {SOURCES}, not {source!r}")
    root = find_root()
    folders = {file.path.parent for file in fetched}
    folders |= {(root / file.origin).parent for file in fetched if "://" not in file.origin}
    marks = [is_made_up(folder) for folder in sorted(folders)]
    prefixes = {file.origin.rpartition("/")[0] for file in fetched if file.origin.startswith(SCHEME)}
    marks += [open_bucket(parse(prefix)).look(MARK) is not None for prefix in sorted(prefixes)]
    if any(marks):
        source = "made up"
    files = [
        {"name": f.name, "origin": _shown(f.origin, root), "size": f.size, "md5": f.md5, "sha256": f.sha256}
        for f in fetched
    ]
    document = {"source": source, "files": files}
    write_json(document, Path(tables) / "provenance.json")
    return document


def _shown(origin: str, root: Path) -> str:
    if "://" in origin or not Path(origin).is_absolute():
        return origin
    return os.path.relpath(origin, root)
