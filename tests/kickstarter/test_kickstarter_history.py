"""What had happened before a launch: counted as by hand, and never changed by what comes later."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdwise.kickstarter.features import CRAWLED, FEATURES, build_features
from crowdwise.kickstarter.history import SHRINK, category_past, earlier_record
from crowdwise.kickstarter.union import Union

START = datetime(2016, 1, 1, tzinfo=UTC)
CATEGORIES = ("art/painting", "art/textiles", "food", "food/vegan")
OUTCOMES = {"successful": True, "failed": False}
STATES = ("successful", "failed", "canceled", "suspended", "live")
# creator, category, day of launch, days, state, goal
Row = tuple[str | None, str, int, int, str, int]
project_lists = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None]),
        st.sampled_from(CATEGORIES),
        st.integers(0, 200),
        st.integers(1, 60),
        st.sampled_from(STATES),
        st.integers(1, 10**6),
    ),
    min_size=1,
    max_size=12,
)


def table_of(rows: list[Row]) -> pd.DataFrame:
    launched = [START + timedelta(days=row[2]) for row in rows]
    ends = [start + timedelta(days=row[3]) for start, row in zip(launched, rows, strict=True)]
    created = [start - timedelta(days=row[3]) for start, row in zip(launched, rows, strict=True)]
    return pd.DataFrame(
        {
            "project_id": [str(k) for k in range(len(rows))],
            "name": [f"A {row[1]}!" for row in rows],
            "blurb": [f"{row[5]} words" for row in rows],
            "creator_id": pd.Series([row[0] for row in rows], dtype="str"),
            "category": [row[1] for row in rows],
            "parent_category": [row[1].partition("/")[0] for row in rows],
            "country": "US",
            "currency": "USD",
            "launched_at": pd.to_datetime(launched, utc=True),
            "deadline": pd.to_datetime(ends, utc=True),
            "created_at": pd.to_datetime(created, utc=True),
            "state": [row[4] for row in rows],
            "outcome": pd.array([OUTCOMES.get(row[4]) for row in rows], dtype="boolean"),
            "goal_usd": [float(row[5]) for row in rows],
        }
    )


def every_feature(projects: pd.DataFrame) -> pd.DataFrame:
    past = pd.concat([earlier_record(projects), category_past(projects)], axis=1)
    return build_features(projects, past, [*FEATURES, *CRAWLED])


@settings(max_examples=60, deadline=None)
@given(project_lists)
def test_a_record_counts_what_had_ended_before_the_launch(rows: list[Row]) -> None:
    found = earlier_record(table_of(rows)).to_numpy().tolist()
    for (creator, _, day, *_), record in zip(rows, found, strict=True):
        past = [r for r in rows if creator is not None and r[0] == creator and r[2] + r[3] < day and r[4] != "live"]
        assert record == [len(past), sum(r[4] == "successful" for r in past)]


@settings(max_examples=60, deadline=None)
@given(project_lists)
def test_a_category_is_what_had_ended_in_it_shrunk_to_its_parent_and_all(rows: list[Row]) -> None:
    found, of_two = category_past(table_of(rows)), category_past(table_of(rows), recent=2)
    for place, (_, category, day, *_) in enumerate(rows):
        rate = goal = np.nan
        for held in (lambda c: True, lambda c: c.partition("/")[0] == category.partition("/")[0], category.__eq__):  # noqa: B023
            ended = [r[4] == "successful" for r in rows if held(r[1]) and r[2] + r[3] < day and r[4] in OUTCOMES]
            goals = [np.log10(r[5]) for r in rows if held(r[1]) and r[2] < day]
            rate, goal = shrunk(ended, rate), shrunk(goals, goal)
        assert found["category_finished"].iloc[place] == len(ended)
        last = [r for r in rows if r[1] == category and r[2] + r[3] < day and r[4] in OUTCOMES]
        recent = sorted(last, key=lambda r: (r[2] + r[3], r[4] == "failed"))[-2:]
        expected = (sum(r[4] == "successful" for r in recent) + 1) / (len(recent) + 2)
        assert of_two["category_recent"].iloc[place] == expected
        assert found["category_rate"].iloc[place] == pytest.approx(rate, nan_ok=True)
        assert found["category_goal"].iloc[place] == pytest.approx(goal, abs=1e-6, nan_ok=True)


def shrunk(values: list, towards: float) -> float:
    if np.isnan(towards):
        return float(np.mean(values)) if values else np.nan
    return (sum(values) + SHRINK * towards) / (len(values) + SHRINK)


@settings(max_examples=80, deadline=None)
@given(project_lists, st.data())
def test_no_feature_is_changed_by_what_comes_later(rows: list[Row], data: st.DataObject) -> None:
    one = data.draw(st.integers(0, len(rows) - 1))
    day = rows[one][2]
    before = every_feature(table_of(rows)).iloc[one]
    changed, place = [], 0
    for k, row in enumerate(rows):
        if k == one:
            # Its own end is later too.
            place = len(changed)
            changed.append((*row[:4], data.draw(st.sampled_from(STATES)), row[5]))
        elif row[2] + row[3] < day:
            changed.append(row)
        elif row[2] < day:
            # It runs still: it may end otherwise.
            changed.append((*row[:4], data.draw(st.sampled_from(STATES)), row[5]))
        elif data.draw(st.booleans()):
            # It is launched later: it may be another, or not be there at all.
            changed.append((*data.draw(st.tuples(st.sampled_from(["a", "c"]), st.sampled_from(CATEGORIES))), *row[2:]))
    after = every_feature(table_of(changed)).iloc[place]
    pd.testing.assert_series_equal(after, before, check_names=False, check_exact=True)


def test_a_project_that_ended_on_the_day_of_the_launch_is_no_past_yet() -> None:
    rows: list[Row] = [
        ("a", "food", 0, 30, "successful", 100),
        ("a", "food", 30, 10, "failed", 1000),
        ("a", "food", 31, 10, "failed", 1000),
    ]
    assert earlier_record(table_of(rows))["earlier_projects"].tolist() == [0, 0, 1]
    assert category_past(table_of(rows))["category_finished"].tolist() == [0, 0, 1]
    assert category_past(table_of(rows))["category_goal"].round(3).tolist()[1:] == [2.0, 2.5]


def test_only_the_outcomes_that_may_be_counted_are(world: Union) -> None:
    projects = world.projects
    among = np.arange(len(projects)) % 2 == 0
    hidden = {"state": projects["state"].where(among, "live"), "outcome": projects["outcome"].where(among)}
    for made in (earlier_record, category_past):
        pd.testing.assert_frame_equal(made(projects, among), made(projects.assign(**hidden)))
    assert not category_past(projects, among).equals(category_past(projects))


def test_the_order_of_rows_does_not_matter(world: Union) -> None:
    shuffled = world.projects.sample(frac=1, random_state=1)
    expected = pd.concat([earlier_record(world.projects), category_past(world.projects)], axis=1)
    found = pd.concat([earlier_record(shuffled), category_past(shuffled)], axis=1)
    pd.testing.assert_frame_equal(found.sort_index(), expected, check_exact=True)
