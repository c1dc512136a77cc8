"""PostgreSQL and MariaDB hold what SQLite holds, and keep the same promises."""

from __future__ import annotations

import logging
import os
import subprocess
import sys

import pandas as pd
import pytest
from sqlalchemy import func, select

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.storage.database import check, engine
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
    [lambda t: pd.concat([t, t.tail(1)]), lambda t: t.assign(game_id=["nowhere", *t.game_id[1:]])],
    ids=["a key stands twice", "a reference leads nowhere"],
)
def test_a_failure_leaves_the_rows_that_were_there(server, layout, how):
    ingest(layout, "steam")
    before = everything(layout)
    path = layout.table("steam", "owned")
    write_table(how(pd.read_parquet(path)), path)
    with pytest.raises(Problem, match=r"the database refuses .*make acquire") as problem:
        ingest(layout, "steam")
    assert "pa55word" not in str(problem.value)
    assert everything(layout) == before


def test_a_reader_sees_the_old_rows_until_all_new_ones_are_there(server, layout):
    ingest(layout, "steam")
    count = select(func.count()).select_from(owned)
    path = layout.table("steam", "owned")
    write_table(pd.read_parquet(path).head(7), path)
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


def test_a_killed_ingestion_leaves_the_rows_that_were_there_and_the_next_completes(server, layout):
    ingest(layout, "steam")
    before = everything(layout)
    code = (
        "import os, signal; from crowdwise.base.layout import Layout; from crowdwise.storage import ingest\n"
        "ingest._check_references = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "ingest.ingest(Layout('sample'), 'steam')"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == -9
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
    logger = logging.getLogger("crowdwise")
    logger.handlers, logger.propagate = [], True  # as before the command set it up
    assert "the database refuses" in said
    assert "wr0ng" not in said
    assert said.count("\n") == 1
