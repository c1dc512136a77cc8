"""Made-up Steam data in the publishers' raw form: tastes behind libraries, and every flaw the real files have."""

from __future__ import annotations

import logging
from pathlib import Path

from threadpoolctl import threadpool_limits

from crowdwise.base.errors import Problem
from crowdwise.steam.madeup.bundles import write_bundles
from crowdwise.steam.madeup.catalogue import write_catalogue
from crowdwise.steam.madeup.libraries import write_libraries
from crowdwise.steam.madeup.reviews import write_reviews
from crowdwise.steam.madeup.world import draw_world
from crowdwise.storage.documents import write_json
from crowdwise.storage.provenance import MARK

log = logging.getLogger("crowdwise.steam")

FEWEST, MOST = 300, 88_310


def make(folder: Path, *, players: int, seed: int, clean: bool = False) -> dict[str, object]:
    """Write the four raw files and ``made-up.json`` into a folder; the same arguments give the same bytes.

    Parameters
    ----------
    folder : Path
        Where to; it is made if need be.
    players : int
        Lines of ``users_items``, 300 to 88,310 (the published number). The catalogue grows with its fourth root.
    seed : int
        The root seed.
    clean : bool
        Leave the flaws out: no empty library, no repeated player, no twin or test server, every game in the catalogue
        with a price and a date. Games that were never played stay: they are behaviour.

    Returns
    -------
    dict
        What ``made-up.json`` holds: generator, seed, and the sizes.

    Raises
    ------
    Problem
        If `players` is out of range.
    """
    if not FEWEST <= players <= MOST:
        raise Problem(f"{players} is out of range", where="players", remedy=f"Use {FEWEST} to {MOST:,}")
    folder = Path(folder)
    # A second BLAS thread changes the last bits of a product, and with them who owns what.
    with threadpool_limits(1):
        world = draw_world(players, seed, clean=clean)
        listed = write_catalogue(folder / "steam_games.json.gz", world, seed)
        reviewers, owned = write_libraries(folder / "australian_users_items.json.gz", world, players, seed)
        reviewed = write_reviews(folder / "australian_user_reviews.json.gz", world, reviewers, seed)
        bundles = write_bundles(folder / "bundle_data.json.gz", world, seed)
    document: dict[str, object] = {
        "generator": "crowdwise.steam.madeup",
        "seed": seed,
        "clean": clean,
        "lines": {"users_items": players, "steam_games": listed, "user_reviews": reviewed, "bundle_data": bundles},
        "owned_games": owned,
    }
    write_json(document, folder / MARK)
    log.info("made up %s players with %s owned games in %s", f"{players:,}", f"{owned:,}", folder)
    return document
