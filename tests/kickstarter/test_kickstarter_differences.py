"""Two drafts side by side: the steps between them, and what each adds."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.differences import STEPS, drafts_between
from crowdwise.kickstarter.draft import Draft
from crowdwise.kickstarter.explanation import Profile
from crowdwise.kickstarter.predictor import Predictor
from crowdwise.kickstarter.profiles import best_changes
from crowdwise.kickstarter.text import TextSpace

DRAFT = Draft(
    *("The Quiet Harbour", "A first edition, each one numbered and signed.", "publishing/poetry", 5000.0, "GBP", "US"),
    *(date(2020, 3, 3), 30, 21, 1, 1),
)
DRAFTS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["A game", "<b>"]),
        "goal": st.floats(1, 1e6),
        "currency": st.sampled_from(["EUR", "USD"]),
        "category": st.sampled_from(["art", "games/puzzles"]),
        "launched_on": st.sampled_from([date(2010, 6, 1), date(2022, 6, 1)]),
        "duration_days": st.integers(1, 60),
        "prelaunch_days": st.integers(0, 3650),
        "earlier_projects": st.integers(1, 9),
    },
)


def test_every_field_of_a_draft_changes_in_one_step() -> None:
    steps = [name for step in STEPS for name in step]
    assert sorted(steps) == sorted(field.name for field in fields(Draft))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=DRAFTS, other=DRAFTS)
def test_differences_add_up_to_that_of_the_chances(
    predictor: Predictor, one: dict[str, Any], other: dict[str, Any]
) -> None:
    first, second = replace(DRAFT, **one), replace(DRAFT, **other)
    found = predictor.compare(first, second)
    total = 100 * (found.second.probability - found.first.probability)
    assert sum(step.points for step in found.differences) == pytest.approx(total, abs=1e-9)
    assert found.first.probability == pytest.approx(predictor.predict(first).probability, abs=1e-9)
    assert found.second.probability == pytest.approx(predictor.predict(second).probability, abs=1e-9)
    changed = {name for step in found.differences for name in step.fields}
    assert changed == {f.name for f in fields(Draft) if getattr(first, f.name) != getattr(second, f.name)}


def test_a_step_is_the_model_asked_for_that_change_alone(predictor: Predictor) -> None:
    second = replace(DRAFT, goal=50_000.0, prelaunch_days=200)
    goal, preparation = predictor.compare(DRAFT, second).differences
    start, between, end = (
        100 * predictor.predict(draft).probability for draft in (DRAFT, replace(DRAFT, goal=50_000.0), second)
    )
    assert (goal.fields, preparation.fields) == (("goal",), ("prelaunch_days",))
    assert (goal.points, preparation.points) == pytest.approx((between - start, end - between), abs=1e-6)


def test_the_same_draft_twice_differs_in_nothing(predictor: Predictor) -> None:
    found = predictor.compare(DRAFT, DRAFT)
    assert found.differences == ()
    assert found.first == found.second


def test_a_campaign_longer_than_now_allowed_is_met_on_no_other_day() -> None:
    long = replace(DRAFT, launched_on=date(2010, 6, 1), duration_days=90)
    for first, second in ((DRAFT, long), (long, DRAFT)):
        steps, drafts = drafts_between(first, second)
        assert len(steps) == 2
        assert (drafts[0], drafts[-1]) == (first, second)


def test_a_draft_the_model_cant_judge_is_refused_as_first_and_as_second(predictor: Predictor) -> None:
    strange = replace(DRAFT, category="war/tanks")
    for first, second in ((DRAFT, strange), (strange, DRAFT)):
        with pytest.raises(Problem, match="knows no category"):
            predictor.compare(first, second)


def test_no_launch_in_the_past_is_suggested() -> None:
    months = tuple(date(2020, month, 3) for month in range(3, 8))
    profile = Profile("launched_on", months, (0.4, 0.9, 0.5, 0.6, 0.55), 0, None, (False,) * 5)
    assert best_changes(DRAFT, [profile])[0].value == date(2020, 4, 3)
    assert best_changes(DRAFT, [profile], today=date(2020, 5, 1))[0].value == date(2020, 6, 3)


def test_a_range_says_how_many_projects_it_is_from(predictor: Predictor) -> None:
    assert predictor.predict(DRAFT).ranged_by == min(1000, predictor.facts.projects)


def test_few_texts_are_weighed_as_many_are(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = (["A first edition, numbered", "", "🎲 nothing known 漢字", "the the the board game"], ["漢字"], [""])
    kinds = ["games", "war", "art", "food"]
    tables = [pd.DataFrame({"name": t, "blurb": t[::-1], "parent_category": kinds[: len(t)]}) for t in drawn]
    few = [predictor.text.transform(table) for table in tables]
    monkeypatch.setattr(TextSpace, "_among", lambda self, texts: self)
    assert predictor.text.said.scored
    assert predictor.text.spelt.scored
    for table, found in zip(tables, few, strict=True):
        assert np.array_equal(found, predictor.text.transform(table))
