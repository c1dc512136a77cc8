"""Which features a model rests on: how much worse it gets when a group of them is shuffled (Breiman 2001)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from crowdwise.base.seeds import generator
from crowdwise.base.statistics import auc_interval
from crowdwise.kickstarter.design import Design
from crowdwise.kickstarter.features import GROUPS
from crowdwise.kickstarter.models import Model
from crowdwise.kickstarter.training import group_of


def permutation_importance(
    model: Model, test: Design, outcome: np.ndarray, *, seed: int, repeats: int = 5, most: int = 5000
) -> pd.DataFrame:
    """Give each feature group's importance: the AUC lost when its columns are shuffled together.

    Parameters
    ----------
    model : Model
        Fitted on other rows.
    test : Design
    outcome : ndarray of bool
    repeats : int
        Shuffles a group; `low` and `high` are the 95% interval of their mean (Student 1908).
    most : int
        Rows to use at most.

    Returns
    -------
    DataFrame
        ``group, auc_lost, low, high``, the most important first.
    """
    rows = np.sort(generator(seed, "importance", "rows").permutation(len(outcome))[:most])
    matrix, y = test.matrix[rows], outcome[rows]
    whole = auc_interval(y, model.probability(Design(matrix, test.names, test.categories))).value
    found = []
    for group in GROUPS:
        places = np.flatnonzero([group_of(name) == group for name in test.names])
        lost = []
        for turn in range(repeats):
            order = generator(seed, "importance", group, turn).permutation(len(rows))
            shuffled = matrix.copy()
            shuffled[:, places] = matrix[np.ix_(order, places)]
            lost.append(whole - auc_interval(y, model.probability(Design(shuffled, test.names, test.categories))).value)
        half = stats.t.ppf(0.975, repeats - 1) * np.std(lost, ddof=1) / np.sqrt(repeats)
        found.append((group, np.mean(lost), np.mean(lost) - half, np.mean(lost) + half))
    table = pd.DataFrame(found, columns=["group", "auc_lost", "low", "high"])
    return table.sort_values("auc_lost", ascending=False, kind="stable", ignore_index=True)
