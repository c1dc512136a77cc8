"""The bounds of a group-sequential test: by alpha spending, by a fixed shape, or none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from crowdwise.experiment.sequential.integration import CLOSEST, START, Going, crossing
from crowdwise.experiment.sequential.spending import Spending, spend
from crowdwise.experiment.size import Alternative, check_request, critical, looked_for, solve

HIGHEST, SMALLEST = 36.0, 1e-280  # a normal quantile and tail beyond which a computer sees nothing


@dataclass(frozen=True)
class Bounds:
    """Where a test stops: at look k, if Z is at least ``upper[k]`` or at most ``lower[k]``.

    Attributes
    ----------
    information : tuple of float
        Fractions of the planned information at the looks, increasing.
    lower, upper : tuple of float
        Bounds of Z; infinite where a look, or a side, does not stop the test.
    alpha : float
        The error that they are made for, on all sides together.
    alternative : str
        ``two-sided``, ``larger`` or ``smaller``.
    """

    information: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    alpha: float
    alternative: Alternative = "two-sided"

    def __post_init__(self) -> None:
        check_information(self.information)
        if not len(self.lower) == len(self.upper) == len(self.information):
            raise ValueError("a look has one bound on each side")
        if not all(low <= high for low, high in zip(self.lower, self.upper, strict=True)):
            raise ValueError("a lower bound is not above the upper one, and both are numbers or infinite")
        check_request(self.alpha, None, 1.0)

    @classmethod
    def at(cls, information: Sequence[float], critical: ArrayLike, alpha: float, alternative: Alternative) -> Bounds:
        """Give bounds at the same distance from 0 on each side that counts."""
        looked_for(0.0, alternative)
        distance = tuple(np.asarray(critical, dtype=np.float64).tolist())
        none = (math.inf,) * len(distance)
        upper = none if alternative == "smaller" else distance
        lower = tuple(-z for z in (none if alternative == "larger" else distance))
        return cls(tuple(float(t) for t in information), lower, upper, alpha, alternative)

    @property
    def critical(self) -> tuple[float, ...]:
        """The distance from 0 at which each look stops the test."""
        return self.upper if self.alternative != "smaller" else tuple(-z for z in self.lower)

    def until(self, look: int) -> Bounds:
        """Give the bounds of the first looks, as many as `look`."""
        first = (self.information[:look], self.lower[:look], self.upper[:look])
        return Bounds(*first, self.alpha, self.alternative)


def bounds_by_spending(
    information: Sequence[float],
    *,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
    spending: Spending = "obrien-fleming",
    rho: float = 3.0,
    times: Sequence[float] | None = None,
    final: bool = False,
) -> Bounds:
    """Give the bounds that spend alpha as planned at looks of any number and time (Lan & DeMets 1983).

    A bound depends on the looks so far only, so that it can be computed at each look as it comes: neither number nor
    times need be planned, but they must not be chosen by what the data show. Each look spends the increment of the
    spending function since the look before, never the cumulative alpha again. Two-sided bounds are symmetric and
    spend half of alpha on each side.

    Parameters
    ----------
    information : sequence of float
        Fractions of the planned information at the looks so far, increasing. Beyond 1 nothing is left to spend
        unless the last look is final.
    spending, rho
        See `spend`.
    times : sequence of float, optional
        Fractions of the planned calendar time at the looks, to spend by these (Lan & DeMets 1989).
    final : bool
        Whether the last look is the last one there will be: it spends all that is left, also when the information
        fell short of the plan or went beyond it.

    Raises
    ------
    ValueError
        If the information does not increase from above 0, or the request is no test's.
    """
    check_information(information)
    looked_for(0.0, alternative)
    when = information if times is None else times
    if len(when) != len(information) or (np.diff(when) < 0).any():
        raise ValueError("times: one for each look, in order")
    side = alpha / 2 if alternative == "two-sided" else alpha
    spent = spend(when, side, spending=spending, rho=rho)
    if final:
        spent[-1] = side
    return Bounds.at(information, _critical(information, np.diff(spent, prepend=0.0), alternative), alpha, alternative)


def _critical(information: Sequence[float], increments: np.ndarray, alternative: Alternative) -> list[float]:
    """Give the bounds that are crossed without a difference as often as the increments say."""
    going, bounds = START, list[float]()
    for k, (now, increment) in enumerate(zip(information, increments, strict=True)):
        bounds.append(_exceeded(going, now, increment))
        if k + 1 < len(information):
            lower = -bounds[-1] if alternative == "two-sided" else -math.inf
            going = going.advance(lower, bounds[-1], now, information[k + 1], 0.0)
    return bounds


def _exceeded(going: Going, information: float, share: float) -> float:
    """Give the Z that this share of all tests goes on to exceed at the next look without a difference."""
    if share <= SMALLEST:
        return math.inf

    def missing(z: float) -> float:
        return math.log(max(going.above(z, information, 0.0), SMALLEST)) - math.log(share)

    return solve(missing, -HIGHEST, HIGHEST, precision=1e-11)


def bounds_by_shape(
    information: Sequence[float],
    *,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
    shape: Literal["obrien-fleming", "pocock"] | float = "obrien-fleming",
) -> Bounds:
    """Give bounds of a fixed shape, for looks whose number and times are planned and kept.

    The bound at information t is c (t / t_K)^(shape - 1/2), with c such that alpha is spent at the last look.

    Parameters
    ----------
    shape : str or float
        ``obrien-fleming``, which is 0: a straight line for B (O'Brien & Fleming 1979). ``pocock``, which is 1/2: the
        same bound at each look (Pocock 1977). Or a number: the family of Wang & Tsiatis (1987).
    """
    check_information(information)
    if isinstance(shape, str) and shape not in ("obrien-fleming", "pocock"):
        raise ValueError(f"shape is 'obrien-fleming', 'pocock' or a number, not {shape!r}")
    check_request(alpha, None, 1.0)
    exponent = {"obrien-fleming": 0.0, "pocock": 0.5}[shape] if isinstance(shape, str) else float(shape)
    if not (math.isfinite(exponent) and exponent <= 0.5):
        raise ValueError(f"shape is {exponent:g}: above 1/2 the test gets harder with more information")
    form = (np.asarray(information) / information[-1]) ** (exponent - 0.5)
    single = critical(alpha, alternative)

    def missing(constant: float) -> float:
        return crossing(Bounds.at(information, constant * form, alpha, alternative)).total - alpha

    most = max(single, critical(alpha / len(information), alternative))  # Bonferroni's, which is enough
    if len(information) == 1:
        return Bounds.at(information, [single], alpha, alternative)
    return Bounds.at(information, solve(missing, single, most, precision=1e-9) * form, alpha, alternative)


def unadjusted_bounds(
    information: Sequence[float], *, alpha: float = 0.05, alternative: Alternative = "two-sided"
) -> Bounds:
    """Give the bounds of somebody who looks as if each look were the only one: how wrong that is can be computed."""
    check_request(alpha, None, 1.0)
    return Bounds.at(information, [critical(alpha, alternative)] * len(information), alpha, alternative)


def check_information(information: Sequence[float]) -> None:
    """Refuse looks that have no information, are not in order, or are too close to tell apart."""
    t = np.asarray(information, dtype=np.float64)
    if t.ndim != 1 or not len(t):
        raise ValueError("there is no look: give the fraction of the planned information at each")
    if not np.isfinite(t).all() or (np.diff(t, prepend=0.0) < CLOSEST).any():
        raise ValueError(
            f"information is {', '.join(f'{x:g}' for x in t)}: it must increase from above 0, "
            f"by {CLOSEST:g} of the planned or more each time"
        )
