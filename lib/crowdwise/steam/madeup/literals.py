"""Writing the publishers' form: one Python literal a line, in a gzip that repeats byte for byte."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from crowdwise.storage.whole import whole_file


@contextmanager
def gzip_lines(path: Path) -> Iterator[IO[bytes]]:
    """Give a gzip to write lines to, without a time or name in it, that is whole or not there."""
    with (
        whole_file(path) as new,
        new.open("wb") as plain,
        gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=plain, mtime=0) as packed,
    ):
        yield cast(IO[bytes], packed)


def python2(value: object) -> str:
    """Give a value as Python 2 printed it: texts as ``u'...'``, all but ASCII escaped."""
    if isinstance(value, str):
        return "u" + ascii(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{python2(key)}: {python2(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(python2, value)) + "]"
    return repr(value)
