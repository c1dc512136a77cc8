"""A month's raw records, one after the other, from each form the publisher has used."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crowdwise.base.errors import Problem
from crowdwise.storage.inputs import record
from crowdwise.storage.integrity import looks_like_html
from crowdwise.storage.lines import BROKEN, open_bytes, read_lines
from crowdwise.storage.whole import current

PATTERNS = ("*.json.gz", "*.json", "*.zip")
_BLOCK = 1 << 20
_BETWEEN = re.compile(r"[ \t\r\n,]*")
_FETCH_AGAIN = "Remove the file and fetch it again"


@dataclass(frozen=True)
class Reject:
    """A row that was left out: its line (a record's number in a JSON array) and why."""

    line: int
    reason: str


def read_records(path: Path) -> Iterator[tuple[int, dict[str, Any] | Reject]]:
    """Give each row of a month as ``(line, record)``, or ``(line, Reject)`` where it does not parse.

    JSON lines or one JSON array, gzipped or plain, each record ``{"data": {...}, ...}`` or the data itself; or a zip of
    CSV files. Empty lines are skipped. One record is held at a time.

    Raises
    ------
    Problem
        If the file is missing, empty, a web page, truncated or corrupt.
    """
    path = Path(path)
    if path.suffix == ".zip":
        return _zipped(path)
    with open_bytes(path) as file:
        try:
            start = file.read(1024)
        except BROKEN as error:
            raise Problem("the gzip data is truncated or corrupt", where=path, remedy=_FETCH_AGAIN) from error
    if not start.strip():
        raise Problem("the file is empty", where=path, remedy=_FETCH_AGAIN)
    if looks_like_html(start):
        raise Problem("this is a web page in place of a month's data", where=path, remedy=_FETCH_AGAIN)
    return _array(path) if start.lstrip().startswith(b"[") else _lines(path)


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | Reject]]:
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        try:
            yield number, _data(json.loads(line))
        except (json.JSONDecodeError, UnicodeDecodeError):
            yield number, Reject(number, "line is not JSON")
        except TypeError as error:
            yield number, Reject(number, str(error))


def _array(path: Path) -> Iterator[tuple[int, dict[str, Any] | Reject]]:
    decoder, number, at = json.JSONDecoder(), 0, 0
    with io.TextIOWrapper(open_bytes(path), encoding="utf-8") as file:
        waiting, ended = _read_on(file, _BLOCK, number, path).lstrip()[1:], False
        while True:
            at = _BETWEEN.match(waiting, at).end()  # type: ignore[union-attr]  # it matches nothing, too
            if waiting.startswith("]", at):
                return
            try:
                found, end = decoder.raw_decode(waiting, at)
            except json.JSONDecodeError as error:
                if ended:
                    what = f"the JSON array is truncated or broken after record {number} ({error.msg})"
                    raise Problem(what, where=path, remedy=_FETCH_AGAIN) from error
                # Growing the block with what waits keeps a long search for a record's end linear.
                more = _read_on(file, max(_BLOCK, len(waiting) - at), number, path)
                waiting, at, ended = waiting[at:] + more, 0, not more
                continue
            number, at = number + 1, end
            try:
                yield number, _data(found)
            except TypeError as error:
                yield number, Reject(number, str(error))


def _read_on(file: io.TextIOWrapper, size: int, number: int, path: Path) -> str:
    try:
        return file.read(size)
    except (UnicodeDecodeError, *BROKEN) as error:  # type: ignore[misc]
        what = f"the data is truncated or corrupt after record {number} ({error})"
        raise Problem(what, where=path, remedy=_FETCH_AGAIN) from error


def _data(found: Any) -> dict[str, Any]:
    data = found.get("data", found) if isinstance(found, dict) else found
    if not isinstance(data, dict):
        raise TypeError("record is not an object")
    return data


def _zipped(path: Path) -> Iterator[tuple[int, dict[str, Any] | Reject]]:
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
                    yield from _rows(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""), path)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise Problem(f"the zip is truncated or corrupt ({error})", where=path, remedy=_FETCH_AGAIN) from error


def _rows(text: io.TextIOWrapper, path: Path) -> Iterator[tuple[int, dict[str, Any] | Reject]]:
    csv.field_size_limit(1 << 24)
    rows = csv.reader(text)
    try:
        header = next(rows)
    except StopIteration:
        raise Problem("the CSV file is empty", where=path, remedy=_FETCH_AGAIN) from None
    for row in rows:
        if len(row) == len(header):
            yield rows.line_num, {name: value if value != "" else None for name, value in zip(header, row, strict=True)}
        elif row:
            yield rows.line_num, Reject(rows.line_num, f"row has {len(row)} fields where the header has {len(header)}")
