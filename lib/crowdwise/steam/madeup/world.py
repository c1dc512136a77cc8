"""The games of a made-up world: what they are called, how known they are, what they taste of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crowdwise.base.seeds import generator
from crowdwise.steam.madeup.words import NUMERALS, SUBTITLES, game_names

PUBLISHED_PLAYERS, PUBLISHED_OWNED, PUBLISHED_LISTED = 88_310, 10_978, 32_135
GENRES = {
    **{"Action": 0.40, "Indie": 0.55, "Casual": 0.29, "Adventure": 0.29, "Strategy": 0.24, "Simulation": 0.23},
    **{"RPG": 0.19, "Free to Play": 0.07, "Sports": 0.04, "Massively Multiplayer": 0.04, "Racing": 0.04},
}
SOFTWARE = ("Design & Illustration", "Utilities", "Video Production", "Animation & Modeling")
TAGS = ("Co-op", "Horror", "Pixel Graphics", "Story Rich", "Sandbox", "Competitive")
SPREAD_OF_FAME = 2.55  # standard deviation of the log weights: half of the games share a few percent of the owners
GENRE_TASTE, HIDDEN_TASTE = 0.95, 1.25
BESIDE = (" Soundtrack", " Dedicated Server", " - SDK", " Demo", " Beta", " Public Test")


@dataclass(frozen=True)
class World:
    """Every app that can be owned (the first `pool`) or is only listed, in the order of their ids.

    Attributes
    ----------
    names : list of str
    ids : ndarray of int
        Rising.
    genres : ndarray of bool, shape (apps, genres)
    software : ndarray of int
        An index into `SOFTWARE`, or -1.
    taste : ndarray of float32, shape (apps, genres + tags)
        What a player's taste is multiplied with.
    fame : ndarray of float32
        Log weight; -inf where it can't be owned.
    twin_of : ndarray of int
        The app it shares all owners with, or -1.
    beside : ndarray of bool
        Whether it is a soundtrack, a server, a test... rather than a game.
    price : ndarray of float
        USD.
    grip : ndarray of float32
        How long it is played: the mean log minutes of who plays it.
    listed : ndarray of bool
        Whether the catalogue has it.
    clean : bool
        Whether flaws are left out.
    """

    names: list[str]
    ids: np.ndarray
    genres: np.ndarray
    software: np.ndarray
    taste: np.ndarray
    fame: np.ndarray
    twin_of: np.ndarray
    beside: np.ndarray
    price: np.ndarray
    grip: np.ndarray
    listed: np.ndarray
    clean: bool

    def flaws(self, rate: float, of: int) -> int:
        """Give how many of `of` units get a flaw that a share of `rate` has: at least one, or none if clean."""
        return 0 if self.clean else min(of, max(1, round(rate * of)))


def draw_world(players: int, seed: int, *, clean: bool) -> World:
    """Draw the apps for a panel of that many lines; the published number of lines gives as many apps as published."""
    rng = generator(seed, "steam", "madeup", "world")
    scale = (players / PUBLISHED_PLAYERS) ** 0.25
    n, pool = round(PUBLISHED_LISTED * scale), round(PUBLISHED_OWNED * scale)
    # Apps in a random order of ids; the last of the ranks can't be owned.
    rank = rng.permutation(n)
    fame = rng.normal(0.0, SPREAD_OF_FAME, n)
    fame[rank >= pool] = -np.inf
    genres = rng.random((n, len(GENRES))) < np.array(list(GENRES.values()))
    genres[~genres.any(axis=1), 1] = True
    hidden = rng.normal(0.0, 1.0, (n, len(TAGS)))
    names = game_names(n, rng, plain=clean)
    twin_of, beside = np.full(n, -1), np.zeros(n, dtype=bool)
    ownable = rng.permutation(np.flatnonzero(np.isfinite(fame)))
    _draw_series(ownable[: round(0.2 * pool)], names, genres, hidden, fame, rng)
    if not clean:
        rest = ownable[round(0.2 * pool) :]
        most = rest[np.argmax(fame[rest])]
        names[most], beside[most] = f"{names[most].rstrip()} Test", True
        fame[most] = fame[np.isfinite(fame)].max() + 0.5
        rest = rest[rest != most]
        _draw_beside(rest[: round(0.02 * pool)], rest[round(0.1 * pool) :], names, beside, rng)
        _draw_twins(rest[round(0.02 * pool) : round(0.06 * pool)], rest, names, twin_of, beside, fame, rng)
    software = np.where(rng.random(n) < (0.0 if clean else 0.015), rng.integers(0, len(SOFTWARE), n), -1)
    software[beside | (twin_of >= 0)] = -1
    price = _draw_prices(genres, fame, rng)
    grip = rng.normal(0.0, 0.8, n) + 0.35 * np.log1p(price) + 0.15 * np.where(np.isfinite(fame), fame, 0.0)
    listed = np.ones(n, dtype=bool)
    if not clean:
        missing = rng.permutation(np.flatnonzero(np.isfinite(fame) | (twin_of >= 0)))[: round(0.155 * pool)]
        listed[missing] = False
        listed[beside & np.array([name.endswith((" Test", " Beta", " Server")) for name in names])] = False
    loadings = genres / np.sqrt(genres.sum(axis=1, keepdims=True))
    taste = np.hstack([GENRE_TASTE * loadings, HIDDEN_TASTE / np.sqrt(len(TAGS)) * hidden]).astype(np.float32)
    ids = 10 * (1 + np.sort(rng.choice(np.arange(1, 7 * n), n, replace=False)))
    return World(
        *(names, ids, genres, software, taste, fame.astype(np.float32), twin_of, beside, price),
        *(grip.astype(np.float32), listed, clean),
    )


def _draw_series(
    members: np.ndarray,
    names: list[str],
    genres: np.ndarray,
    hidden: np.ndarray,
    fame: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """Make series of two to five: one name, near tastes, near fame."""
    start = 0
    while start < len(members):
        series = np.sort(members[start : start + int(rng.integers(2, 6))])
        start += len(series)
        first = series[0]
        for number, app in enumerate(series[1:], start=1):
            subtitle = f": {SUBTITLES[int(rng.integers(len(SUBTITLES)))]}" if rng.random() < 0.5 else ""
            names[app] = f"{names[first]}{NUMERALS[number]}{subtitle}"
            genres[app] = genres[first]
            hidden[app] = hidden[first] + rng.normal(0.0, 0.3, hidden.shape[1])
            fame[app] = fame[first] + rng.normal(0.0, 0.4)


def _draw_beside(
    apps: np.ndarray, of: np.ndarray, names: list[str], beside: np.ndarray, rng: np.random.Generator
) -> None:
    for app, game in zip(apps, rng.choice(of, len(apps), replace=False), strict=True):
        names[app], beside[app] = names[game] + BESIDE[int(rng.integers(len(BESIDE)))], True


def _draw_twins(
    apps: np.ndarray,
    of: np.ndarray,
    names: list[str],
    twin_of: np.ndarray,
    beside: np.ndarray,
    fame: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """Turn apps into second ids of known games: whoever owns the one owns the other."""
    known = of[~beside[of] & ~np.isin(of, apps)]
    known = known[np.argsort(-fame[known], kind="stable")][: 6 * len(apps)]
    for app, game in zip(apps, rng.choice(known, len(apps), replace=False), strict=True):
        names[app] = names[game] + (" - Multiplayer", " Beta", ": Extra Missions")[int(rng.integers(3))]
        twin_of[app], beside[app], fame[app] = game, names[app].endswith("Beta"), -np.inf


def _draw_prices(genres: np.ndarray, fame: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Prices end in .99; free-to-play games cost nothing, known games more."""
    known = np.where(np.isfinite(fame), fame, -1.0)
    dollars = np.exp(rng.normal(1.75 + 0.12 * known, 0.75))
    steps = np.array([0.99, 1.99, 2.99, 3.99, 4.99, 6.99, 9.99, 12.99, 14.99, 19.99, 24.99, 29.99, 39.99, 49.99, 59.99])
    price = steps[np.abs(np.log(dollars[:, None] / steps)).argmin(axis=1)]
    return np.where(genres[:, list(GENRES).index("Free to Play")], 0.0, price)
