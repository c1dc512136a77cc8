"""Several metrics in one test: how alpha is shared, and the chance to find each, any or all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from scipy.stats import qmc

from crowdwise.experiment.size import Alternative, critical, looked_for, solve

Rule = Literal["bonferroni", "holm", "none"]
Wanted = Literal["each", "any", "all"]
POINTS = 2**15  # of a Sobol sequence; chances are right to about .001


def shared_alpha(alpha: float, weights: Sequence[float]) -> np.ndarray:
    """Give each metric its share of alpha, so that all together err with alpha at most (Bonferroni, weighted).

    A design by these shares is safe under Holm's test too, which only rejects more (Holm 1979).

    Raises
    ------
    ValueError
        If alpha is not in (0, 1), or a weight is not positive.
    """
    w = np.asarray(weights, dtype=np.float64)
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha}: it must be between 0 and 1")
    if w.ndim != 1 or not len(w) or not np.isfinite(w).all() or (w <= 0).any():
        raise ValueError("weights: one positive number a metric; a metric of weight 0 is not tested")
    return alpha * w / w.sum()


@dataclass(frozen=True)
class FamilyPower:
    """The chance to find each metric's difference, at least one, and all."""

    each: tuple[float, ...]
    any: float
    all: float

    def of(self, wanted: Wanted) -> float:
        """Give one of the chances; ``each`` is that of the metric that is found least often."""
        return {"each": min(self.each), "any": self.any, "all": self.all}[wanted]


def family_power(
    drifts: Sequence[float],
    *,
    correlation: ArrayLike | None = None,
    alpha: float = 0.05,
    rule: Rule = "holm",
    alternative: Alternative = "two-sided",
) -> FamilyPower:
    """Give the power of a family of metrics tested together, by integration over their joint normal distribution.

    Parameters
    ----------
    drifts : sequence of float
        For each metric the mean of its Z: its true difference over that difference's standard error.
    correlation : array_like of shape (metrics, metrics), optional
        Between units' values of the metrics, which is that of their Z; by default none.
    rule : str
        ``holm`` (1979) or ``bonferroni``: all errors together are at most alpha. ``none``: each at alpha, right if
        the decision needs all of them (Berger 1982: the intersection-union test).

    Raises
    ------
    ValueError
        If the correlation is not one of that many metrics.
    """
    shifts = np.asarray(drifts, dtype=np.float64)
    m = len(shifts)
    if shifts.ndim != 1 or not m or not np.isfinite(shifts).all():
        raise ValueError("drifts: one finite number a metric")
    matrix = np.eye(m) if correlation is None else np.asarray(correlation, dtype=np.float64)
    if matrix.shape != (m, m) or not np.allclose(matrix, matrix.T) or not np.allclose(np.diag(matrix), 1):
        raise ValueError(f"the correlation of {m} metrics is a symmetric {m} by {m} matrix with ones on its diagonal")
    values, vectors = np.linalg.eigh(matrix)
    if values.min() < -1e-9:
        raise ValueError("no metrics can be correlated like this: the matrix is not positive semidefinite")
    if rule not in ("bonferroni", "holm", "none"):
        raise ValueError(f"rule is 'bonferroni', 'holm' or 'none', not {rule!r}")
    looked_for(0.0, alternative)
    points = qmc.Sobol(m, scramble=True, rng=np.random.default_rng(0)).random(POINTS)
    z = stats.norm.ppf(points) @ (vectors * np.sqrt(np.maximum(values, 0))).T + shifts
    strength = np.abs(z) if alternative == "two-sided" else (-z if alternative == "smaller" else z)
    order = np.argsort(-strength, axis=1)
    steps = {"holm": m - np.arange(m), "bonferroni": np.full(m, m), "none": np.ones(m)}[rule]
    bounds = np.array([critical(alpha / step, alternative) for step in steps])
    passed = np.take_along_axis(strength, order, axis=1) >= bounds
    if rule == "holm":
        passed = np.logical_and.accumulate(passed, axis=1)
    found = np.empty_like(passed)
    np.put_along_axis(found, order, passed, axis=1)
    each = tuple(found.mean(axis=0).tolist())
    return FamilyPower(each, float(found.any(axis=1).mean()), float(found.all(axis=1).mean()))


def family_factor(
    drifts: Sequence[float],
    *,
    power: float = 0.8,
    wanted: Wanted = "all",
    correlation: ArrayLike | None = None,
    alpha: float = 0.05,
    rule: Rule = "holm",
    alternative: Alternative = "two-sided",
) -> float:
    """Give how many times more units find what is wanted with the asked power, to about one in a hundred.

    Parameters
    ----------
    drifts : sequence of float
        With the units that are thought of now; they grow by the square root of the factor.

    Raises
    ------
    ValueError
        If no number of units does it: a metric without a difference is never found.
    """
    if not alpha < power < 1:
        raise ValueError(f"power is {power}: it must be above alpha ({alpha}) and below 1")
    shifts = np.asarray(drifts, dtype=np.float64)

    def missing(log_factor: float) -> float:
        found = family_power(
            (math.exp(log_factor / 2) * shifts).tolist(),
            correlation=correlation,
            alpha=alpha,
            rule=rule,
            alternative=alternative,
        )
        return found.of(wanted) - power

    low, high = math.log(1e-6), math.log(1e6)
    if missing(high) < 0:
        raise ValueError(f"not even a million times the units find {wanted} of the metrics with power {power:g}")
    if missing(low) >= 0:
        raise ValueError("a millionth of the units would be enough; are the drifts meant so?")
    return math.exp(solve(missing, low, high, precision=1e-4))
