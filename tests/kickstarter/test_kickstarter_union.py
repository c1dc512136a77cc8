from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.months import read_month
from crowdwise.kickstarter.union import Union, outcome_counts, rejected_lines, unite
from crowdwise.kickstarter.vocabulary import STATES

Make = Callable[..., dict[str, Any]]
Write = Callable[..., Path]
EARLY, LATE = "Kickstarter_2020-03-12T03_20_00_000Z.json.gz", "Kickstarter_2021-04-15T03_20_00_000Z.json.gz"


def union_of(write: Write, early: list[Any], late: list[Any]) -> Union:
    # The later month is given first: only its date says that it is later.
    return unite([read_month(write(late, LATE)), read_month(write(early, EARLY))])


def test_the_latest_observation_of_a_project_is_kept(project: Make, write_month: Write) -> None:
    union = union_of(write_month, [project(state="live", pledged=3)], [project(pledged=9.0)])
    row = union.projects.iloc[0]
    assert (len(union.projects), row["state"], row["pledged_usd"], row["seen_in"]) == (
        1,
        "successful",
        9.0,
        "2021-04-15",
    )


def test_a_finished_state_is_kept_over_a_later_live_one(project: Make, write_month: Write) -> None:
    union = union_of(write_month, [project(state="failed")], [project(state="live")])
    assert union.projects[["state", "seen_in"]].to_numpy().tolist() == [["failed", "2020-03-12"]]


def test_a_project_seen_only_live_stays(project: Make, write_month: Write) -> None:
    assert union_of(write_month, [project(id=1)], [project(id=2, state="live")]).projects["state"].tolist()[1] == "live"


def test_what_a_later_month_no_longer_tells_is_taken_from_an_earlier_one(project: Make, write_month: Write) -> None:
    union = union_of(write_month, [project()], [project(creator=None, location=None, created_at=None)])
    row = union.projects.iloc[0]
    assert (row["creator_id"], row["place_id"], row["seen_in"]) == ("77", "2300000", "2021-04-15")
    assert row["created_at"] == pd.Timestamp(1_399_000_000, unit="s", tz="UTC")


def test_rows_read_are_rows_kept_and_dropped(project: Make, write_month: Write) -> None:
    early = [project(id=1), project(id=1), project(id=2), "{", project(id=3, state="?")]
    union = union_of(write_month, early, [project(id=2), project(id=4), project(id=4)])
    fates = union.card.groupby("what")["rows"].sum().to_dict()
    assert fates == {
        "kept": 3,
        "the same project stands again in the month": 2,
        "the same project is kept from another month": 1,
        "line is not JSON": 1,
        "state is none of Kickstarter's (a shifted row)": 1,
    }
    assert union.card["rows"].sum() == 8


def test_rejected_rows_are_shown_with_their_lines(project: Make, write_month: Write) -> None:
    table = rejected_lines([read_month(write_month([project(), "{"]))])
    assert table[["line", "reason"]].to_numpy().tolist() == [[2, "line is not JSON"]]


def test_the_order_of_months_and_rows_does_not_matter(project: Make, write_month: Write) -> None:
    items = [project(id=k, launched_at=1_400_000_000 + k % 3) for k in range(1, 9)]
    one = unite([read_month(write_month(items, EARLY))]).projects
    other = unite([read_month(write_month(items[::-1], EARLY))]).projects
    pd.testing.assert_frame_equal(one, other)


def of_every_state(project: Make) -> list[dict[str, Any]]:
    return [project(id=k, state=state) for k, state in enumerate(STATES)]


@pytest.mark.parametrize(
    ("failures", "counted"),
    [(["failed"], {"failed"}), ([], {"failed"}), (["canceled", "suspended"], {"failed", "canceled", "suspended"})],
)
def test_the_outcome_is_success_or_failure_or_unknown(
    project: Make, write_month: Write, failures: list[str], counted: set[str]
) -> None:
    projects = unite([read_month(write_month(of_every_state(project)))], failures).projects
    found = dict(zip(projects["state"], projects["outcome"], strict=True))
    expected = {state: True if state == "successful" else False if state in counted else pd.NA for state in STATES}
    assert found == expected
    assert found["live"] is pd.NA
    table = outcome_counts(projects)
    assert table["projects"].sum() == len(STATES)
    assert dict(zip(table["state"], table["outcome"], strict=True)) == {
        state: {True: "success", False: "failure"}.get(value, "") if value is not pd.NA else ""
        for state, value in expected.items()
    }


@pytest.mark.parametrize(
    ("failures", "words"),
    [(["live"], "'live' can't count as failure"), (["successful"], "'successful'"), ("failed", "failures is 'failed'")],
)
def test_what_is_no_failure_is_refused(project: Make, write_month: Write, failures: Any, words: str) -> None:
    with pytest.raises(Problem, match=words):
        unite([read_month(write_month([project()]))], failures)


def test_months_are_counted_once_and_the_earliest_is_known(project: Make, write_month: Write) -> None:
    union = union_of(write_month, [project(id=1), project(id=1), project(id=2)], [project(id=1), project(id=3)])
    rows = union.projects.set_index("project_id")[["first_seen_in", "months_seen"]].to_numpy().tolist()
    assert rows == [["2020-03-12", 2], ["2020-03-12", 1], ["2021-04-15", 1]]
    assert union.projects["seen_in"].tolist() == ["2021-04-15", "2020-03-12", "2021-04-15"]


def test_unknown_currencies_are_kept_and_named(project: Make, write_month: Write) -> None:
    items = [project(id=1, currency="XQZ", static_usd_rate=2.0), project(id=2, currency="EUR"), project(id=3)]
    union = unite([read_month(write_month(items))])
    assert union.months["unknown_currencies"].tolist() == ["XQZ: 1"]
    assert union.projects.set_index("project_id").loc["1", ["currency", "goal_usd"]].tolist() == ["XQZ", 1000.0]


def test_no_month_and_the_same_month_twice_are_problems(project: Make, write_month: Write) -> None:
    with pytest.raises(Problem, match="no month"):
        unite([])
    month = read_month(write_month([project()]))
    with pytest.raises(Problem, match="same name"):
        unite([month, month])
    with pytest.raises(Problem, match=r"\.zip: this is the same crawl as Kickstarter_2020-03.*\.json\.gz"):
        unite([month, replace(month, name=month.name.replace(".json.gz", ".zip"))])
    with pytest.raises(Problem, match=r"same projects as Kickstarter_2020-03.*, of the same day"):
        unite([month, replace(month, name="copy_2020-03-12.json.gz")])
    later = read_month(write_month([project(id=2)], "Kickstarter_2020-03-12T09_00_00_000Z.json.gz"))
    assert len(unite([month, later]).projects) == 2, "two crawls of one day are two"
