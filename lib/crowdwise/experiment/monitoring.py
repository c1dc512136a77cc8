"""An experiment is followed from look to look, each with what was known by then, until it stops."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.experiment.analysis import Analysis, analyse
from crowdwise.experiment.plan import Plan
from crowdwise.experiment.plan_change import hash_plan


def list_looks(plan: Plan, data: pd.DataFrame) -> list[datetime]:
    """Give when each planned look is due: when the last unit it needs is mature, in the order of assignment.

    Raises
    ------
    Problem
        If the plan has no maturity rule or no number of units, or fewer were assigned than it needs.
    """
    if plan.maturity is None or plan.looks.units is None:
        raise Problem(
            "when a look is due can't be told", where=plan.name, remedy="Plan a maturity rule, and looks with units"
        )
    times = pd.Series(pd.to_datetime(data[plan.maturity.column], utc=True)).sort_values(ignore_index=True)
    due = []
    for share in plan.looks.information:
        needed = round(share * plan.looks.units)
        if needed > len(times):
            what = f"the look at {share:.0%} needs {needed:,} units and {len(times):,} were assigned"
            raise Problem(what, where=plan.name, remedy="Wait, or end the test with what there is (final)")
        due.append((times[needed - 1] + pd.Timedelta(days=plan.maturity.days)).ceil("s").to_pydatetime())
    return due


def list_z(analyses: Iterable[Analysis]) -> list[float]:
    """Give the primary metric's Z at each look."""
    return [analysis.reading.z for analysis in analyses if analysis.reading is not None]


def find_refusal(plan: Plan, data: pd.DataFrame, now: datetime | None = None) -> str:
    """Give the sentence with which an analysis refuses data; empty if it takes them."""
    try:
        analyse(plan, data, started_hash=hash_plan(plan), now=now)
    except Problem as problem:
        return str(problem)
    return ""


def follow(plan: Plan, data: pd.DataFrame, times: Iterable[datetime], *, started_hash: str) -> list[Analysis]:
    """Analyse at each time what was assigned by then, until the plan says to stop; give all analyses made.

    Parameters
    ----------
    data : DataFrame
        A row a unit, as `analyse` takes it.
    """
    if plan.maturity is None:
        raise Problem("the plan has no maturity rule", where=plan.name, remedy="Plan when an outcome is known")
    assigned = pd.to_datetime(data[plan.maturity.column], utc=True)
    analyses: list[Analysis] = []
    for now in times:
        crossed = any(earlier.reading is not None and earlier.reading.crosses for earlier in analyses)
        known = data[assigned <= pd.Timestamp(now)]
        analyses.append(analyse(plan, known, started_hash=started_hash, now=now, crossed_before=crossed))
        if analyses[-1].decision.ended:
            break
    return analyses
