"""How good probabilities are: discrimination, calibration, and both, each with its interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from crowdwise.base.seeds import generator
from crowdwise.base.statistics import Estimate, auc_interval, mean_intervals

HIGHER_IS_BETTER = {
    **{"auc": True, "brier": False, "log_loss": False, "calibration_error": False, "accuracy": True},
    **{"accuracy_gain": True},
}
SMALLEST = 1e-6


def score_all(
    outcome: np.ndarray, probability: np.ndarray, *, seed: int, level: float = 0.95, resamples: int = 500
) -> dict[str, Estimate]:
    """Give ``auc, brier, log_loss, calibration_error, accuracy`` of probabilities, each with its interval.

    Brier (1950) score and log loss are means over projects; accuracy takes 0.5 as the border.
    """
    y, p = np.asarray(outcome, dtype=bool), np.asarray(probability, dtype=float)
    each = losses(y, p) | {"accuracy": ((p >= 0.5) == y).astype(float)}
    means = mean_intervals(each, seed=seed, level=level, resamples=resamples)
    return {
        "auc": auc_interval(y, p, level=level),
        "brier": means["brier"],
        "log_loss": means["log_loss"],
        "calibration_error": calibration_error(y, p, seed=seed, level=level, resamples=resamples),
        "accuracy": means["accuracy"],
    }


def losses(outcome: np.ndarray, probability: np.ndarray) -> dict[str, np.ndarray]:
    """Give each project's ``brier`` (1950) score and ``log_loss``; probabilities at 0 and 1 are moved in by 1e-6."""
    y, p = np.asarray(outcome, dtype=bool), np.asarray(probability, dtype=float)
    safe = np.clip(p, SMALLEST, 1 - SMALLEST)
    return {"brier": (p - y) ** 2, "log_loss": -np.where(y, np.log(safe), np.log1p(-safe))}


