"""Quantiles of an outcome in two arms, with intervals from order statistics: no bootstrap."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from crowdwise.base.errors import Problem
from crowdwise.base.statistics import Estimate
from crowdwise.experiment.effect import Effect, check_arms, check_level, give_effect
from crowdwise.experiment.ratios import sum_units


def quantile_interval(values: ArrayLike, share: float, *, level: float = 0.95) -> Estimate:
    """Give a quantile with its exact interval between two order statistics (Conover 1999, section 3.2).

    The ranks are those of the binomial's tails, so that the interval holds the quantile at least as often as `level`
    says, whatever the distribution. An end that few values leave open is infinite.
    """
    x = np.sort(np.asarray(values, dtype=np.float64))
    _check(share, level)
    if len(x) == 0 or not np.isfinite(x).all():
        raise Problem("a value is missing, or there is none", where="quantile", remedy="Say how a missing one counts")
    n, tail = len(x), (1 - level) / 2
    low = int(stats.binom.ppf(tail, n, share))  # the last rank below which the quantile lies with at most that chance
    high = int(stats.binom.isf(tail, n, share)) + 1
    bounds = (float(x[low - 1]) if low >= 1 else -math.inf, float(x[high - 1]) if high <= n else math.inf)
    return Estimate(float(np.quantile(x, share)), *bounds, level, n)


def compare_quantiles(
    outcome: ArrayLike,
    treated: ArrayLike,
    share: float,
    *,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> Effect:
    """Compare a quantile of two arms.

    Each arm's error is the width of its order-statistic interval over that of a normal one (Price & Bonett 2002; Deng,
    Knoblich & Lu 2018, who call it the outer interval). With clusters the share of rows below the quantile gets the
    delta method's variance. Where values tie at the quantile, as at 0, the error says little: compare shares instead.

    Parameters
    ----------
    outcome, treated : array-like, shape (n,)
    share : float
        Which quantile, in (0, 1): .5 is the median.
    cluster : array-like, shape (n,), optional
        The assigned unit of each row, where a unit has several.
    """
    y, t = check_arms(outcome, treated)
    _check(share, level)
    codes, arms = (None, None) if cluster is None else sum_units(cluster, t)
    means, variances, counts = [], [], []
    for rows in (~t, t):
        value, variance = _quantile(y[rows], share, None if codes is None else codes[rows])
        means.append(value)
        variances.append(variance)
        counts.append(int(rows.sum()))
    if sum(variances) == 0 and means[0] != means[1]:
        what = f"many values tie at the quantile, {means[0]:g} in one arm and {means[1]:g} in the other"
        raise Problem(what, where=f"quantile {share:g}", remedy="Compare the shares of units beyond a value instead")
    if arms is not None:
        counts = [int((~arms).sum()), int(arms.sum())]
    return give_effect(
        f"quantile {share:g}",
        (means[0], means[1]),
        (variances[0], variances[1]),
        (counts[0], counts[1]),
        freedom=math.inf,
        level=level,
    )


def _quantile(x: np.ndarray, share: float, codes: np.ndarray | None) -> tuple[float, float]:
    """Give a quantile and its variance."""
    n, value, z = len(x), float(np.quantile(x, share)), 1.959964
    if codes is None:
        error = math.sqrt(share * (1 - share) / n)
    else:
        below = x <= value
        left = np.bincount(codes, weights=below - below.mean())
        used = np.bincount(codes) > 0
        clusters = int(used.sum())
        error = math.sqrt(float(left[used] @ left[used]) * clusters / max(1, clusters - 1)) / n
    low = max(1, math.floor(n * (share - z * error)))
    high = min(n, math.ceil(n * (share + z * error)) + 1)
    ordered = np.partition(x, [low - 1, high - 1])
    return value, ((float(ordered[high - 1]) - float(ordered[low - 1])) / (2 * z)) ** 2


def _check(share: float, level: float) -> None:
    check_level(level)
    if not 0 < share < 1:
        raise Problem(f"the share is {share}", where="quantile", remedy="Give a share between 0 and 1, as in 0.5")
