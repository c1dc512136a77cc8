"""What visitors asked, as the database keeps it: found by the owner's hash alone, purged by age, removed at a word."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, inspect, select, text

from crowdwise.base.errors import Problem
from crowdwise.storage import diaries, schema
from crowdwise.storage.database import check, engine, prepare
from crowdwise.storage.diaries import Removed, StoredReaction, Submission
from crowdwise.storage.ingest import ingest

NOW = datetime(2026, 1, 1, 12, 0, 0, 123456)
MINE, YOURS = "a" * 64, "b" * 64


@pytest.fixture
def database(layout) -> Iterator[Engine]:
    to = engine(layout)
    prepare(to, "sample")
    yield to
    to.dispose()


def submission(name: str, age: timedelta = timedelta(0), **more) -> Submission:
    return Submission(name, "steam", NOW - age, '{"way": "games"}', "{}", "v1", **more)


def rows(database: Engine, table) -> int:
    with database.connect() as connection:
        return len(connection.execute(select(table)).all())


def test_what_was_written_is_read_by_its_owner_only(database: Engine) -> None:
    first = submission("1", timedelta(hours=1))
    second = submission("2", experiment="e", arm="recommended")
    diaries.add_submission(database, MINE, first, [("10", 0.5), ("20", 0.25)])
    diaries.add_submission(database, MINE, second)
    diaries.add_reaction(database, MINE, "r1", StoredReaction("steam", "10", "own", NOW, "v1"))
    assert diaries.read_submissions(database, MINE) == [second, first]
    assert diaries.read_submissions(database, MINE, "kickstarter") == []
    assert diaries.read_submission(database, MINE, "1") == first
    assert diaries.read_reactions(database, MINE) == [StoredReaction("steam", "10", "own", NOW, "v1")]
    assert diaries.count_rows(database, MINE) == Removed(2, 2, 1)
    with database.connect() as connection:
        shown = connection.execute(select(schema.recommendations_shown)).all()
    assert shown == [("1", 1, "10", 0.5), ("1", 2, "20", 0.25)]
    assert diaries.read_submissions(database, YOURS) == diaries.read_reactions(database, YOURS) == []
    assert diaries.read_submission(database, YOURS, "1") is None


def test_a_submission_is_written_whole_or_not_at_all(database: Engine) -> None:
    with pytest.raises(Problem):
        diaries.add_submission(database, MINE, submission("1"), [("10", 0.5), ("10", float("nan"))])
    assert diaries.count_rows(database, MINE) == Removed()


@pytest.mark.parametrize("item", ["", "x" * 65, "a\0b", "a\nb", "\ud800"])
def test_an_id_that_not_every_database_holds_is_refused(database: Engine, item: str) -> None:
    with pytest.raises(Problem, match="is no id of a game"):
        diaries.add_reaction(database, MINE, "r", StoredReaction("steam", item, "own", NOW))


def test_removing_one_owner_leaves_the_others_and_the_tests_sample(database: Engine) -> None:
    for owner in (MINE, YOURS):
        diaries.add_submission(database, owner, submission(owner[:3]), [("10", 0.5)])
        diaries.add_reaction(database, owner, owner[:3], StoredReaction("steam", "10", "own", NOW))
    log(database, MINE, YOURS)
    assert diaries.remove_owner(database, MINE) == Removed(1, 1, 1)
    assert diaries.count_rows(database, MINE) == Removed()
    assert diaries.count_rows(database, YOURS) == Removed(1, 1, 1)
    with database.connect() as connection:
        shown = dict(connection.execute(select(schema.exposures.c.unit, schema.exposures.c.shown)).all())
    assert shown == {MINE: "{}", YOURS: '{"games": ["10"]}'}
    assert rows(database, schema.assignments) == 2
    assert diaries.remove_owner(database, MINE) == Removed()


def log(database: Engine, *units: str) -> None:
    with database.begin() as connection:
        started = {"experiment": "e", "system": "steam", "started_at": NOW, "plan": "{}", "plan_hash": "0"}
        connection.execute(schema.experiments.insert().values(started))
        for unit in units:
            whose = {"experiment": "e", "unit": unit, "arm": "a"}
            connection.execute(schema.assignments.insert().values(**whose, assigned_at=NOW))
            note = {"exposure_id": unit, "exposed_at": NOW, "shown": '{"games": ["10"]}', "model_version": "1"}
            connection.execute(schema.exposures.insert().values(**whose, **note))


def test_a_purge_takes_what_is_older_and_nothing_else(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diaries, "BATCH", 3)
    for days in range(10):
        diaries.add_submission(database, MINE, submission(str(days), timedelta(days=days)), [("10", 0.5)])
        diaries.add_reaction(database, MINE, str(days), StoredReaction("steam", "1", "", NOW - timedelta(days=days)))
    assert diaries.purge(database, NOW - timedelta(days=3)) == Removed(6, 6, 6)
    assert [row.submission_id for row in diaries.read_submissions(database, MINE)] == ["0", "1", "2", "3"]
    assert diaries.purge(database, NOW + timedelta(days=1)) == Removed(4, 4, 4)
    assert diaries.count_rows(database, MINE) == Removed()


def test_twenty_writers_at_once_lose_nothing(database: Engine, layout) -> None:
    gate = threading.Barrier(20)

    def write(writer: int) -> None:
        own = engine(layout)
        gate.wait()
        for k in range(5):
            diaries.add_submission(own, f"{writer:064d}", submission(f"{writer}-{k}"), [("10", 0.5), ("20", 0.1)])
        own.dispose()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(20)))
    assert rows(database, schema.submissions) == 100
    assert rows(database, schema.recommendations_shown) == 200


def test_a_database_that_was_removed_is_not_made_anew_nor_written_to(database: Engine, layout) -> None:
    diaries.add_submission(database, MINE, submission("1"))
    for path in layout.database.parent.glob("crowdwise.db*"):
        path.unlink()
    for work in (
        lambda: diaries.add_submission(database, MINE, submission("2")),
        lambda: diaries.read_submissions(database, MINE),
        lambda: diaries.remove_owner(database, MINE),
    ):
        with pytest.raises(Problem, match="the database is gone"):
            work()
    assert not layout.database.exists()


def test_a_full_disk_is_a_problem_and_leaves_what_was_there(database: Engine) -> None:
    diaries.add_submission(database, MINE, submission("1"))

    def fill(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    database.dispose()
    event.listen(database, "connect", fill)
    with pytest.raises(Problem, match="full"):
        diaries.add_submission(database, MINE, Submission("x", "steam", NOW, "x" * 5_000_000, "{}"))
    assert diaries.read_submission(database, MINE, "1") == submission("1")


def test_a_database_of_the_version_before_gets_the_tables_and_serves_until_then(layout) -> None:
    ingest(layout, "steam")
    to = engine(layout)
    with to.begin() as connection:
        for table in (schema.recommendations_shown, schema.reactions, schema.submissions):
            table.drop(connection)
        connection.execute(schema.meta.update().where(schema.meta.c.key == "schema").values(value="4"))
        games = connection.execute(select(schema.games)).all()
    assert not diaries.has_tables(to)
    check(to, "sample", older=True)
    with pytest.raises(Problem, match="of version 4, not 5"):
        check(to, "sample")
    prepare(to, "sample")
    assert diaries.has_tables(to)
    check(to, "sample")
    with to.connect() as connection:
        assert connection.execute(select(schema.games)).all() == games


def test_they_point_to_no_table_of_a_system_and_outlive_its_ingestion(database: Engine, layout) -> None:
    names = {table.name for table in diaries.TABLES}
    found = inspect(database)
    assert {key["referred_table"] for name in names for key in found.get_foreign_keys(name)} == {"submissions"}
    diaries.add_submission(database, MINE, submission("1"), [("10", 0.5)])
    ingest(layout, "steam")
    assert diaries.count_rows(database, MINE) == Removed(1, 1, 0)


def test_no_value_becomes_a_part_of_a_statement(database: Engine) -> None:
    nasty = "x'); DROP TABLE submissions; --"
    diaries.add_submission(database, nasty, submission(nasty[:60]), [(nasty[:60], 0.5)])
    assert diaries.read_submissions(database, "' OR '1' = '1") == []
    assert len(diaries.read_submissions(database, nasty)) == 1
    with database.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM submissions")) == 1
