"""Lines of a plain or gzipped file, one after the other, whatever its size."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

from crowdwise.base.errors import Problem
from crowdwise.storage.inputs import record
from crowdwise.storage.whole import current

BLOCK = 1 << 20
GZIP_MAGIC = b"\x1f\x8b"


def open_bytes(path: Path) -> io.BufferedReader | gzip.GzipFile:
    """Open a file for reading, unpacked when its first bytes are gzip's, and note that it is read.

    Raises
    ------
    Problem
        If the file is missing.
    """
    record(path)
    place = current(path)
    if not place.is_file():
        raise Problem("there is no such file", where=path, remedy="Run `make acquire`, or name another source")
    with place.open("rb") as start:
        packed = start.read(2) == GZIP_MAGIC
    if packed:
        return gzip.GzipFile(place, "rb")
    return place.open("rb")


def read_lines(path: Path) -> Iterator[bytes]:
    """Give each line without its end (LF or CRLF), holding one block in memory at a time.

    Empty lines are given too, so that the count of lines is the count of what was given.

    Raises
    ------
    Problem
        If the file is missing, or is a gzip that is truncated or corrupt: names the line that was reached.
    """
    reached, rest = 0, b""
    with open_bytes(Path(path)) as file:
        try:
            while block := file.read1(BLOCK):
                lines = (rest + block).split(b"\n")
                rest = lines.pop()
                for line in lines:
                    reached += 1
                    yield line.removesuffix(b"\r")
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Problem(
                f"the gzip data is truncated or corrupt after line {reached} ({error})",
                where=path,
                remedy="Remove the file and fetch it again",
            ) from error
    if rest:
        yield rest.removesuffix(b"\r")
