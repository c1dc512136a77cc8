"""The made-up ``bundle_data``: games sold together."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from crowdwise.base.seeds import generator
from crowdwise.steam.madeup.literals import gzip_lines
from crowdwise.steam.madeup.world import GENRES, PUBLISHED_LISTED, World


def write_bundles(path: Path, world: World, seed: int) -> int:
    """Write one line a bundle of two to nine games that taste alike, and give their number.

    Flaws: some items have no id, some stand twice in a bundle.
    """
    rng = generator(seed, "steam", "madeup", "bundles")
    n = max(20, round(615 * len(world.names) / PUBLISHED_LISTED))
    listed = np.flatnonzero(world.listed)
    empty = set(rng.choice(n, world.flaws(10 / 615, n), replace=False).tolist())
    twice = set(rng.choice(n, world.flaws(4 / 615, n), replace=False).tolist())
    with gzip_lines(path) as out:
        for number in range(n):
            some = rng.choice(listed, 200, replace=False)
            alike = np.argsort(-(world.taste[some] @ world.taste[some[0]]), kind="stable")
            apps = some[alike][: int(rng.integers(2, 10))].tolist()
            items = [_item(app, world) for app in apps]
            if number in empty:
                lost = {"item_id": "", "genre": "", "item_url": "http://store.steampowered.com/app/"}
                items.append(items[0] | {"item_name": f"{items[0]['item_name']} - Costume Pack"} | lost)
            if number in twice:
                items.append(items[0])
            price = sum(world.price[app] for app in apps)
            off = int(rng.integers(5, 60))
            bundle = {
                "bundle_final_price": f"${price * (1 - off / 100):,.2f}",
                "bundle_url": f"http://store.steampowered.com/bundle/{450 + number}/",
                "bundle_price": f"${price:,.2f}",
                "bundle_name": f"{world.names[apps[0]]} Bundle",
                "bundle_id": str(450 + number),
                "items": items,
                "bundle_discount": f"{off}%",
            }
            out.write(repr(bundle).encode() + b"\n")
    return n


def _item(app: int, world: World) -> dict[str, str]:
    genres = ", ".join(genre for genre, has in zip(GENRES, world.genres[app], strict=True) if has)
    return {
        "genre": genres,
        "item_id": str(world.ids[app]),
        "discounted_price": f"${world.price[app]:,.2f}",
        "item_url": f"http://store.steampowered.com/app/{world.ids[app]}",
        "item_name": world.names[app],
    }
