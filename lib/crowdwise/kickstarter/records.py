"""A month's raw records, one after the other, from each form the publisher has used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.parts import read_parts
from crowdwise.kickstarter.rejects import Reject
from crowdwise.storage.integrity import looks_like_html
from crowdwise.storage.lines import BROKEN, open_bytes, read_blocks, read_lines

PATTERNS = ("*.json.gz", "*.json", "*.zip")
_BOM = b"\xef\xbb\xbf"
_BLOCK = 1 << 20
_NEAR = 1 << 16
_BETWEEN = re.compile(rb"[ \t\r\n,]*")
_NEXT = re.compile(rb"\}[ \t\r\n]*(?:,[ \t\r\n]*\{|\])")
_TRIES = 4
_FETCH_AGAIN = "Remove the file and fetch it again"


class Record(NamedTuple):
    """A row that was read.

    Attributes
    ----------
    line : int
        Its line, or its number in a JSON array.
    data : dict
        As orjson reads it, which makes a float of an integer beyond 64 bits.
    raw : bytes or None
        What stands in the file; None for a row of CSV, whose data is all there is.
    plain : bool
        Whether orjson read it. It refuses NaN, lone surrogates and a byte order mark, which `json` takes.
    """

    line: int
    data: dict[str, Any]
    raw: bytes | None
    plain: bool = True

    def exact(self) -> dict[str, Any]:
        """Give its data as `json` reads it: integers of any size, NaN."""
        return self.data if self.raw is None else _data(json.loads(self.raw))

    def text(self) -> str:
        """Give its text, to look at."""
        return json.dumps(self.data, ensure_ascii=False) if self.raw is None else _shown(self.raw)


def read_records(path: Path) -> Iterator[Record | Reject]:
    """Give each row of a month, or the reason why it does not parse.

    JSON lines or one JSON array, gzipped or plain, each record ``{"data": {...}, ...}`` or the data itself; or a zip of
    CSV files. A byte order mark and empty lines are skipped. Of two fields with one name the last counts. One block of
    the file is held at a time.

    Raises
    ------
    Problem
        If the file is missing, empty, a web page, truncated or corrupt.
    """
    path = Path(path)
    if path.suffix == ".zip":
        return _parts(path)
    with open_bytes(path) as file:
        try:
            start = file.read(1024).removeprefix(_BOM)
        except BROKEN as error:
            raise Problem("the gzip data is truncated or corrupt", where=path, remedy=_FETCH_AGAIN) from error
    if not start.strip():
        raise Problem("the file is empty", where=path, remedy=_FETCH_AGAIN)
    if looks_like_html(start):
        raise Problem("this is a web page in place of a month's data", where=path, remedy=_FETCH_AGAIN)
    return _array(path) if start.lstrip().startswith(b"[") else _lines(path)


def _parts(path: Path) -> Iterator[Record | Reject]:
    for line, found in read_parts(path):
        if isinstance(found, dict):
            yield Record(line, found, None)
        else:
            yield Reject(line, found[0], found[1])


def _lines(path: Path) -> Iterator[Record | Reject]:
    for number, line in enumerate(read_lines(path), start=1):
        if number == 1:
            line = line.removeprefix(_BOM)  # the mark is the file's, not the line's
        if not line or line.isspace():
            continue
        try:
            yield Record(number, _data(orjson.loads(line)), line)
        except orjson.JSONDecodeError:
            yield _second_look(number, line)
        except TypeError as error:
            yield Reject(number, str(error), _shown(line))


def _second_look(number: int, raw: bytes) -> Record | Reject:
    try:
        return Record(number, _data(json.loads(raw)), raw, plain=False)
    except (ValueError, RecursionError):
        return Reject(number, "line is not JSON", _shown(raw))
    except TypeError as error:
        return Reject(number, str(error), _shown(raw))


def _array(path: Path) -> Iterator[Record | Reject]:
    blocks = read_blocks(path, _BLOCK)
    waiting, at, number, ended = b"", 0, 0, False
    while not waiting.removeprefix(_BOM).lstrip():
        waiting += next(blocks)
    waiting = waiting.removeprefix(_BOM).lstrip()[1:]
    while True:
        at = _BETWEEN.match(waiting, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if waiting.startswith(b"]", at):
            return
        found, end = _value(waiting, at, ended=ended)
        if end == 0:
            if ended:
                what = f"the JSON array is truncated or broken after record {number}"
                raise Problem(what, where=path, remedy=_FETCH_AGAIN)
            # Growing the block with what waits keeps a long search for a record's end linear.
            more: list[bytes] = []
            size = max(_BLOCK, len(waiting) - at)
            while sum(len(part) for part in more) < size and (block := next(blocks, b"")):
                more.append(block)
            waiting, at, ended = b"".join([waiting[at:], *more]), 0, not more
            continue
        raw, number, at = waiting[at:end], number + 1, end
        try:
            yield Record(number, _data(found), raw) if found is not None else _second_look(number, raw)
        except TypeError as error:
            yield Reject(number, str(error), _shown(raw))


def _value(waiting: bytes, at: int, *, ended: bool) -> tuple[Any, int]:
    """Give the value that begins here, None if orjson does not take it, and its end; 0 if that is not there yet.

    An object's text is no beginning of another's: where it parses up to a brace that the next record may follow, it
    is whole.
    """
    tries = 0
    for candidate in _NEXT.finditer(waiting, at):
        end = candidate.start() + 1
        try:
            return orjson.loads(memoryview(waiting)[at:end]), end
        except orjson.JSONDecodeError:
            tries += 1
            if tries == _TRIES:
                break
    if tries == 0 and not ended:
        return None, 0
    for size in (_NEAR, len(waiting) - at):
        text = waiting[at : at + size].decode("utf-8", "surrogateescape")
        try:
            _, end = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError):
            continue
        # A number that ends with the block may go on in the next.
        if end < len(text) or ended:
            return None, at + len(text[:end].encode("utf-8", "surrogateescape"))
    return None, 0


def _data(found: Any) -> dict[str, Any]:
    data = found.get("data", found) if isinstance(found, dict) else found
    if not isinstance(data, dict):
        raise TypeError("record is not an object")
    return data


def _shown(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
