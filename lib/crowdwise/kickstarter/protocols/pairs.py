"""Models against each other on the same projects: differences with intervals, and tests corrected for their number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from crowdwise.base.statistics import Estimate, holm
from crowdwise.kickstarter.evaluation import CHOSEN
from crowdwise.kickstarter.protocols.averages import mean_over
from crowdwise.kickstarter.protocols.running import Judged
from crowdwise.kickstarter.scores import auc_difference, losses

COMPARED = ("auc", "brier", "log_loss")


def compare_pairs(
    judged: Sequence[Judged], against: str = CHOSEN, *, level: float = 0.95, alpha: float = 0.05
) -> pd.DataFrame:
    """Test each model against one in every protocol that both ran in.

    Areas are compared by DeLong et al. (1988), Brier score and log loss by Student (1908), project by project. A
    protocol's parts are averaged (`mean_over`) where they share no project judged, and stay apart where they do. The
    p-values of a protocol are corrected for their number (Holm 1979).

    Returns
    -------
    DataFrame
        ``protocol, part, model, against, score, difference, low, high, p_holm, finding``: the model's score less that
        of `against`; for losses a negative one is better.
    """
    tables = []
    for protocol in dict.fromkeys(each.protocol for each in judged):
        parts = [each for each in judged if each.protocol == protocol]
        together = _share_nothing(parts)
        rows = []
        for part, group in [("", parts)] if together else [(each.part, [each]) for each in parts]:
            names = [name for name in group[0].found if name != against and against in group[0].found]
            for name in names:
                for score in COMPARED:
                    d = mean_over([_difference(each, name, against, score, level) for each in group])
                    rows.append((protocol, part, name, against, score, d.value, d.low, d.high, p_value(d)))
        columns = ["protocol", "part", "model", "against", "score", "difference", "low", "high", "p_holm"]
        table = pd.DataFrame(rows, columns=columns)
        table["p_holm"] = holm(table["p_holm"])
        better = (table["difference"] > 0) == (table["score"] == "auc")
        finding = np.where(better, "better", "worse")
        table["finding"] = np.where(table["p_holm"] < alpha, finding, "no difference shown")
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def loss_difference(
    outcome: np.ndarray, first: np.ndarray, second: np.ndarray, loss: str, *, level: float = 0.95
) -> Estimate:
    """Give how much higher the first model's mean loss is than the second's on the same projects (Student 1908).

    Parameters
    ----------
    loss : str
        ``brier`` or ``log_loss``.

    Raises
    ------
    ValueError
        If there are fewer than two projects.
    """
    y = np.asarray(outcome, dtype=bool)
    if len(y) < 2:
        raise ValueError("a difference of losses needs two projects")
    d = losses(y, np.asarray(first, float))[loss] - losses(y, np.asarray(second, float))[loss]
    value = float(d.mean())
    half = float(stats.t.ppf((1 + level) / 2, len(d) - 1) * d.std(ddof=1) / np.sqrt(len(d)))
    return Estimate(value, value - half, value + half, level, len(y))


def p_value(difference: Estimate) -> float:
    """Give the two-sided p-value of no difference, from a difference's interval (normal)."""
    z = stats.norm.ppf((1 + difference.level) / 2)
    error = (difference.high - difference.low) / 2 / z
    if error == 0:
        return 1.0 if difference.value == 0 else 0.0
    return float(2 * stats.norm.sf(abs(difference.value) / error))


def _difference(each: Judged, first: str, second: str, score: str, level: float) -> Estimate:
    one, two = each.found[first], each.found[second]
    if score == "auc":
        return auc_difference(each.outcome, one, two, level=level)
    return loss_difference(each.outcome, one, two, score, level=level)


def _share_nothing(parts: Sequence[Judged]) -> bool:
    rows = np.concatenate([each.rows for each in parts])
    return len(np.unique(rows)) == len(rows)
