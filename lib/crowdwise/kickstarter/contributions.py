"""A prediction taken apart: what each group of features adds, in log-odds, and the steps in points on the way.

The trees' contributions are Shapley values, exact for the model (Lundberg et al. 2020); a group's are added up. In
log-odds they add up in any order. A probability bends them, so its points are steps taken in the groups' stated order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crowdwise.kickstarter.calibration import log_odds, logistic
from crowdwise.kickstarter.features import CRAWLED, GROUPS

TEXT = "text"


def group_of(name: str) -> str:
    """Give the group of features that a design's column belongs to."""
    if name in CRAWLED:
        return "goal" if name.startswith("goal_") else "category"
    return next((group for group, members in GROUPS.items() if name in members), TEXT)


def groups_of(names: Sequence[str]) -> tuple[str, ...]:
    """Give the groups that have a column among these, in the order they are told in."""
    held = {group_of(name) for name in names}
    return tuple(group for group in GROUPS if group in held)


def group_effects(parts: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Give the trees' log-odds by group.

    Parameters
    ----------
    parts : ndarray, shape (rows, columns + 1)
        LightGBM's ``pred_contrib``; the last column is what they start from.
    names : sequence of str, shape (columns,)

    Returns
    -------
    ndarray, shape (rows, groups)
        In the order of `groups_of`.
    """
    groups = groups_of(names)
    effects = np.zeros((len(parts), len(groups)))
    for column, name in enumerate(names):
        effects[:, groups.index(group_of(name))] += parts[:, column]
    return effects


def paths_of(effects: np.ndarray, *, slope: float, offsets: np.ndarray, start: float) -> np.ndarray:
    """Give the probabilities passed on the way from a rate to each prediction, shape (rows, groups + 1).

    Parameters
    ----------
    effects : ndarray, shape (rows, groups)
        As `group_effects` gives.
    slope : float
        The calibrator's.
    offsets : ndarray, shape (groups,)
        Log-odds to add to each group: together, what parts the trees' start from the rate.
    start : float
        The rate.
    """
    steps = slope * effects + offsets
    first = np.full((len(effects), 1), float(log_odds(np.array(start))))
    return logistic(np.hstack([first, first + np.cumsum(steps, axis=1)]))
