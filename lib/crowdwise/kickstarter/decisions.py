"""What probabilities are worth to whoever acts on them: the decision curve, and the cheapest threshold."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.base.seeds import generator
from crowdwise.base.statistics import Estimate

THRESHOLDS = np.round(np.arange(0.01, 1.0, 0.01), 2)


def decision_curve(
    outcome: np.ndarray,
    probability: np.ndarray,
    *,
    seed: int,
    thresholds: np.ndarray = THRESHOLDS,
    level: float = 0.95,
    resamples: int = 500,
) -> pd.DataFrame:
    """Give the net benefit of going ahead where the probability reaches a threshold (Vickers & Elkin 2006).

    Whoever asks for a probability of `t` takes one failed launch to be as bad as ``t / (1 - t)`` successes are good.
    The net benefit counts successes that go ahead, less failures that do at that price, a project judged.

    Parameters
    ----------
    outcome : ndarray of bool, shape (n,)
    probability : ndarray, shape (n,)
    thresholds : ndarray
        Each above 0 and below 1.

    Returns
    -------
    DataFrame
        ``threshold, net_benefit, low, high, all, none, gain, gain_low, gain_high``: `all` if every project goes ahead,
        `none` (0) if no project does, `gain` over the better of the two, with bootstrap intervals (projects drawn anew;
        Efron 1979).
    """
    counts, resampled = _resampled(outcome, probability, thresholds, seed, resamples)
    price = thresholds / (1 - thresholds)

    def worth(counted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        won, lost = _going_ahead(counted)
        n = counted.sum(axis=(-2, -1))[..., None]
        every = (counted[..., 1, :].sum(axis=-1)[..., None] - price * counted[..., 0, :].sum(axis=-1)[..., None]) / n
        return (won - price * lost) / n, every

    value, every = worth(counts)
    values, alls = worth(resampled)
    ends = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(values, ends, axis=0)
    gain_low, gain_high = np.quantile(values - np.maximum(alls, 0), ends, axis=0)
    return pd.DataFrame(
        {
            **{"threshold": thresholds, "net_benefit": value, "low": low, "high": high, "all": every, "none": 0.0},
            **{"gain": value - np.maximum(every, 0), "gain_low": gain_low, "gain_high": gain_high},
        }
    )


def threshold_costs(
    outcome: np.ndarray,
    probability: np.ndarray,
    cost_ratio: float,
    *,
    seed: int,
    thresholds: np.ndarray = THRESHOLDS,
    level: float = 0.95,
    resamples: int = 500,
) -> tuple[pd.DataFrame, Estimate]:
    """Give what each threshold costs, and the cheapest with the interval of where it lies (bootstrap).

    Parameters
    ----------
    cost_ratio : float
        What a project costs that goes ahead and fails, as a multiple of one that is held back and would have succeeded.
        Where probabilities are calibrated, ``cost_ratio / (1 + cost_ratio)`` is cheapest (Elkan 2001).

    Returns
    -------
    table : DataFrame
        ``threshold, cost, low, high, all, none``: the unit is one held-back success, a hundred projects judged; `all`
        and `none` if every or no project goes ahead.
    cheapest : Estimate

    Raises
    ------
    Problem
        If the ratio is not above 0.
    """
    if not isinstance(cost_ratio, int | float) or not 0 < cost_ratio < np.inf:
        remedy = "Write how many times as bad a failed launch is as a missed success, as in 2"
        raise Problem(f"{cost_ratio!r} is no ratio of costs", where="params: model: cost_ratio", remedy=remedy)
    counts, resampled = _resampled(outcome, probability, thresholds, seed, resamples)

    def price(counted: np.ndarray) -> np.ndarray:
        won, lost = _going_ahead(counted)
        held_back = counted[..., 1, :].sum(axis=-1)[..., None] - won
        return 100 * (held_back + cost_ratio * lost) / counted.sum(axis=(-2, -1))[..., None]

    cost, drawn = price(counts), price(resampled)
    ends, n = [(1 - level) / 2, (1 + level) / 2], len(outcome)
    low, high = np.quantile(drawn, ends, axis=0)
    lost, won = counts.sum(axis=1)
    best = float(thresholds[cost.argmin()])
    least, most = np.quantile(thresholds[drawn.argmin(axis=1)], ends)
    table = pd.DataFrame(
        {
            **{"threshold": thresholds, "cost": cost, "low": low, "high": high},
            **{"all": 100 * cost_ratio * lost / n, "none": 100 * won / n},
        }
    )
    return table, Estimate(best, float(min(least, best)), float(max(most, best)), level, n)


def _resampled(
    outcome: np.ndarray, probability: np.ndarray, thresholds: np.ndarray, seed: int, resamples: int
) -> tuple[np.ndarray, np.ndarray]:
    """Count failures and successes by how many thresholds each reaches: as they are, and drawn anew.

    All that a threshold decides stands in these counts, so a bootstrap of them is one of the projects.
    """
    y = np.asarray(outcome, dtype=bool)
    reached = np.searchsorted(thresholds, np.asarray(probability, dtype=float), side="right")
    size = len(thresholds) + 1
    counts = np.bincount(y * size + reached, minlength=2 * size)
    drawn = generator(seed, "bootstrap", "decisions").multinomial(len(y), counts / len(y), size=resamples)
    return counts.reshape(2, size), drawn.reshape(resamples, 2, size)


def _going_ahead(counted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the successes and the failures whose probability is at or above each threshold."""
    ahead = counted[..., ::-1].cumsum(axis=-1)[..., ::-1][..., 1:]
    return ahead[..., 1, :], ahead[..., 0, :]
