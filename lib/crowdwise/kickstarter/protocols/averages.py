"""One score over several parts, and what its interval speaks of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from crowdwise.base.statistics import Estimate
from crowdwise.kickstarter.calibration import log_odds, logistic


def mean_over(parts: Sequence[Estimate]) -> Estimate:
    """Give the plain mean of one score over parts that share no judged project, such as the years of a rolling test.

    Each part's variance is read off its own interval (for an AUC that is DeLong's); the mean's is their sum over the
    squared number of parts. So the interval speaks of other projects of these same years. How years differ is not in
    it: see `spread_over`.

    Raises
    ------
    ValueError
        If there is no part, or their levels differ.
    """
    if not parts or len({part.level for part in parts}) > 1:
        raise ValueError("a mean needs parts of one level")
    level = parts[0].level
    value = float(np.mean([part.value for part in parts]))
    half = float(np.sqrt(sum(((part.high - part.low) / 2) ** 2 for part in parts)) / len(parts))
    return Estimate(value, value - half, value + half, level, sum(part.n for part in parts))


def spread_over(parts: Sequence[Estimate], *, share: bool = False) -> Estimate:
    """Give the mean over parts again, with the interval for another part's score (Student 1908, prediction).

    Where the next year is to be foretold, this is the interval: it holds both how years differ and how few projects
    each has. With one part nothing is known of it, and it is NaN.

    Parameters
    ----------
    parts : sequence of Estimate
    share : bool
        Whether the score lies between 0 and 1; the interval is then made on the log-odds scale and ends inside.
    """
    level, k = parts[0].level, len(parts)
    values = np.array([part.value for part in parts])
    scaled = log_odds(values) if share else values
    half = stats.t.ppf((1 + level) / 2, k - 1) * scaled.std(ddof=1) * np.sqrt(1 + 1 / k) if k > 1 else np.nan
    ends = np.array([scaled.mean() - half, scaled.mean() + half])
    low, high = logistic(ends) if share else ends
    return Estimate(float(values.mean()), float(low), float(high), level, sum(part.n for part in parts))
