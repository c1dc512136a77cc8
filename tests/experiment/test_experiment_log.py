"""The log: an experiment is started once, a unit is assigned once, an exposure counts once."""

from __future__ import annotations

import multiprocessing
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.experiment.assignment import assign_by_plan
from crowdwise.experiment.log import assign_unit, log_exposure, read_log
from crowdwise.experiment.plan import Covariate, Maturity
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.register import (
    end_experiment,
    list_experiments,
    read_experiment,
    running_experiment,
    start_experiment,
)
from crowdwise.storage.database import engine
from crowdwise.storage.schema import assignments, experiments, exposures
from experiment_logs import LOGGED_PLAN, START, day, started

NAME = "recommendations-2026"


def count(database: Engine, table) -> int:
    with database.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_a_started_experiment_holds_its_plan_as_it_was(database):
    made = started(database)
    held = read_experiment(database, NAME)
    assert held == made
    assert held.plan == read_plan(LOGGED_PLAN)
    assert (held.started_at, held.ended_at, held.system) == (START, None, "steam")
    assert held.started_at.tzinfo is UTC


def test_the_same_plan_again_changes_nothing_and_another_is_refused_with_what_changed(database):
    started(database)
    again = start_experiment(database, read_plan(LOGGED_PLAN), "steam", day(9))
    assert again.started_at == START
    assert count(database, experiments) == 1
    with pytest.raises(Problem, match=r"it changed after the start: alpha was 0\.05 and is 0\.1"):
        start_experiment(database, replace(read_plan(LOGGED_PLAN), alpha=0.1), "steam")
    with pytest.raises(Problem, match="started in steam, not kickstarter"):
        start_experiment(database, read_plan(LOGGED_PLAN), "kickstarter")


def test_one_experiment_runs_at_a_time_in_a_system(database):
    started(database)
    other = replace(read_plan(LOGGED_PLAN), name="other")
    with pytest.raises(Problem, match=r"'recommendations-2026' is running in steam.*make experiment-stop"):
        start_experiment(database, other, "steam")
    start_experiment(database, other, "kickstarter", day(1))
    assert running_experiment(database, "kickstarter").name == "other"
    end_experiment(database, NAME, day(30))
    assert running_experiment(database, "steam") is None
    assert [one.name for one in list_experiments(database)] == ["other", NAME]


def test_an_ended_experiment_keeps_its_end_and_is_not_started_again(database):
    experiment = started(database, 1)
    assert end_experiment(database, NAME, day(30)).ended_at == day(30)
    assert end_experiment(database, NAME, day(40)).ended_at == day(30)
    with pytest.raises(Problem, match="it ended on 2026-01-31"):
        start_experiment(database, read_plan(LOGGED_PLAN), "steam")
    for unit in ("u0", "new"):
        with pytest.raises(Problem, match="does not run any more"):
            assign_unit(database, experiment, unit)
    with pytest.raises(Problem, match="no experiment is named 'x'"):
        end_experiment(database, "x")


@pytest.mark.parametrize(
    ("new", "words"),
    [('"alpha":0.2', "does not have its hash"), ('"alpha":', "its plan or its looks in the database can't be read")],
)
def test_a_plan_that_was_changed_in_the_database_is_refused(database, new, words):
    started(database)
    with database.begin() as connection:
        text = connection.scalar(select(experiments.c.plan))
        connection.execute(experiments.update().values(plan=text.replace('"alpha":0.05', new)))
    with pytest.raises(Problem, match=words):
        read_experiment(database, NAME)


def test_a_unit_gets_the_arm_of_its_hash_and_keeps_the_first_it_got(database):
    experiment = started(database)
    units = [f"u{k}" for k in range(40)]
    arms = [assign_unit(database, experiment, unit, day(1)) for unit in units]
    assert arms == list(assign_by_plan(units, experiment.plan))
    assert set(arms) == {"popular", "recommended"}
    flipped = {"popular": "recommended", "recommended": "popular"}
    with database.begin() as connection:  # as if the arms had been others when it came
        connection.execute(assignments.update().where(assignments.c.unit == "u0").values(arm=flipped[arms[0]]))
    assert assign_unit(database, experiment, "u0", day(5)) == flipped[arms[0]]
    assert read_log(database, NAME).set_index("player_id").assigned_at["u0"] == day(1)


