"""Tables go into the database whole: every value as it was, again and again, or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, inspect, select, update

import killed_ingest
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.storage import bulk_sqlite, schema
from crowdwise.storage.database import check, engine
from crowdwise.storage.documents import write_json
from crowdwise.storage.ingest import fill_database, ingest, main
from crowdwise.storage.inputs import recorded
from crowdwise.storage.rows import read_rows
from crowdwise.storage.tables import write_table
from crowdwise.storage.whole import discard


def rows(layout: Layout, table: str) -> list[dict]:
    made = engine(layout)
    with made.connect() as connection:
        found = connection.execute(select(schema.metadata.tables[table])).mappings().all()
    made.dispose()
    return [dict(row) for row in found]


def counts(layout: Layout) -> dict[str, int]:
    return {table.name: len(rows(layout, table.name)) for tables in schema.TABLES.values() for table in tables}


@pytest.fixture
def ingested(layout: Layout) -> Layout:
    ingest(layout, "steam")
    ingest(layout, "kickstarter")
    return layout


def test_every_row_of_every_table_is_there(layout):
    steam = ingest(layout, "steam")
    assert steam == {"games": 7, "players": 3, "owned": 4, "reviews": 2, "bundles": 2}
    assert ingest(layout, "kickstarter") == {"parents": 2, "categories": 2, "countries": 2, "projects": 2}
    assert counts(layout) == {**steam, "parents": 2, "categories": 2, "countries": 2, "projects": 2}


def test_values_come_back_as_they_were(ingested):
    game = rows(ingested, "games")[0]
    assert game["name"] == "Über Game"
    assert json.loads(game["genres"]) == ["Action", "Rôle"]
    assert json.loads(game["tags"]) == ["a,b", '"q"']
    assert (game["released_on"], game["early_access"], game["price"]) == (date(2017, 2, 28), False, 9.99)
    without = rows(ingested, "games")[2]
    assert (without["price"], without["genres"], without["metascore"]) == (None, None, None)
    assert rows(ingested, "players")[0]["minutes_total"] == 3_000_000_000
    assert [review["player_id"] for review in rows(ingested, "reviews")] == ["76561198000000001", None]
    project = rows(ingested, "projects")[0]
    assert project["name"] == "A 🎲 game"
    assert project["launched_at"] == datetime(2023, 1, 2, 3, 4, 5)
    assert (project["created_at"], project["staff_pick"]) == (None, True)
    assert (project["outcome"], project["first_seen_in"], project["months_seen"]) == (True, "2018-01-12", 2)
    assert rows(ingested, "projects")[1]["outcome"] is None


def test_times_of_another_zone_are_held_in_utc(layout, rewrite):
    def to_berlin(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(launched_at=table.launched_at.dt.tz_convert("Europe/Berlin"))

    rewrite("kickstarter", "projects", to_berlin)
    ingest(layout, "kickstarter")
    assert rows(layout, "projects")[0]["launched_at"] == datetime(2023, 1, 2, 3, 4, 5)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(names=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=20, max_size=20))
def test_any_name_survives(layout, names):
    path = layout.table("kickstarter", "projects")
    projects = pd.concat([pd.read_parquet(path).head(1)] * 20).assign(project_id=[f"{k:02}" for k in range(20)])
    projects.assign(name=names).to_parquet(path)
    ingest(layout, "kickstarter")
    assert [project["name"] for project in rows(layout, "projects")] == names


def test_a_second_run_leaves_the_same_rows(ingested):
    before = {name: rows(ingested, name) for name in schema.metadata.tables}
    ingest(ingested, "steam")
    assert {name: rows(ingested, name) for name in schema.metadata.tables} == before


def test_rows_that_are_gone_from_the_tables_go_from_the_database(ingested, rewrite):
    rewrite("steam", "owned", lambda owned: owned.head(1))
    ingest(ingested, "steam")
    assert counts(ingested)["owned"] == 1
    assert counts(ingested)["projects"] == 2


@pytest.mark.parametrize(
    ("table", "how", "words"),
    [
        ("owned", lambda t: pd.concat([t, t.head(1)]), "UNIQUE constraint failed: owned.player_id, owned.game_id"),
        (
            "owned",
            lambda t: t.assign(game_id=["10", "20", "30", "99"]),
            "of owned names one that is not in games",
        ),
        ("reviews", lambda t: t.assign(player_id="nobody"), "of reviews names one that is not in players"),
        ("bundles", lambda t: t.assign(bundle_name=None), "bundles.bundle_name is missing in a row"),
        ("owned", lambda t: t.assign(minutes_total=0.5), r"column minutes_total holds what owned.minutes_total can't"),
        ("owned", lambda t: t.drop(columns="minutes_total"), r"owned.parquet: the table lacks minutes_total"),
    ],
)
def test_a_failure_leaves_the_rows_that_were_there(ingested, rewrite, table, how, words):
    before = {name: rows(ingested, name) for name in schema.metadata.tables}
    rewrite("steam", table, how)
    with pytest.raises(Problem, match=words):
        ingest(ingested, "steam")
    assert {name: rows(ingested, name) for name in schema.metadata.tables} == before


def test_a_missing_or_broken_table_is_a_problem_before_anything_is_made(layout):
    layout.table("steam", "bundles").write_text("no table")
    with pytest.raises(Problem, match="this is no table that can be read"):
        ingest(layout, "steam")
    layout.table("steam", "bundles").unlink()
    with pytest.raises(Problem, match=r"this table is not made yet.*make acquire"):
        ingest(layout, "steam")
    assert not layout.database.exists()


def test_tables_are_noted_as_inputs(ingested):
    assert ingested.table("steam", "owned") in recorded()


def test_another_profile_is_refused(ingested, monkeypatch):
    monkeypatch.setenv("SQLALCHEMY_DATABASE_URI", f"sqlite:///{ingested.database}")
    other = Layout("local")
    for name in schema.TABLES["steam"]:
        source = ingested.table("steam", name.name)
        other.table("steam", name.name).parent.mkdir(parents=True, exist_ok=True)
        other.table("steam", name.name).write_bytes(source.read_bytes())
    with pytest.raises(Problem, match="this database holds profile sample, not local"):
        ingest(other, "steam")
    assert counts(ingested)["games"] == 7


def test_tables_of_another_version_are_refused(ingested):
    made = engine(ingested)
    with made.begin() as connection:
        connection.execute(update(schema.meta).where(schema.meta.c.key == "schema").values(value="0"))
    with pytest.raises(Problem, match=f"its tables are of version 0, not {schema.VERSION}"):
        ingest(ingested, "steam")


def test_a_reader_goes_on_reading_what_was_there_and_then_sees_the_new(ingested, rewrite):
    made = engine(ingested)
    count = select(func.count()).select_from(schema.owned)
    rewrite("steam", "owned", lambda owned: owned.head(1))
    with made.connect() as reader:
        assert reader.scalar(count) == 4
        ingest(ingested, "steam")
        assert reader.scalar(count) == 4
        reader.rollback()
        assert reader.scalar(count) == 1
    made.dispose()


@pytest.mark.slow
def test_both_systems_can_ingest_at_once_into_a_new_database(layout):
    command = [sys.executable, "-m", "crowdwise.storage.ingest", "--profile", "sample", "--system"]
    runs = [
        subprocess.Popen([*command, system], stderr=subprocess.PIPE, text=True, env={**os.environ, "LOG_LEVEL": "INFO"})
        for system in ("steam", "kickstarter")
    ]
    said = [run.communicate(timeout=60)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    assert "owned: 4 rows in" in said[0]
    assert min(counts(layout).values()) > 0


@pytest.mark.slow
@pytest.mark.parametrize("point", killed_ingest.POINTS)
def test_a_killed_ingestion_leaves_the_rows_that_were_there_and_the_next_completes(ingested, rewrite, point):
    before = counts(ingested)
    rewrite("steam", "owned", lambda owned: owned.head(3))
    command = [sys.executable, killed_ingest.__file__, "steam", point]
    assert subprocess.run(command, check=False, timeout=60).returncode == -9
    assert counts(ingested) == before
    ingest(ingested, "steam")
    assert counts(ingested) == before | {"owned": 3}


def indexes_of(layout: Layout) -> dict[str, set[str]]:
    made = engine(layout)
    found = {name: {index["name"] for index in inspect(made).get_indexes(name)} for name in schema.metadata.tables}
    made.dispose()
    return found


def test_keys_and_indexes_are_those_of_the_schema_after_it(ingested):
    wanted = {name: {index.name for index in table.indexes} for name, table in schema.metadata.tables.items()}
    assert indexes_of(ingested) == wanted


def test_a_table_with_a_key_of_several_columns_is_held_in_its_order(layout, rewrite):
    rewrite("steam", "owned", lambda owned: owned.iloc[::-1])
    ingest(layout, "steam")
    keys = [(row["player_id"], row["game_id"]) for row in rows(layout, "owned")]
    assert keys == sorted(keys)
    batches = read_rows(layout, "steam", schema.owned, "sqlite")
    assert [tuple(row.values())[:2] for batch in batches for row in batch.to_pylist()] == keys


def test_a_full_disk_is_a_problem_and_leaves_the_rows_that_were_there(ingested, rewrite, monkeypatch):
    before = {name: rows(ingested, name) for name in schema.metadata.tables}
    rewrite("steam", "games", lambda games: games.assign(developer="x" * 100_000))
    begin = bulk_sqlite._Loader.__init__

    def with_a_full_disk(self, to):
        begin(self, to)
        self.tell(run="PRAGMA max_page_count = 60")

    monkeypatch.setattr(bulk_sqlite._Loader, "__init__", with_a_full_disk)
    with pytest.raises(Problem, match=r"crowdwise.db: the database refuses .*full.*the disk is not full"):
        ingest(ingested, "steam")
    monkeypatch.undo()
    assert {name: rows(ingested, name) for name in schema.metadata.tables} == before


@pytest.mark.slow
def test_a_file_that_may_not_grow_is_one_sentence_and_leaves_the_rows_that_were_there(ingested, rewrite):
    before = counts(ingested)
    rewrite("steam", "games", lambda games: games.assign(developer="x" * 1_000_000))
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
        "from crowdwise.storage.ingest import main; sys.exit(main(['--profile', 'sample', '--system', 'steam']))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=60, capture_output=True, text=True)
    assert done.returncode == 1
    assert "crowdwise.db: the database refuses" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert counts(ingested) == before


def test_a_loader_that_is_gone_is_a_problem_and_leaves_the_rows_that_were_there(ingested, monkeypatch):
    before = {name: rows(ingested, name) for name in schema.metadata.tables}
    load = bulk_sqlite._Loader.load

    def load_and_lose(self, table, batches):
        if table.name == "owned":
            self.process.kill()
        return load(self, table, batches)

    monkeypatch.setattr(bulk_sqlite._Loader, "load", load_and_lose)
    with pytest.raises(Problem, match=r"the database refuses .its loader ended with code -9"):
        ingest(ingested, "steam")
    assert {name: rows(ingested, name) for name in schema.metadata.tables} == before


def test_a_database_in_memory_is_refused(layout, monkeypatch):
    monkeypatch.setenv("SQLALCHEMY_DATABASE_URI", "sqlite:///:memory:")
    with pytest.raises(Problem, match=r"a database in memory can't be filled"):
        ingest(layout, "steam")


def test_tables_of_an_unfinished_stage_are_loaded_from_beside_their_place(layout, tmp_path, monkeypatch):
    monkeypatch.setenv("CROWDWISE_PENDING", str(tmp_path / "journal"))
    write_table(pd.read_parquet(layout.table("steam", "owned")).head(2), layout.table("steam", "owned"))
    assert ingest(layout, "steam")["owned"] == 2
    discard(tmp_path / "journal")


@pytest.mark.parametrize(("section", "loaded"), [({}, 7), ({"ingest": True}, 7), ({"ingest": False}, None)])
def test_a_section_may_decline_to_be_ingested(layout, capsys, section, loaded):
    write_json(section, layout.reports / "params" / "steam-1-acquire.json")
    assert main(["--profile", "sample", "--system", "steam", "--if-wanted"]) == 0
    noted = json.loads((layout.tables("steam").parent / "ingested.json").read_text())
    assert noted.get("games") == loaded
    assert layout.database.exists() == (loaded is not None)
    assert ("ingest: false" in capsys.readouterr().err) == (loaded is None)
    assert main(["--profile", "sample", "--system", "steam"]) == 0
    assert counts(layout)["games"] == 7


def test_a_section_that_says_neither_is_a_problem(layout, capsys):
    write_json({"ingest": "no"}, layout.reports / "params" / "steam-1-acquire.json")
    assert main(["--profile", "sample", "--system", "steam", "--if-wanted"]) == 1
    assert (
        "ingest is 'no'. Write `ingest: true` or `ingest: false` in params/sample/steam.yaml" in capsys.readouterr().err
    )


def test_the_command_says_a_problem_in_one_sentence(layout, capsys):
    layout.table("steam", "owned").unlink()
    assert main(["--profile", "sample", "--system", "steam"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("crowdwise: ")
    assert said.count("\n") == 1
    assert "owned.parquet: this table is not made yet" in said
    with pytest.raises(SystemExit):
        main(["--profile", "sample", "--system", "amazon"])


def test_a_database_that_is_not_made_yet_says_what_to_run(layout):
    with pytest.raises(Problem, match=r"the database is not made yet\. Run `make ingest PROFILE=sample`"):
        check(engine(layout), "sample")
    assert not layout.database.exists()
    ingest(layout, "kickstarter")
    check(engine(layout), "sample")


def test_a_file_that_is_no_database_is_a_problem(layout):
    layout.database.parent.mkdir(parents=True, exist_ok=True)
    layout.database.write_bytes(b"this is not a database, it is a note" * 100)
    with pytest.raises(Problem, match=r"the database refuses .file is not a database"):
        ingest(layout, "steam")


def test_a_notebook_run_by_hand_fills_the_database_if_that_is_wanted(home, layout, monkeypatch):
    fill_database(layout, "steam", wanted=False)
    assert not layout.database.exists()
    monkeypatch.setenv("CROWDWISE_PENDING", str(home / "journal"))
    fill_database(layout, "steam", wanted=True)
    assert not layout.database.exists()
    monkeypatch.delenv("CROWDWISE_PENDING")
    fill_database(layout, "steam", wanted=True)
    assert counts(layout)["games"] == 7
