"""Whose outcomes are read: the units of a plan after its exclusions and its maturity, checked at each step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.experiment.plan import Exclusion, Plan
from crowdwise.experiment.srm import sample_ratio

ARM = "arm"  # the column of the arm that a unit was assigned to


@dataclass(frozen=True)
class Step:
    """What one rule of the plan left out, the units then in each arm, and the sample ratio's p-value then."""

    rule: str
    left_out: int
    units: dict[str, int]
    p_value: float


@dataclass(frozen=True)
class Sample:
    """The units that are analysed: a row each, and the place of each one's arm in the plan."""

    data: pd.DataFrame
    arms: np.ndarray
    steps: tuple[Step, ...]


def take_sample(plan: Plan, data: pd.DataFrame, now: datetime | None = None) -> Sample:
    """Give the units to analyse, by the plan's exclusions and maturity.

    Parameters
    ----------
    data : DataFrame
        A row a unit that was assigned: the plan's columns, and ``arm``.
    now : datetime, optional
        When outcomes were read; needed where the plan has a maturity rule. Without a time zone it is UTC.

    Raises
    ------
    Problem
        If a column is missing, a unit has several rows, an arm is unknown, a unit is immature and the plan refuses
        those, or the sample ratio is off before or after a rule.
    """
    _check_columns(plan, data)
    unit = data[plan.unit.column]
    if unit.isna().any():
        raise Problem(
            f"{int(unit.isna().sum()):,} rows have no {plan.unit.column}",
            where=plan.name,
            remedy="Give each row the unit it belongs to",
        )
    if not unit.is_unique:
        twice = unit[unit.duplicated()]
        raise Problem(
            f"{len(twice):,} rows repeat a unit, {twice.iloc[0]} first",
            where=f"{plan.name}, {plan.unit.column}",
            remedy="Add up each unit's outcomes to one row",
        )
    arms = _places(plan, data[ARM])
    steps = [_step(plan, "assigned", 0, arms)]
    keep = np.ones(len(data), dtype=bool)
    for exclusion in plan.exclusions:
        hit = _is_excluded(plan, exclusion, data[exclusion.column]) & keep
        keep &= ~hit
        rule = f"excluded: {exclusion.column} is {exclusion.equals} ({exclusion.reason})"
        steps.append(_step(plan, rule, int(hit.sum()), arms[keep]))
    if plan.maturity is not None:
        late = ~_is_mature(plan, data[plan.maturity.column], now) & keep
        if late.any() and plan.maturity.immature == "refuse":
            raise Problem(
                f"{int(late.sum()):,} of {int(keep.sum()):,} units are not mature: "
                f"{plan.maturity.days:g} days have not passed since their {plan.maturity.column}",
                where=plan.name,
                remedy="Wait, or plan to leave immature cohorts out (maturity, immature: excluded)",
            )
        keep &= ~late
        steps.append(_step(plan, f"immature: {plan.maturity.days:g} days not passed", int(late.sum()), arms[keep]))
    return Sample(data if keep.all() else data[keep], arms if keep.all() else arms[keep], tuple(steps))


def _check_columns(plan: Plan, data: pd.DataFrame) -> None:
    wanted = [plan.unit.column, ARM, *(exclusion.column for exclusion in plan.exclusions)]
    for metric in plan.metrics:
        wanted += [metric.column, *([metric.denominator] if metric.denominator else [])]
        wanted += [covariate.column for covariate in metric.covariates]
    wanted += [plan.maturity.column] if plan.maturity else []
    wanted += [plan.compliance] if plan.compliance else []
    missing = [name for name in dict.fromkeys(wanted) if name not in data]
    if missing:
        what = f"the data have no column {', '.join(missing)}"
        raise Problem(what, where=plan.name, remedy=f"Give the plan's columns; there are {', '.join(map(str, data))}")


def _places(plan: Plan, arm: pd.Series) -> np.ndarray:
    """Give the place of each unit's arm in the plan."""
    codes, names = pd.factorize(arm)
    order = {spec.name: place for place, spec in enumerate(plan.arms)}
    unknown = [str(name) for name in names if name not in order] + (["(missing)"] if (codes < 0).any() else [])
    if unknown:
        what = f"some units are in an arm that is not planned: {', '.join(sorted(unknown))}"
        raise Problem(what, where=plan.name, remedy=f"The plan's arms are {', '.join(order)}")
    return np.array([order[name] for name in names], dtype=np.int64)[codes]


def _is_excluded(plan: Plan, exclusion: Exclusion, column: pd.Series) -> np.ndarray:
    where = f"{plan.name}, exclusion by {exclusion.column!r}"
    if column.isna().any():
        what = f"{int(column.isna().sum()):,} values are missing"
        raise Problem(what, where=where, remedy="Fill them with what was known before assignment")
    if pd.api.types.is_numeric_dtype(column) == isinstance(exclusion.equals, str):
        what = f"no {column.dtype} value can equal {exclusion.equals!r}"
        raise Problem(what, where=where, remedy="Give the column the type that the plan names")
    return (column == exclusion.equals).to_numpy(dtype=bool)


def _is_mature(plan: Plan, started: pd.Series, now: datetime | None) -> np.ndarray:
    maturity = plan.maturity
    assert maturity is not None
    if now is None:
        raise Problem("now is not given", where=plan.name, remedy="Say when the outcomes were read")
    times = pd.to_datetime(started, utc=True, errors="coerce")
    if not pd.api.types.is_datetime64_any_dtype(started) or times.isna().any():
        what = f"{maturity.column} is not a time for all units"
        raise Problem(what, where=plan.name, remedy="Give a column of times, none missing")
    moment = pd.Timestamp(now)
    moment = moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")
    return (times <= moment - pd.Timedelta(days=maturity.days)).to_numpy()


def _step(plan: Plan, rule: str, left_out: int, arms: np.ndarray) -> Step:
    counts = np.bincount(arms, minlength=len(plan.arms))
    units = {arm.name: int(count) for arm, count in zip(plan.arms, counts, strict=True)}
    if not sum(units.values()):
        raise Problem(f"no unit is left after the rule {rule!r}", where=plan.name, remedy="Wait for more units")
    ratio = sample_ratio(units, plan.weights)
    ratio.refuse(plan.sample_ratio_threshold, where=f"{plan.name}, {rule}")
    return Step(rule, left_out, units, ratio.p_value)
