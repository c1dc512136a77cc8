"""PostgreSQL and MariaDB hold what SQLite holds, and keep the same promises."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time

import pandas as pd
import pytest
from servers import Server
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import IntegrityError

import killed_ingest
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.storage import ingest as ingestion
from crowdwise.storage.database import check, engine, prepare
from crowdwise.storage.ingest import ingest, main
from crowdwise.storage.queries import find_player, player_library, search_games, some_players
from crowdwise.storage.schema import metadata, owned
from crowdwise.storage.tables import write_table

pytestmark = pytest.mark.services


def everything(layout: Layout) -> dict[str, list[tuple]]:
    made = engine(layout)
    with made.connect() as connection:
        held = {
            name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for name, table in metadata.tables.items()
        }
    made.dispose()
    return held


def answers(layout: Layout) -> list[object]:
    made = engine(layout)
    words = ["über", "%", "戦", "garry's", "\\", "a", "tab\t"]
    found: list[object] = [search_games(made, word, 5) for word in words]
    picked = some_players(made, 3, seed=2)
    found += [picked, [player_library(made, player.player_id) for player in picked]]
    found += [find_player(made, name) for name in ("u3", "U3", "nobody")]
    made.dispose()
    return found


def test_a_server_holds_and_answers_what_sqlite_does(server, layout, monkeypatch):
    for system in ("steam", "kickstarter"):
        ingest(layout, system)
    held, answered = everything(layout), answers(layout)
    monkeypatch.delenv("SQLALCHEMY_DATABASE_URI")
    for system in ("steam", "kickstarter"):
        ingest(layout, system)
    local = everything(layout)
    if server.kind == "postgresql":  # the one character it can't hold
        local["projects"] = sorted((tuple(clean(value) for value in row) for row in local["projects"]), key=repr)
    assert held == local
    assert answered == answers(layout)
    assert len(held["owned"]) == 1800


def clean(value: object) -> object:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def test_a_second_run_leaves_the_same_rows(server, layout):
    ingest(layout, "steam")
    before = everything(layout)
    ingest(layout, "steam")
    assert everything(layout) == before


@pytest.mark.parametrize(
    "how",
    [
        lambda t: pd.concat([t, t.tail(1)]),
        lambda t: t.assign(game_id=["nowhere", *t.game_id[1:]]),
        lambda t: t.assign(minutes_total=2**31),
    ],
    ids=["a key stands twice", "a reference leads nowhere", "a number is too big"],
)
def test_a_failure_leaves_the_rows_that_were_there(server, layout, how):
    ingest(layout, "steam")
    before = everything(layout)
    path = layout.table("steam", "owned")
    write_table(how(pd.read_parquet(path)), path)
    with pytest.raises(Problem, match=r"make acquire") as problem:
        ingest(layout, "steam")
    assert "pa55word" not in str(problem.value)
    assert everything(layout) == before


@pytest.mark.parametrize(
    ("table", "how"),
    [
        ("players", lambda t: t.assign(user_id="x" * 65)),
        ("owned", lambda t: t.assign(minutes_total=None)),
        ("reviews", lambda t: t.assign(posted_precision="x" * 17)),
    ],
)
def test_what_a_server_would_only_warn_of_is_an_error(server, layout, monkeypatch, table, how):
    ingest(layout, "steam")
    before = everything(layout)
    monkeypatch.setattr("crowdwise.storage.rows._check", lambda *_: None)
    path = layout.table("steam", table)
    write_table(how(pd.read_parquet(path)), path)
    with pytest.raises(Problem, match=r"the database refuses .*make acquire"):
        ingest(layout, "steam")
    assert everything(layout) == before


def test_references_are_kept_by_the_database_too(server, layout):
    ingest(layout, "steam")
    made = engine(layout)
    lost = {"player_id": "nobody", "game_id": "10", "minutes_total": 1, "minutes_two_weeks": 0}
    with made.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(owned.insert().values(lost))
    made.dispose()


def test_a_server_that_takes_no_files_is_filled_by_insert(server, layout, caplog):
    if server.kind != "mariadb":
        return
    ingest(layout, "steam")
    by_file = everything(layout)
    server.run("SET GLOBAL local_infile = 0")
    try:
        with caplog.at_level("INFO", "crowdwise"):
            ingest(layout, "steam")
    finally:
        server.run("SET GLOBAL local_infile = 1")
    assert "local_infile is off" in caplog.text
    assert everything(layout) == by_file


def form(layout: Layout) -> dict[str, tuple]:
    """Give every table's key, references and indexes, with their names."""
    made = engine(layout)
    look = inspect(made)
    found = {
        name: (
            look.get_pk_constraint(name),
            sorted(look.get_foreign_keys(name), key=lambda key: str(key["name"])),
            sorted(look.get_indexes(name), key=lambda index: str(index["name"])),
            [(column["name"], str(column["type"]), column["nullable"]) for column in look.get_columns(name)],
        )
        for name in metadata.tables
    }
    made.dispose()
    return found


