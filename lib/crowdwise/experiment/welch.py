"""Two means compared as they are, and three views of the same units for outcomes with a heavy tail."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from crowdwise.base.errors import Problem
from crowdwise.experiment.effect import Effect, check_arms, give_effect, satterthwaite
from crowdwise.experiment.intervals import compare_proportions
from crowdwise.experiment.lift import Lift


def welch(outcome: ArrayLike, treated: ArrayLike, *, level: float = 0.95, method: str = "welch") -> Effect:
    """Compare two means whose variances may differ (Welch 1947).

    Parameters
    ----------
    outcome : array-like of float, shape (n,)
        One value a unit.
    treated : array-like of bool, shape (n,)
        Whether the unit is in the treatment arm.

    Raises
    ------
    Problem
        If a value is missing or infinite, or an arm has fewer than two units.
    """
    return compare_means(*check_arms(outcome, treated), level=level, method=method)


def compare_means(y: np.ndarray, t: np.ndarray, *, level: float, method: str, shared: float = 0.0) -> Effect:
    """Do as `welch` does with what `check_arms` has checked; `shared` is a variance that both means have in common."""
    means, variances, counts = [], [], []
    for rows in (np.flatnonzero(~t), np.flatnonzero(t)):  # quicker than by booleans
        values = y[rows]
        means.append(float(values.mean()))
        variances.append(float(values.var(ddof=1)) / len(values))
        counts.append(len(values))
    freedom = satterthwaite((variances[0], variances[1]), (counts[0] - 1, counts[1] - 1))
    return give_effect(
        method,
        (means[0], means[1]),
        (variances[0], variances[1]),
        (counts[0], counts[1]),
        freedom=freedom,
        level=level,
        shared=(shared, shared, shared),
    )


def find_cap(outcome: ArrayLike, share: float) -> float:
    """Give the quantile `share` of all arms together, the value at which a plan's cap lies (Tukey 1962).

    One cap for all arms: a cap of each arm's own would take away the part of the effect that lies in the tail, and
    more of it where the effect is larger.
    """
    if not 0 < share < 1:
        raise Problem(f"the share is {share}", where="cap", remedy="Give a share between 0 and 1, as in 0.99")
    return float(np.quantile(np.asarray(outcome, dtype=np.float64), share))


def welch_capped(outcome: ArrayLike, treated: ArrayLike, cap: float, *, level: float = 0.95) -> Effect:
    """Compare two means of values that count at most `cap` (winsorised above).

    It is another metric than the raw mean, which belongs beside it.
    """
    y, t = check_arms(outcome, treated)
    return welch(np.minimum(y, cap), t, level=level, method=f"welch, capped at {cap:g}")


def compare_logs(outcome: ArrayLike, treated: ArrayLike, *, level: float = 0.95) -> tuple[Effect, Lift]:
    """Compare the means of ``log(1 + outcome)``, and give the change in the geometric mean of ``1 + outcome``.

    It tells of the typical unit, not of the total: it may rise while the mean falls (Feng et al. 2014).

    Raises
    ------
    Problem
        If an outcome is negative.
    """
    y, t = check_arms(outcome, treated)
    if y.min() < 0:
        raise Problem(f"an outcome is {y.min():g}", where="log view", remedy="Take logs of outcomes from 0 only")
    effect = welch(np.log1p(y), t, level=level, method="welch, log(1 + outcome)")
    value, low, high = (math.expm1(bound) for bound in (effect.difference, effect.low, effect.high))
    return effect, Lift(value, low, high, level, "geometric mean of 1 + outcome")


def compare_active(outcome: ArrayLike, treated: ArrayLike, *, level: float = 0.95) -> Effect:
    """Compare the shares of units whose outcome is above 0, by the score interval (see `compare_proportions`)."""
    y, t = check_arms(outcome, treated)
    active = y > 0
    control = (int(active[~t].sum()), int((~t).sum()))
    treatment = (int(active[t].sum()), int(t.sum()))
    return compare_proportions(control, treatment, level=level, method="miettinen-nurminen")
