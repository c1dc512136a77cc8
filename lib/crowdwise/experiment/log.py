"""The log of an experiment: who was assigned to which arm, what they were shown, and what came of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Engine, Label, Table, func, literal, select

from crowdwise.base.errors import Problem
from crowdwise.experiment.assignment import assign_by_plan
from crowdwise.experiment.plan_columns import LONGEST, PlanColumn, list_columns
from crowdwise.experiment.register import Experiment, as_utc, read_experiment
from crowdwise.experiment.sample import ARM
from crowdwise.storage.database import explained
from crowdwise.storage.inserts import insert_once
from crowdwise.storage.schema import assignments, experiments, exposures, outcomes


def assign_unit(engine: Engine, experiment: Experiment, unit: str, now: datetime | None = None) -> str:
    """Give a unit's arm, and store it at the first time: whoever asks later, or at the same moment, gets that arm.

    The arm comes from the hash of experiment and unit (`assign_by_plan`).

    Raises
    ------
    Problem
        If the experiment has ended, or the id is empty or too long.
    """
    if not unit.strip() or unit != unit.strip() or len(unit) > LONGEST:
        remedy = f"Give 1 to {LONGEST} characters, without spaces at the ends"
        raise Problem(f"{unit[:40]!r} is no id of a unit", where=f"experiment {experiment.name!r}", remedy=remedy)
    runs = (experiments.c.experiment == experiment.name, experiments.c.ended_at.is_(None))
    held = select(assignments.c.arm).join_from(assignments, experiments)
    held = held.where(assignments.c.unit == unit, *runs)
    with explained(engine):
        with engine.connect() as connection:
            arm = connection.scalar(held)
        if arm is None:
            chosen = str(assign_by_plan([unit], experiment.plan).iloc[0])
            values = {"unit": unit, ARM: chosen, "assigned_at": as_utc(now)}
            row = select(experiments.c.experiment, *(_literal(assignments, *item) for item in values.items()))
            with engine.begin() as connection:
                connection.execute(insert_once(assignments, row.where(*runs), engine.dialect.name))
            with engine.connect() as connection:  # anew: MySQL's snapshot of before would not hold another's row
                arm = connection.scalar(held)
    if arm is None:
        remedy = "Assign no more units to it"
        raise Problem("it does not run any more", where=f"experiment {experiment.name!r}", remedy=remedy)
    return str(arm)


def log_exposure(
    engine: Engine,
    experiment: Experiment,
    unit: str,
    shown: Mapping[str, object],
    *,
    model_version: str,
    exposure_id: str | None = None,
    now: datetime | None = None,
) -> str:
    """Note that an assigned unit was shown something, and give the exposure's id.

    Parameters
    ----------
    shown : mapping
        What was shown, as JSON can hold it: the ids of games, or a draft and its probability.
    model_version : str
        From the model's card.
    exposure_id : str, optional
        The id that an attempt before gave or was given, so that it is not noted twice; drawn when left out.

    Raises
    ------
    Problem
        If the unit is not assigned, or the database can't be written to.
    """
    drawn = exposure_id or secrets.token_hex(16)
    text = json.dumps(shown, ensure_ascii=False, allow_nan=False)
    values = {"exposure_id": drawn, "exposed_at": as_utc(now), "shown": text, "model_version": model_version[:64]}
    row = select(
        *assignments.c["experiment", "unit", "arm"], *(_literal(exposures, *item) for item in values.items())
    ).where(assignments.c.experiment == experiment.name, assignments.c.unit == unit)
    with explained(engine), engine.begin() as connection:
        connection.execute(insert_once(exposures, row, engine.dialect.name))
        held = connection.scalar(select(exposures.c.unit).where(exposures.c.exposure_id == drawn))
    if held != unit:
        what = f"unit {unit[:40]!r} is not assigned" if held is None else f"exposure {drawn!r} is of another unit"
        raise Problem(what, where=f"experiment {experiment.name!r}", remedy="Assign it first, and draw an id for each")
    return drawn


def read_log(engine: Engine, name: str, now: datetime | None = None) -> pd.DataFrame:
    """Give an experiment as `analyse` takes it: a row a unit that was assigned, by the unit's id.

    Parameters
    ----------
    now : datetime, optional
        What was measured or shown later is left out; the present when left out.

    Returns
    -------
    DataFrame
        The plan's unit; ``arm, assigned_at``; ``exposed_at`` (first exposure) and ``exposures`` (how many);
        ``took_up`` (1 where another arm than the control was shown, else 0: a plan may name it as its compliance); and
        each column that the plan asks for, as it was measured last: missing where nothing was imported.

    Raises
    ------
    Problem
        If there is no such experiment.
    """
    plan, moment = read_experiment(engine, name).plan, as_utc(now)
    assigned = (
        select(*assignments.c["unit", "arm", "assigned_at"])
        .where(assignments.c.experiment == name, assignments.c.assigned_at <= moment)
        .order_by(assignments.c.unit)
    )
    exposed = (
        select(exposures.c.unit, func.min(exposures.c.exposed_at), func.count())
        .where(exposures.c.experiment == name, exposures.c.exposed_at <= moment)
        .group_by(exposures.c.unit)
    )
    with explained(engine), engine.connect() as connection:
        log = pd.DataFrame(connection.execute(assigned).all(), columns=[plan.unit.column, ARM, "assigned_at"])
        shown = pd.DataFrame(connection.execute(exposed).all(), columns=["unit", "exposed_at", "exposures"])
        units = pd.Index(log[plan.unit.column])
        measured = {
            column.name: _read_column(connection, name, column, moment).reindex(units).to_numpy()
            for column in list_columns(plan).values()  # one at a time: rows of Python objects take much memory
        }
    shown = shown.set_index("unit").reindex(units)
    log["assigned_at"] = pd.to_datetime(log["assigned_at"], utc=True)
    log["exposed_at"] = pd.DatetimeIndex(pd.to_datetime(shown["exposed_at"], utc=True))
    log["exposures"] = shown["exposures"].fillna(0).to_numpy(dtype=np.int64)
    log["took_up"] = ((log["exposures"] > 0) & (log[ARM] != plan.control)).astype(np.float64)
    for column in list_columns(plan).values():
        values = measured[column.name]
        log[column.name] = pd.to_datetime(values, unit="s", utc=True) if column.holds == "time" else values
    return log


def _read_column(connection: Connection, name: str, column: PlanColumn, moment: datetime) -> pd.Series:
    """Give what was measured last of a column, by unit."""
    is_text = column.holds == "text"
    query = (
        select(outcomes.c.unit, outcomes.c.label if is_text else outcomes.c.value)
        .where(outcomes.c.experiment == name, outcomes.c.metric == column.name, outcomes.c.measured_at <= moment)
        .order_by(outcomes.c.unit, outcomes.c.measured_at)
    )
    last = {row[0]: row[1] for row in connection.execute(query)}  # later ones take the place of earlier ones
    return pd.Series(list(last.values()), index=pd.Index(list(last), dtype=object), dtype=object if is_text else float)


def _literal(table: Table, name: str, value: object) -> Label[Any]:
    """Give a value as a column of a query, in the type that the table's column has."""
    return literal(value, table.c[name].type).label(name)
