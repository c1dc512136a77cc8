"""The columns that a plan asks for: what each holds, and whether the log gives it or it must be imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crowdwise.base.errors import Problem
from crowdwise.experiment.plan import Plan
from crowdwise.experiment.sample import ARM

LOGGED = (ARM, "assigned_at", "exposed_at", "exposures", "took_up")  # columns that the log gives
LONGEST = 128  # characters of a name or an id that the database takes

Holds = Literal["number", "count", "proportion", "time", "text"]
Known = Literal["before", "after", "any"]


@dataclass(frozen=True)
class PlanColumn:
    """A column that must be imported.

    Parameters
    ----------
    holds : str
        ``count`` is whole and not negative, ``proportion`` 0 or 1.
    known : str
        ``before``: a covariate or what excludes, which must not depend on the arm, so it is measured at the
        assignment or before; ``after``: an outcome, measured at the assignment or later; ``any``: a time that the
        assignment fixes.
    """

    name: str
    holds: Holds
    known: Known


def list_columns(plan: Plan) -> dict[str, PlanColumn]:
    """Give the columns that a plan needs and the log does not give, by name."""
    columns: dict[str, PlanColumn] = {}

    def add(name: str, holds: Holds, known: Known) -> None:
        if name not in LOGGED and name != plan.unit.column:
            columns.setdefault(name, PlanColumn(name, holds, known))

    for metric in plan.metrics:
        kinds: dict[str, Holds] = {"count": "count", "proportion": "proportion"}
        add(metric.column, kinds.get(metric.kind, "number"), "after")
        if metric.denominator:
            add(metric.denominator, "number", "after")
    if plan.compliance:
        add(plan.compliance, "proportion", "after")
    for metric in plan.metrics:
        for covariate in metric.covariates:
            add(covariate.column, "number", "before")
    for exclusion in plan.exclusions:
        holds: Holds = "number"
        if isinstance(exclusion.equals, str):
            holds = "text"
        elif isinstance(exclusion.equals, bool):
            holds = "proportion"
        add(exclusion.column, holds, "before")
    if plan.maturity:
        add(plan.maturity.column, "time", "any")
    return columns


def check_storable(plan: Plan) -> None:
    """Refuse a plan that the database could not hold, or that no log could answer.

    Raises
    ------
    Problem
        If a name is longer than 128 characters; an outcome or covariate is called as a column of the log that holds
        something else; or a column is asked to hold two different things.
    """
    where = f"plan {plan.name!r}"
    names = [plan.name, plan.unit.column, *plan.weights, *list_columns(plan)]
    for name in names:
        if len(name) > LONGEST or name != name.strip():
            what = f"{name[:40]!r} has {len(name)} characters, or begins or ends with a space"
            raise Problem(what, where=where, remedy=f"Use at most {LONGEST} characters, without spaces at the ends")
    if plan.unit.column in LOGGED:
        remedy = f"Don't use {', '.join(LOGGED)}, which the log gives"
        raise Problem(f"units can't be called {plan.unit.column!r}", where=where, remedy=remedy)
    if plan.maturity and plan.maturity.column in (*LOGGED[2:], ARM):
        what = f"maturity can't count from {plan.maturity.column}, which depends on the arm or is no time"
        raise Problem(what, where=where, remedy="Count from assigned_at, or a time that is imported")
    before = [covariate.column for metric in plan.metrics for covariate in metric.covariates]
    before += [exclusion.column for exclusion in plan.exclusions]
    columns = list_columns(plan)
    for name in before:
        if name in LOGGED or columns[name].known != "before":
            what = f"{name!r} is known only after the assignment, and is named as if it were known before"
            raise Problem(what, where=where, remedy="Give covariates and exclusions columns of their own")
