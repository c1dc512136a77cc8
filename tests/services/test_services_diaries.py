"""Visitors' histories on real servers: the same rows, whatever the script, and twenty writers at once."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import URL, Engine, select

from crowdwise.app.stored_diary import LOST, StoredDiary, write_document
from crowdwise.base.errors import Problem
from crowdwise.storage import diaries, schema
from crowdwise.storage.database import check, engine, prepare
from crowdwise.storage.diaries import Removed, StoredReaction, Submission

pytestmark = pytest.mark.services
NOW = datetime(2026, 1, 1, 12, 0, 0, 123456)
OWNER = "a" * 64
STATE = {"name": "戦国 🎲 \ud83c \0 'x'; --", "goal": float("nan"), "owned": [[str(k), 1.5] for k in range(20_000)]}


@pytest.fixture
def database(server, layout) -> Iterator[Engine]:
    to = engine(layout)
    prepare(to, "sample")
    yield to
    to.dispose()


def test_any_text_comes_back_as_it_was(database: Engine) -> None:
    diary = StoredDiary(database, "t" * 22, {"kickstarter": "v1"}, {"kickstarter": "e"})
    entry_id = diary.submit("kickstarter", STATE, {"p": 0.5}, games=[("A", 1.0), ("a", 0.5)], arm="b")
    diary.react("kickstarter", "戦 🎲", "own")
    assert diary.lasting
    entry = diary.entry(entry_id)
    assert entry is not None
    assert entry.state == STATE | {"goal": None}
    assert len(write_document(STATE)) > 200_000
    assert diary.reactions("kickstarter") == {"戦 🎲": "own"}
    assert diaries.count_rows(database, diary.owner) == Removed(1, 2, 1)
    assert diary.forget() == 2
    assert diaries.count_rows(database, diary.owner) == Removed()


def test_times_keep_their_microseconds_and_a_purge_goes_by_them(database: Engine) -> None:
    for k in range(3):
        row = Submission(str(k), "steam", NOW + timedelta(microseconds=k), "{}", "{}")
        diaries.add_submission(database, OWNER, row, [("10", 0.5)])
        diaries.add_reaction(database, OWNER, str(k), StoredReaction("steam", "10", "", row.made_at))
    assert [row.made_at.microsecond for row in diaries.read_submissions(database, OWNER)] == [123458, 123457, 123456]
    assert diaries.purge(database, NOW + timedelta(microseconds=2)) == Removed(2, 2, 2)


def test_twenty_writers_at_once_lose_nothing(database: Engine) -> None:
    def write(writer: int) -> None:
        for k in range(5):
            row = Submission(f"{writer}-{k}", "steam", NOW, "{}", "{}")
            diaries.add_submission(database, f"{writer:064d}", row, [("10", 0.5), ("20", 0.1)])

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(20)))
    with database.connect() as connection:
        assert len(connection.execute(select(schema.recommendations_shown)).all()) == 200


def test_a_database_of_the_version_before_gets_the_tables(database: Engine) -> None:
    with database.begin() as connection:
        for table in (schema.recommendations_shown, schema.reactions, schema.submissions):
            table.drop(connection)
        connection.execute(schema.meta.update().where(schema.meta.c.key == "schema").values(value="4"))
    assert not diaries.has_tables(database)
    prepare(database, "sample")
    check(database, "sample")
    assert diaries.has_tables(database)


def wait_until_gone(server: URL) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            socket.create_connection((server.host, server.port), timeout=1).close()
        except OSError:
            return
        time.sleep(0.1)
    raise AssertionError("the server still listens")


def test_a_server_that_goes_away_in_the_middle_leaves_the_diary_in_memory(server_of_its_own, layout) -> None:
    to = engine(layout)
    prepare(to, "sample")
    told: list[str] = []
    diary = StoredDiary(to, "t" * 22, tell=told.append)
    diary.submit("steam", {"way": "games"}, {})
    # PostgreSQL is many processes: SIGQUIT ends all of them at once, SIGKILL the first alone.
    postgresql = server_of_its_own.kind == "postgresql"
    os.kill(server_of_its_own.process, signal.SIGQUIT if postgresql else signal.SIGKILL)
    wait_until_gone(to.url)
    diary.submit("steam", {"way": "alike"}, {})
    diary.react("steam", "10", "own")
    assert told == [LOST]
    assert [entry.state["way"] for entry in diary.entries("steam")] == ["alike", "games"]
    assert diary.reactions("steam") == {"10": "own"}
    with pytest.raises(Problem, match="the database refuses"):
        diary.forget()
    to.dispose()
