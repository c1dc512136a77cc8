"""What simulated users do: populations of outcomes as unruly as real ones, with a known effect."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import stats


class Outcome(Protocol):
    """One number a user, whose mean grows by a relative lift under treatment."""

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...], lift: float = 0.0) -> np.ndarray:
        """Draw users' outcomes: float64 of the asked shape."""

    def mean(self, lift: float = 0.0) -> float:
        """Give the true mean."""


@dataclass(frozen=True)
class Playtime:
    """Minutes played: nothing for a share of users, and heavy-tailed (log-normal) for the rest.

    Parameters
    ----------
    zeros : float
        Share of users who do not play, in [0, 1).
    median : float
        Minutes, among those who play.
    spread : float
        Standard deviation of the logarithm. Two weeks' minutes in 4,909 real libraries have 1.4 (and 6 % zeros, a
        median of 1,800): the default is somewhat harder than that.
    cap : float, optional
        Minutes above which they count as so many, as a plan may fix for heavy tails.
    """

    zeros: float = 0.4
    median: float = 300.0
    spread: float = 1.6
    cap: float | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.zeros < 1 and self.median > 0 and self.spread > 0 and (self.cap is None or self.cap > 0)):
            raise ValueError(f"no playtime is like this: {self}")

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...], lift: float = 0.0) -> np.ndarray:
        """Draw minutes; the lift is on the minutes of those who play."""
        minutes = rng.standard_normal(shape)
        minutes *= self.spread
        np.exp(minutes, out=minutes)
        minutes *= self.median * (1 + lift)
        if self.cap is not None:
            np.minimum(minutes, self.cap, out=minutes)
        minutes *= rng.random(shape, dtype=np.float32) >= self.zeros
        return minutes

    def mean(self, lift: float = 0.0) -> float:
        """Give the mean, which a cap lowers: of a lift too."""
        centre = math.log(self.median * (1 + lift))
        whole = math.exp(centre + self.spread**2 / 2)
        if self.cap is not None:
            above = (math.log(self.cap) - centre) / self.spread
            whole = float(whole * stats.norm.cdf(above - self.spread) + self.cap * stats.norm.sf(above))
        return (1 - self.zeros) * whole


@dataclass(frozen=True)
class Counts:
    """Events such as games bought: negative binomial, variance m + dispersion m^2; Poisson without dispersion."""

    rate: float = 0.8
    dispersion: float = 1.5

    def __post_init__(self) -> None:
        if not (self.rate > 0 and self.dispersion >= 0):
            raise ValueError(f"no counts are like this: {self}")

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...], lift: float = 0.0) -> np.ndarray:
        """Draw counts."""
        mean: float | np.ndarray = self.mean(lift)
        if self.dispersion:
            mean = rng.standard_gamma(1 / self.dispersion, shape) * (mean * self.dispersion)
        return rng.poisson(mean, shape).astype(np.float64)

    def mean(self, lift: float = 0.0) -> float:
        """Give the mean."""
        return self.rate * (1 + lift)


@dataclass(frozen=True)
class Share:
    """Yes or no, as a goal that is reached."""

    share: float = 0.4

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise ValueError(f"a share is between 0 and 1, not {self.share}")

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...], lift: float = 0.0) -> np.ndarray:
        """Draw zeros and ones."""
        return (rng.random(shape) < self.mean(lift)).astype(np.float64)

    def mean(self, lift: float = 0.0) -> float:
        """Give the share, which a lift must leave between 0 and 1."""
        lifted = self.share * (1 + lift)
        if not 0 <= lifted <= 1:
            raise ValueError(f"a lift of {lift:g} takes the share of {self.share:g} to {lifted:g}: it ends at 0 and 1")
        return lifted


@dataclass(frozen=True)
class Observed:
    """Values that were seen, drawn again with replacement: the tails are the real ones (Efron 1979)."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.values) < 2 or not np.isfinite(self.values).all():
            raise ValueError("observed values: two or more, finite")

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...], lift: float = 0.0) -> np.ndarray:
        """Draw values, each times 1 + lift."""
        return np.asarray(self.values, dtype=np.float64)[rng.integers(0, len(self.values), shape)] * (1 + lift)

    def mean(self, lift: float = 0.0) -> float:
        """Give the mean of the values seen."""
        return float(np.mean(self.values)) * (1 + lift)


# What rules are tried on: each outcome with a lift that one look at 2,000 users finds in some, not all tests.
UNRULY: dict[str, tuple[Outcome, float]] = {
    "playtime": (Playtime(), 0.25),
    "capped playtime": (Playtime(cap=5000.0), 0.25),
    "counts": (Counts(), 0.2),
    "shares": (Share(), 0.15),
}
