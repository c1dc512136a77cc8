"""Which files this process has read: what the Makefile needs to know to rerun what depends on them."""

from __future__ import annotations

from pathlib import Path

from crowdwise.storage.whole import is_pending

_read: set[Path] = set()


def record(path: Path) -> Path:
    """Note that a file or folder is read, and give its path back."""
    if not is_pending(path):
        _read.add(Path(path).resolve())
    return Path(path)


def recorded() -> list[Path]:
    """Give every file and folder noted so far, sorted."""
    return sorted(_read)
