"""The made-up ``user_reviews``: what reviewers say about some of the games they own."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from crowdwise.base.seeds import generator
from crowdwise.steam.madeup.libraries import Reviewer
from crowdwise.steam.madeup.literals import gzip_lines
from crowdwise.steam.madeup.words import VERDICTS, vanity_name
from crowdwise.steam.madeup.world import World

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def write_reviews(path: Path, world: World, reviewers: list[Reviewer], seed: int) -> int:
    """Write one line a reviewer, and give their number.

    Flaws: 1.5 % of the reviews stand twice, 17 % of the dates have no year and 1 % are empty, and 2 % of the
    reviewers are not among the players.
    """
    rng = generator(seed, "steam", "madeup", "reviews")
    strangers = set(rng.choice(len(reviewers), world.flaws(0.02, len(reviewers)), replace=False).tolist())
    with gzip_lines(path) as out:
        for number, reviewer in enumerate(reviewers):
            user_id = f"{vanity_name(rng)}_gone" if number in strangers else reviewer.user_id
            reviews = []
            for app, liking in zip(reviewer.games, reviewer.liking, strict=True):
                reviews.append(_review(str(world.ids[app]), liking, world.clean, rng))
                if not world.clean and (rng.random() < 0.015 or number == 0):
                    reviews.append(reviews[-1])
            url = f"http://steamcommunity.com/id/{user_id}"
            out.write(repr({"user_id": user_id, "user_url": url, "reviews": reviews}).encode() + b"\n")
    return len(reviewers)


def _review(item_id: str, liking: float, clean: bool, rng: np.random.Generator) -> dict[str, object]:
    day = np.datetime64("2011-01-01") + int(rng.integers(0, 1826))
    month, number = MONTHS[day.astype("datetime64[M]").astype(int) % 12], int(str(day)[8:])
    form = 1.0 if clean else rng.random()
    posted = (
        ""
        if form < 0.01
        else f"Posted {month} {number}."
        if form < 0.18
        else f"Posted {month} {number}, {str(day)[:4]}."
    )
    readers = int(rng.geometric(0.3)) - 1
    liked = int(rng.integers(0, readers + 1))
    share = f"{liked} of {readers} people ({liked / max(readers, 1):.0%}) found this review helpful"
    return {
        "funny": "" if rng.random() < 0.85 else f"{int(rng.integers(2, 40))} people found this review funny",
        "posted": posted,
        "last_edited": "" if rng.random() < 0.9 else f"Last edited {month} 28, 2015.",
        "item_id": item_id,
        "helpful": share if readers else "No ratings yet",
        "recommend": bool(rng.random() < 1 / (1 + np.exp(-2.2 - 0.8 * liking))),
        "review": VERDICTS[int(rng.integers(len(VERDICTS)))],
    }
