"""What every design asks and gives: the checks of a request, the size of two arms, the normal test's power."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from scipy import optimize, stats

Alternative = Literal["two-sided", "larger", "smaller"]


@dataclass(frozen=True)
class Size:
    """Units in each arm, as the formula gives them: fractions are kept."""

    control: float
    treatment: float

    @property
    def total(self) -> float:
        """Units in both arms."""
        return self.control + self.treatment

    def rounded(self) -> Size:
        """Give the whole numbers of units that reach at least the asked power."""
        return Size(math.ceil(self.control - 1e-9), math.ceil(self.treatment - 1e-9))

    def scaled(self, factor: float) -> Size:
        """Give the size when the metric's variance is `factor` times as large: by a covariate, or by clusters.

        Raises
        ------
        ValueError
            If the factor is not positive and finite.
        """
        if not (math.isfinite(factor) and factor > 0):
            raise ValueError(f"the variance factor is {factor}: it must be above 0")
        return Size(self.control * factor, self.treatment * factor)

    def inflated(self, uptake: float) -> Size:
        """Give the size when only a share `uptake` of the treatment arm takes the treatment up.

        Analysed as assigned, the effect shrinks by the uptake, so the size grows by its square (Lachin 1981).

        Raises
        ------
        ValueError
            If `uptake` is not in (0, 1]: an effect on nobody can't be found.
        """
        if not 0 < uptake <= 1:
            raise ValueError(f"uptake is {uptake}: a share in (0, 1] of the treatment arm must take the treatment up")
        return Size(self.control / uptake**2, self.treatment / uptake**2)


def check_request(alpha: float, power: float | None, ratio: float) -> None:
    """Refuse an alpha, a power or a ratio that no test can have."""
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha}: it must be between 0 and 1")
    if power is not None and not alpha < power < 1:
        raise ValueError(f"power is {power}: it must be above alpha ({alpha}) and below 1")
    if not (math.isfinite(ratio) and ratio > 0):
        raise ValueError(f"ratio is {ratio}: both arms need units")


def check_proportion(name: str, value: float) -> None:
    """Refuse a proportion at or beyond the ends of its range."""
    if not 0 < value < 1:
        raise ValueError(f"the {name} proportion is {value}: it must be between 0 and 1")


def check_count(n: float) -> None:
    """Refuse an arm without units."""
    if not (math.isfinite(n) and n > 0):
        raise ValueError(f"n is {n}: the control arm needs a finite number of units above 0")


def check_direction(effect: float, alternative: Alternative) -> None:
    """Refuse an effect that is none, or that the alternative does not look for."""
    if not math.isfinite(effect):
        raise ValueError(f"the effect is {effect}, not a finite number")
    if effect == 0:
        raise ValueError("there is no difference to detect, so no number of units is enough")
    if looked_for(effect, alternative) < 0:
        raise ValueError(f"the effect is {effect:+g}, and the alternative {alternative!r} does not look for that")


def looked_for(effect: float, alternative: Alternative) -> float:
    """Give the effect with the sign that the alternative counts as positive."""
    if alternative not in ("two-sided", "larger", "smaller"):
        raise ValueError(f"alternative is 'two-sided', 'larger' or 'smaller', not {alternative!r}")
    return {"two-sided": abs(effect), "larger": effect, "smaller": -effect}[alternative]


def critical(alpha: float, alternative: Alternative) -> float:
    """Give the normal quantile beyond which a test rejects."""
    return float(stats.norm.isf(alpha / 2 if alternative == "two-sided" else alpha))


def normal_power(distance: float, alpha: float, alternative: Alternative) -> float:
    """Give the chance that a normal test rejects when its statistic has mean `distance` and sd 1."""
    z_alpha = critical(alpha, alternative)
    opposite = stats.norm.cdf(-z_alpha - distance) if alternative == "two-sided" else 0.0
    return float(stats.norm.sf(z_alpha - distance) + opposite)


def solve(function: Callable[[float], float], low: float, high: float, *, precision: float = 1e-14) -> float:
    """Give the root of a monotone function between two points (Brent 1973)."""
    return float(optimize.brentq(function, low, high, xtol=precision, rtol=1e-12, maxiter=500))