def test_tables_have_their_keys_and_indexes_after_it(server, layout):
    made = engine(layout)
    prepare(made, "sample")
    made.dispose()
    before = form(layout)
    for _ in range(2):
        ingest(layout, "steam")
        assert form(layout) == before


def test_grants_outlive_an_ingestion(server, layout):
    if server.kind != "postgresql":
        return
    ingest(layout, "steam")
    server.run("DROP ROLE IF EXISTS reader", "CREATE ROLE reader")
    made = engine(layout)
    with made.begin() as connection:
        connection.execute(text("GRANT SELECT ON owned TO reader"))
        connection.execute(text("GRANT SELECT ON games TO PUBLIC"))
    ingest(layout, "steam")
    with made.begin() as connection:
        held = text("SELECT relname, CAST(relacl AS text) FROM pg_class WHERE relname IN ('owned', 'games')")
        grants = {name: str(given) for name, given in connection.execute(held)}
        connection.execute(text("REVOKE ALL ON owned FROM reader"))
    made.dispose()
    assert "reader=r/" in grants["owned"]
    assert "=r/" in grants["games"].replace("crowd=", "")


def test_a_view_over_the_tables_outlives_an_ingestion(server, layout):
    ingest(layout, "steam")
    made = engine(layout)
    with made.begin() as connection:
        connection.execute(text("CREATE VIEW libraries AS SELECT player_id, COUNT(*) AS held FROM owned GROUP BY 1"))
    path = layout.table("steam", "owned")
    write_table(pd.read_parquet(path).head(7), path)
    ingest(layout, "steam")
    with made.begin() as connection:
        assert connection.scalar(text("SELECT SUM(held) FROM libraries")) == 7
        connection.execute(text("DROP VIEW libraries"))
    made.dispose()


def test_readers_are_answered_all_along_and_never_with_a_part(server, layout):
    ingest(layout, "steam")
    path = layout.table("steam", "owned")
    write_table(pd.read_parquet(path).head(7), path)
    made, seen, done = engine(layout), [], threading.Event()

    def read() -> None:
        while not done.is_set():
            with made.connect() as connection:
                begin = time.monotonic()
                seen.append((connection.scalar(select(func.count()).select_from(owned)), time.monotonic() - begin))

    reader = threading.Thread(target=read)
    reader.start()
    ingest(layout, "steam")
    done.set()
    reader.join()
    made.dispose()
    assert {count for count, _ in seen} <= {1800, 7}
    assert max(seconds for _, seconds in seen) < 5
    assert len(everything(layout)["owned"]) == 7


def test_a_connection_that_is_cut_is_one_sentence_and_leaves_the_rows_that_were_there(
    server, layout, monkeypatch, capsys
):
    ingest(layout, "steam")
    before = everything(layout)
    read = ingestion.read_rows

    def read_and_cut(*what):
        for number, batch in enumerate(read(*what)):
            if what[2].name == "owned" and number == 2:
                cut(server)
            yield batch

    monkeypatch.setattr("crowdwise.storage.rows.BATCH", 100)
    monkeypatch.setattr(ingestion, "read_rows", read_and_cut)
    assert main(["--profile", "sample", "--system", "steam"]) == 1
    said = capsys.readouterr().err
    quiet()
    assert "the database refuses" in said
    assert "pa55word" not in said
    assert said.splitlines()[-1].startswith("crowdwise: ")
    assert "Traceback" not in said
    assert everything(layout) == before
    monkeypatch.setattr(ingestion, "read_rows", read)
    ingest(layout, "steam")
    assert everything(layout) == before


