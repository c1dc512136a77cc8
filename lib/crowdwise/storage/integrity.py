"""Is this the file it should be? Size, hashes, and a reading through of what is packed."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crowdwise.base.errors import Problem
from crowdwise.storage.lines import BROKEN, open_gzip

BLOCK = 1 << 20


@dataclass(frozen=True)
class Digest:
    """What identifies a file's bytes: its size and its MD5 and SHA-256 in hexadecimal."""

    size: int
    md5: str
    sha256: str

    def differs_from(self, size: int | None, md5: str | None) -> str:
        """Say how it differs from what was pinned, or give an empty string."""
        if size is not None and self.size != size:
            return f"it has {self.size:,} bytes where {size:,} are pinned"
        if md5 is not None and self.md5 != md5.lower():
            return f"its MD5 is {self.md5} where {md5.lower()} is pinned"
        return ""


def read_digests(document: Any) -> dict[str, Digest]:
    """Read the part ``files`` of a published list: by each file's name below a folder, what identifies its bytes.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError
        If it is something else.
    """
    return {str(name): Digest(int(f["size"]), f["md5"], f["sha256"]) for name, f in document["files"].items()}


def leads_out(name: str) -> bool:
    """Say whether a file's name may lead out of the folder that it stands below."""
    return name.startswith("/") or "\\" in name or bool({"", ".", ".."} & set(name.split("/")))


def digest(path: Path) -> Digest:
    """Read a file once and give its size and hashes."""
    md5, sha256, size = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 0
    with Path(path).open("rb") as file:
        while block := file.read(BLOCK):
            md5.update(block)
            sha256.update(block)
            size += len(block)
    return Digest(size, md5.hexdigest(), sha256.hexdigest())


def looks_like_html(start: bytes) -> bool:
    """Say whether a file's first bytes are those of a web page."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return text.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!-- ", b"<script")) or (
        text.startswith(b"<?xml") and b"<html" in text
    )


def check_content(path: Path, name: str, origin: str) -> None:
    """See that a file holds data, and that a gzip or zip can be read to its end.

    Parameters
    ----------
    path : Path
        Where its bytes are.
    name : str
        The name it goes by: its ending says what it should be.
    origin : str
        Where it came from, for the message.

    Raises
    ------
    Problem
        If it is empty, a web page, not what its name's ending says, truncated or corrupt.
    """
    remedy = "Check the source, and try again"
    with path.open("rb") as file:
        start = file.read(1024)
    if not start:
        raise Problem("the file is empty", where=origin, remedy=remedy)
    if not name.endswith((".html", ".htm")) and looks_like_html(start):
        raise Problem("this is a web page (an error or sign-in page?) in place of data", where=origin, remedy=remedy)
    if name.endswith(".gz"):
        _check_gzip(path, start, origin, remedy)
    elif name.endswith(".zip"):
        _check_zip(path, origin, remedy)


def _check_gzip(path: Path, start: bytes, origin: str, remedy: str) -> None:
    if not start.startswith(b"\x1f\x8b"):
        raise Problem("this is no gzip file, whatever its name says", where=origin, remedy=remedy)
    unpacked = 0
    try:
        with open_gzip(path) as file:
            while block := file.read(BLOCK):
                unpacked += len(block)
    except BROKEN as error:
        what = f"the gzip data is truncated or corrupt after {unpacked:,} unpacked bytes ({error})"
        raise Problem(what, where=origin, remedy=remedy) from error
    if unpacked == 0:
        raise Problem("the gzip file holds nothing", where=origin, remedy=remedy)


def _check_zip(path: Path, origin: str, remedy: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
            empty = not archive.namelist()
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise Problem(f"the zip file is truncated or corrupt ({error})", where=origin, remedy=remedy) from error
    if broken is not None:
        raise Problem(f"the zip file's member {broken!r} is corrupt", where=origin, remedy=remedy)
    if empty:
        raise Problem("the zip file holds nothing", where=origin, remedy=remedy)
