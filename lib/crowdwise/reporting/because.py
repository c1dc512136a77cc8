"""Why a target is made again, in words."""

from __future__ import annotations

from pathlib import Path


def explain(targets: list[str], needs: list[str], root: Path) -> str:
    """Say which outputs are not there, or which of what they are made from is newer.

    Parameters
    ----------
    targets, needs : list of str
        The Makefile's names, relative to `root`.
    """
    missing = [name for name in targets if not (root / name).exists()]
    if len(missing) == len(targets):
        return "it has not been run yet"
    if missing:
        return f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} not there"
    oldest = min((root / name).stat().st_mtime_ns for name in targets)
    gone = [name for name in needs if not (root / name).exists()]
    newer = [name for name in needs if (root / name).exists() and (root / name).stat().st_mtime_ns > oldest]
    reasons = [f"{_listed(newer)} changed"] if newer else []
    reasons += [f"{_listed(gone)} is gone"] if gone else []
    return " and ".join(reasons) or "it was asked for"


def _listed(names: list[str]) -> str:
    unique = list(dict.fromkeys(names))
    return ", ".join(unique[:4]) + (f" and {len(unique) - 4} more" if len(unique) > 4 else "")
