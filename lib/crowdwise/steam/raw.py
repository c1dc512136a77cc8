"""Steam's four raw files: where they come from, and bringing them home."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crowdwise.base.errors import Problem
from crowdwise.steam.madeup import make
from crowdwise.storage.fetch import Fetched, fetch
from crowdwise.storage.integrity import digest
from crowdwise.storage.provenance import MARK
from crowdwise.storage.whole import current

FILES = {
    "libraries": "australian_users_items.json.gz",
    "catalogue": "steam_games.json.gz",
    "reviews": "australian_user_reviews.json.gz",
    "bundles": "bundle_data.json.gz",
}
MADE_UP = "made-up"


def bring(
    source: str, raw: Path, *, pinned: Mapping[str, Mapping[str, Any]], players: int, seed: int
) -> tuple[list[Fetched], str]:
    """Bring the four files into `raw`: made up, from a folder or a bucket, or from a publisher's URL.

    Parameters
    ----------
    source : str
        ``made-up``, a folder (a relative one is from the project's root), ``s3://bucket/prefix``, or a URL that the
        files' names follow.
    raw : Path
        The profile's folder of raw files.
    pinned : mapping
        A file's name to its ``size`` (bytes) and ``md5``; a file that is not named here is not pinned.
    players, seed : int
        What made-up data is made with.

    Returns
    -------
    files : list of Fetched
    source : {"made up", "local", "published"}

    Raises
    ------
    Problem
        If a file is missing, broken or not what is pinned, or `raw` holds made-up data and other is asked for.
    """
    if not source:
        raise Problem("no source is named", where="source", remedy="Run `make report RAW=<folder that holds steam/>`")
    if source == MADE_UP:
        make(raw, players=players, seed=seed)
        origin = f"made up by crowdwise.steam.madeup ({players:,} players, seed {seed})"
        return [_made(raw / name, origin) for name in FILES.values()], "made up"
    if (raw / MARK).exists():
        raise Problem("made-up data is here, and other is asked for", where=raw, remedy="Remove this folder first")
    web = re.match(r"https?://", source) is not None
    files = [fetch(f"{source.rstrip('/')}/{name}", raw, **_pins(pinned, name)) for name in FILES.values()]
    return files, "published" if web else "local"


def _pins(pinned: Mapping[str, Mapping[str, Any]], name: str) -> dict[str, Any]:
    pins = dict(pinned.get(name, {}))
    if unknown := set(pins) - {"size", "md5"}:
        raise Problem(f"{name} is pinned by {sorted(unknown)}", where="pinned", remedy="Pin it by size and md5")
    return pins


def _made(path: Path, origin: str) -> Fetched:
    found = digest(current(path))
    return Fetched(path.name, path, origin, found.size, found.md5, found.sha256)
