from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.design import Encoder
from crowdwise.kickstarter.features import (
    CATEGORICAL,
    FEATURES,
    build_features,
    describe_features,
    goal_digits,
    launch_view,
)
from crowdwise.kickstarter.history import earlier_record
from crowdwise.kickstarter.moments import MOMENTS, Moment, moment_of, moments_table, refuse_late
from crowdwise.kickstarter.months import NEEDED
from crowdwise.kickstarter.schema import PROJECTS
from crowdwise.kickstarter.union import Union

TOO_LATE = [known.name for known in MOMENTS if known.moment in (Moment.DURING, Moment.AFTER)]
START = datetime(2016, 1, 1, tzinfo=UTC)


def features_of(projects: pd.DataFrame, **settings: Any) -> pd.DataFrame:
    return build_features(projects, earlier_record(projects), **settings)


@pytest.mark.parametrize("name", TOO_LATE)
def test_nothing_known_after_launch_can_be_smuggled_in(world: Union, name: str) -> None:
    with pytest.raises(Problem, match=r"known only (during|after) the campaign"):
        features_of(world.projects, names=[*FEATURES, name])
    smuggled = features_of(world.projects).assign(**{name: 1.0})
    with pytest.raises(Problem, match=r"known only (during|after) the campaign"):
        Encoder.fit(smuggled)


def test_a_name_that_nobody_dated_is_refused(world: Union) -> None:
    with pytest.raises(Problem, match="nothing says when"):
        features_of(world.projects, names=["luck"])
    with pytest.raises(Problem, match="nothing says when"):
        refuse_late(["text_of_the_update"])


def test_a_dated_name_that_is_no_feature_is_refused(world: Union) -> None:
    with pytest.raises(Problem, match="no such feature"):
        features_of(world.projects, names=["slug"])


def test_staff_pick_comes_in_only_when_asked_for(world: Union) -> None:
    assert "staff_pick" not in FEATURES
    found = features_of(world.projects, names=["goal_log", "staff_pick"], during=["staff_pick"])
    known = world.projects["staff_pick"].notna().to_numpy()
    assert found["staff_pick"].notna().to_numpy().tolist() == known.tolist()


def test_no_outcome_can_be_let_in_by_asking(world: Union) -> None:
    with pytest.raises(Problem, match="after the campaign"):
        features_of(world.projects, names=["pledged_usd"], during=["pledged_usd"])


def test_every_field_column_and_feature_has_its_moment() -> None:
    for name in (*NEEDED, *PROJECTS.columns, *FEATURES, "text_0", "text_31"):
        assert moment_of(name) is not None, name
    assert len(moments_table()) == len(MOMENTS) == len({known.name for known in MOMENTS})
    assert moment_of("text_x") is None


def test_the_table_of_moments_shows_every_feature_of_the_design() -> None:
    table = moments_table([*FEATURES, "text"])
    assert table["name"].tolist() == [*FEATURES, "text"]
    assert set(table["known"]) == {Moment.BEFORE.value, Moment.LAUNCH.value}
    with pytest.raises(KeyError):
        moments_table(["no_such_feature"])


def test_every_number_is_described_with_its_unit(world: Union) -> None:
    table = describe_features(features_of(world.projects))
    assert table["feature"].tolist() == [name for name in FEATURES if name not in CATEGORICAL]
    assert (table["unit"] != "").all()
    assert table.set_index("feature").loc["launch_time", "max"] < 100


def test_the_view_at_launch_holds_no_outcome(world: Union) -> None:
    late = {"state", "pledged_usd", "backers_count", "staff_pick", "seen_in", "time_precision"}
    assert not late & set(launch_view(world.projects))


def test_features_do_not_depend_on_what_comes_later(world: Union) -> None:
    projects = world.projects
    changed = projects.assign(
        pledged_usd=0.0, backers_count=0, staff_pick=True, seen_in="2030-01-01", time_precision="day"
    )
    pd.testing.assert_frame_equal(features_of(changed), features_of(projects))


@pytest.mark.parametrize(
    ("goal", "digits"),
    [(5000, 1), (5500, 2), (12_345, 5), (966.39, 6), (1, 1), (10, 1), (0.5, 6), (1_000_000, 1), (123_456, 6)],
)
def test_a_round_goal_has_few_digits(goal: float, digits: int) -> None:
    assert goal_digits(np.array([goal]))[0] == digits


def test_days_are_whole_whatever_the_months_precision(world: Union) -> None:
    found = features_of(world.projects)
    days = found[["duration_days", "launch_month", "launch_weekday"]]
    assert (days == days.round()).all().all()
    prepared = np.expm1(found["prelaunch_log"].dropna())
    assert np.allclose(prepared, prepared.round())


project_lists = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None]),
        st.integers(0, 200),
        st.integers(1, 60),
        st.sampled_from(["successful", "failed", "canceled", "live"]),
    ),
    min_size=1,
    max_size=12,
)


def table_of(rows: list[tuple[str | None, int, int, str]]) -> pd.DataFrame:
    launched = [START + timedelta(days=day) for _, day, _, _ in rows]
    ends = [start + timedelta(days=row[2]) for start, row in zip(launched, rows, strict=True)]
    return pd.DataFrame(
        {
            "creator_id": pd.Series([row[0] for row in rows], dtype="str"),
            "launched_at": pd.to_datetime(launched, utc=True),
            "deadline": pd.to_datetime(ends, utc=True),
            "state": [row[3] for row in rows],
        }
    )


@settings(max_examples=60, deadline=None)
@given(project_lists)
def test_a_record_counts_what_had_ended_before_the_launch(rows: list[tuple[str | None, int, int, str]]) -> None:
    found = earlier_record(table_of(rows)).to_numpy().tolist()
    for (creator, day, _, _), record in zip(rows, found, strict=True):
        past = [r for r in rows if creator is not None and r[0] == creator and r[1] + r[2] < day and r[3] != "live"]
        assert record == [len(past), sum(r[3] == "successful" for r in past)]


@settings(max_examples=60, deadline=None)
@given(project_lists, st.data())
def test_later_projects_changed_or_gone_never_change_a_record(
    rows: list[tuple[str | None, int, int, str]], data: st.DataObject
) -> None:
    one = data.draw(st.integers(0, len(rows) - 1))
    day = rows[one][1]
    before = earlier_record(table_of(rows)).iloc[one].tolist()
    # Whatever ended on the day or later may have another end, or may not be there at all.
    kept = [k for k, r in enumerate(rows) if k == one or r[1] + r[2] < day or data.draw(st.booleans())]
    changed = [rows[k] if k == one or rows[k][1] + rows[k][2] < day else (*rows[k][:3], "successful") for k in kept]
    assert earlier_record(table_of(changed)).iloc[kept.index(one)].tolist() == before


def test_a_project_that_ended_on_the_day_of_the_launch_is_no_record_yet() -> None:
    rows = [("a", 0, 30, "successful"), ("a", 30, 10, "failed"), ("a", 31, 10, "failed")]
    assert earlier_record(table_of(rows))["earlier_projects"].tolist() == [0, 0, 1]
