"""Ratio metrics, whose unit of analysis is finer than the unit assigned: reviews of players, hours a game."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crowdwise.base.errors import Problem
from crowdwise.experiment.effect import Effect, check_arms, give_effect, satterthwaite


def compare_ratios(numerator: ArrayLike, denominator: ArrayLike, treated: ArrayLike, *, level: float = 0.95) -> Effect:
    """Compare two ratios of sums by the delta method (Deng, Knoblich & Lu 2018).

    Parameters
    ----------
    numerator, denominator : array-like of float, shape (n,)
        Each assigned unit's sums, as in hours and games. A unit with neither counts with 0 and 0.
    treated : array-like of bool, shape (n,)

    Raises
    ------
    Problem
        If a value is missing or infinite, or an arm's denominators add up to 0.
    """
    a, t = check_arms(numerator, treated)
    b, _ = check_arms(denominator, treated)
    means, variances, counts = [], [], []
    for arm, name in ((~t, "control"), (t, "treatment")):
        ratio, variance = _ratio(a[arm], b[arm], name)
        means.append(ratio)
        variances.append(variance)
        counts.append(int(np.count_nonzero(arm)))
    return give_effect(
        "delta",
        (means[0], means[1]),
        (variances[0], variances[1]),
        (counts[0], counts[1]),
        freedom=satterthwaite((variances[0], variances[1]), (counts[0] - 1, counts[1] - 1)),
        level=level,
    )


def compare_row_means(outcome: ArrayLike, treated: ArrayLike, unit: ArrayLike, *, level: float = 0.95) -> Effect:
    """Compare the means of rows of which a unit has several, clustered by unit (Deng, Knoblich & Lu 2018).

    The same as `compare_ratios` of each unit's sum over its count of rows; `n` counts units.

    Parameters
    ----------
    outcome, treated, unit : array-like, shape (rows,)
        As in the stars of each review, the arm of its player, and the player.

    Raises
    ------
    Problem
        If a unit's rows are in both arms.
    """
    y, t = check_arms(outcome, treated)
    codes, arm = sum_units(unit, t)
    n = len(arm)
    sums = np.bincount(codes, weights=y, minlength=n)
    return compare_ratios(sums, np.bincount(codes, minlength=n), arm, level=level)


def sum_units(unit: ArrayLike, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give each row's unit as a number from 0, and whether each unit is treated.

    Raises
    ------
    Problem
        If a unit is missing, or its rows are in both arms.
    """
    codes, names = pd.factorize(np.asarray(unit))
    if len(codes) != len(treated) or (codes < 0).any():
        raise Problem("a row has no unit", where="unit", remedy="Give each row the unit it belongs to")
    rows, hits = np.bincount(codes), np.bincount(codes, weights=treated)
    split = np.flatnonzero((hits > 0) & (hits < rows))
    if len(split):
        what = f"{len(split):,} units have rows in both arms, {names[split[0]]} first"
        raise Problem(what, where="unit", remedy="Keep each unit in the arm it was assigned to")
    return codes, hits > 0


def _ratio(a: np.ndarray, b: np.ndarray, name: str) -> tuple[float, float]:
    total = float(b.sum())
    if total == 0:
        what = f"the denominators of the {name} arm add up to 0"
        raise Problem(what, where="ratio", remedy="Wait for units with a denominator, or choose another metric")
    ratio, n = float(a.sum()) / total, len(a)
    left = a - ratio * b  # its mean is 0, its spread the delta method's
    return ratio, float(left @ left) * n / (n - 1) / total**2