@pytest.mark.parametrize("unit", ["", " ", " a", "x" * 129])
def test_what_is_no_id_is_refused(database, unit):
    with pytest.raises(Problem, match="no id of a unit"):
        assign_unit(database, started(database), unit)


def test_threads_that_assign_one_unit_at_once_store_it_once(database):
    experiment = started(database)
    with ThreadPoolExecutor(8) as pool:
        arms = set(pool.map(lambda k: assign_unit(database, experiment, f"u{k % 4}"), range(64)))
    assert count(database, assignments) == 4
    assert arms <= set(experiment.plan.weights)


def assign_in_process(root: str, ready, arms) -> None:
    made = engine(Layout("sample", Path(root)))
    experiment = running_experiment(made, "steam")
    ready.wait()
    arms.put([assign_unit(made, experiment, f"u{k}") for k in range(50)])
    made.dispose()


@pytest.mark.slow
def test_processes_that_assign_the_same_units_at_once_agree(database, layout):
    started(database)
    spawn = multiprocessing.get_context("spawn")
    ready, arms = spawn.Barrier(2), spawn.Queue()
    both = [spawn.Process(target=assign_in_process, args=(str(layout.root), ready, arms)) for _ in range(2)]
    for one in both:
        one.start()
    found = [arms.get(timeout=60) for _ in both]
    for one in both:
        one.join(60)
    assert found[0] == found[1]
    assert count(database, assignments) == 50


def test_an_exposure_counts_once_however_often_it_is_sent(database):
    experiment = started(database, 2)
    first = log_exposure(database, experiment, "u0", {"games": ["10"]}, model_version="v1", now=day(2))
    for _ in range(2):
        log_exposure(database, experiment, "u0", {"games": ["10"]}, model_version="v1", exposure_id=first, now=day(3))
    log_exposure(database, experiment, "u0", {"games": ["20"]}, model_version="v2", now=day(4))
    log = read_log(database, NAME).set_index("player_id")
    assert list(log.exposures) == [2, 0]
    assert list(log.took_up) == [float(log.arm["u0"] == "recommended"), 0]
    assert log.exposed_at["u0"] == day(2)
    assert log.isna().exposed_at["u1"]
    with database.connect() as connection:
        row = connection.execute(select(exposures).order_by(exposures.c.exposed_at)).mappings().first()
    assert (row["arm"], row["shown"], row["model_version"]) == (log.arm["u0"], '{"games": ["10"]}', "v1")
    with pytest.raises(Problem, match="'nobody' is not assigned"):
        log_exposure(database, experiment, "nobody", {}, model_version="v1")
    with pytest.raises(Problem, match="is of another unit"):
        log_exposure(database, experiment, "u1", {}, model_version="v1", exposure_id=first)


def test_what_came_later_is_not_read(database):
    experiment = started(database, 1)
    log_exposure(database, experiment, "u0", {}, model_version="v1", now=day(3))
    assert len(read_log(database, NAME, day(0.5))) == 0
    assert list(read_log(database, NAME, day(2)).exposures) == [0]
    assert list(read_log(database, NAME, day(4)).exposures) == [1]


def test_a_database_that_can_be_read_only_is_one_sentence(database, layout):
    experiment = started(database)
    database.dispose()
    with sqlite3.connect(layout.database) as connection:
        connection.execute(
            "CREATE TRIGGER no BEFORE INSERT ON assignments BEGIN SELECT RAISE(ABORT, 'no writing'); END"
        )
    with pytest.raises(Problem, match=r"the database refuses \(no writing\)"):
        assign_unit(database, experiment, "u0")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "x" * 129}, "has 129 characters"),
        ({"maturity": Maturity("exposed_at", 14)}, "depends on the arm"),
        ({"covariates": (Covariate("hours"),)}, "'hours' is known only after the assignment"),
        ({"covariates": (Covariate("exposures"),)}, "'exposures' is known only after the assignment"),
    ],
)
def test_a_plan_that_no_log_could_answer_is_refused_at_the_start(database, change, words):
    plan = read_plan(LOGGED_PLAN)
    if "covariates" in change:
        metrics = (replace(plan.metrics[0], **change), *plan.metrics[1:])
        change = {"metrics": metrics}
    with pytest.raises(Problem, match=words):
        start_experiment(database, replace(plan, **change), "steam")
    assert count(database, experiments) == 0
