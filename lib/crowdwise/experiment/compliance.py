"""The effect on those who take the treatment up because they are assigned to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from crowdwise.base.errors import Problem
from crowdwise.experiment.effect import check_arms, quantile
from crowdwise.experiment.lift import fieller
from crowdwise.experiment.welch import welch


@dataclass(frozen=True)
class ComplierEffect:
    """The complier average causal effect.

    Parameters
    ----------
    effect, error, low, high : float
        By two-stage least squares, with its robust error.
    fieller_low, fieller_high : float
        The interval that holds also where uptake hardly differs (Anderson & Rubin 1949); infinite where it says
        nothing.
    uptake : float
        By how much assignment raises the share that takes the treatment up: the share of compliers.
    n : int
        Units in both arms.
    """

    effect: float
    error: float
    low: float
    high: float
    fieller_low: float
    fieller_high: float
    uptake: float
    level: float
    n: int


def measure_compliers(
    outcome: ArrayLike, treated: ArrayLike, took: ArrayLike, *, level: float = 0.95
) -> ComplierEffect:
    """Give the effect on compliers: the effect of assignment over its effect on uptake.

    The estimate is Wald's (1940), read as in Imbens & Angrist (1994). It rests on more than the randomisation:
    assignment acts through uptake only, and makes nobody less likely to take the treatment up. So it comes second to
    the comparison as assigned. The error is the robust one of two-stage least
    squares, the variance of ``outcome - effect * took`` in each arm (HC2), with n - 2 degrees of freedom.

    Parameters
    ----------
    outcome : array-like of float, shape (n,)
    treated : array-like of bool, shape (n,)
        As assigned.
    took : array-like of bool, shape (n,)
        Whether the unit took the treatment up.

    Raises
    ------
    Problem
        If assignment does not change uptake.
    """
    y, t = check_arms(outcome, treated)
    d, _ = check_arms(took, t)
    uptake = float(d[t].mean() - d[~t].mean())
    if uptake == 0:
        what = "assignment does not change who takes the treatment up"
        raise Problem(what, where="complier effect", remedy="Read the comparison as assigned; there are no compliers")
    assigned = welch(y, t, level=level)
    effect = assigned.difference / uptake
    error = welch(y - effect * d, t, level=level).error / abs(uptake)
    bound = quantile(level, len(y) - 2)
    half = bound * error
    variances, covariance = [0.0, 0.0], 0.0
    for arm in (~t, t):
        moments = np.cov(y[arm], d[arm]) / int(arm.sum())
        variances = [variances[0] + float(moments[0, 0]), variances[1] + float(moments[1, 1])]
        covariance += float(moments[0, 1])
    means = (assigned.difference, uptake)
    low, high = fieller(means, (variances[0], variances[1]), covariance, bound)
    return ComplierEffect(effect, error, effect - half, effect + half, low, high, uptake, level, len(y))
