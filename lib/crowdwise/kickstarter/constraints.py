"""What common sense says of a feature's direction, and what holding a model to it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.base.statistics import auc_interval
from crowdwise.kickstarter.evaluation import CHOSEN, Study, cross_validate
from crowdwise.kickstarter.models import Boosted
from crowdwise.kickstarter.scores import auc_difference
from crowdwise.kickstarter.splits import Split

# A higher goal never helps, all else equal; more earlier successes of the creator never hurt. How round a goal is, and
# where it stands in its category, are features of their own, and are not held.
COMMON_SENSE: dict[str, int] = {"goal_log": -1, "earlier_successes": 1}
FREE, ALL = "none", "all"


def price_constraints(
    study: Study,
    splits: Sequence[Split],
    *,
    settings: Mapping[str, Any],
    name: str = CHOSEN,
    constraints: Mapping[str, int] = COMMON_SENSE,
    level: float = 0.95,
) -> pd.DataFrame:
    """Give the AUC that a boosted model loses when it is held to each constraint, and to all of them.

    Parameters
    ----------
    settings : mapping
        Of `crowdwise.kickstarter.models.Boosted`, ``trees`` and ``seed`` among them; its ``monotone`` is not looked at.
    name : str
        The model whose features are seen.
    constraints : mapping
        By feature, 1 if more of it may only help, -1 if it may only hurt.

    Returns
    -------
    DataFrame
        A row a set of constraints, the free model first: ``held, auc, difference, low, high``; the difference is to the
        free model on the same projects (DeLong et al. 1988), NaN in its own row.
    """
    plain = {key: value for key, value in settings.items() if key != "monotone"}
    choices: dict[str, dict[str, int]] = {FREE: {}, **{f: {f: way} for f, way in constraints.items()}}
    if len(constraints) > 1:
        choices[ALL] = dict(constraints)
    found: dict[str, np.ndarray] = {}
    for held, monotone in choices.items():

        def make(monotone: dict[str, int] = monotone) -> Boosted:
            return Boosted(**plain, monotone=monotone)

        found[held] = cross_validate(study, splits, {name: make})[name]
    judged = ~np.isnan(found[FREE])
    outcome, rows = study.outcome[judged], []
    for held, probability in found.items():
        auc = auc_interval(outcome, probability[judged], level=level).value
        if held == FREE:
            rows.append((held, auc, np.nan, np.nan, np.nan))
        else:
            d = auc_difference(outcome, probability[judged], found[FREE][judged], level=level)
            rows.append((held, auc, d.value, d.low, d.high))
    return pd.DataFrame(rows, columns=["held", "auc", "difference", "low", "high"])