def cut(server: Server) -> None:
    """End every session in the database from outside."""
    if server.kind == "postgresql":
        server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'crowdwise'")
    else:
        for (session,) in server.run("SELECT id FROM information_schema.processlist WHERE db = 'crowdwise'"):
            server.run(f"KILL {session}")


def test_a_server_that_is_gone_is_one_sentence(server_of_its_own, layout, monkeypatch, capsys):
    server, read = server_of_its_own, ingestion.read_rows

    def read_and_stop(*what):
        for batch in read(*what):
            if what[2].name == "owned":
                os.kill(server.process, signal.SIGKILL if server.kind == "mariadb" else signal.SIGQUIT)
            yield batch

    monkeypatch.setattr(ingestion, "read_rows", read_and_stop)
    assert main(["--profile", "sample", "--system", "steam"]) == 1
    said = capsys.readouterr().err
    quiet()
    assert "the database refuses" in said
    assert said.splitlines()[-1].startswith("crowdwise: ")
    assert "Traceback" not in said


def quiet() -> None:
    """Set the log up as it was before a command did."""
    logger = logging.getLogger("crowdwise")
    logger.handlers, logger.propagate = [], True


def test_a_reader_sees_the_old_rows_until_all_new_ones_are_there(server, layout, monkeypatch):
    ingest(layout, "steam")
    count = select(func.count()).select_from(owned)
    path = layout.table("steam", "owned")
    write_table(pd.read_parquet(path).head(7), path)
    monkeypatch.setattr("crowdwise.storage.bulk_postgresql.PATIENCE", 1)
    made = engine(layout)
    with made.connect().execution_options(isolation_level="REPEATABLE READ") as reader:
        assert reader.scalar(count) == 1800
        ingest(layout, "steam")
        assert reader.scalar(count) == 1800
        reader.rollback()
        assert reader.scalar(count) == 7
    made.dispose()


def test_both_systems_can_ingest_at_once_into_an_empty_database(server, layout):
    command = [sys.executable, "-m", "crowdwise.storage.ingest", "--profile", "sample", "--system"]
    runs = [
        subprocess.Popen([*command, system], stderr=subprocess.PIPE, text=True, env={**os.environ, "LOG_LEVEL": "INFO"})
        for system in ("steam", "kickstarter", "steam")
    ]
    said = [run.communicate(timeout=120)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0], said
    assert "pa55word" not in "".join(said)
    check(engine(layout), "sample")


@pytest.mark.parametrize("point", killed_ingest.POINTS)
def test_a_killed_ingestion_leaves_the_rows_that_were_there_and_the_next_completes(server, layout, point):
    ingest(layout, "steam")
    before = everything(layout)
    command = [sys.executable, killed_ingest.__file__, "steam", point]
    assert subprocess.run(command, check=False, timeout=120).returncode == -9
    assert everything(layout) == before
    ingest(layout, "steam")
    assert everything(layout) == before


def test_another_profile_is_refused(server, layout):
    ingest(layout, "kickstarter")
    with pytest.raises(Problem, match="holds profile sample, not local"):
        check(engine(Layout("local")), "local")


def test_a_wrong_password_is_one_sentence_that_does_not_repeat_it(server, layout, monkeypatch, capsys):
    monkeypatch.setenv("SQLALCHEMY_DATABASE_URI", server.with_password("wr0ng"))
    assert main(["--profile", "sample", "--system", "steam"]) == 1
    said = capsys.readouterr().err
    quiet()
    assert "the database refuses" in said
    assert "wr0ng" not in said
    assert said.count("\n") == 1