def reliability(outcome: np.ndarray, probability: np.ndarray, bins: int = 20) -> pd.DataFrame:
    """Give predicted and observed success in bins of equal counts: ``projects, predicted, observed, low, high``.

    `low` and `high` are the 95% score interval (Wilson 1927) of the observed share.
    """
    y, p = np.asarray(outcome, dtype=float), np.asarray(probability, dtype=float)
    number = _bin_of(p, bins)
    n = np.bincount(number, minlength=bins)
    used = n > 0
    n, z = n[used], 1.959964
    predicted = np.bincount(number, p, minlength=bins)[used] / n
    observed = np.bincount(number, y, minlength=bins)[used] / n
    centre = (observed + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(observed * (1 - observed) / n + z * z / (4 * n * n))
    low, high = np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
    return pd.DataFrame({"projects": n, "predicted": predicted, "observed": observed, "low": low, "high": high})


def calibration_error(
    outcome: np.ndarray,
    probability: np.ndarray,
    *,
    seed: int,
    level: float = 0.95,
    resamples: int = 500,
    bins: int = 20,
    weights: np.ndarray | None = None,
) -> Estimate:
    """Give the expected calibration error over bins of equal counts (Naeini et al. 2015).

    The mean gap between predicted and observed share, weighted by projects. Its interval is a bootstrap of the bins'
    sums (each is a sum of many projects, so it is drawn from the normal distribution of that sum). Noise makes gaps
    larger, so that the draws lie too high: they are moved by the bootstrap's estimate of that bias, their mean less the
    value (Efron & Tibshirani 1993, chapter 10), and end at 0.

    Parameters
    ----------
    weights : ndarray, shape (n,), optional
        How much each project counts for; all alike by default. They are taken as given, not as estimated.
    """
    y, p = np.asarray(outcome, dtype=float), np.asarray(probability, dtype=float)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=float) * len(y) / np.sum(weights)
    number = _bin_of(p, bins)
    gap = np.bincount(number, w * (y - p), minlength=bins)
    n = np.bincount(number, w, minlength=bins)
    mean = np.divide(gap, n, out=np.zeros(bins), where=n > 0)
    spread = np.sqrt(np.bincount(number, (w * (y - p - mean[number])) ** 2, minlength=bins))
    value = float(np.abs(gap).sum() / len(y))
    draws = generator(seed, "bootstrap", "calibration").normal(gap, spread, (resamples, bins))
    errors = np.abs(draws).sum(axis=1) / len(y)
    low, high = np.quantile(errors - (errors.mean() - value), [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(np.clip(low, 0, value)), float(max(high, value)), level, len(y))


def auc_difference(outcome: np.ndarray, first: np.ndarray, second: np.ndarray, *, level: float = 0.95) -> Estimate:
    """Give how much higher the first model's AUC is than the second's on the same projects.

    The interval is that of paired areas (DeLong et al. 1988): projects that are hard for both don't widen it.

    Parameters
    ----------
    outcome : ndarray of bool, shape (n,)
    first, second : ndarray, shape (n,)
        The models' probabilities.

    Raises
    ------
    ValueError
        If there are not at least two projects of each outcome.
    """
    y = np.asarray(outcome, dtype=bool)
    won, lost = int(y.sum()), int((~y).sum())
    if min(won, lost) < 2:
        raise ValueError("a difference of AUC needs two projects of each outcome")
    (up_first, down_first), (up_second, down_second) = (_placements(y, np.asarray(s, float)) for s in (first, second))
    up, down = up_first - up_second, down_first - down_second
    value = float(up.mean())
    half = float(stats.norm.ppf((1 + level) / 2) * np.sqrt(up.var(ddof=1) / won + down.var(ddof=1) / lost))
    return Estimate(value, value - half, value + half, level, len(y))


def has_cells(outcome: np.ndarray, cells: np.ndarray, fewest: int) -> bool:
    """Tell whether a cell holds at least so many of each outcome."""
    codes, _ = pd.factorize(cells)
    won = np.bincount(codes, np.asarray(outcome, dtype=float))
    return bool((np.minimum(won, np.bincount(codes) - won) >= fewest).any())


def _placements(outcome: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give each success's share of failures below it, and each failure's share of successes above it."""
    ranks, won = stats.rankdata(score), outcome
    up = (ranks[won] - stats.rankdata(score[won])) / (~won).sum()
    return up, 1 - (ranks[~won] - stats.rankdata(score[~won])) / won.sum()


def accuracy_gain(
    outcome: np.ndarray, probability: np.ndarray, training_rate: np.ndarray, *, seed: int, level: float, resamples: int
) -> tuple[Estimate, Estimate]:
    """Give the accuracy of always saying the commoner outcome, and how much higher that of the probabilities is.

    Parameters
    ----------
    outcome : ndarray of bool, shape (n,)
    probability : ndarray, shape (n,)
    training_rate : ndarray, shape (n,)
        The success rate of the rows that each project was judged from: which outcome is commoner is learnt there.
    """
    y = np.asarray(outcome, dtype=bool)
    usual = ((np.asarray(training_rate) >= 0.5) == y).astype(float)
    right = ((np.asarray(probability) >= 0.5) == y).astype(float)
    means = {"base": usual, "gain": right - usual}
    found = mean_intervals(means, seed=seed, level=level, resamples=resamples)
    return found["base"], found["gain"]


def auc_within(
    outcome: np.ndarray,
    score: np.ndarray,
    cells: np.ndarray,
    *,
    seed: int,
    fewest: int = 1,
    level: float = 0.95,
    resamples: int = 500,
) -> Estimate:
    """Give the AUC among pairs of projects of one cell: what is left when the cell itself can't be read.

    Every pair of a success and a failure within a cell counts alike (the stratified AUC); the interval resamples cells.

    Parameters
    ----------
    cells : ndarray, shape (n,)
        Each project's cell, such as its sub-category and year of launch.
    fewest : int
        How many of each outcome a cell needs to count.

    Raises
    ------
    ValueError
        If no cell holds so many of both outcomes.
    """
    table = pd.DataFrame({"cell": cells, "y": np.asarray(outcome, dtype=bool), "score": np.asarray(score, dtype=float)})
    table["rank"] = table.groupby("cell", sort=True)["score"].rank()
    grouped = table.groupby("cell", sort=True)
    n = grouped.size().to_numpy(float)
    won = grouped["y"].sum().to_numpy(float)
    ranks = table["rank"].where(table["y"], 0.0).groupby(table["cell"], sort=True).sum().to_numpy(float)
    pairs, ordered = won * (n - won), ranks - won * (won + 1) / 2
    mixed = np.minimum(won, n - won) >= max(fewest, 1)
    if not mixed.any():
        raise ValueError("no cell holds both outcomes" if fewest <= 1 else f"no cell holds {fewest} of both outcomes")
    pairs, ordered, held = pairs[mixed], ordered[mixed], int(n[mixed].sum())
    rng = generator(seed, "bootstrap", "cells")
    draws = rng.integers(0, len(pairs), (resamples, len(pairs)))
    areas = ordered[draws].sum(axis=1) / pairs[draws].sum(axis=1)
    low, high = np.quantile(areas, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(float(ordered.sum() / pairs.sum()), float(low), float(high), level, held)


def _bin_of(probability: np.ndarray, bins: int) -> np.ndarray:
    """Give each probability's bin: bins of about equal counts, equal probabilities always together."""
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.searchsorted(edges, probability, side="right")
