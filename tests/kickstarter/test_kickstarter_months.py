import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.months import date_of, read_month
from crowdwise.kickstarter.schema import PROJECTS

Make = Callable[..., dict[str, Any]]
Write = Callable[..., Path]


def test_a_row_has_the_columns_of_the_projects_table(project: Make, write_month: Write) -> None:
    month = read_month(write_month([project()]))
    row = PROJECTS.validate(month.rows.drop(columns="usd_rate")).iloc[0]
    assert (row["project_id"], row["category"], row["parent_category"]) == ("101", "publishing/fiction", "publishing")
    assert row["launched_at"] == pd.Timestamp(1_400_000_003, unit="s", tz="UTC")
    assert (row["creator_id"], row["place_id"], row["seen_in"]) == ("77", "2300000", "2020-03-12")


def test_goal_and_pledged_are_changed_at_the_rate_of_the_launch(project: Make, write_month: Write) -> None:
    row = read_month(
        write_month([project(goal=1000, pledged="250.5", currency="GBP", static_usd_rate="1.3")])
    ).rows.iloc[0]
    assert (row["goal_usd"], row["currency"]) == (1300.0, "GBP")
    assert row["pledged_usd"] == pytest.approx(325.65)


def test_ids_above_two_to_the_53rd_stay_apart(project: Make, write_month: Write) -> None:
    big = 2**53 + 1
    rows = read_month(write_month([project(id=big), project(id=big - 1)])).rows
    assert rows["project_id"].tolist() == [str(big), str(big - 1)]


def test_a_month_dated_to_the_day_says_so(project: Make, write_month: Write) -> None:
    day = 1_400_025_600
    plain = read_month(write_month([project(launched_at=day, deadline=day + 86_400 * 30)]))
    assert plain.rows["time_precision"].tolist() == ["day"]
    assert read_month(write_month([project()])).rows["time_precision"].tolist() == ["second"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": 1_402_592_003}, "state is none"),
        ({"state": "US"}, "state is none"),
        ({"id": "The name"}, "id is not a number"),
        ({"goal": "a blurb"}, "goal is not a number"),
        ({"goal": None}, "goal is missing"),
        ({"goal": 0}, "not above 0"),
        ({"goal": "nan"}, "not a finite number"),
        ({"pledged": -1}, "below 0"),
        ({"deadline": 1_300_000_000}, "dates are impossible"),
        ({"deadline": 1_500_000_000}, "dates are impossible"),
        ({"category": None}, "category is missing"),
        ({"category": "{broken"}, "category is missing"),
        ({"currency": 7}, "currency is no"),
        ({"name": "  "}, "name is missing"),
    ],
)
def test_a_row_that_cannot_be_is_left_out_with_its_line(
    project: Make, write_month: Write, changes: dict[str, Any], reason: str
) -> None:
    month = read_month(write_month([project(), project(**changes)]))
    assert (month.read, len(month.rows), len(month.rejects)) == (2, 1, 1)
    assert month.rejects[0].line == 2
    assert reason in month.rejects[0].reason


def test_what_may_be_missing_is_null(project: Make, write_month: Write) -> None:
    empty = dict.fromkeys(("blurb", "country", "created_at", "creator", "location", "staff_pick"))
    row = read_month(write_month([project(**empty)])).rows.iloc[0]
    assert row[["blurb", "country", "created_at", "creator_id", "place_id", "staff_pick"]].isna().all()


def test_a_creation_after_the_launch_is_not_believed(project: Make, write_month: Write) -> None:
    assert read_month(write_month([project(created_at=1_400_000_004)])).rows["created_at"].isna().all()


def test_nested_text_is_mended_or_counted(project: Make, write_month: Write) -> None:
    month = read_month(
        write_month([project(creator='{"id":9,"name":"a "b" c","x":1}'), project(creator='{"id":9,"name":"cut')])
    )
    assert (month.mended, month.broken) == (1, 1)
    assert month.rows["creator_id"].tolist()[0] == "9"
    assert pd.isna(month.rows["creator_id"].iloc[1])


def test_quotes_doubled_by_an_export_are_undone(project: Make, write_month: Write) -> None:
    rows = read_month(
        write_month([project(name='"""Presents """"Our Youth"""""""', blurb="Salt &amp; Sea\n by  day")])
    ).rows
    assert rows.loc[0, ["name", "blurb"]].tolist() == ['Presents "Our Youth"', "Salt & Sea by day"]


@pytest.mark.parametrize("name", ["goal", "state", "static_usd_rate", "launched_at", "category", "id"])
def test_a_month_without_a_needed_field_is_a_problem(project: Make, write_month: Write, name: str) -> None:
    data = project()
    del data[name]
    path = write_month([data, data])
    with pytest.raises(Problem, match=f"no field {name}"):
        read_month(path)


def test_a_month_of_broken_lines_only_is_a_problem(write_month: Write) -> None:
    with pytest.raises(Problem, match=r"no row .*line is not JSON"):
        read_month(write_month(["{", "{"]))


def test_late_fields_do_not_reach_the_table(project: Make, write_month: Write) -> None:
    month = read_month(write_month([project(percent_funded=150, video={"id": 1}, prelaunch_activated=True)]))
    assert not {"percent_funded", "video", "spotlight"} & set(month.rows)
    assert len(month.fields) == len(json.loads(json.dumps(project()))) + 3


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("Kickstarter_2018-01-12T10_20_09_196Z.json.gz", "2018-01-12"),
        ("sample_2018-11_full_schema.zip", "2018-11"),
        ("projects.json", "unknown"),
    ],
)
def test_the_crawls_date_stands_in_the_name(name: str, date: str) -> None:
    assert date_of(name) == date
