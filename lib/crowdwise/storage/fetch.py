"""Bring raw files home, from a URL, a bucket or a folder: checked, and whole or not at all."""

from __future__ import annotations

import fnmatch
import logging
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from crowdwise.base.errors import Problem
from crowdwise.base.layout import find_root
from crowdwise.storage.address import SCHEME, Place, parse, without_credentials
from crowdwise.storage.attempts import forget
from crowdwise.storage.bucket import open_bucket
from crowdwise.storage.download import download
from crowdwise.storage.inputs import record
from crowdwise.storage.integrity import Digest, check_content, digest
from crowdwise.storage.mirror import open_mirror
from crowdwise.storage.whole import current, whole_file

log = logging.getLogger("crowdwise.storage")


@dataclass(frozen=True)
class Fetched:
    """A raw file that is here: its name, its place, where it came from, and what identifies its bytes."""

    name: str
    path: Path
    origin: str
    size: int
    md5: str
    sha256: str


def fetch(
    origin: str, into: Path, *, size: int | None = None, md5: str | None = None, mirrored: bool = True
) -> Fetched:
    """Bring one file into a folder, and see that it is what it should be.

    A file already there with the pinned hash is not downloaded again, one already there with the same bytes as a
    local origin is not copied again. A download goes into its place at once (a later failure does not repeat it);
    a copy moves with the other files of its stage. With ``CROWDWISE_S3``, what has a URL is taken from that bucket
    when it is there, and kept there when it is not (see `crowdwise.storage.mirror`).

    Parameters
    ----------
    origin : str
        An ``http(s)://`` URL, an ``s3://bucket/key``, or a path (a relative one is from the project's root).
    into : Path
        The folder; the file keeps its name.
    size, md5 : optional
        What is pinned: bytes, and hexadecimal MD5.
    mirrored : bool
        Whether the bucket that ``CROWDWISE_S3`` names has a part in it.

    Raises
    ------
    Problem
        If the file is missing, empty, a web page in place of data, a truncated or corrupt gzip or zip, or not of the
        pinned size or hash. Nothing is left in the file's place then, or what was there before.
    """
    into = Path(into)
    scheme = urlsplit(origin).scheme if "://" in origin else ""
    if scheme in ("http", "https"):
        return _from_web(origin, into, size, md5, mirrored)
    if scheme == "s3":
        return _from_bucket(origin, into, size, md5)
    if scheme:
        remedy = "Give an http://, https:// or s3:// URL, or the path of a file"
        raise Problem(f"files can't be fetched by {scheme}://", where=without_credentials(origin), remedy=remedy)
    return _from_folder(origin, into, size, md5)


def find(folder: str, patterns: Sequence[str]) -> list[str]:
    """Give the files of a folder or an ``s3://`` prefix that match any of the patterns, sorted, as `fetch` takes them.

    Raises
    ------
    Problem
        If the folder or bucket is missing or nothing in it matches.
    """
    if folder.startswith(SCHEME):
        held = [name for name in open_bucket(parse(folder)).names() if "/" not in name]
        found = {name for pattern in patterns for name in fnmatch.filter(held, pattern)}
    else:
        place = _resolve(folder)
        if not folder or not place.is_dir():
            raise Problem("there is no such folder", where=folder or "source", remedy="Name the folder of raw files")
        record(place)
        found = {path.name for pattern in patterns for path in place.glob(pattern) if path.is_file()}
    names = sorted(name for name in found if not name.startswith("."))
    if not names:
        wanted = " or ".join(patterns)
        raise Problem(f"no file here is named like {wanted}", where=folder, remedy="Name the folder that holds them")
    if folder.startswith(SCHEME):
        return [f"{folder.rstrip('/')}/{name}" for name in names]
    return [str(Path(folder) / name) for name in names]


def _resolve(path: str) -> Path:
    given = Path(path).expanduser()
    return given if given.is_absolute() else find_root() / given


