"""Two proportions: how many units tell them apart, with what power, and what difference is found."""

from __future__ import annotations

import math
from typing import Literal

from scipy import stats

from crowdwise.experiment.size import (
    Alternative,
    Size,
    check_count,
    check_direction,
    check_proportion,
    check_request,
    critical,
    looked_for,
    normal_power,
    solve,
)

Method = Literal["pooled", "arcsine"]


def proportions_size(
    control: float,
    treatment: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    alternative: Alternative = "two-sided",
    method: Method = "pooled",
) -> Size:
    """Give the size that tells two proportions apart.

    Parameters
    ----------
    control, treatment : float
        The proportion in each arm, in (0, 1).
    method : str
        ``pooled``: the normal test with its variance pooled under the null (Fleiss, Levin & Paik 2003, section 4.2;
        without continuity correction). ``arcsine``: on the variance-stabilised scale (Cohen 1988, chapter 6).

    Raises
    ------
    ValueError
        If no size can do it: no difference, or one that the alternative does not look for.
    """
    check_request(alpha, power, ratio)
    check_proportion("control", control)
    check_proportion("treatment", treatment)
    check_direction(treatment - control, alternative)
    z_alpha, z_power = critical(alpha, alternative), stats.norm.ppf(power)
    if method == "arcsine":
        distance = solve(lambda d: normal_power(d, alpha, alternative) - power, 0.0, z_alpha + z_power + 0.01)
        n = (1 + 1 / ratio) * (distance / _arcsine_effect(control, treatment)) ** 2
    else:
        null, actual = _standard_deviations(control, treatment, ratio)
        n = ((z_alpha * null + z_power * actual) / (treatment - control)) ** 2
    return Size(float(n), float(n * ratio))


def proportions_power(
    control: float,
    treatment: float,
    n: float,
    *,
    alpha: float = 0.05,
    ratio: float = 1.0,
    alternative: Alternative = "two-sided",
    method: Method = "pooled",
) -> float:
    """Give the chance to tell two proportions apart with `n` units in the control arm (see `proportions_size`)."""
    check_request(alpha, None, ratio)
    check_proportion("control", control)
    check_proportion("treatment", treatment)
    check_count(n)
    effect = looked_for(treatment - control, alternative)
    z_alpha = critical(alpha, alternative)
    if method == "arcsine":
        distance = math.copysign(abs(_arcsine_effect(control, treatment)), effect)
        return normal_power(distance * math.sqrt(n * ratio / (1 + ratio)), alpha, alternative)
    null, actual = _standard_deviations(control, treatment, ratio)
    return float(stats.norm.cdf((effect * math.sqrt(n) - z_alpha * null) / actual))


def proportions_effect(
    control: float,
    n: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    alternative: Alternative = "two-sided",
    method: Method = "pooled",
) -> float:
    """Give the smallest difference of proportions that `n` units in the control arm detect.

    It is positive, or negative for the alternative ``smaller``; treatment minus control.

    Raises
    ------
    ValueError
        If not even a treatment proportion at the end of its range would be detected.
    """
    check_request(alpha, power, ratio)
    check_proportion("control", control)
    sign, room = (-1, control) if alternative == "smaller" else (1, 1 - control)

    def missing(distance: float) -> float:
        reached = proportions_power(
            control, control + sign * distance, n, alpha=alpha, ratio=ratio, alternative=alternative, method=method
        )
        return reached - power

    smallest, largest = room * 1e-9, room * (1 - 1e-9)
    if missing(largest) < 0:
        raise ValueError(
            f"{n:g} units can't detect any difference from {control:g} at power {power:g}: "
            f"even {control + sign * room:g} would be missed too often; take more units"
        )
    return sign * solve(missing, smallest, largest)


def _standard_deviations(control: float, treatment: float, ratio: float) -> tuple[float, float]:
    """Give the sd of the difference a control unit, under the null (pooled) and as it is."""
    pooled = (control + ratio * treatment) / (1 + ratio)
    null = math.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio))
    actual = math.sqrt(control * (1 - control) + treatment * (1 - treatment) / ratio)
    return null, actual


def _arcsine_effect(control: float, treatment: float) -> float:
    return 2 * (math.asin(math.sqrt(treatment)) - math.asin(math.sqrt(control)))
