"""Are the arms as large as designed? A sample-ratio mismatch means that units went missing, and by arm."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from crowdwise.base.errors import Problem
from crowdwise.base.seeds import generator

SMALL = 5.0  # expected units in an arm below which the chi-square's tail is not trusted (Cochran 1954)
_MOST = 200_000  # outcomes that are counted out one by one
_DRAWS = 200_000


@dataclass(frozen=True)
class SampleRatio:
    """Units an arm, as seen and as designed, and how likely a gap as wide is by chance.

    `method` is ``chi-square``, ``exact`` (multinomial) or ``drawn`` (the exact test by simulation).
    """

    observed: dict[str, int]
    expected: dict[str, float]
    statistic: float
    p_value: float
    method: str

    def refuse(self, threshold: float, *, where: str) -> None:
        """Stop if the p-value is below the threshold.

        Raises
        ------
        Problem
            If so.
        """
        if self.p_value < threshold:
            seen = ", ".join(f"{n:,} {arm} ({self.expected[arm]:,.1f} expected)" for arm, n in self.observed.items())
            raise Problem(
                f"the sample ratio is off: {seen}; p = {self.p_value:.2g}, below {threshold:g}",
                where=where,
                remedy="Find where units are lost or doubled by arm before reading any result",
            )


def sample_ratio(observed: Mapping[str, int], weights: Mapping[str, float]) -> SampleRatio:
    """Test the units in each arm against the designed weights (Fabijan et al. 2019).

    Pearson's chi-square, or where fewer than five units are expected in an arm the exact multinomial test, whose
    p-value adds up the outcomes that are no more likely than the one seen (Cochran 1954; Read & Cressie 1988).

    Parameters
    ----------
    observed : mapping
        Arm to units.
    weights : mapping
        The same arms to their weights, relative to each other.

    Raises
    ------
    Problem
        If the arms differ, a weight is not positive, a count is not a whole number from 0, or there is no unit.
    """
    if set(observed) != set(weights) or len(weights) < 2:
        raise Problem(
            f"the arms seen are {sorted(observed)} and those designed {sorted(weights)}", where="sample ratio"
        )
    arms = list(weights)
    counts, shares = np.array([observed[arm] for arm in arms]), np.array([weights[arm] for arm in arms], dtype=float)
    if (counts < 0).any() or (counts != np.floor(counts)).any() or counts.sum() == 0:
        raise Problem(f"the units are {dict(observed)}", where="sample ratio", remedy="Give whole numbers, not all 0")
    if not (np.isfinite(shares) & (shares > 0)).all():
        raise Problem(f"the weights are {dict(weights)}", where="sample ratio", remedy="Give weights above 0")
    counts = counts.astype(np.int64)
    shares = shares / shares.sum()
    n = int(counts.sum())
    expected = n * shares
    statistic = float(((counts - expected) ** 2 / expected).sum())
    if expected.min() >= SMALL:
        p, method = float(special.chdtrc(len(arms) - 1, statistic)), "chi-square"
    elif math.comb(n + len(arms) - 1, len(arms) - 1) <= _MOST:
        p, method = _exact(counts, shares), "exact"
    else:
        p, method = _drawn(counts, shares), "drawn"
    seen = {arm: int(count) for arm, count in zip(arms, counts, strict=True)}
    return SampleRatio(seen, dict(zip(arms, expected.tolist(), strict=True)), statistic, p, method)


def _exact(counts: np.ndarray, shares: np.ndarray) -> float:
    """Give the chance of all outcomes no more likely than the one seen, by counting them out."""
    outcomes = np.zeros((1, 0), dtype=np.int64)
    left = np.array([counts.sum()])
    for _ in range(len(counts) - 1):
        repeats = left + 1
        first = np.cumsum(repeats) - repeats
        value = np.arange(repeats.sum()) - np.repeat(first, repeats)
        outcomes = np.column_stack([np.repeat(outcomes, repeats, axis=0), value])
        left = np.repeat(left, repeats) - value
    chances = _log_chance(np.column_stack([outcomes, left]), shares)
    return min(1.0, float(np.exp(chances[chances <= _log_chance(counts[None], shares)[0] + 1e-9]).sum()))


def _drawn(counts: np.ndarray, shares: np.ndarray) -> float:
    """Give the same by drawing outcomes; the one seen counts as drawn once (Davison & Hinkley 1997)."""
    seed = generator(0, "sample ratio", *map(int, counts))
    draws = seed.multinomial(int(counts.sum()), shares, size=_DRAWS)
    unlikely = _log_chance(draws, shares) <= _log_chance(counts[None], shares)[0] + 1e-9
    return float((unlikely.sum() + 1) / (_DRAWS + 1))


def _log_chance(outcomes: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Give the log of each outcome's multinomial chance, a row an outcome."""
    parts = special.xlogy(outcomes, shares) - special.gammaln(outcomes + 1)
    return special.gammaln(outcomes.sum(axis=1) + 1) + parts.sum(axis=1)
