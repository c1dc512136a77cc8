"""The made-up ``users_items``: who owns what, for how many minutes, in blocks of bounded memory."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crowdwise.base.seeds import generator
from crowdwise.steam.madeup.literals import gzip_lines
from crowdwise.steam.madeup.people import BLOCK, People, draw_people
from crowdwise.steam.madeup.world import World

log = logging.getLogger("crowdwise.steam")

MEAN_LOG_MINUTES, SPREAD_OF_MINUTES = 3.35, 1.85


@dataclass(frozen=True)
class Reviewer:
    """A player who writes reviews, some of their games, and how much they like each (0 is neutral)."""

    user_id: str
    games: list[int]
    liking: list[float]


@dataclass(frozen=True)
class Library:
    """One library: indices of apps in the order of their ids, and minutes in all and in the last two weeks."""

    apps: np.ndarray
    minutes: np.ndarray
    two_weeks: np.ndarray
    liking: np.ndarray


def write_libraries(path: Path, world: World, lines: int, seed: int) -> tuple[list[Reviewer], int]:
    """Write every library, and give those who review and the number of owned games."""
    people = draw_people(world, lines, seed)
    rng = generator(seed, "steam", "madeup", "reviewers")
    heads = [
        f"{{'item_id': '{i}', 'item_name': {n!r}, 'playtime_forever': "
        for i, n in zip(world.ids, world.names, strict=True)
    ]
    reviewers, owned, line = [], 0, 0
    with gzip_lines(path) as out:
        for library in _draw_libraries(world, people, seed):
            user_id, steam_id = people.user_ids[line], people.steam_ids[line]
            place = "profiles" if user_id == steam_id else "id"
            items = ", ".join(
                f"{heads[app]}{minutes}, 'playtime_2weeks': {recent}}}"
                for app, minutes, recent in zip(
                    library.apps.tolist(), library.minutes.tolist(), library.two_weeks.tolist(), strict=True
                )
            )
            head = f"{{'user_id': {user_id!r}, 'items_count': {len(library.apps)}, 'steam_id': '{steam_id}', "
            out.write(
                f"{head}'user_url': 'http://steamcommunity.com/{place}/{user_id}', 'items': [{items}]}}\n".encode()
            )
            if people.reviewer[line]:
                # Few review what they never played.
                some = np.flatnonzero(library.minutes > 0) if rng.random() < 0.95 else np.arange(len(library.apps))
                some = some if len(some) else np.arange(len(library.apps))
                chosen = rng.choice(some, min(len(some), int(rng.geometric(0.43))), replace=False)
                games, liking = library.apps[chosen].tolist(), library.liking[chosen].tolist()
                reviewers.append(Reviewer(user_id, games, liking))
            owned += len(library.apps)
            line += 1
            if line % 20_000 == 0:
                log.info("made up %s of %s libraries", f"{line:,}", f"{lines:,}")
    return reviewers, owned


def _draw_libraries(world: World, people: People, seed: int) -> Iterator[Library]:
    """Give each line's library: the apps that win a race of fame, taste and chance (Gumbel-top-k, Kool et al. 2019)."""
    ownable = np.flatnonzero(np.isfinite(world.fame))
    fame, taste = world.fame[ownable], world.taste[ownable]
    twins: dict[int, list[int]] = {}
    for twin in np.flatnonzero(world.twin_of >= 0).tolist():
        twins.setdefault(int(world.twin_of[twin]), []).append(twin)
    first = int(np.argmax(people.sizes > 0))
    for start in range(0, len(people.sizes), BLOCK):
        rng = generator(seed, "steam", "madeup", "libraries", start)
        sizes = people.sizes[start : start + BLOCK]
        tastes = rng.standard_normal((len(sizes), taste.shape[1]), dtype=np.float32)
        liking = tastes @ taste.T
        # Gumbel noise; single precision can draw an exact 0, whose log would win every race.
        chance = -np.log(np.maximum(rng.standard_exponential(liking.shape, dtype=np.float32), np.float32(1e-7)))
        race = liking + fame + chance
        block: list[Library] = []
        for row, size in enumerate(sizes.tolist()):
            source = int(people.repeats[start + row])
            if source >= 0:
                block.append(_play_on(block[source - start], rng))
                continue
            won = np.argpartition(-race[row], min(size, len(ownable) - 1))[:size]
            more = [twin for app in ownable[won].tolist() for twin in twins.get(app, ())]
            apps = np.concatenate([ownable[won], np.array(more, dtype=np.int64)])
            likes = np.concatenate([liking[row, won], np.full(len(more), -3.0, dtype=np.float32)])
            order = np.argsort(apps, kind="stable")
            block.append(_play(apps[order], likes[order], world, rng, odd=start + row == first))
        yield from block


def _play(apps: np.ndarray, liking: np.ndarray, world: World, rng: np.random.Generator, *, odd: bool) -> Library:
    """Draw minutes: a third of the games is never played, the rest is heavy-tailed; liking and grip lengthen both."""
    n = len(apps)
    eager = rng.normal(0.0, 1.0)
    drive = 0.25 * eager + 0.45 * liking + 0.5 * world.grip[apps]
    started = drive + rng.logistic(0.0, 1.0, n) > np.where(world.beside[apps], 3.5, 0.27)
    log_minutes = MEAN_LOG_MINUTES + 0.35 * eager + 0.5 * liking + 0.9 * world.grip[apps]
    log_minutes = log_minutes + rng.normal(0.0, SPREAD_OF_MINUTES, n)
    minutes = np.where(started, np.clip(np.exp(log_minutes), 1, 650_000), 0).astype(np.int64)
    recent = started & (rng.random(n) < 0.066)
    two_weeks = np.where(recent, np.minimum(minutes, rng.exponential(400.0, n).astype(np.int64) + 1), 0)
    if not world.clean:
        # Some have more minutes in two weeks than in all; the first library has one for sure.
        too_many = recent & (rng.random(n) < 0.0015)
        too_many[:1] |= odd
        two_weeks = np.where(too_many, minutes + 1 + rng.integers(0, 30, n), two_weeks)
    return Library(apps, minutes, two_weeks, liking)


def _play_on(library: Library, rng: np.random.Generator) -> Library:
    """Give the copy of a library: half of them were taken later, when some more had been played."""
    if rng.random() < 0.5:
        return library
    more = np.where(rng.random(len(library.apps)) < 0.1, rng.integers(1, 300, len(library.apps)), 0)
    return Library(library.apps, library.minutes + more, library.two_weeks, library.liking)
