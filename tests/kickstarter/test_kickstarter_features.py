from typing import Any

import numpy as np
import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.design import Encoder
from crowdwise.kickstarter.features import (
    CATEGORICAL,
    CRAWLED,
    FEATURES,
    build_features,
    describe_features,
    goal_digits,
    launch_view,
)
from crowdwise.kickstarter.history import category_past, earlier_record
from crowdwise.kickstarter.moments import MOMENTS, Moment, moment_of, moments_table, refuse_late
from crowdwise.kickstarter.months import NEEDED
from crowdwise.kickstarter.schema import PROJECTS
from crowdwise.kickstarter.union import Union

TOO_LATE = [known.name for known in MOMENTS if known.moment in (Moment.DURING, Moment.AFTER)]


def features_of(projects: pd.DataFrame, **settings: Any) -> pd.DataFrame:
    past = pd.concat([earlier_record(projects), category_past(projects)], axis=1)
    return build_features(projects, past, **settings)


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
    for name in (*NEEDED, *PROJECTS.columns, *FEATURES, *CRAWLED, "text_0", "text_31"):
        assert moment_of(name) is not None, name
    assert len(moments_table()) == len(MOMENTS) == len({known.name for known in MOMENTS})
    assert moment_of("text_x") is None


def test_the_table_of_moments_shows_every_feature_of_the_design() -> None:
    table = moments_table([*FEATURES, "text"])
    assert table["name"].tolist() == [*FEATURES, "text"]
    assert set(table["known"]) == {Moment.BEFORE.value, Moment.LAUNCH.value}
    with pytest.raises(KeyError):
        moments_table(["no_such_feature"])


TRAITS = ("digits", "marks", "foreign", "word_letters", "ending", "quotes")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [0, 0, 0, 0, 0, 0]),
        (None, [0, 0, 0, 0, 0, 0]),
        ("A 2nd go: 12 tales.", [3, 1, 0, 15 / 5, 1, 0]),
        ("Cats & (dogs) \u2014 \u201cfriends\u201d! ", [0, 1, 3, 22 / 5, 2, 5]),
        ("夜の灯り?", [0, 0, 4, 5, 2, 0]),
        ("🎲🎲", [0, 0, 2, 2, 0, 0]),
        ("x" * 10_000, [0, 0, 0, 10_000, 0, 0]),
        (" . . ", [0, 0, 0, 1, 1, 0]),
    ],
)
def test_traits_of_style_are_counted_in_any_text(world: Union, text: str | None, expected: list[float]) -> None:
    table = world.projects.head(1)
    for name in ("name", "blurb"):
        other = {"name": "blurb", "blurb": "name"}[name]
        names = [f"{name}_{trait}" for trait in TRAITS]
        found = features_of(table.assign(**{name: [text], other: "Plain."}), names=names)
        assert found.iloc[0].tolist() == pytest.approx(expected)


def test_what_reads_the_crawl_comes_in_only_when_asked_for(world: Union) -> None:
    assert not set(CRAWLED) & set(FEATURES)
    found = features_of(world.projects, names=["goal_log", *CRAWLED])
    assert found["category_rate"].dropna().between(0, 1).all()
    small = found["goal_relative"] < 0
    assert found.loc[small, "goal_log"].mean() < found.loc[~small, "goal_log"].mean()
    with pytest.raises(Problem, match="no such feature"):
        build_features(world.projects, earlier_record(world.projects), ["category_rate"])


def test_every_number_is_described_with_its_unit(world: Union) -> None:
    names = [*FEATURES, *CRAWLED]
    table = describe_features(features_of(world.projects, names=names))
    assert table["feature"].tolist() == [name for name in names if name not in CATEGORICAL]
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