def _from_folder(origin: str, into: Path, size: int | None, md5: str | None) -> Fetched:
    source = _resolve(origin)
    if not source.is_file():
        raise Problem("there is no such file", where=origin, remedy="Check the source folder's name and what it holds")
    record(source)
    found = digest(source)
    if wrong := found.differs_from(size, md5):
        raise Problem(wrong, where=origin, remedy="Use the file as published, or pin this one if the change is meant")
    check_content(source, source.name, origin)
    target = into / source.name
    if not _holds(target, found):
        with _writable(target), whole_file(target) as new:
            shutil.copyfile(source, new)
            if digest(new) != found:
                raise Problem("the file changed while it was copied", where=origin, remedy="Try again")
        log.info("%s: copied (%.1f MB)", origin, found.size / 1e6)
    return _fetched(target, os.path.relpath(source, find_root()), found)


def _from_web(url: str, into: Path, size: int | None, md5: str | None, mirrored: bool) -> Fetched:
    origin = without_credentials(url)
    target = into / _name_in(unquote(urlsplit(url).path), origin)
    mirror = open_mirror(into) if mirrored else None
    if found := _pinned_here(target, origin, size, md5):
        if mirror is not None:
            mirror.keep(target, found)
        return _fetched(target, origin, found)
    part = target.with_name(f".{target.name}.part")
    with _writable(target):
        into.mkdir(parents=True, exist_ok=True)
        if mirror is None or not mirror.take(target, part, size, md5):
            download(url, part)
    remedy = "The publisher's file has changed, or the download was tampered with: look, then pin the new one"
    found = _settle(part, target, origin, size, md5, remedy)
    if mirror is not None:
        mirror.keep(target, found)
    return _fetched(target, origin, found)


def _from_bucket(url: str, into: Path, size: int | None, md5: str | None) -> Fetched:
    place = parse(url)
    folder, _, name = place.key.rpartition("/")
    target, bucket = into / _name_in(name, url), open_bucket(Place(place.bucket, folder))
    if found := _pinned_here(target, url, size, md5):
        return _fetched(target, url, found)
    remedy = "Send the file as published, or pin this one if the change is meant"
    here = digest(target) if target.is_file() else None
    held = bucket.look(name) if here else None
    if here and held and held.is_like(here) and not here.differs_from(size, md5):
        log.info("%s: already here", url)
        return _fetched(target, url, here)
    part = target.with_name(f".{name}.part")
    with _writable(target):
        into.mkdir(parents=True, exist_ok=True)
        bucket.bring(name, part)
    found = _settle(part, target, url, size, md5, remedy)
    return _fetched(target, url, found)


def _name_in(path: str, origin: str) -> str:
    name = path.rpartition("/")[2]
    if not name or name.startswith("."):
        raise Problem("this URL does not end in a file's name", where=origin, remedy="Give the URL of one file")
    return name


def _pinned_here(target: Path, origin: str, size: int | None, md5: str | None) -> Digest | None:
    if md5 is None or not target.is_file():
        return None
    found = digest(target)
    if found.differs_from(size, md5):
        return None
    log.info("%s: already here with the pinned hash", origin)
    return found


def _settle(part: Path, target: Path, origin: str, size: int | None, md5: str | None, remedy: str) -> Digest:
    """Move what has come into its place if it is what it should be; nothing of it is left otherwise."""
    found = digest(part)
    try:
        if wrong := found.differs_from(size, md5):
            raise Problem(wrong, where=origin, remedy=remedy)
        check_content(part, target.name, origin)
    except Problem:
        forget(part)
        raise
    part.replace(target)
    forget(part)
    log.info("%s: here (%.1f MB, MD5 %s)", origin, found.size / 1e6, found.md5)
    return found


@contextmanager
def _writable(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        remedy = "Make room, or see to the folder's rights"
        raise Problem(f"the file can't be written ({error.strerror or error})", where=target, remedy=remedy) from error


def _holds(target: Path, wanted: Digest) -> bool:
    place = current(target)
    return place.is_file() and place.stat().st_size == wanted.size and digest(place) == wanted


def _fetched(target: Path, origin: str, found: Digest) -> Fetched:
    return Fetched(target.name, target, origin, found.size, found.md5, found.sha256)
