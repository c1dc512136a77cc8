"""Two means of rows that are alike within clusters, as where whole households or classes are assigned together."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from crowdwise.base.errors import Problem
from crowdwise.experiment.effect import Effect, check_arms, give_effect
from crowdwise.experiment.ratios import sum_units


def compare_clustered(outcome: ArrayLike, treated: ArrayLike, cluster: ArrayLike, *, level: float = 0.95) -> Effect:
    """Compare two means with errors clustered by who was assigned together (Liang & Zeger 1986).

    The variance is reduced in bias, CR2, with its own degrees of freedom (Bell & McCaffrey 2002; Pustejovsky & Tipton
    2018), which for a difference of means have closed forms: with ``s`` a cluster's sum of residuals and ``m`` its
    share of its arm's n rows, an arm's variance is the sum of ``s^2 / (1 - m)`` over ``n^2``. Clusters of one row give
    Welch's.

    Parameters
    ----------
    outcome, treated, cluster : array-like, shape (rows,)
        Each row weighs the same. `n_control` and `n_treatment` count clusters.

    Raises
    ------
    Problem
        If a cluster is in both arms, or an arm has fewer than two.
    """
    y, t = check_arms(outcome, treated)
    codes, arms = sum_units(cluster, t)
    sizes = np.bincount(codes)
    means, variances, counts, trace, squares = [], [], [], 0.0, 0.0
    for rows, inside in ((~t, ~arms), (t, arms)):
        if inside.sum() < 2:
            raise Problem("an arm has fewer than two clusters", where="cluster", remedy="Assign more clusters")
        n = int(rows.sum())
        mean = float(y[rows].mean())
        residuals = np.bincount(codes[rows], weights=y[rows] - mean, minlength=len(sizes))[inside]
        share = sizes[inside] / n
        means.append(mean)
        variances.append(float((residuals**2 / (1 - share)).sum()) / n**2)
        counts.append(int(inside.sum()))
        # The variance's own mean and spread if rows were independent: diagonal and off-diagonal parts apart.
        pull = share**2 / (1 - share)
        trace += 1 / n
        squares += float((share**2).sum() + pull.sum() ** 2 - (pull**2).sum()) / n**2
    return give_effect(
        "clustered",
        (means[0], means[1]),
        (variances[0], variances[1]),
        (counts[0], counts[1]),
        freedom=trace**2 / squares,
        level=level,
    )
