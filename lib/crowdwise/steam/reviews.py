"""From the lines of ``user_reviews`` to one row a review."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from crowdwise.steam.dates import parse_posted
from crowdwise.steam.forms import REVIEWER
from crowdwise.steam.lines import Tally, read_batches
from crowdwise.steam.schemas import DATE, TEXT

COLUMNS = ("player_id", "user_id", "game_id", "recommend", "posted_on", "posted_precision")


def read_reviews(
    path: Path, known_as: Mapping[str, str], *, max_reject_share: float = 0.001
) -> tuple[pd.DataFrame, tuple[Tally, Tally]]:
    """Read every review; exact repeats are dropped, and the review's text is left in the raw file.

    Parameters
    ----------
    known_as : mapping of str to str
        ``user_id`` to ``player_id``; a reviewer who is not in it has no ``player_id``.

    Raises
    ------
    Problem
        If the file is missing, broken or empty, or more than `max_reject_share` of its lines or reviews can't be read.
    """
    lines = Tally(path.name, "lines", "reviewers")
    reviews = Tally(path.name, "reviews", "reviews")
    rows: list[tuple[Any, ...]] = []
    seen: set[tuple[Any, ...]] = set()
    for record in (row for batch in read_batches(path, REVIEWER, lines, reviews) for row in batch.to_pylist()):
        lines.kept += 1
        user_id = record["user_id"]
        for item in record["reviews"]:
            reviews.read += 1
            if not item["item_id"]:
                reviews.reject(record["line"], "a review without item_id", repr(item))
                continue
            whole = (user_id, *item.values())
            if whole in seen:
                reviews.dropped["exact repeat"] += 1
                continue
            seen.add(whole)
            day, precision = parse_posted(item["posted"])
            rows.append((known_as.get(user_id), user_id, item["item_id"], item["recommend"], day, precision))
            reviews.kept += 1
    lines.refuse(path, max_reject_share)
    reviews.refuse(path, max_reject_share)
    table = pd.DataFrame(rows, columns=pd.Index(COLUMNS))
    text = ["player_id", "user_id", "game_id", "posted_precision"]
    kinds: dict[str, Any] = dict.fromkeys(text, TEXT) | {"recommend": bool, "posted_on": DATE}
    return table.astype(kinds), (lines, reviews)
