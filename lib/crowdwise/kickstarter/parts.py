"""The CSV form of a month: a zip that holds the rows in several parts."""

from __future__ import annotations

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crowdwise.base.errors import Problem
from crowdwise.storage.inputs import record
from crowdwise.storage.whole import current

LONGEST = 1 << 24  # characters of a field
_FETCH_AGAIN = "Remove the file and fetch it again"


def read_parts(path: Path) -> Iterator[tuple[int, dict[str, Any] | tuple[str, str]]]:
    """Give each row of all parts as ``(line, row)``, or ``(line, (reason, text))`` where it can't be read.

    Fields are texts by the names of their part's header, None where nothing stands. Parts come in the order of their
    names; lines are counted anew in each.

    Raises
    ------
    Problem
        If the zip is missing, truncated or corrupt, or holds no CSV file or one that is empty or not UTF-8.
    """
    record(path)
    place = current(path)
    if not place.is_file():
        raise Problem("there is no such file", where=path, remedy="Name another source, or fetch it")
    try:
        with zipfile.ZipFile(place) as archive:
            members = sorted(name for name in archive.namelist() if name.lower().endswith(".csv"))
            if not members:
                raise Problem("the zip holds no .csv file", where=path, remedy="Use the publisher's CSV month")
            for member in members:
                with archive.open(member) as raw:
                    yield from _rows(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""), member, path)
    # RuntimeError: an encrypted member, or a packing that is not known.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise Problem(f"the zip is truncated or corrupt ({error})", where=path, remedy=_FETCH_AGAIN) from error


def _rows(text: io.TextIOWrapper, member: str, path: Path) -> Iterator[tuple[int, dict[str, Any] | tuple[str, str]]]:
    csv.field_size_limit(LONGEST)
    rows = csv.reader(text)
    try:
        header = next(rows, None)
        if header is None:
            raise Problem("the CSV file is empty", where=path, remedy=_FETCH_AGAIN)
        for row in rows:
            if len(row) == len(header):
                yield rows.line_num, {name: value or None for name, value in zip(header, row, strict=True)}
            elif row:
                reason = f"row has {len(row)} fields where the header has {len(header)}"
                yield rows.line_num, (reason, json.dumps(row, ensure_ascii=False))
    except (csv.Error, UnicodeDecodeError) as error:
        what = f"{member} can't be read after line {rows.line_num} ({error})"
        raise Problem(what, where=path, remedy=_FETCH_AGAIN) from error
