"""Rows of a month that were left out: where each stands, why, and what stands there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from crowdwise.storage.whole import whole_file

KEPT = 1000  # rejects of a file whose text is kept; all are counted


@dataclass(frozen=True)
class Reject:
    """A row that was left out.

    Attributes
    ----------
    line : int
        Its line (a record's number in a JSON array).
    reason : str
    text : str or None
        The whole row as it stands in the file (of a CSV file, as JSON); None beyond the first 1,000 of a file.
    """

    line: int
    reason: str
    text: str | None = field(default=None, compare=False)


def write_rejects(files: Iterable[tuple[str, Iterable[Reject]]], path: Path, *, at_once: bool = False) -> None:
    """Write what was left out, a JSON object a line: ``file, unit, line, why, text``, at most 1,000 a file.

    Parameters
    ----------
    files : iterable of (str, iterable of Reject)
        Each file's name and what was left out of it.
    path : Path
    at_once : bool
        Whether it is moved into place now, even within a run that may fail.
    """
    with whole_file(path, at_once=at_once) as new, new.open("w", encoding="utf-8") as lines:
        for file, rejects in files:
            for one in rejects:
                if one.text is not None:
                    row = {"file": file, "unit": "rows", "line": one.line, "why": one.reason, "text": one.text}
                    lines.write(json.dumps(row, ensure_ascii=False) + "\n")
