"""What an experiment seems to say before all outcomes are known: of the quick ones, and of whole cohorts."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.experiment.outcomes import take_outcome
from crowdwise.experiment.plan import Plan
from crowdwise.experiment.sample import ARM
from crowdwise.experiment.welch import welch


def tabulate_cohorts(plan: Plan, data: pd.DataFrame, now: datetime, known_at: str) -> pd.DataFrame:
    """Give the first primary metric by who is counted at some time, for two arms.

    Outcomes that are known early are not like all: who counts them as they come compares the quick ones. A cohort is
    mature when the plan's days are over since its assignment, whatever its outcome.

    Parameters
    ----------
    known_at : str
        The column that says when each unit's outcome was known.

    Returns
    -------
    DataFrame
        ``counted, units, control, difference, low, high``: outcomes known by then; mature cohorts; all in the end.

    Raises
    ------
    Problem
        If the plan has no maturity rule.
    """
    if plan.maturity is None:
        raise Problem("the plan has no maturity rule", where=plan.name, remedy="Plan when an outcome is known")
    metric = next(metric for metric in plan.metrics if metric.role == "primary")
    values = take_outcome(metric, data).counted
    treated = (data[ARM] != plan.control).to_numpy()
    moment = pd.Timestamp(now)
    mature = data[plan.maturity.column] + pd.Timedelta(days=plan.maturity.days) <= moment
    counted = {
        f"known by {moment:%Y-%m-%d}": (data[known_at] <= moment).to_numpy(),
        f"cohorts mature by {moment:%Y-%m-%d}": mature.to_numpy(),
        "all, in the end": np.ones(len(data), dtype=bool),
    }
    rows = []
    for words, rows_in in counted.items():
        effect = welch(values[rows_in], treated[rows_in], level=1 - plan.alpha)
        rows.append((words, int(rows_in.sum()), effect.control, effect.difference, effect.low, effect.high))
    return pd.DataFrame(rows, columns=["counted", "units", "control", "difference", "low", "high"])
