"""Input that can't be, or that the model has not seen, over a small model of the real kind."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from test_app_real_models import _rooted, made  # noqa: F401

from crowdwise.app.kickstarter_model import KickstarterModel
from crowdwise.app.kickstarter_view import KickstarterView
from crowdwise.app.sources import open_predictor
from crowdwise.base.layout import Layout

TODAY = date(2024, 3, 5)


@pytest.fixture(scope="module")
def predictor(made: Layout) -> Any:  # noqa: F811
    return open_predictor(made)


@pytest.fixture
def view(predictor: Any) -> KickstarterView:
    view = KickstarterView()
    view.ready(KickstarterModel(predictor, TODAY))
    view.fields["name"].value = "The Quiet Harbour"
    view.fields["blurb"].value = "A first edition, each one numbered and signed."
    return view


def ask(view: KickstarterView, name: str, value: Any) -> None:
    assert view.model is not None
    view.model.change(name, value)
    view.go.click()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("name", "", "Name: it is empty"),
        ("name", "x" * 10_001, "Name: it has 10,001 characters"),
        ("blurb", "x" * 10_001, "Short description: it has 10,001 characters"),
        ("goal", 0.0, "Goal: 0.0 is no amount above 0"),
        ("goal", -5.0, "Goal: -5.0 is no amount above 0"),
        ("goal", 2e12, "Goal: 2,000,000,000,000 is more than any project asks for"),
        ("duration_days", 61, "Days it runs: 61 is not a whole number from 1 to 60"),
        ("category", "war/tanks", "Sub-category: the model knows no category"),
        ("currency", "XXX", "Currency: no month shows a rate"),
        ("country", "Utopia", "Country: "),
    ],
)
def test_what_cant_be_is_refused_in_one_sentence(view: KickstarterView, name: str, value: Any, sentence: str) -> None:
    ask(view, name, value)
    assert sentence in view.notice.value.replace("&#x27;", "'")
    assert "cw-chance-number" not in view.chance.value
    assert view.answer.curves.value == ""


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("goal", 1e12, "no project with such a goal was seen"),
        ("country", "ZW", "no project from its country was seen"),
        ("launched_on", date(2035, 1, 1), "launched more than five years after the latest project seen"),
        ("name", "漢字 עברית 🎲", ""),
        ("blurb", "", "The blurb is empty"),
        ("blurb", "w" * 10_000, "Kickstarter allows 135"),
        ("launched_on", date(2020, 1, 1), "The launch is past"),
        ("name", "<script>alert(1)</script>", ""),
    ],
)
def test_what_the_model_has_not_seen_is_answered_and_said(
    view: KickstarterView, name: str, value: Any, sentence: str
) -> None:
    ask(view, name, value)
    assert view.notice.value == ""
    assert "cw-chance-number" in view.chance.value
    assert sentence in view.answer.warning.value + view.notes.value
    assert "<script>" not in view.chance.value + view.answer.past.value


def test_a_goal_beyond_what_was_seen_is_dashed_and_no_change_leads_there(view: KickstarterView) -> None:
    ask(view, "goal", 5e8)
    assert "cw-unseen" in view.answer.curves.value
    assert "Few projects are like it there" in view.answer.curves.value
    outlook = view.model.answer() if view.model else None
    assert outlook is not None
    (goal,) = [one for one in outlook.profiles if one.field == "goal"]
    assert goal.seen is not None
    assert all(change.value <= goal.seen[1] for change in outlook.changes if change.field == "goal")


def test_two_real_drafts_differ_by_what_the_steps_add(view: KickstarterView) -> None:
    view.go.click()
    view.answer.keep.click()
    view.fields["goal"].value = 90_000.0
    view.fields["duration_days"].value = 60
    view.earlier.add.click()
    outlook = view.model.answer() if view.model else None
    assert outlook is not None
    assert outlook.comparison is not None
    found = outlook.comparison
    assert [step.fields[0] for step in found.differences] == ["goal", "duration_days", "earlier_projects"]
    total = 100 * (found.second.probability - found.first.probability)
    assert sum(step.points for step in found.differences) == pytest.approx(total, abs=1e-9)
