"""Units that come in clusters: how alike they are, and what that costs.

When whole clusters are assigned (all players of a group, all projects of a creator) the units in one say partly the
same, and a test that counts them as independent errs too often.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from crowdwise.experiment.means import beyond
from crowdwise.experiment.size import Alternative, Size, check_direction, check_request, looked_for, solve


@dataclass(frozen=True)
class Clustering:
    """How alike the units of a cluster are, and how large clusters are.

    Attributes
    ----------
    icc : float
        Intraclass correlation: the share of the variance that lies between clusters. An estimate can be below 0.
    size : float
        Mean units a cluster.
    cv : float
        Coefficient of variation of the sizes: their sd over their mean.
    low, high : float
        95 % interval of `icc`; nan if it is assumed, not measured.
    """

    icc: float
    size: float
    cv: float = 0.0
    low: float = math.nan
    high: float = math.nan

    def __post_init__(self) -> None:
        if not -1 <= self.icc <= 1:
            raise ValueError(f"an intraclass correlation is between -1 and 1, not {self.icc}")
        if not (self.size >= 1 and self.cv >= 0):
            raise ValueError(f"clusters of {self.size} units with a variation of {self.cv}: at least 1, and at least 0")

    @classmethod
    def of(cls, values: ArrayLike, clusters: ArrayLike) -> Clustering:
        """Measure the intraclass correlation by one-way analysis of variance (Donner 1986; unequal sizes allowed).

        The interval is the exact one of equal sizes (Shrout & Fleiss 1979), near enough for unequal ones.

        Parameters
        ----------
        values : array_like of shape (units,)
        clusters : array_like of shape (units,)
            The cluster that each unit belongs to.

        Raises
        ------
        ValueError
            If there are fewer than two clusters, none has two units, or the values do not differ.
        """
        x, labels = np.asarray(values, dtype=np.float64), np.asarray(clusters)
        if x.ndim != 1 or x.shape != labels.shape:
            raise ValueError("values and clusters: one of each a unit")
        if not np.isfinite(x).all():
            raise ValueError("values must be finite; decide what a missing one means first")
        _, codes, sizes = np.unique(labels, return_inverse=True, return_counts=True)
        n, k = len(x), len(sizes)
        if k < 2 or n == k:
            raise ValueError(
                f"{n} units in {k} clusters: two clusters or more are needed, and two units in one of them"
            )
        means = np.bincount(codes, x) / sizes
        between = float(sizes @ (means - x.mean()) ** 2) / (k - 1)
        within = float(((x - means[codes]) ** 2).sum()) / (n - k)
        usual = (n - float(sizes @ sizes) / n) / (k - 1)
        if between + within == 0:
            raise ValueError("all values are the same: how alike clusters are can't be seen")

        def correlation(f: float) -> float:
            return (f - 1) / (f + usual - 1) if math.isfinite(f) else 1.0

        f = between / within if within > 0 else math.inf
        low, high = (float(correlation(f / stats.f.ppf(chance, k - 1, n - k))) for chance in (0.975, 0.025))
        return cls(correlation(f), n / k, float(sizes.std(ddof=1) / sizes.mean()), low, high)

    @property
    def design_effect(self) -> float:
        """How many times more units are needed: 1 + ((cv^2 + 1) size - 1) icc (Eldridge, Ashby & Kerry 2006).

        Clusters that are less alike than chance are taken as unrelated, for that is more often luck than structure.
        """
        return 1 + max(0.0, ((self.cv**2 + 1) * self.size - 1) * self.icc)


def clusters_size(
    effect: float,
    clustering: Clustering,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    alternative: Alternative = "two-sided",
) -> Size:
    """Give the clusters in each arm that tell two means apart (t, a degree of freedom a cluster; Donner & Klar 2000).

    Parameters
    ----------
    effect : float
        The difference of means in standard deviations of a unit. For two proportions, their difference over
        sqrt(p (1 - p)) at the mean proportion p.
    ratio : float
        Treatment clusters a control cluster.

    Returns
    -------
    Size
        In clusters, not units.
    """
    check_request(alpha, power, ratio)
    check_direction(effect, alternative)

    def missing(log_clusters: float) -> float:
        k = math.exp(log_clusters)
        return clusters_power(effect, clustering, k, alpha=alpha, ratio=ratio, alternative=alternative) - power

    least = math.log(2.5 / (1 + ratio))  # half a degree of freedom
    if missing(math.log(1e9)) < 0:
        raise ValueError(f"an effect of {effect:g} standard deviations needs more than 1e+09 clusters; is it meant so?")
    k = math.exp(least) if missing(least) >= 0 else math.exp(solve(missing, least, math.log(1e9)))
    return Size(k, k * ratio)


def clusters_power(
    effect: float,
    clustering: Clustering,
    clusters: float,
    *,
    alpha: float = 0.05,
    ratio: float = 1.0,
    alternative: Alternative = "two-sided",
) -> float:
    """Give the chance to tell two means apart with some clusters in the control arm (see `clusters_size`)."""
    check_request(alpha, None, ratio)
    freedom = clusters * (1 + ratio) - 2
    if not (math.isfinite(clusters) and freedom > 0):
        raise ValueError(
            f"{clusters:g} clusters in the control arm leave no degree of freedom; take two an arm or more"
        )
    units = clusters * clustering.size / clustering.design_effect
    distance = looked_for(effect, alternative) * math.sqrt(units * ratio / (1 + ratio))
    tail = alpha / 2 if alternative == "two-sided" else alpha
    limit = stats.t.isf(tail, freedom)
    opposite = beyond(limit, freedom, -distance) if alternative == "two-sided" else 0.0
    return beyond(limit, freedom, distance) + opposite


def clusters_effect(
    clustering: Clustering,
    clusters: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    alternative: Alternative = "two-sided",
) -> float:
    """Give the smallest effect that some clusters in the control arm detect, in standard deviations of a unit."""
    check_request(alpha, power, ratio)
    sign = -1 if alternative == "smaller" else 1

    def missing(effect: float) -> float:
        reached = clusters_power(sign * effect, clustering, clusters, alpha=alpha, ratio=ratio, alternative=alternative)
        return reached - power

    if missing(100.0) < 0:
        raise ValueError(f"{clusters:g} clusters in the control arm detect nothing at alpha {alpha:g}; take more")
    return sign * solve(missing, 0.0, 100.0)
