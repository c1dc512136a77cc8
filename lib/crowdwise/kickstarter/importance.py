"""Which features a model rests on: by what is lost without them, and by how far they move a prediction."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from crowdwise.base.seeds import generator
from crowdwise.base.statistics import auc_interval, mean_interval
from crowdwise.kickstarter.design import Design
from crowdwise.kickstarter.features import GROUPS
from crowdwise.kickstarter.models import Boosted, Model
from crowdwise.kickstarter.training import group_of


def permutation_importance(
    model: Model, test: Design, outcome: np.ndarray, *, seed: int, repeats: int = 5, most: int = 5000
) -> pd.DataFrame:
    """Give each feature group's importance: the AUC lost when its columns are shuffled together (Breiman 2001).

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


def contributions(model: Boosted, design: Design, rows: np.ndarray) -> pd.DataFrame:
    """Give what each feature group adds to the log-odds of the given rows, a column a group.

    Exact Shapley values of the trees (Lundberg et al. 2020), summed over a group's columns; with the trees' mean they
    add up to the model's log-odds.
    """
    parts = np.asarray(model.booster.predict(design.matrix[rows], pred_contrib=True, num_threads=1))
    of = np.array([group_of(name) for name in design.names])
    return pd.DataFrame({group: parts[:, np.flatnonzero(of == group)].sum(axis=1) for group in GROUPS})


def shap_importance(
    model: Boosted, test: Design, *, seed: int, most: int = 1500, level: float = 0.95, resamples: int = 500
) -> pd.DataFrame:
    """Give how far each feature group moves a prediction: the mean size of its contribution, in log-odds.

    Parameters
    ----------
    model : Boosted
        Fitted on other rows.
    test : Design
    most : int
        Rows to use at most.

    Returns
    -------
    DataFrame
        ``group, log_odds, log_odds_low, log_odds_high``, in the order of `GROUPS`; the interval is a bootstrap of rows.
    """
    rows = np.sort(generator(seed, "importance", "shap").permutation(len(test.matrix))[:most])
    found = []
    for group, part in contributions(model, test, rows).items():
        e = mean_interval(np.abs(part), seed=seed, level=level, resamples=resamples)
        found.append((group, e.value, e.low, e.high))
    return pd.DataFrame(found, columns=["group", "log_odds", "log_odds_low", "log_odds_high"])
