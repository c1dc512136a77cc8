"""How often a sequence of test statistics crosses its bounds, by recursive numerical integration.

Armitage, McPherson & Rowe (1969); Jennison & Turnbull (2000), chapter 19. The statistics Z_k at information t_k are
those of a Brownian motion B(t) with drift: B(t_k) = Z_k sqrt(t_k), with mean drift * t_k and variance t_k. The density
of B among the tests still going on is carried from look to look on Gauss-Legendre nodes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from crowdwise.experiment.size import solve

if TYPE_CHECKING:
    from crowdwise.experiment.sequential.bounds import Bounds

REACH = 8.5  # standard deviations beyond which nothing is left, to 1e-16
PANEL = 6.0  # standard deviations a panel of nodes is wide
CLOSEST = 1e-5  # of the information between two looks
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


@dataclass(frozen=True)
class Going:
    """Where B stands at a look in the tests that go on: `mass` at each of `nodes` adds up to their share."""

    information: float
    nodes: np.ndarray
    mass: np.ndarray

    def above(self, z: float, information: float, drift: float) -> float:
        """Give the share of all tests that go on here and have Z of at least `z` at a later information."""
        step = information - self.information
        at = z * math.sqrt(information) - self.nodes - drift * step
        return float(self.mass @ special.ndtr(-at / math.sqrt(step)))

    def below(self, z: float, information: float, drift: float) -> float:
        """Give the share of all tests that go on here and have Z of at most `z` at a later information."""
        mirrored = Going(self.information, -self.nodes, self.mass)
        return mirrored.above(-z, information, -drift)

    def advance(self, lower: float, upper: float, information: float, following: float | None, drift: float) -> Going:
        """Give those that go on after a look: the ones strictly between two bounds of Z.

        Parameters
        ----------
        following : float or None
            Information at the look after, which says how fine the nodes must be; None if there is none.
        """
        step, root = information - self.information, math.sqrt(information)
        finest = math.sqrt(step if following is None else min(step, following - information))
        low = max(lower * root, drift * information - REACH * root)
        high = min(upper * root, drift * information + REACH * root)
        if not low < high:
            return Going(information, np.zeros(1), np.zeros(1))
        edges = np.linspace(low, high, math.ceil((high - low) / (PANEL * finest)) + 1)
        half = (edges[1] - edges[0]) / 2
        nodes = ((edges[:-1] + half)[:, None] + half * _NODES).ravel()
        weights = np.tile(half * _WEIGHTS, len(edges) - 1) / math.sqrt(2 * math.pi * step)
        distance = (nodes[:, None] - (self.nodes + drift * step)) / math.sqrt(step)
        np.multiply(distance, distance, out=distance)
        distance *= -0.5
        np.exp(distance, out=distance)
        return Going(information, nodes, weights * (distance @ self.mass))


START = Going(0.0, np.zeros(1), np.ones(1))  # no outcome is known


@dataclass(frozen=True)
class Crossing:
    """The chance to stop at each look, for either bound, and what a test costs on average.

    Attributes
    ----------
    upper, lower : ndarray of shape (looks,)
        The chance to cross that bound at that look, and none before.
    information : ndarray of shape (looks,)
        Fractions of the planned information.
    """

    upper: np.ndarray
    lower: np.ndarray
    information: np.ndarray

    @property
    def total(self) -> float:
        """The chance to cross any bound at all."""
        return float(self.upper.sum() + self.lower.sum())

    @property
    def expected_information(self) -> float:
        """The mean information at the end, as a fraction of the planned one; with equal units, of the units."""
        stops = self.upper + self.lower
        return float(stops[:-1] @ self.information[:-1] + (1 - stops[:-1].sum()) * self.information[-1])


def walk(bounds: Bounds, drift: float) -> Iterator[tuple[Going, int]]:
    """Give for each look the tests that have reached it."""
    going, times = START, bounds.information
    for k, information in enumerate(times):
        yield going, k
        if k + 1 < len(times):
            going = going.advance(bounds.lower[k], bounds.upper[k], information, times[k + 1], drift)


def crossing(bounds: Bounds, drift: float = 0.0) -> Crossing:
    """Give the chance to cross each bound at each look.

    Parameters
    ----------
    bounds : Bounds
    drift : float
        The mean of Z at information 1: the true difference over its standard error at the planned end. 0 gives the
        error of the first kind.
    """
    upper, lower = [], []
    for going, k in walk(bounds, drift):
        upper.append(going.above(bounds.upper[k], bounds.information[k], drift))
        lower.append(going.below(bounds.lower[k], bounds.information[k], drift))
    return Crossing(np.array(upper), np.array(lower), np.array(bounds.information))


def power(bounds: Bounds, drift: float) -> float:
    """Give the chance to cross the bound on the side of the drift."""
    crossed = crossing(bounds, drift)
    return float((crossed.upper if drift >= 0 else crossed.lower).sum())


def drift_for_power(bounds: Bounds, power_asked: float = 0.8) -> float:
    """Give the drift that crosses the bound on its side with the asked power; below 0 if only that counts.

    Its square over that of a fixed test is how many times larger the largest sample is (Jennison & Turnbull 2000,
    section 2.3: the constant R).

    Raises
    ------
    ValueError
        If the asked power is not in (0, 1), or is reached without any difference.
    """
    if not 0 < power_asked < 1:
        raise ValueError(f"power is {power_asked}: it must be between 0 and 1")
    sign = -1 if math.isinf(min(bounds.upper)) else 1
    if power(bounds, sign * 0.0) >= power_asked:
        raise ValueError(f"power {power_asked:g} is no more than these bounds reach without any difference")
    return sign * solve(lambda drift: power(bounds, sign * drift) - power_asked, 0.0, 40.0, precision=1e-10)


def tail_probability(bounds: Bounds, z: float, drift: float = 0.0) -> float:
    """Give the chance to end at least as far up as `z` at the last look, in the stage-wise order.

    In that order a test that crossed the upper bound earlier is further up, and one that crossed the lower bound
    earlier further down (Fairbanks & Madsen 1982; Tsiatis, Rosner & Mehta 1984).
    """
    total, last = 0.0, len(bounds.information) - 1
    for going, k in walk(bounds, drift):
        total += going.above(z if k == last else bounds.upper[k], bounds.information[k], drift)
    return total
