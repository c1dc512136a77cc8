"""Several treatment arms against one control: the alpha of each comparison, and the chance to find any or all.

The comparisons share the control, so their statistics are correlated by ratio / (1 + ratio), one half with equal arms
(Dunnett 1955). Dunnett's bound uses that where Bonferroni's does not. `ratio` is units of each treatment arm a control
unit; with k treatment arms 1 / sqrt(k) gives the most power for the same units.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import special, stats

from crowdwise.experiment.size import Alternative, check_request, critical, looked_for, solve

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)
_CONTROL = 9.0 * _NODES  # the control's mean in its standard errors
_DENSITY = 9.0 * _WEIGHTS * stats.norm.pdf(_CONTROL)


def dunnett_critical(
    arms: int,
    *,
    alpha: float = 0.05,
    ratio: float = 1.0,
    alternative: Alternative = "two-sided",
    freedom: float = math.inf,
) -> float:
    """Give the bound that the largest of several comparisons with one control exceeds by chance with alpha.

    Parameters
    ----------
    arms : int
        Treatment arms, the control not counted.
    freedom : float
        Degrees of freedom of the pooled variance; infinite when it is known or the samples are large.

    Raises
    ------
    ValueError
        If there is no treatment arm, or a number is none of a test's.
    """
    check_request(alpha, None, ratio)
    if not (arms >= 1 and arms == int(arms)):
        raise ValueError(f"{arms} treatment arms: at least one whole arm is compared with the control")
    if not freedom >= 1:
        raise ValueError(f"{freedom} degrees of freedom: at least 1")
    looked_for(0.0, alternative)
    scales, chances = _scales(freedom)

    def missing(bound: float) -> float:
        one = _kept(bound * scales[:, None], 0.0, ratio, alternative)  # shape (scales, nodes)
        return 1 - float(chances @ (one**arms @ _DENSITY)) - alpha

    return solve(missing, 0.0 if alternative == "two-sided" else -40.0, 400.0, precision=1e-10)


def dunnett_alpha(
    arms: int, *, alpha: float = 0.05, ratio: float = 1.0, alternative: Alternative = "two-sided"
) -> float:
    """Give the alpha of one comparison such that all of them together err with `alpha`: use it in any design here."""
    bound = dunnett_critical(arms, alpha=alpha, ratio=ratio, alternative=alternative)
    return float(stats.norm.sf(bound)) * (2 if alternative == "two-sided" else 1)


def arms_power(
    drifts: Sequence[float],
    *,
    alpha: float = 0.05,
    ratio: float = 1.0,
    alternative: Alternative = "two-sided",
) -> tuple[float, float]:
    """Give the chance that any, and that all, of several arms are found to differ from the control.

    Parameters
    ----------
    drifts : sequence of float
        For each arm the mean of its Z: its true difference over that difference's standard error.
    alpha : float
        Of one comparison: `dunnett_alpha`, or alpha over the number of arms.
    """
    check_request(alpha, None, ratio)
    looked_for(0.0, alternative)
    bound, shifts = critical(alpha, alternative), np.asarray(drifts, dtype=np.float64)
    if not (shifts.ndim == 1 and len(shifts) and np.isfinite(shifts).all()):
        raise ValueError("drifts: one finite number an arm")
    sided = -shifts if alternative == "smaller" else shifts
    kept = _kept(bound, sided[:, None], ratio, alternative)  # shape (arms, nodes)
    return 1 - float(np.prod(kept, axis=0) @ _DENSITY), float(np.prod(1 - kept, axis=0) @ _DENSITY)


def _kept(bound: float | np.ndarray, shift: float | np.ndarray, ratio: float, alternative: Alternative) -> np.ndarray:
    """Give the chance that one statistic keeps within its bound, for each value of the control that all share."""
    shared = ratio / (1 + ratio)
    middle, own = shift + math.sqrt(shared) * _CONTROL, math.sqrt(1 - shared)
    chance = special.ndtr((bound - middle) / own)
    return chance - special.ndtr((-bound - middle) / own) if alternative == "two-sided" else chance


def _scales(freedom: float) -> tuple[np.ndarray, np.ndarray]:
    """Give values of the estimated sd over the true one, and their chances."""
    if math.isinf(freedom) or freedom > 1e6:
        return np.ones(1), np.ones(1)
    low, high = (math.sqrt(stats.chi2.ppf(tail, freedom) / freedom) for tail in (1e-13, 1 - 1e-13))
    nodes, weights = np.polynomial.legendre.leggauss(80)
    scales = low + (high - low) * (nodes + 1) / 2
    density = stats.chi2.pdf(freedom * scales**2, freedom) * 2 * freedom * scales
    return scales, (high - low) / 2 * weights * density
