"""The commit that files stand at: asked of git, and left open where there is none."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

MOST = 500  # names in one command line
OF = "CROWDWISE_COMMITS_OF"  # for a copy of a tree: the folder it is a copy of


def _git(root: Path, *arguments: str) -> str | None:
    folder = os.environ.get(OF) or str(root)
    command = ["git", "--no-optional-locks", "-C", folder, *arguments]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:  # no git on this machine
        return None
    return asked.stdout if asked.returncode == 0 else None


def state_of(root: Path) -> str | None:
    """Give what changes when any commit is made or any file is edited, or None without git."""
    head = _git(root, "rev-parse", "HEAD")
    changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    return None if head is None or changed is None else f"{head}{changed}"


def last_commit(root: Path, files: Sequence[str]) -> dict[str, object] | None:
    """Give the newest commit that changed any of the files, and those of them that were changed since.

    It stays the same however many commits touch other files. None without git, or where it knows none of the files.

    Parameters
    ----------
    root : Path
        The project's folder.
    files : sequence of str
        Relative to `root`.

    Returns
    -------
    dict or None
        ``id``, the whole hash; ``uncommitted``, the names of those that differ from it or that git does not know.
    """
    names = [name for name in files if not name.startswith("..")][:MOST]
    tracked = _git(root, "ls-files", "-z", "--", *names)
    if not tracked:
        return None
    commit = _git(root, "log", "-1", "--format=%H", "--", *names)
    if not commit:
        return None
    changed = _git(root, "diff", "--name-only", "--relative", "-z", "HEAD", "--", *names) or ""
    unknown = set(names) - set(tracked.split("\0"))
    return {"id": commit.strip(), "uncommitted": sorted(unknown | set(filter(None, changed.split("\0"))))}
