"""Made-up projects and the truth about them: what each one's chance was, and whether the crawl caught it."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from crowdwise.base.seeds import generator
from crowdwise.kickstarter.categories import SUBCATEGORIES
from crowdwise.kickstarter.madeup.words import TONES

DAY = 86_400
OPENED = int(datetime(2009, 6, 1, tzinfo=UTC).timestamp())
CRAWLS = (datetime(2018, 2, 14, 3, 20, 7, 451_000, UTC), datetime(2023, 9, 21, 3, 20, 38, 702_000, UTC))
CAUGHT_ALL_FROM = int(datetime(2014, 1, 1, tzinfo=UTC).timestamp())
# Listings too long for the crawl to see to the end: only successes were caught there.
LONG_LISTINGS = (
    *("design/product design", "publishing/fiction", "music/rock", "film & video/documentary", "games/tabletop games"),
    *("technology/gadgets", "comics/comic books", "food/restaurants", "music/indie rock", "publishing/nonfiction"),
)
CAUGHT_OF_FAILED = {"long listing": 0.012, "before 2014": 0.04, "else": 1.0}
_PARENT_EFFECT = {
    **{"art": 0.1, "comics": 0.8, "crafts": -0.9, "dance": 1.1, "design": 0.1, "fashion": -0.8, "film & video": -0.1},
    **{"food": -0.9, "games": 0.3, "journalism": -1.1, "music": 0.3, "photography": -0.5, "publishing": -0.2},
    **{"technology": -1.2, "theater": 1.0},
}
# Share of projects, US dollars for a unit of the currency, and effect on the log-odds.
COUNTRIES: dict[str, tuple[float, str, float, float]] = {
    **{"US": (0.74, "USD", 1.0, 0.0), "GB": (0.09, "GBP", 1.31, 0.05), "CA": (0.05, "CAD", 0.77, -0.1)},
    **{"AU": (0.03, "AUD", 0.72, -0.1), "DE": (0.03, "EUR", 1.12, -0.2), "FR": (0.02, "EUR", 1.12, 0.0)},
    **{"MX": (0.02, "MXN", 0.053, -0.5), "JP": (0.01, "JPY", 0.0083, 0.3), "SE": (0.01, "SEK", 0.11, -0.3)},
}
_DAYS, _DAYS_SHARE = (
    (7, 10, 14, 15, 20, 21, 25, 28, 30, 31, 35, 40, 45, 50, 59, 60),
    np.array([1, 2, 3, 3, 4, 4, 3, 3, 45, 3, 5, 4, 6, 2, 2, 10]),
)


def draw_population(projects: int, seed: int, *, leak: bool) -> pd.DataFrame:
    """Give exactly `projects` caught projects, oldest first.

    Columns: ``category, country, currency, rate, goal`` (in the currency), ``launched, deadline, created`` (seconds),
    ``creator, tone, second`` (numbers of TONES), ``chance`` (the true probability of success), ``success``,
    ``chance_if_caught`` (that probability among crawled projects).
    """
    size, batch, parts, caught = projects + projects // 2 + 200, 0, [], 0
    while caught < projects:
        part = _draw(size, generator(seed, "kickstarter", "population", batch), batch, leak=leak)
        parts.append(part[part["caught"]])
        caught += len(parts[-1])
        batch += 1
    every = pd.concat(parts, ignore_index=True)
    keep = generator(seed, "kickstarter", "kept").permutation(len(every))[:projects]
    return every.iloc[np.sort(keep)].sort_values("launched", kind="stable", ignore_index=True).drop(columns="caught")


def _draw(size: int, rng: np.random.Generator, batch: int, *, leak: bool) -> pd.DataFrame:
    slugs, effects, shares = _categories()
    which = rng.choice(len(slugs), size, p=shares)
    # More projects a year as the site grows, until the middle of its life.
    ends = int(CRAWLS[-1].timestamp())
    launched = (OPENED + (ends - OPENED) * rng.beta(1.9, 1.5, size)).astype(np.int64)
    codes = list(COUNTRIES)
    shares_of = np.array([COUNTRIES[code][0] for code in codes])
    country = rng.choice(len(codes), size, p=shares_of / shares_of.sum())
    rate = np.array([COUNTRIES[code][2] for code in codes])[country]
    usd = np.exp(
        rng.normal(8.45, 1.55, size) + 0.35 * np.isin(which, _of_parents(slugs, ("technology", "film & video")))
    )
    goal = _rounded(usd / rate, rng)
    days = rng.choice(_DAYS, size, p=_DAYS_SHARE / _DAYS_SHARE.sum())
    odd = np.where(rng.random(size) < 0.6, 0, rng.integers(0, DAY, size))
    deadline = launched + days * DAY + odd
    prepared = np.minimum(np.exp(rng.normal(2.3, 1.7, size)), 2000)
    table = pd.DataFrame(
        {
            "category": np.array(slugs)[which],
            "country": np.array(codes)[country],
            "currency": np.array([COUNTRIES[code][1] for code in codes])[country],
            "rate": np.round(rate * np.where(rate == 1, 1.0, np.exp(rng.normal(0, 0.04, size))), 8),
            "goal": goal,
            "launched": launched,
            "deadline": deadline,
            "created": launched - (prepared * DAY).astype(np.int64),
            "creator": batch * size
            + np.where(rng.random(size) < 0.7, np.arange(size), rng.integers(0, size // 6, size)),
            "tone": rng.integers(0, len(TONES), size),
            "second": rng.integers(0, len(TONES), size),
        }
    )
    said = np.array([effect for _, effect in TONES])
    log_odds = -0.6 + 1.3 * effects[which] + np.array([COUNTRIES[code][3] for code in codes])[country]
    log_odds += -0.85 * (np.log(np.maximum(goal * rate, 1)) - 8.45) - 0.022 * (days - 32)
    log_odds += 0.35 * (np.log1p(prepared) - 2.5) + 1.1 * (said[table["tone"]] + said[table["second"]])
    weekday = (launched // DAY + 3) % 7
    december = np.asarray(pd.to_datetime(launched, unit="s").month) == 12
    log_odds += 0.25 * (weekday == 1) - 0.3 * (weekday >= 5) - 0.25 * december
    table["chance"], table["success"] = _settle(table, log_odds, rng)
    failed_caught = _caught_of_failed(table) if leak else np.ones(size)
    chance = table["chance"].to_numpy()
    table["chance_if_caught"] = chance / (chance + (1 - chance) * failed_caught)
    table["caught"] = table["success"] | (rng.random(size) < failed_caught)
    return table


def _settle(table: pd.DataFrame, log_odds: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Decide success in order of launch: a creator's record counts, and it is made of projects decided before."""
    order = np.lexsort((table["launched"], table["creator"]))
    creator, launched, deadline = (table[name].to_numpy()[order] for name in ("creator", "launched", "deadline"))
    first = np.flatnonzero(np.r_[True, creator[1:] != creator[:-1]])
    rank = np.arange(len(order)) - np.repeat(first, np.diff(np.r_[first, len(order)]))
    luck, chance, success = rng.random(len(order)), np.zeros(len(order)), np.zeros(len(order), dtype=bool)
    for turn in range(rank.max() + 1):
        now = np.flatnonzero(rank == turn)
        won, lost = np.zeros(len(now)), np.zeros(len(now))
        for back in range(1, turn + 1):
            over = deadline[now - back] <= launched[now]
            won += over & success[now - back]
            lost += over & ~success[now - back]
        total = log_odds[order[now]] + 2.2 * np.log1p(won) - 1.0 * np.log1p(lost)
        chance[now] = 1 / (1 + np.exp(-total))
        success[now] = luck[now] < chance[now]
    back_in_place = np.empty(len(order), dtype=np.int64)
    back_in_place[order] = np.arange(len(order))
    return chance[back_in_place], success[back_in_place]


