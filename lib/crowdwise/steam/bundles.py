"""From the lines of ``bundle_data`` to one row a bundle and game."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import pandas as pd

from crowdwise.steam.forms import BUNDLE
from crowdwise.steam.lines import Tally, read_batches
from crowdwise.steam.prices import parse_dollars
from crowdwise.steam.schemas import TEXT

COLUMNS = ("bundle_id", "bundle_name", "game_id", "game_name", "price", "final_price")


def read_bundles(path: Path, *, max_reject_share: float = 0.001) -> tuple[pd.DataFrame, tuple[Tally, Tally]]:
    """Read every bundle's items; those without an id, and repeats within a bundle, are dropped.

    ``price`` and ``final_price`` are the whole bundle's, in USD, before and after its discount.

    Raises
    ------
    Problem
        If the file is missing, broken or empty, or more than `max_reject_share` of its lines or items can't be read.
    """
    lines = Tally(path.name, "lines", "bundles")
    items = Tally(path.name, "items", "bundles")
    rows: dict[tuple[str, str], tuple[Any, ...]] = {}
    for record in (row for batch in read_batches(path, BUNDLE, lines, items) for row in batch.to_pylist()):
        lines.kept += 1
        bundle_id, bundle_name = record["bundle_id"], html.unescape(record["bundle_name"])
        prices = parse_dollars(record["bundle_price"]), parse_dollars(record["bundle_final_price"])
        for item in record["items"]:
            items.read += 1
            if not item["item_id"]:
                items.dropped["item_id is empty"] += 1
            elif (bundle_id, item["item_id"]) in rows:
                items.dropped["game seen before in this bundle"] += 1
            else:
                name = html.unescape(item["item_name"] or "")
                rows[bundle_id, item["item_id"]] = (bundle_id, bundle_name, item["item_id"], name, *prices)
                items.kept += 1
    lines.refuse(path, max_reject_share)
    items.refuse(path, max_reject_share)
    table = pd.DataFrame(list(rows.values()), columns=pd.Index(COLUMNS))
    kinds: dict[str, Any] = dict.fromkeys(COLUMNS[:4], TEXT) | dict.fromkeys(COLUMNS[4:], "float64")
    return table.astype(kinds), (lines, items)
