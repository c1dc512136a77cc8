"""The players of a made-up world: who they are called, and how large their libraries are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crowdwise.base.seeds import generator
from crowdwise.steam.madeup.words import vanity_name
from crowdwise.steam.madeup.world import World

MEDIAN_LIBRARY, SPREAD_OF_LIBRARIES = 40.0, 1.08  # of the log size: the mean is then 72
TWINS = 1.17  # how many times larger twins make a library
BLOCK = 256


@dataclass(frozen=True)
class People:
    """One entry a line of ``users_items``.

    Attributes
    ----------
    steam_ids, user_ids : list of str
    sizes : ndarray of int
        Games in the library; 0 where it is empty.
    repeats : ndarray of int
        The line that this one repeats, in the same block of `BLOCK` lines, or -1.
    reviewer : ndarray of bool
    """

    steam_ids: list[str]
    user_ids: list[str]
    sizes: np.ndarray
    repeats: np.ndarray
    reviewer: np.ndarray


def draw_people(world: World, lines: int, seed: int) -> People:
    """Draw who stands on each line. Libraries shrink along the file, as they do in the published one.

    Flaws: 19 % of the libraries are empty; 0.8 % of the lines repeat a player, some under another ``user_id``; a
    ``user_id`` may be all digits and not the ``steam_id``, start with 0, or look like a float.
    """
    rng = generator(seed, "steam", "madeup", "people")
    pool = int(np.isfinite(world.fame).sum())
    drawn = MEDIAN_LIBRARY / (1.0 if world.clean else TWINS)
    sizes = np.exp(rng.normal(np.log(drawn), SPREAD_OF_LIBRARIES, lines))
    if not world.clean:
        sizes = sizes[np.argsort(-(np.log(sizes) + rng.normal(0.0, 1.2, lines)), kind="stable")]
    sizes = np.clip(np.rint(sizes), 1, int(0.7 * pool)).astype(np.int64)
    sizes[rng.choice(lines, world.flaws(0.19, lines), replace=False)] = 0
    # Below the first number Steam ever gave out, so that none of them is anybody's.
    numbers = 76561190000000000 + rng.choice(5_000_000_000, lines, replace=False)
    steam_ids = [str(number) for number in numbers.tolist()]
    user_ids = [steam_id if rng.random() < 0.5 else vanity_name(rng) for steam_id in steam_ids]
    odd = rng.choice(lines, world.flaws(0.013, lines), replace=False).tolist()
    for number, line in enumerate(odd):
        digits = "".join(map(str, rng.integers(0, 10, 14).tolist()))
        form = number % 10 if number % 10 < 3 else 0
        user_ids[line] = (digits, f"0{digits[:6]}", f"1{digits}e{digits[:5]}")[form]
    repeats = np.full(lines, -1)
    again = rng.choice(np.arange(1, lines), world.flaws(0.0077, lines - 1), replace=False)
    for number, line in enumerate(np.sort(again).tolist()):
        first = line - line % BLOCK
        before = [k for k in range(first, line) if sizes[k] > 0 and repeats[k] < 0]
        if before:
            source = before[int(rng.integers(len(before)))]
            repeats[line], sizes[line], steam_ids[line] = source, sizes[source], steam_ids[source]
            if number % 12 > 0:
                user_ids[line] = user_ids[source]
    reviewer = (rng.random(lines) < 0.36) & (sizes > 0) & (repeats < 0)
    return People(steam_ids, user_ids, sizes, repeats, reviewer)
