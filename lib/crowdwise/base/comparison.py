"""Ways of doing the same, measured on the same units: which is better, by how much, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from crowdwise.base.statistics import Estimate, holm, mean_interval


@dataclass(frozen=True)
class Paired:
    """The mean of one less the other over their units, with its interval, and how likely such is if there is none.

    Attributes
    ----------
    difference : Estimate
        With a bootstrap interval over units.
    p_value : float
        Two-sided, of the paired t-test.
    """

    difference: Estimate
    p_value: float


def compare_paired(values: pd.Series, others: pd.Series, *, seed: int, level: float = 0.95) -> Paired:
    """Compare two models on the same units.

    The test is Student's for pairs. On measures of rankings it agrees with the randomisation and the bootstrap test,
    which assume less and cost more, while Wilcoxon's and the sign test do not ask about the mean (Smucker, Allan and
    Carterette 2007).

    Parameters
    ----------
    values, others : Series of float
        One value a unit (a player); the index names the units, in any order.
    seed : int
        Where the resamples come from.

    Raises
    ------
    ValueError
        If the units are not the same, occur twice or are fewer than two, or a value is not finite.
    """
    if not (values.index.is_unique and others.index.is_unique):
        raise ValueError("a unit occurs twice; take the mean of each first")
    if len(values) != len(others) or not values.index.isin(others.index).all():
        raise ValueError(f"pairs need the same units on both sides: {len(values)} and {len(others)} are not the same")
    if len(values) < 2:
        raise ValueError(f"a paired comparison needs at least two units, not {len(values)}")
    x = values.to_numpy(dtype=np.float64)
    y = others.loc[values.index].to_numpy(dtype=np.float64)
    estimate = mean_interval(x - y, seed=seed, level=level)
    if np.ptp(x - y) == 0:  # no spread to test against: all alike, or always better
        return Paired(estimate, 1.0 if x[0] == y[0] else 0.0)
    return Paired(estimate, float(stats.ttest_rel(x, y).pvalue))


def compare_with(reference: str, values: Mapping[str, pd.Series], *, seed: int, level: float = 0.95) -> pd.DataFrame:
    """Compare every model with one of them, with Holm's correction for the number of comparisons.

    Parameters
    ----------
    reference : str
        The model that the others are compared with.
    values : mapping of str to Series
        By model, one value a unit; all of the same units.
    seed : int
        Where the resamples come from.

    Returns
    -------
    DataFrame
        A row a model but the reference, in the order given: ``model, mean, difference, low, high, p_value, p_holm, n``.
        `difference` is the model less the reference.

    Raises
    ------
    ValueError
        If the reference is not among the models; and as `compare_paired` does.
    """
    if reference not in values:
        raise ValueError(f"no {reference!r} among {', '.join(values)}")
    columns = ["model", "mean", "difference", "low", "high", "p_value", "n"]
    rows = []
    for model, mine in values.items():
        if model != reference:
            paired = compare_paired(mine, values[reference], seed=seed, level=level)
            d = paired.difference
            rows.append((model, float(mine.mean()), d.value, d.low, d.high, paired.p_value, d.n))
    table = pd.DataFrame(rows, columns=pd.Index(columns))
    table.insert(columns.index("n"), "p_holm", holm(table["p_value"]))
    return table


def mean_over_seeds(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Give each unit's mean over several runs, so that a unit that was drawn more than once still counts once.

    The values of one player in several holdouts are not independent: an interval over all of them as if they were would
    be too narrow. So the player is the unit, and intervals and tests are over players.

    Parameters
    ----------
    frames : sequence of DataFrame
        One a seed; the index names the units, the same unit by the same name in all. A unit may be missing in some.

    Returns
    -------
    DataFrame
        The same columns, a row a unit seen in any, in order of the index.

    Raises
    ------
    ValueError
        If there is no frame, their columns differ, or a unit occurs twice in one.
    """
    if not frames:
        raise ValueError("no frames to take the mean of")
    for frame in frames:
        if list(frame.columns) != list(frames[0].columns):
            raise ValueError(f"columns differ: {list(frames[0].columns)} and {list(frame.columns)}")
        if not frame.index.is_unique:
            raise ValueError("a unit occurs twice in one frame")
    return pd.concat(frames).groupby(level=0).mean()
