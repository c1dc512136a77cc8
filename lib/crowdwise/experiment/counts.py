"""Two rates of counted events: how many units tell them apart, with what power, and what ratio is found.

Counts are Poisson, or negative binomial where units differ in their rates: variance m + dispersion m^2 at mean m.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from crowdwise.experiment.size import (
    Alternative,
    Size,
    check_count,
    check_direction,
    check_request,
    critical,
    looked_for,
    solve,
)

Null = Literal["likelihood", "actual", "control"]


def rates_size(
    control: float,
    treatment: float,
    *,
    exposure: float = 1.0,
    dispersion: float = 0.0,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    alternative: Alternative = "two-sided",
    null: Null = "likelihood",
) -> Size:
    """Give the size that tells two rates apart by the log of their ratio (Zhu & Lakkis 2014; PASS gives the same).

    Parameters
    ----------
    control, treatment : float
        Events a unit and unit of time.
    exposure : float
        Mean time a unit is watched, in the rates' unit of time.
    dispersion : float
        Of the negative binomial, as `dispersion_of` measures it; 0 is Poisson.
    null : str
        The rates with which the null's variance is computed: ``likelihood``, the likeliest equal ones (their method
        3); ``actual``, as they are (2); ``control``, the control's in both arms (1).

    Raises
    ------
    ValueError
        If no size can do it: no difference, or one that the alternative does not look for.
    """
    check_request(alpha, power, ratio)
    v0, v1 = _variances(control, treatment, exposure, dispersion, ratio, null)
    effect = math.log(treatment / control)
    check_direction(effect, alternative)
    reach = critical(alpha, alternative) * math.sqrt(v0) + stats.norm.ppf(power) * math.sqrt(v1)
    n = (reach / effect) ** 2
    return Size(float(n), float(n * ratio))


def rates_power(
    control: float,
    treatment: float,
    n: float,
    *,
    exposure: float = 1.0,
    dispersion: float = 0.0,
    alpha: float = 0.05,
    ratio: float = 1.0,
    alternative: Alternative = "two-sided",
    null: Null = "likelihood",
) -> float:
    """Give the chance to tell two rates apart with `n` units in the control arm (see `rates_size`)."""
    check_request(alpha, None, ratio)
    check_count(n)
    v0, v1 = _variances(control, treatment, exposure, dispersion, ratio, null)
    effect = looked_for(math.log(treatment / control), alternative)
    distance = effect * math.sqrt(n) - critical(alpha, alternative) * math.sqrt(v0)
    return float(stats.norm.cdf(distance / math.sqrt(v1)))


def rates_effect(
    control: float,
    n: float,
    *,
    exposure: float = 1.0,
    dispersion: float = 0.0,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    alternative: Alternative = "two-sided",
    null: Null = "likelihood",
) -> float:
    """Give the ratio of rates nearest to 1 that `n` units in the control arm detect: above 1, below it for ``smaller``.

    Raises
    ------
    ValueError
        If not even a ratio of 1000 (or of .001) would be detected.
    """
    check_request(alpha, power, ratio)
    check_rate("control", control)
    sign = -1 if alternative == "smaller" else 1

    def missing(log_ratio: float) -> float:
        reached = rates_power(
            control,
            control * math.exp(sign * log_ratio),
            n,
            exposure=exposure,
            dispersion=dispersion,
            alpha=alpha,
            ratio=ratio,
            alternative=alternative,
            null=null,
        )
        return reached - power

    # towards a rate of 0 events run out and the power falls again: the nearest ratio is the first that is detected
    steps = np.geomspace(1e-6, math.log(1000), 200)
    found = next((k for k, step in enumerate(steps) if missing(step) >= 0), None)
    if not found:
        raise ValueError(f"{n:g} units in the control arm tell no rate from {control:g}; take more units or time")
    return math.exp(sign * solve(missing, steps[found - 1], steps[found]))


def dispersion_of(counts: ArrayLike) -> float:
    """Give the dispersion (V - M) / M^2 of counts watched equally long, one a unit; 0 if they vary less than Poisson.

    By moments (Anscombe 1950). It is the same at any exposure, if a unit keeps its own pace.

    Raises
    ------
    ValueError
        If there are fewer than two counts, one is negative or not finite, or there is no event.
    """
    x = np.asarray(counts, dtype=np.float64)
    if x.ndim != 1 or len(x) < 2 or not np.isfinite(x).all() or (x < 0).any():
        raise ValueError("counts: two or more, one a unit, finite and not negative")
    mean = float(x.mean())
    if mean == 0:
        raise ValueError("no event was counted, so nothing can be said about how they vary")
    return max(0.0, (float(x.var(ddof=1)) - mean) / mean**2)


def check_rate(name: str, value: float) -> None:
    """Refuse a rate that no ratio can be taken of."""
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"the {name} rate is {value}: it must be above 0")


def _variances(
    control: float, treatment: float, exposure: float, dispersion: float, ratio: float, null: Null
) -> tuple[float, float]:
    """Give the variance of the log ratio times the control units, under the null and as it is."""
    check_rate("control", control)
    check_rate("treatment", treatment)
    if not (math.isfinite(exposure) and exposure > 0):
        raise ValueError(f"the exposure is {exposure}: units must be watched for some time")
    if not (math.isfinite(dispersion) and dispersion >= 0):
        raise ValueError(f"the dispersion is {dispersion}: it must be 0 (Poisson) or more")
    if null not in ("likelihood", "actual", "control"):
        raise ValueError(f"null is 'likelihood', 'actual' or 'control', not {null!r}")

    def variance(r0: float, r1: float) -> float:
        return (1 / r0 + 1 / (ratio * r1)) / exposure + (1 + 1 / ratio) * dispersion

    pooled = (control + ratio * treatment) / (1 + ratio)
    rates = {"likelihood": (pooled, pooled), "actual": (control, treatment), "control": (control, control)}[null]
    return variance(*rates), variance(control, treatment)
