"""The log of experiments on real servers."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select

from crowdwise.base.errors import Problem
from crowdwise.experiment.analysis import analyse
from crowdwise.experiment.log import assign_unit, log_exposure, read_log
from crowdwise.experiment.outcome_import import import_outcomes
from crowdwise.experiment.register import end_experiment, read_experiment, running_experiment
from crowdwise.storage.database import engine, prepare
from crowdwise.storage.ingest import ingest
from crowdwise.storage.schema import assignments, exposures, outcomes
from experiment_logs import day, started, whole_file_of_outcomes, write_csv

pytestmark = pytest.mark.services
NAME = "recommendations-2026"
UNITS = 400


@pytest.fixture
def database(server, layout) -> Iterator[Engine]:
    to = engine(layout)
    prepare(to, "sample")
    yield to
    to.dispose()


def count(database: Engine, table) -> int:
    with database.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_the_whole_way_on_a_server(database, layout, tmp_path):
    experiment = started(database, UNITS)
    assert read_experiment(database, NAME) == experiment == running_experiment(database, "steam")
    arms = read_log(database, NAME).set_index("player_id")["arm"]
    for unit in list(arms.index)[:50]:
        shown = {"games": ["10"], "words": "戦 🎲"}
        sent = log_exposure(database, experiment, unit, shown, model_version="v1", now=day(1.5))
        log_exposure(database, experiment, unit, shown, model_version="v1", exposure_id=sent)
    assert count(database, exposures) == 50
    bought = {unit: 2 + 4 * (arm == "recommended") + k % 2 for k, (unit, arm) in enumerate(arms.items())}
    path = whole_file_of_outcomes(tmp_path / "outcomes.csv", UNITS, bought)
    how = {"listed_in": tmp_path / "rejects.csv", "max_reject_share": 0, "now": day(20)}
    assert import_outcomes(database, NAME, path, **how).written == 7 * UNITS
    again = import_outcomes(database, NAME, path, **how)
    assert (again.written, again.repeated) == (0, 7 * UNITS)
    ingest(layout, "steam")
    data = read_log(database, NAME, day(20))
    assert data.assigned_at.eq(day(1)).all()
    found = analyse(experiment.plan, data, started_hash=experiment.plan_hash, now=day(20))
    assert found.decision.arms == ("recommended",)
    other = write_csv(tmp_path / "b.csv", f"u1,hours,77,{day(16).isoformat()}", "U1,hours,7,2026-01-17")
    with pytest.raises(Problem, match="1 times the unit was not assigned; 1 times the database holds another value"):
        import_outcomes(database, NAME, other, **how)
    assert count(database, outcomes) == 7 * UNITS
    assert end_experiment(database, NAME, day(30.123456)).ended_at == day(30.123456)
    with pytest.raises(Problem, match="does not run any more"):
        assign_unit(database, experiment, "new")


def test_units_that_come_at_once_are_assigned_once(database):
    experiment = started(database)
    with ThreadPoolExecutor(8) as pool:
        arms = list(pool.map(lambda k: (k % 6, assign_unit(database, experiment, f"u{k % 6}")), range(120)))
    assert count(database, assignments) == 6
    assert len(set(arms)) == 6


def test_ids_that_differ_in_case_only_are_two_units_and_nobody_is_not_shown_anything(database):
    experiment = started(database)
    for unit in ("a", "A", "ä"):
        assign_unit(database, experiment, unit)
    assert count(database, assignments) == 3
    with pytest.raises(Problem, match="'b' is not assigned"):
        log_exposure(database, experiment, "b", {}, model_version="v1")
