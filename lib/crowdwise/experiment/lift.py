"""The relative change between two arms, with an interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

from crowdwise.base.errors import Problem
from crowdwise.experiment.effect import Effect, quantile


@dataclass(frozen=True)
class Lift:
    """A relative change: .05 is 5 % more. An interval without an end is infinite."""

    value: float
    low: float
    high: float
    level: float
    method: str


def lift_by_log(effect: Effect) -> Lift:
    """Give the lift with its interval by the delta method on the log of the ratio (Katz et al. 1978).

    Raises
    ------
    Problem
        If an arm's estimate is not above 0.
    """
    control, treatment = effect.control, effect.treatment
    if min(control, treatment) <= 0:
        raise Problem(
            f"the arms' estimates are {control:g} and {treatment:g}",
            where="lift",
            remedy="A lift needs both above 0: read the difference instead",
        )
    error = math.sqrt(
        max(
            0.0,
            effect.control_variance / control**2
            + effect.treatment_variance / treatment**2
            - 2 * effect.covariance / (control * treatment),
        )
    )
    ratio, half = treatment / control, quantile(effect.level, effect.freedom) * error
    return Lift(ratio - 1, ratio * math.exp(-half) - 1, ratio * math.exp(half) - 1, effect.level, "log delta")


def lift_by_fieller(effect: Effect) -> Lift:
    """Give the lift with Fieller's interval (Fieller 1954): all ratios that a test at this level does not refuse.

    Where the control's estimate is not told from 0, no ratio far out is refused and both ends are infinite.
    """
    if effect.control == 0:
        return Lift(math.nan, -math.inf, math.inf, effect.level, "fieller")
    low, high = fieller(
        (effect.treatment, effect.control),
        (effect.treatment_variance, effect.control_variance),
        effect.covariance,
        quantile(effect.level, effect.freedom),
    )
    return Lift(effect.treatment / effect.control - 1, low - 1, high - 1, effect.level, "fieller")


def fieller(
    means: tuple[float, float], variances: tuple[float, float], covariance: float, z: float
) -> tuple[float, float]:
    """Give the ratios r of two means, first over second, with ``(a - r b)^2 <= z^2 Var(a - r b)`` (Fieller 1954).

    Both ends are infinite where that set is not an interval, as when the second mean is not told from 0.
    """
    a, b = means
    square = b * b - z * z * variances[1]
    if square <= 0:
        return -math.inf, math.inf
    middle = a * b - z * z * covariance
    inner = middle * middle - square * (a * a - z * z * variances[0])
    half = math.sqrt(max(0.0, inner))
    return (middle - half) / square, (middle + half) / square
