"""A range for a probability: what share succeeded among the past projects that got nearly the same score.

For a score, the thousand projects nearest to it among those the model had not seen are looked up, and the range is the
95 % score interval of their success rate (Wilson 1927). It says how well the probability is known for projects of this
score as a whole. It is no range for one project, which succeeds or does not, and it knows nothing of a world, or a
crawl, that has changed since.

Inductive Venn-Abers ranges (Vovk and Petej 2014) were tried and left: with tens of thousands of scores they shrink to a
fifth of a point, and held the observed share of hardly any held-out bin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.calibration import Calibrator, log_odds, logistic
from crowdwise.kickstarter.splits import Split

WINDOW, KNOTS, FEWEST = 1000, 200, 20
Z = 1.959964


@dataclass(frozen=True)
class ScoreRange:
    """Ends of the range at some scores, all in log-odds and rising; between them they are interpolated.

    Attributes
    ----------
    scores, low, high : tuple of float, shape (knots,)
    window : int
        How many projects each end was looked up from.
    """

    scores: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    window: int = WINDOW

    @classmethod
    def fit(cls, probability: np.ndarray, outcome: np.ndarray, *, window: int = WINDOW) -> Self:
        """Look up the ends from calibrated probabilities given to projects that the model had not seen.

        Raises
        ------
        Problem
            If there are fewer than 20 projects.
        """
        from sklearn.isotonic import isotonic_regression  # serving needs no scikit-learn

        if len(outcome) < FEWEST:
            what = f"{len(outcome)} projects are too few for a range"
            raise Problem(what, where="projects", remedy=f"Use {FEWEST} or more")
        order = np.argsort(probability, kind="stable")
        score = log_odds(np.asarray(probability, float)[order])
        won = np.concatenate([[0], np.cumsum(np.asarray(outcome, dtype=np.int64)[order])])
        n = min(window, len(score))
        places = np.unique(np.linspace(0, len(score) - n, KNOTS).round().astype(int))
        middle = np.array([score[place : place + n].mean() for place in places])
        low, high = share_interval(won[places + n] - won[places], np.full(len(places), n))
        ends = [isotonic_regression(log_odds(end)) for end in (low, high)]
        scores, lowest, highest = (tuple(float(x) for x in column) for column in (middle, *ends))
        return cls(scores, lowest, highest, n)

    def look_up(self, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the ends for calibrated probabilities; each range holds its probability."""
        p = np.asarray(probability, float)
        score = log_odds(p)
        low, high = (logistic(np.interp(score, self.scores, end)) for end in (self.low, self.high))
        return np.minimum(low, p), np.maximum(high, p)


def share_interval(successes: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the 95 % score intervals of shares (Wilson 1927)."""
    share = successes / n
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * np.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def range_coverage(
    probability: np.ndarray, outcome: np.ndarray, folds: Sequence[Split], *, bins: int = 20, window: int = WINDOW
) -> pd.DataFrame:
    """Measure on held-out projects how often the observed share of a bin lies within its mean range.

    Calibration and range are fitted on each split's training rows and looked up for its test rows; these are then put
    into bins of equal counts by probability.

    Parameters
    ----------
    probability : ndarray, shape (projects,)
        The model's, uncalibrated, given to projects that it had not seen.
    outcome : ndarray of bool, shape (projects,)
    folds : sequence of Split
        Each row is tested at most once.

    Returns
    -------
    DataFrame
        A row a bin: ``projects, predicted, low, high, observed, inside`` and ``inside_by_chance``, the probability
        that a bin of this size would lie inside if every project's probability were exactly right.
    """
    from scipy import stats

    found = []
    for split in folds:
        calibrator = Calibrator.fit(probability[split.train], outcome[split.train])
        told = calibrator.apply(probability[split.train])
        fitted = ScoreRange.fit(told, outcome[split.train], window=window)
        p = calibrator.apply(probability[split.test])
        found.append(np.column_stack([p, *fitted.look_up(p), outcome[split.test]]))
    rows = np.concatenate(found)
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    table = pd.DataFrame(
        [(len(part), *part.mean(axis=0)) for part in np.array_split(rows, bins) if len(part)],
        columns=["projects", "predicted", "low", "high", "observed"],
    )
    table["inside"] = table["observed"].between(table["low"], table["high"])
    noise = np.sqrt(table["predicted"] * (1 - table["predicted"]) / table["projects"])
    ends = (stats.norm.cdf((table[end] - table["predicted"]) / noise) for end in ("high", "low"))
    table["inside_by_chance"] = np.subtract(*ends)
    return table
