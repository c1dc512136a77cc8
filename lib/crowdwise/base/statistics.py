"""Intervals and comparisons that more than one room needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from crowdwise.base.seeds import generator


@dataclass(frozen=True)
class Estimate:
    """A number with its interval: `value` in [`low`, `high`] at confidence `level`, from `n` units."""

    value: float
    low: float
    high: float
    level: float
    n: int


def mean_interval(values: ArrayLike, *, seed: int, level: float = 0.95, resamples: int = 2000) -> Estimate:
    """Give the mean of one value a unit with its percentile bootstrap interval (Efron 1979).

    Parameters
    ----------
    values : array-like, shape (n,)
        One value a unit (a player, a project); NaN is refused.
    seed : int
        Where the resamples come from.

    Raises
    ------
    ValueError
        If there is no value, or one is not finite.
    """
    return mean_intervals({"mean": values}, seed=seed, level=level, resamples=resamples)["mean"]


def mean_intervals(
    values: Mapping[str, ArrayLike], *, seed: int, level: float = 0.95, resamples: int = 2000
) -> dict[str, Estimate]:
    """Give several means over the same units as `mean_interval` does each, from resamples drawn once.

    Raises
    ------
    ValueError
        If there is no value, one is not finite, or the arrays differ in length.
    """
    columns = [np.asarray(each, dtype=np.float64) for each in values.values()]
    if not columns or any(x.ndim != 1 or len(x) == 0 for x in columns):
        raise ValueError("mean_interval needs a flat, non-empty array")
    if not all(np.isfinite(x).all() for x in columns):
        raise ValueError("mean_interval needs finite values; decide what a missing one means first")
    if len({len(x) for x in columns}) > 1:
        raise ValueError("mean_intervals needs arrays of one length: a value a unit in each")
    rng, n = generator(seed, "bootstrap", "mean"), len(columns[0])
    means = np.empty((resamples, len(columns)))
    for k in range(resamples):
        drawn = rng.integers(0, n, n)
        means[k] = [x[drawn].mean() for x in columns]
    lows, highs = np.quantile(means, [(1 - level) / 2, (1 + level) / 2], axis=0)
    found = zip(values, columns, lows, highs, strict=True)
    return {name: Estimate(float(x.mean()), float(low), float(high), level, n) for name, x, low, high in found}


def proportion_interval(successes: int, n: int, *, level: float = 0.95) -> Estimate:
    """Give a proportion with its score interval (Wilson 1927).

    Raises
    ------
    ValueError
        If `n` is not positive or `successes` is not between 0 and `n`.
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"a proportion needs 0 <= successes <= n and n > 0, not {successes} of {n}")
    z = special.ndtri((1 + level) / 2)
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Estimate(p, float(min(p, max(0.0, centre - half))), float(max(p, min(1.0, centre + half))), level, n)


def auc_interval(outcome: ArrayLike, score: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Give the area under the ROC curve with its interval on the logit scale (DeLong et al. 1988, by midranks).

    Parameters
    ----------
    outcome : array-like of bool, shape (n,)
    score : array-like of float, shape (n,)
        Higher means more likely; ties count half.

    Raises
    ------
    ValueError
        If only one outcome occurs, or a score is not finite.
    """
    y = np.asarray(outcome, dtype=bool)
    s = np.asarray(score, dtype=np.float64)
    if y.shape != s.shape or y.ndim != 1:
        raise ValueError("outcome and score must be flat and of one length")
    if not np.isfinite(s).all():
        raise ValueError("a score is not finite")
    m, n = int(y.sum()), int((~y).sum())
    if m == 0 or n == 0:
        raise ValueError("the area under the ROC curve needs both outcomes")
    from scipy.stats import rankdata  # only here: it takes 30 MB and a second, which no session of the app needs

    ranks = rankdata(s)
    v10 = (ranks[y] - rankdata(s[y])) / n
    v01 = 1.0 - (ranks[~y] - rankdata(s[~y])) / m
    area = float(v10.mean())
    variance = (v10.var(ddof=1) / m if m > 1 else 0.0) + (v01.var(ddof=1) / n if n > 1 else 0.0)
    if not 0.0 < area < 1.0 or variance == 0.0:
        return Estimate(area, area, area, level, m + n)
    z = special.ndtri((1 + level) / 2)
    centre, half = np.log(area / (1 - area)), z * np.sqrt(variance) / (area * (1 - area))
    low, high = 1 / (1 + np.exp(-(centre - half))), 1 / (1 + np.exp(-(centre + half)))
    return Estimate(area, float(low), float(high), level, m + n)


def holm(p_values: ArrayLike) -> np.ndarray:
    """Give p-values adjusted for a family of tests by Holm's step-down method (Holm 1979)."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted
