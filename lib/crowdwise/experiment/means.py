"""Two means: how many units tell them apart, with what power, and what difference is found."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from crowdwise.experiment.size import (
    Alternative,
    Size,
    check_count,
    check_direction,
    check_request,
    looked_for,
    solve,
)

LARGEST = 1e12  # units an arm; a request beyond it is refused as impossible


def means_size(
    effect: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    alternative: Alternative = "two-sided",
) -> Size:
    """Give the size that tells two means apart by Student's t (noncentral t; Cohen 1988, chapter 2).

    Parameters
    ----------
    effect : float
        The difference of means in standard deviations (Cohen's d); see `standardised`.

    Raises
    ------
    ValueError
        If no size can do it: no difference, or one that the alternative does not look for.
    """
    check_request(alpha, power, ratio)
    check_direction(effect, alternative)

    def missing(log_n: float) -> float:
        return means_power(effect, math.exp(log_n), alpha=alpha, ratio=ratio, alternative=alternative) - power

    fewest = 2.0 / (1 + ratio) + 1e-3  # at least a hair of a degree of freedom
    if missing(math.log(LARGEST)) < 0:
        raise ValueError(f"an effect of {effect:g} standard deviations needs more than {LARGEST:.0e} units an arm")
    if missing(math.log(fewest)) >= 0:
        return Size(fewest, fewest * ratio)
    n = math.exp(solve(missing, math.log(fewest), math.log(LARGEST)))
    return Size(n, n * ratio)


def means_power(
    effect: float,
    n: float,
    *,
    alpha: float = 0.05,
    ratio: float = 1.0,
    alternative: Alternative = "two-sided",
) -> float:
    """Give the chance to tell two means apart with `n` units in the control arm (see `means_size`)."""
    check_request(alpha, None, ratio)
    check_count(n)
    freedom = n * (1 + ratio) - 2
    if freedom <= 0:
        raise ValueError(f"{n:g} units in the control arm leave no degree of freedom; take at least two an arm")
    distance = looked_for(effect, alternative) * math.sqrt(n * ratio / (1 + ratio))
    tail = alpha / 2 if alternative == "two-sided" else alpha
    rejects = beyond(stats.t.isf(tail, freedom), freedom, distance)
    if alternative == "two-sided":
        rejects += beyond(stats.t.isf(tail, freedom), freedom, -distance)
    return rejects


def beyond(critical: float, freedom: float, distance: float) -> float:
    """Give the chance that a noncentral t exceeds its critical value, also where SciPy's series gives up."""
    if freedom > 1e6:  # the normal, to six digits
        return float(stats.norm.sf(critical - distance))
    if distance < -6:
        return 0.0
    chance = stats.nct.sf(critical, freedom, distance)
    return 1.0 if np.isnan(chance) and distance > critical else float(chance)


def means_effect(
    n: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    alternative: Alternative = "two-sided",
) -> float:
    """Give the smallest difference of means, in standard deviations, that `n` units in the control arm detect."""
    check_request(alpha, power, ratio)
    sign = -1 if alternative == "smaller" else 1

    def missing(log_effect: float) -> float:
        reached = means_power(sign * math.exp(log_effect), n, alpha=alpha, ratio=ratio, alternative=alternative)
        return reached - power

    most = 1.0
    while not missing(most) >= 0:
        most += 0.5
        if most > math.log(1e4):
            raise ValueError(f"{n:g} units in the control arm detect nothing at alpha {alpha:g}; take more units")
    return sign * math.exp(solve(missing, math.log(1e-9), most))


def standardised(mean: float, sd: float, lift: float) -> float:
    """Give a relative effect in standard deviations: `lift` .05 on mean 2 with sd 4 is .025.

    Raises
    ------
    ValueError
        If the mean is 0, so that a relative effect means nothing, or the sd is not positive.
    """
    if not (math.isfinite(mean) and mean != 0):
        raise ValueError(f"a relative effect on a mean of {mean:g} means nothing; ask for an absolute one")
    if not (math.isfinite(sd) and sd > 0):
        raise ValueError(f"a standard deviation is positive, not {sd:g}")
    return lift * mean / sd