def _caught_of_failed(table: pd.DataFrame) -> np.ndarray:
    long = table["category"].isin(LONG_LISTINGS).to_numpy()
    early = (table["launched"] < CAUGHT_ALL_FROM).to_numpy()
    share = CAUGHT_OF_FAILED
    return np.where(long, share["long listing"], np.where(early, share["before 2014"], share["else"]))


def _categories() -> tuple[list[str], np.ndarray, np.ndarray]:
    rng = generator(0, "kickstarter", "categories of the made-up world")
    slugs = [f"{parent}/{child}" for parent, children in SUBCATEGORIES.items() for child in children]
    slugs += list(SUBCATEGORIES)
    effects = np.array([_PARENT_EFFECT[slug.partition("/")[0]] for slug in slugs]) + rng.normal(0, 0.8, len(slugs))
    shares = np.exp(rng.normal(0, 0.9, len(slugs)))
    shares[np.isin(slugs, LONG_LISTINGS)] = shares.sum() * 0.11
    return slugs, effects, shares / shares.sum()


def _of_parents(slugs: list[str], parents: tuple[str, ...]) -> np.ndarray:
    return np.flatnonzero([slug.partition("/")[0] in parents for slug in slugs])


def _rounded(goal: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Round goals as people do: mostly to one or two leading digits, sometimes not at all."""
    size = 10.0 ** np.floor(np.log10(np.maximum(goal, 10)))
    step = np.where(rng.random(len(goal)) < 0.65, size / 2, size / 10)
    rounded = np.maximum(np.round(goal / step) * step, step)
    return np.where(rng.random(len(goal)) < 0.07, np.round(np.maximum(goal, 1)), np.round(rounded, 2))
