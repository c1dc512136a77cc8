"""What a metric is before anything is changed: its mean and spread, from data or from stated assumptions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crowdwise.base.statistics import mean_interval
from crowdwise.experiment.means import standardised


@dataclass(frozen=True)
class Baseline:
    """A metric's mean and standard deviation between units, from `n` of them."""

    mean: float
    sd: float
    n: int

    @classmethod
    def of(cls, values: ArrayLike) -> Baseline:
        """Measure one value a unit.

        Raises
        ------
        ValueError
            If fewer than two values are given, or one is not finite.
        """
        x = np.asarray(values, dtype=np.float64)
        if x.ndim != 1 or len(x) < 2:
            raise ValueError("a baseline needs at least two values, one a unit")
        if not np.isfinite(x).all():
            raise ValueError("a baseline needs finite values; decide what a missing one means first")
        return cls(float(x.mean()), float(x.std(ddof=1)), len(x))

    def interval(self, z: float = 1.959964) -> tuple[float, float]:
        """Give the normal interval of the mean (95 % by default)."""
        half = z * self.sd / math.sqrt(self.n)
        return self.mean - half, self.mean + half


def capped(values: ArrayLike, share: float = 0.99) -> np.ndarray:
    """Give values with those above the quantile `share` set to it (winsorised above; Tukey 1962).

    A few units that play all day would otherwise decide the variance, and with it the size of the test.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share is {share}: it must be in (0, 1]")
    x = np.asarray(values, dtype=np.float64)
    return np.minimum(x, np.quantile(x, share))


def counts_in_window(totals: ArrayLike, periods: float) -> Baseline:
    """Give the baseline of a count in one window, from each unit's total over `periods` windows of that length.

    Each unit counts at a pace of its own, evenly: a Poisson count whose mean differs between units (Greenwood & Yule
    1920). With M and V the mean and variance of the totals over T windows, a window's mean is M / T and its variance
    M / T + max(0, V - M) / T^2.

    Raises
    ------
    ValueError
        If `periods` is not positive or a total is negative.
    """
    if not (math.isfinite(periods) and periods > 0):
        raise ValueError(f"the totals were counted over {periods} windows: it must be above 0")
    total = Baseline.of(totals)
    if np.min(np.asarray(totals)) < 0:
        raise ValueError("a count is not negative")
    mean = total.mean / periods
    return Baseline(mean, math.sqrt(mean + max(0.0, total.sd**2 - total.mean) / periods**2), total.n)


def linearised(numerators: ArrayLike, denominators: ArrayLike) -> np.ndarray:
    """Give one value a unit whose mean is the ratio of the sums, and whose spread is that ratio's (delta method).

    For a metric such as the review score of all of a player's purchases: R + (x - R y) / mean(y), with R = sum(x) /
    sum(y) (Deng, Knoblich & Lu 2018). `Baseline.of` it is the baseline of the ratio; the unit is who is assigned.

    Raises
    ------
    ValueError
        If the two do not have the same units, a value is not finite, or the denominators' sum is not positive.
    """
    x, y = np.asarray(numerators, dtype=np.float64), np.asarray(denominators, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError("numerators and denominators: one of each a unit")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("a ratio needs finite values; decide what a missing one means first")
    if not y.sum() > 0:
        raise ValueError(f"the denominators add up to {y.sum():g}: there is nothing to divide by")
    ratio = x.sum() / y.sum()
    return ratio + (x - ratio * y) / y.mean()


def variance_factor(values: ArrayLike, before: ArrayLike) -> float:
    """Give the share of the variance that is left when what was known before assignment is taken out (CUPED).

    1 - rho^2, or 1 - R^2 with several covariates (Deng, Xu, Kohavi & Walker 2013); a size grows by it. Measure it on
    two earlier periods as long and as far apart as the test's will be.

    Parameters
    ----------
    values : array_like of shape (units,)
    before : array_like of shape (units,) or (units, covariates)
        From before assignment. A unit without a past gets a constant, and a column that says so.

    Raises
    ------
    ValueError
        If units do not match, a value is not finite, there are too few units, or the values do not differ.
    """
    y, x = np.asarray(values, dtype=np.float64), np.asarray(before, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    if y.ndim != 1 or x.ndim != 2 or len(y) != len(x) or len(y) < x.shape[1] + 2:
        raise ValueError("values and what was before: one of each a unit, and two units more than covariates")
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise ValueError("a variance factor needs finite values; give units without a past a constant and a column")
    y, x = y - y.mean(), x - x.mean(axis=0)
    if not y @ y > 0:
        raise ValueError("all values are the same: there is no variance to take out")
    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return float(rest @ rest / (y @ y))


def tabulate_baselines(
    metrics: Mapping[str, tuple[ArrayLike, Baseline, str]], *, seed: int, level: float = 0.95
) -> pd.DataFrame:
    """Give each metric's mean with its bootstrap interval, and the spread between units that a design rests on.

    Parameters
    ----------
    metrics : mapping of str to (values, Baseline, str)
        By name: one value a unit, the metric's baseline, and what it is counted in.

    Returns
    -------
    DataFrame
        ``metric, mean, low, high, level, sd, n, unit``.
    """
    rows = []
    for name, (values, base, unit) in metrics.items():
        mean = mean_interval(values, seed=seed, level=level)
        rows.append((name, mean.value, mean.low, mean.high, level, base.sd, base.n, unit))
    return pd.DataFrame(rows, columns=["metric", "mean", "low", "high", "level", "sd", "n", "unit"])


def relative_effect(baseline: Baseline, lift: float) -> float:
    """Give a relative lift of a baseline's mean in its standard deviations."""
    return standardised(baseline.mean, baseline.sd, lift)
