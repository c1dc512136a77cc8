"""The tables of experiments: they outlive ingestions and a new version, and take each key once."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import inspect, literal, select, text

from crowdwise.base.errors import Problem
from crowdwise.storage import schema
from crowdwise.storage.database import check, engine, explained, prepare
from crowdwise.storage.ingest import ingest
from crowdwise.storage.inserts import insert_once

LOGGED = (schema.experiments, schema.assignments, schema.exposures, schema.outcomes)
NOW = datetime(2026, 1, 1, 12, 0, 0, 123456)
ROWS = {
    "experiments": {"experiment": "e", "system": "steam", "started_at": NOW, "plan": "{}", "plan_hash": "0"},
    "assignments": {"experiment": "e", "unit": "1", "arm": "a", "assigned_at": NOW},
    "exposures": {
        **{"exposure_id": "x", "experiment": "e", "unit": "1", "arm": "a"},
        **{"exposed_at": NOW, "shown": "{}", "model_version": "1"},
    },
    "outcomes": {"experiment": "e", "unit": "1", "metric": "m", "measured_at": NOW, "value": 0.1, "source": "f"},
}


@pytest.fixture
def logged(layout):
    ingest(layout, "steam")
    to = engine(layout)
    with to.begin() as connection:
        for table in LOGGED:
            connection.execute(table.insert().values(ROWS[table.name]))
    yield to
    to.dispose()


def held(to) -> dict[str, list[dict]]:
    with to.connect() as connection:
        return {table.name: [dict(row) for row in connection.execute(select(table)).mappings()] for table in LOGGED}


def test_they_outlive_every_ingestion(logged, layout):
    before = held(logged)
    assert before["outcomes"][0]["measured_at"] == NOW
    for system in ("steam", "kickstarter", "steam"):
        ingest(layout, system)
    assert held(logged) == before


def test_they_point_to_no_table_of_a_system(layout):
    prepare(engine(layout), "sample")
    names = {table.name for table in LOGGED}
    found = inspect(engine(layout))
    pointed = {key["referred_table"] for name in names for key in found.get_foreign_keys(name)}
    assert pointed == {"experiments", "assignments"}
    assert not names & {table.name for tables in schema.TABLES.values() for table in tables}


def test_a_database_of_the_version_without_them_gets_them_and_keeps_its_rows(layout):
    ingest(layout, "steam")
    to = engine(layout)
    with to.begin() as connection:
        for table in reversed(LOGGED):
            table.drop(connection)
        connection.execute(schema.meta.update().where(schema.meta.c.key == "schema").values(value="3"))
        games = connection.execute(select(schema.games)).all()
    with pytest.raises(Problem, match=r"of version 3, not 5\. Run `make ingest PROFILE=sample`\.$"):
        check(to, "sample")
    prepare(to, "sample")
    check(to, "sample")
    assert held(to) == {table.name: [] for table in LOGGED}
    with to.connect() as connection:
        assert connection.execute(select(schema.games)).all() == games


def test_another_profile_does_not_become_a_new_version(layout):
    to = engine(layout)
    prepare(to, "sample")
    with to.begin() as connection:
        connection.execute(schema.meta.update().where(schema.meta.c.key == "schema").values(value="3"))
    with pytest.raises(Problem, match="holds profile sample, not local"):
        prepare(to, "local")
    with pytest.raises(Problem, match="of version 3"):
        check(to, "sample")


def test_the_first_row_of_a_key_stays(logged):
    again = select(*(literal(value).label(name) for name, value in (ROWS["assignments"] | {"arm": "b"}).items()))
    with logged.begin() as connection:
        connection.execute(insert_once(schema.assignments, again.where(text("1 = 1")), "sqlite"))
    assert [row["arm"] for row in held(logged)["assignments"]] == ["a"]


def test_an_exposure_of_nobody_is_refused(logged):
    lost = ROWS["exposures"] | {"exposure_id": "y", "unit": "2"}
    with pytest.raises(Problem, match="FOREIGN KEY"), explained(logged), logged.begin() as connection:
        connection.execute(schema.exposures.insert().values(lost))
