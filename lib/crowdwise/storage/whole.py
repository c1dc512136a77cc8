"""Files that are whole or not there: written beside their place, then moved into it.

A pipeline stage that writes several files must leave all or none of them. When ``CROWDWISE_PENDING`` names a file,
finished files stay beside their places and are listed there; whoever runs the stage moves them all at its end
(`settle`) or removes them (`discard`). Without it, each file moves as soon as it is finished.
"""

from __future__ import annotations

import errno
import glob
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crowdwise.base.errors import Problem

JOURNAL = "CROWDWISE_PENDING"  # names the file that lists what an unfinished stage has written

ROOM = "Make room and run it again; what was there before is as it was"

_pending: dict[Path, Path] = {}


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.new")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _clear(path: Path) -> None:
    """Remove what a writer that was killed left beside its place."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*"):
        process, _, ending = left.name.removeprefix(f".{path.name}.").partition(".")
        if ending in ("new", "old") and process.isdigit() and not _is_running(int(process)):
            _remove(left)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _move(new: Path, path: Path) -> None:
    if new.is_dir() and path.exists():
        old = path.with_name(f".{path.name}.{os.getpid()}.old")
        _remove(old)
        path.replace(old)
        new.replace(path)
        _remove(old)
    else:
        new.replace(path)


def _finish(new: Path, path: Path, at_once: bool) -> None:
    journal = os.environ.get(JOURNAL)
    if journal and not at_once:
        _pending[path.resolve()] = new
        with Path(journal).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps([str(new), str(path)]) + "\n")
    else:
        _move(new, path)


@contextmanager
def whole_file(path: Path, *, at_once: bool = False) -> Iterator[Path]:
    """Give a place beside `path` to write to, which becomes `path` when the block ends well and vanishes otherwise.

    What a stage should leave even if it fails is moved `at_once`.

    Raises
    ------
    Problem
        If the disk is full.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear(path)
    new = _beside(path)
    try:
        yield new
    except OSError as error:
        _remove(new)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Problem("the disk is full", where=path, remedy=ROOM) from error
        raise
    except BaseException:
        _remove(new)
        raise
    _finish(new, path, at_once)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder beside `path`; it replaces the whole of `path` when the block ends well."""
    with whole_file(Path(path)) as new:
        _remove(new)
        new.mkdir()
        yield new


def current(path: Path) -> Path:
    """Give where the newest bytes of `path` are: its place, or beside it while the stage is unfinished."""
    return _pending.get(Path(path).resolve(), Path(path))


def is_pending(path: Path) -> bool:
    """Say whether this process wrote `path` in the unfinished stage."""
    return Path(path).resolve() in _pending


def entries(journal: Path) -> list[tuple[Path, Path]]:
    """Give the finished files of a stage: where each is now, and its place."""
    if not journal.exists():
        return []
    pairs = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [(Path(new), Path(path)) for new, path in pairs]


def settle(journal: Path) -> list[Path]:
    """Move every finished file of a stage into its place, and give the places."""
    moved = []
    for new, path in entries(journal):
        if new.exists():
            _move(new, path)
            moved.append(path)
    journal.unlink(missing_ok=True)
    return moved


def discard(journal: Path) -> None:
    """Remove every file that an unfinished stage left beside its place."""
    for new, _ in entries(journal):
        _remove(new)
    journal.unlink(missing_ok=True)
