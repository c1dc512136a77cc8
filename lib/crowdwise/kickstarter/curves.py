"""What a ranking finds and what it costs, at every threshold: the ROC curve, and precision against recall."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crowdwise.base.seeds import generator
from crowdwise.base.statistics import Estimate


def roc_curve(outcome: np.ndarray, probability: np.ndarray, points: int = 200) -> pd.DataFrame:
    """Give the receiver operating characteristic (Swets 1988): ``threshold, false_alarms, hits``.

    Parameters
    ----------
    outcome : ndarray of bool, shape (n,)
    probability : ndarray, shape (n,)
    points : int
        About how many points to keep, evenly along the curve; its corners stay.

    Returns
    -------
    DataFrame
        `hits` is the share of successes at or above the threshold, `false_alarms` that of failures; from (0, 0) to
        (1, 1), where equal probabilities are passed in one step.

    Raises
    ------
    ValueError
        If only one outcome occurs.
    """
    threshold, won, lost = _passed(outcome, probability)
    table = pd.DataFrame({"threshold": threshold, "false_alarms": lost / lost[-1], "hits": won / won[-1]})
    return _thinned(table, table["false_alarms"] + table["hits"], points)


def precision_recall(outcome: np.ndarray, probability: np.ndarray, points: int = 200) -> pd.DataFrame:
    """Give ``threshold, recall, precision``: of those at or above each threshold, the share that succeeded.

    Parameters and Raises as in `roc_curve`; the curve begins at the highest probability given.
    """
    threshold, won, lost = (part[1:] for part in _passed(outcome, probability))
    table = pd.DataFrame({"threshold": threshold, "recall": won / won[-1], "precision": won / (won + lost)})
    return _thinned(table, table["recall"], points)


def average_precision(
    outcome: np.ndarray, probability: np.ndarray, *, seed: int, level: float = 0.95, resamples: int = 200
) -> Estimate:
    """Give the mean precision over the successes, each met at its own threshold, with a bootstrap interval.

    The sum of ``(recall_k - recall_k-1) * precision_k`` (Davis & Goadrich 2006 on why points are not joined by lines).
    The bootstrap weighs projects by Poisson counts (Efron 1979; Chamandy et al. 2012).
    """
    y, p = np.asarray(outcome, dtype=bool), np.asarray(probability, dtype=float)
    order = np.argsort(-p, kind="stable")
    y, firsts = y[order].astype(float), np.flatnonzero(np.r_[True, np.diff(p[order]) != 0])

    def area(weight: np.ndarray) -> float:
        won, every = (np.add.reduceat(x, firsts) for x in (weight * y, weight))
        precision = np.cumsum(won) / np.maximum(np.cumsum(every), 1)
        return float((won * precision).sum() / max(won.sum(), 1))

    value = area(np.ones(len(y)))
    rng = generator(seed, "bootstrap", "precision")
    draws = [area(rng.poisson(1.0, len(y)).astype(float)) for _ in range(resamples)]
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(min(low, value)), float(max(high, value)), level, len(y))


def hits_at(curve: pd.DataFrame, false_alarms: float) -> float:
    """Give the share of successes found where the given share of failures is taken for successes."""
    return float(np.interp(false_alarms, curve["false_alarms"], curve["hits"]))


def _passed(outcome: np.ndarray, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give each threshold, the highest first, with the successes and failures at or above it; nothing passes first."""
    y, p = np.asarray(outcome, dtype=bool), np.asarray(probability, dtype=float)
    if y.all() or not y.any():
        raise ValueError("a curve needs both outcomes")
    order = np.argsort(-p, kind="stable")
    won, ends = np.cumsum(y[order]), np.flatnonzero(np.r_[np.diff(p[order]) != 0, True])
    passed = won[ends]
    return np.r_[np.inf, p[order][ends]], np.r_[0, passed], np.r_[0, ends + 1 - passed]


def _thinned(table: pd.DataFrame, along: pd.Series, points: int) -> pd.DataFrame:
    if len(table) <= points:
        return table
    reached = along.to_numpy(float)
    wanted = np.searchsorted(reached, np.linspace(reached[0], reached[-1], points))
    return table.iloc[np.unique(np.r_[0, wanted.clip(max=len(table) - 1), len(table) - 1])].reset_index(drop=True)
