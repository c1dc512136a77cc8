"""The import of outcomes: every row is taken, known already, or rejected for a reason; all or nothing."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, select

from crowdwise.base.errors import Problem
from crowdwise.experiment import outcome_file, outcome_import
from crowdwise.experiment.log import assign_unit, read_log
from crowdwise.experiment.outcome_import import Imported, import_outcomes
from crowdwise.experiment.plan import Exclusion, Maturity
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.register import start_experiment
from crowdwise.storage.schema import outcomes
from experiment_logs import HEADER, LOGGED_PLAN, day, started, write_csv

NAME = "recommendations-2026"
AFTER, BEFORE = "2026-01-16T00:00:00Z", "2025-12-31"


@pytest.fixture
def logged(database: Engine) -> Engine:
    started(database, 4)
    return database


def bring(database: Engine, path: Path, most: float = 1.0) -> Imported:
    rejects = path.with_name("rejects.csv")
    return import_outcomes(database, NAME, path, listed_in=rejects, max_reject_share=most, now=day(20))


def held(database: Engine) -> list[tuple]:
    with database.connect() as connection:
        return [tuple(row) for row in connection.execute(select(outcomes))]


def test_rows_are_held_as_they_were_said(logged, tmp_path):
    lines = [f" u1 ,games_bought,3,{AFTER}", f"u1,hours,+1.5e1,{AFTER}", f"u1,left,False,{AFTER}"]
    lines += [f"u2,games_before,0,{BEFORE}", f"u2,games_bought,2,{AFTER[:-1]}", ",,,", f'"u3",hours,.5,"{AFTER}"']
    done = bring(logged, write_csv(tmp_path / "a.csv", *lines), 0)
    assert (done.rows, done.written, done.repeated, done.rejects.total) == (6, 6, 0, 0)
    log = read_log(logged, NAME, day(20)).set_index("player_id")
    assert list(log.loc["u1", ["games_bought", "hours", "left"]]) == [3, 15, 0]
    assert list(log.loc["u2", ["games_before", "games_bought"]]) == [0, 2]
    assert log.hours["u3"] == 0.5
    assert log.drop(columns="exposed_at").loc["u0"].isna().sum() == 7
    assert {row[-1] for row in held(logged)} == {"a.csv"}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (f"who,hours,1,{AFTER}", "the unit was not assigned"),
        (f",hours,1,{AFTER}", "the unit is empty"),
        (f"7.6561E+16,hours,1,{AFTER}", "the unit has decimals: digits of its id are lost"),
        (f"u0,wages,1,{AFTER}", "the metric is no column that the plan takes from a file"),
        (f"u0,assigned_at,{AFTER},{AFTER}", "the metric is no column that the plan takes from a file"),
        *(
            (f"u0,{metric},{value},{AFTER}", "the value is not what the metric can be")
            for metric, value in [
                ("hours", ""),
                ("hours", '"1,5"'),
                ("hours", "nan"),
                ("hours", "inf"),
                ("hours", "1e999"),
                ("hours", "0x10"),
                ("games_bought", "1.5"),
                ("games_bought", "-1"),
                ("left", "2"),
                ("left", "yes"),
            ]
        ),
        *(
            (f"u0,hours,1,{time}", "measured_at is no time as in 2026-03-01T12:00:00Z")
            for time in ("", "16.1.2026", "2026", "2026-02-30", "1768521600", "soon")
        ),
        ("u0,hours,1,2026-01-22", "measured_at is later than now"),
        ("u0,hours,1,2026-01-02T11:59:59Z", "an outcome was measured before the unit was assigned"),
        (f"u0,games_before,1,{AFTER}", "what must be known before the assignment was measured after it"),
        ("u0,hours,1", "has 3 values in 4 columns"),
        (f"u0,hours,1,5,{AFTER}", "has 5 values in 4 columns"),
    ],
)
def test_a_bad_row_is_rejected_for_its_reason_and_listed(logged, tmp_path, line, why):
    path = write_csv(tmp_path / "a.csv", f"u1,hours,1,{AFTER}", line, f"u2,hours,2,{AFTER}")
    done = bring(logged, path)
    assert dict(done.rejects.reasons) == {why: 1}
    assert (done.rows, done.written) == (3, 2)
    listed = pd.read_csv(tmp_path / "rejects.csv")
    assert (listed.row[0], listed.reason[0]) == (3, why)
    assert {row[1] for row in held(logged)} == {"u1", "u2"}


def test_a_file_again_changes_nothing_and_a_later_measurement_counts(logged, tmp_path):
    path = write_csv(tmp_path / "a.csv", f"u1,hours,1,{AFTER}", f"u2,hours,2,{AFTER}", f"u2,hours,2.0,{AFTER}")
    assert bring(logged, path).written == 2
    before = held(logged)
    again = bring(logged, path)
    assert (again.written, again.repeated, again.rejects.total) == (0, 3, 0)
    assert held(logged) == before
    later = write_csv(tmp_path / "b.csv", f"u1,hours,1,{AFTER}", "u1,hours,9,2026-01-18T00:00:00Z")
    assert bring(logged, later).written == 1
    assert read_log(logged, NAME, day(20)).set_index("player_id").hours["u1"] == 9
    assert read_log(logged, NAME, day(16)).set_index("player_id").hours["u1"] == 1


def test_rows_that_contradict_each_other_are_all_rejected(logged, tmp_path):
    lines = [f"u1,hours,1,{AFTER}", f"u1,hours,2,{AFTER}", f"u1,hours,1,{AFTER}", f"u2,hours,1,{AFTER}"]
    done = bring(logged, write_csv(tmp_path / "a.csv", *lines))
    assert dict(done.rejects.reasons) == {"it contradicts another row of its unit, metric and time": 3}
    assert done.rows == done.written + done.repeated + done.rejects.total
    assert [row[1] for row in held(logged)] == ["u2"]


def test_what_the_database_holds_is_not_contradicted(logged, tmp_path):
    bring(logged, write_csv(tmp_path / "a.csv", f"u1,hours,1,{AFTER}"))
    lines = [f"u1,hours,2,{AFTER}", f"u1,hours,1,{AFTER}", f"u2,hours,2,{AFTER}"]
    done = bring(logged, write_csv(tmp_path / "b.csv", *lines))
    assert (done.written, done.repeated) == (1, 1)
    assert dict(done.rejects.reasons) == {"the database holds another value for its unit, metric and time": 1}
    assert pd.read_csv(tmp_path / "rejects.csv").row.tolist() == [2]
    assert [row[4] for row in held(logged)] == [1, 2]


def test_too_many_rejects_write_nothing_but_their_list(logged, tmp_path):
    path = write_csv(tmp_path / "a.csv", f"u1,hours,1,{AFTER}", f"x,hours,1,{AFTER}", f"u2,left,7,{AFTER}")
    with pytest.raises(Problem) as refused:
        bring(logged, path, 0.5)
    said = str(refused.value)
    assert "2 of 3 rows can't be taken (at most 50.00% may be): 1 times the unit was not assigned; 1 times" in said
    assert "the first is row 3 (x, hours, 1, 2026-01-16T00:00:00Z). Nothing was written. See " in said
    assert held(logged) == []
    assert pd.read_csv(tmp_path / "rejects.csv").row.tolist() == [3, 4]
    assert bring(logged, path, 0.7).written == 1
    bring(logged, write_csv(tmp_path / "b.csv", f"u2,hours,1,{AFTER}"))
    assert not (tmp_path / "rejects.csv").exists()


def test_a_failure_in_the_middle_leaves_the_outcomes_as_they_were(logged, tmp_path, monkeypatch):
    bring(logged, write_csv(tmp_path / "a.csv", f"u1,hours,1,{AFTER}"))
    before = held(logged)
    monkeypatch.setattr(outcome_import, "CHUNK", 1)
    real, calls = outcome_import._as_rows, []

    def break_off(*given):
        for rows in real(*given):
            calls.append(rows)
            yield rows if len(calls) < 2 else [rows[0] | {"measured_at": None}]

    monkeypatch.setattr(outcome_import, "_as_rows", break_off)
    with pytest.raises(Problem, match="the database refuses"):
        bring(logged, write_csv(tmp_path / "b.csv", *(f"u{k},hours,5,2026-01-17" for k in range(4))))
    assert len(calls) == 2
    assert held(logged) == before


def test_blocks_keep_the_numbers_of_rows(logged, tmp_path, monkeypatch):
    monkeypatch.setattr(outcome_file, "BLOCK", 100)
    lines = [f"u{k % 4},hours,{k // 4},2026-01-16T00:00:{k:02d}Z" for k in range(60)]
    bad = {7: "u1,hours", 8: "u1,hours,1,2,3", 31: f"x,hours,1,{AFTER}", 32: "", 55: f"u1,hours,?,{AFTER}", 59: "u"}
    for place, line in bad.items():
        lines[place] = line
    done = bring(logged, write_csv(tmp_path / "a.csv", *lines))
    assert pd.read_csv(tmp_path / "rejects.csv").row.tolist() == [place + 2 for place in bad if bad[place]]
    assert (done.rows, done.written) == (59, 54)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (f"{HEADER}\n".encode(), "the file holds no row"),
        (f"{HEADER}\n,,,\n".encode(), "the file holds no row"),
        (b"unit,metric,value\nu0,hours,1\n", "measured_at must stand once in the first line"),
        (b"unit,unit,metric,value,measured_at\n", "unit must stand once"),
        (f"{HEADER}\nu0,h\xe9,1,{AFTER}\n".encode("latin-1"), "no CSV file in UTF-8"),
    ],
)
def test_a_file_of_another_form_is_one_sentence(logged, tmp_path, content, words):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(Problem, match=words) as refused:
        bring(logged, path)
    assert "\n" not in str(refused.value)
    assert held(logged) == []


def test_a_missing_file_or_experiment_or_assignment_is_said(database, tmp_path):
    with pytest.raises(Problem, match="no experiment is named"):
        bring(database, tmp_path / "a.csv")
    started(database)
    with pytest.raises(Problem, match="nobody is assigned to it yet"):
        bring(database, tmp_path / "a.csv")
    with pytest.raises(Problem, match=r"1\.5 is no share"):
        bring(database, tmp_path / "a.csv", 1.5)


def test_a_file_that_is_not_there_is_one_sentence(logged, tmp_path):
    with pytest.raises(Problem, match=r"none\.csv: this can't be read"):
        bring(logged, tmp_path / "none.csv")


def test_compressed_files_and_a_mark_of_byte_order_are_read(logged, tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(f"\ufeff{HEADER}\nu0,hours,1,{AFTER}\n".encode()))
    assert bring(logged, path).written == 1


def test_ids_are_text_to_the_last_digit(database, tmp_path):
    experiment = started(database)
    ids = ["76561198000000001", "76561198000000002", "007", "7"]
    for unit in ids:
        assign_unit(database, experiment, unit, day(1))
    lines = [f"{unit},hours,{k},{AFTER}" for k, unit in enumerate(ids)]
    assert bring(database, write_csv(tmp_path / "a.csv", *lines), 0).written == 4
    log = read_log(database, NAME, day(20)).set_index("player_id")
    assert [log.hours[unit] for unit in ids] == [0, 1, 2, 3]
    assert not np.isnan(log.hours).any()


def test_times_and_texts_of_a_plan_are_held_and_read_as_such(database, tmp_path):
    plan = replace(
        read_plan(LOGGED_PLAN),
        name="typed",
        maturity=Maturity("deadline", 3),
        exclusions=(Exclusion("country", "XX", "a test account"),),
    )
    experiment = start_experiment(database, plan, "kickstarter", day(0))
    for unit in ("u0", "u1"):
        assign_unit(database, experiment, unit, day(1))
    lines = [f"u0,country,DE,{BEFORE}", f"u0,deadline,2026-03-01T00:00:00+02:00,{BEFORE}", f"u1,country,,{BEFORE}"]
    path = write_csv(tmp_path / "a.csv", *lines, f"u1,deadline,soon,{BEFORE}")
    how = {"listed_in": tmp_path / "rejects.csv", "max_reject_share": 1, "now": day(20)}
    done = import_outcomes(database, "typed", path, **how)
    assert (done.written, dict(done.rejects.reasons)) == (2, {"the value is not what the metric can be": 2})
    assert import_outcomes(database, "typed", path, **how).repeated == 2
    log = read_log(database, "typed", day(20)).set_index("player_id")
    assert log.country["u0"] == "DE"
    assert log.deadline["u0"] == datetime(2026, 2, 28, 22, tzinfo=UTC)
    assert list(log.loc["u1", ["country", "deadline"]].isna()) == [True, True]
    path = write_csv(tmp_path / "b.csv", f"u0,country,FR,{BEFORE}")
    assert import_outcomes(database, "typed", path, **how).rejects.total == 1
