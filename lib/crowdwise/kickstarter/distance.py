"""How far two sets of projects lie apart: in a share, in a number, in kinds."""

from __future__ import annotations

import numpy as np
from scipy import stats

from crowdwise.base.statistics import proportion_interval

MODERATE, LARGE = 0.1, 0.25  # the stability index's usual borders (Siddiqi 2006, chapter 8)


def stability_index(now: np.ndarray, then: np.ndarray) -> float:
    """Give the population stability index (Siddiqi 2006) of two rows of counts over the same bins or kinds.

    The sum of (share now - share then) * log(share now / share then), the symmetric divergence of Jeffreys (1946); half
    a project is added to each bin, so that an empty one does not make it infinite.

    Parameters
    ----------
    now, then : ndarray, shape (bins,)
        Projects in each bin.
    """
    p, q = ((np.asarray(counts, float) + 0.5) / (np.asarray(counts, float) + 0.5).sum() for counts in (now, then))
    return float(((p - q) * np.log(p / q)).sum())


def total_variation(now: np.ndarray, then: np.ndarray) -> float:
    """Give the share of projects that would have to change their kind to make two sets alike, from counts by kind."""
    return float(np.abs(now / now.sum() - then / then.sum()).sum() / 2)


def standardised_difference(now: np.ndarray, then: np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
    """Give the difference of two means in pooled standard deviations, with its interval (Hedges & Olkin 1985)."""
    spread = np.sqrt((now.var(ddof=1) + then.var(ddof=1)) / 2)
    d = float((now.mean() - then.mean()) / spread) if spread > 0 else 0.0
    n, m = len(now), len(then)
    half = float(stats.norm.ppf((1 + level) / 2) * np.sqrt(1 / n + 1 / m + d * d / (2 * (n + m))))
    return d, d - half, d + half


def rate_difference(now: tuple[int, int], then: tuple[int, int], level: float = 0.95) -> tuple[float, float, float]:
    """Give the difference of two shares, of ``(successes, projects)``, with its score interval (Newcombe 1998)."""
    a, b = (proportion_interval(*counts, level=level) for counts in (now, then))
    d = a.value - b.value
    low = d - np.hypot(a.value - a.low, b.high - b.value)
    return d, float(low), float(d + np.hypot(a.high - a.value, b.value - b.low))


def rate_p_value(now: tuple[int, int], then: tuple[int, int]) -> float:
    """Give the p-value of two shares being one, of ``(successes, projects)`` (Pearson 1900; not corrected)."""
    (won, n), (won_then, n_then) = now, then
    if won + won_then in (0, n + n_then):
        return 1.0
    counts = [[won, n - won], [won_then, n_then - won_then]]
    return float(stats.chi2_contingency(counts, correction=False).pvalue)
