"""How a model spreads its recommendations over the catalogue: which games are shown at all, and how evenly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crowdwise.base.seeds import generator
from crowdwise.base.statistics import Estimate


@dataclass(frozen=True)
class Exposure:
    """Of all lists together: what share of the candidates stands in any, and how unequal their shares are."""

    coverage: Estimate
    gini: Estimate


def measure_exposure(
    games: np.ndarray, candidates: np.ndarray, *, seed: int, level: float = 0.95, resamples: int = 200
) -> Exposure:
    """Give coverage and Gini's index of all lists, with bootstrap intervals over players.

    Drawing n of n players with replacement leaves out about a third of them, and so games that only they were shown:
    resamples cover less, and less evenly, than the lists they are drawn from, and their plain percentiles can lie
    beside the value. Their quantiles are therefore moved by the difference between the value and the resamples' mean
    (Efron and Tibshirani 1993, chapter 10, on the bootstrap's estimate of bias), and kept within [0, 1].

    Parameters
    ----------
    games : ndarray of int, shape (n, k)
        A list a player, of candidates; -1 is no game.
    candidates : ndarray of bool, shape (games,)
        What could have been shown.
    seed : int
        Where the resamples come from.

    Raises
    ------
    ValueError
        If no game is shown.
    """
    players, catalogue = len(games), len(candidates)
    rng = generator(seed, "bootstrap", "exposure")
    shown = games >= 0
    flat, lengths = games[shown], shown.sum(axis=1)

    def both(times: np.ndarray) -> tuple[float, float]:
        counts = np.bincount(flat, weights=np.repeat(times, lengths), minlength=catalogue)[candidates]
        return coverage(counts), gini(counts)

    value = np.array(both(np.ones(players)))
    drawn = np.array(
        [both(np.bincount(rng.integers(0, players, players), minlength=players)) for _ in range(resamples)]
    )
    tails = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    low, high = np.clip(tails + (value - drawn.mean(axis=0)), 0.0, 1.0)
    return Exposure(
        *(
            Estimate(float(v), float(min(a, v)), float(max(b, v)), level, players)
            for v, a, b in zip(value, low, high, strict=True)
        )
    )


def coverage(counts: np.ndarray) -> float:
    """Give the share of candidates that stand in anyone's list (Herlocker et al. 2004).

    Parameters
    ----------
    counts : ndarray, shape (candidates,)
        How many lists each stands in.
    """
    return float((np.asarray(counts) > 0).mean())


def gini(counts: np.ndarray) -> float:
    """Give Gini's index of how often each candidate is shown (Gini 1912).

    Fleder and Hosanagar (2009) took it to recommendations. With counts x in ascending order it is ``sum of (2 i - n -
    1) x_i / (n * sum of x)``: 0 when all are shown equally often, ``1 - 1 / n`` when only one of n is.

    Parameters
    ----------
    counts : ndarray, shape (candidates,)
        How many lists each stands in.

    Raises
    ------
    ValueError
        If nothing is shown.
    """
    ordered = np.sort(np.asarray(counts, dtype=np.float64))
    n, total = len(ordered), ordered.sum()
    if total == 0:
        raise ValueError("no candidate is shown to anyone")
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * total))
