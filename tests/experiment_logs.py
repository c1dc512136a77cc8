"""A database with an experiment that tests of its log start from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from crowdwise.experiment.log import assign_unit
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.register import Experiment, start_experiment
from experiment_plans import PLAN

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
LOGGED_PLAN = PLAN.replace("compliance: looked", "compliance: took_up")
HEADER = "unit,metric,value,measured_at"


def day(number: float) -> datetime:
    """Give a time some days after the start."""
    return START + timedelta(days=number)


def started(engine: Engine, units: int = 0) -> Experiment:
    """Start the plan of the tests in Steam, and assign units ``u0, u1, ...`` on the first day."""
    experiment = start_experiment(engine, read_plan(LOGGED_PLAN), "steam", START)
    for number in range(units):
        assign_unit(engine, experiment, f"u{number}", day(1))
    return experiment


def write_csv(path: Path, *lines: str) -> Path:
    """Write a file of outcomes."""
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def whole_file_of_outcomes(path: Path, units: int, bought: dict[str, int]) -> Path:
    """Write all that the plan asks for of units ``u0, u1, ...``; `bought` gives games bought."""
    lines = []
    before, after = day(0).isoformat(), day(16).isoformat()
    for number in range(units):
        unit = f"u{number}"
        for metric, value in (("games_before", number % 5), ("is_staff", "false")):
            lines.append(f"{unit},{metric},{value},{before}")
        values = {"games_bought": bought[unit], "bought_any": int(bought[unit] > 0), "hours": 2.5 * bought[unit]}
        values |= {"games_played": 1 + bought[unit], "left": 0}
        lines += [f"{unit},{metric},{value},{after}" for metric, value in values.items()]
    return write_csv(path, *lines)
