"""What stands beside the form: changes, past projects, two drafts; its buttons, its state, its diary."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_app_kickstarter import CHANGES, NEIGHBOURS, OneAnswer

from crowdwise.app.advice import changes, cut, past_projects
from crowdwise.app.answer_pane import ASK, KEPT
from crowdwise.app.diary import MemoryDiary
from crowdwise.app.kickstarter_model import KickstarterModel
from crowdwise.app.kickstarter_view import KickstarterView
from crowdwise.app.versus import apportion, versus
from crowdwise.base.errors import Problem

TODAY = date(2024, 3, 5)


class Arm:
    """Takes part in an experiment in one arm, and notes nothing."""

    def __init__(self, arm: str) -> None:
        self.arm = arm

    def choose(self, advised: Any, plain: Any, tell: Any, unit: str = "") -> Any:
        json.dumps(tell(advised))
        return plain if self.arm == "control" else advised


@pytest.fixture
def predictor() -> OneAnswer:
    return OneAnswer()


@pytest.fixture
def model(predictor: OneAnswer) -> KickstarterModel:
    return KickstarterModel(predictor, TODAY)  # type: ignore[arg-type]


@pytest.fixture
def view(model: KickstarterModel) -> KickstarterView:
    view = KickstarterView()
    view.ready(model)
    return view


def asked(view: KickstarterView, name: str = "Soup") -> KickstarterView:
    view.fields["name"].value = name
    view.go.click()
    return view


def shown(view: KickstarterView) -> str:
    parts = ("stale", "versus", "chance", "warning", "drivers", "curves", "changes", "past", "notes")
    return "\n".join(getattr(view.answer, part).value for part in parts)


def test_changes_are_told_with_their_points_and_promise_nothing() -> None:
    markup = changes(CHANGES)
    assert "A goal of 500 &lt;USD&gt; instead of 1,000" in markup
    assert "+9.5 points" in markup
    assert "not a promise" in markup
    assert "No change of goal" in changes([])


def test_past_projects_are_told_with_their_outcomes_and_names_are_text() -> None:
    markup = past_projects(NEIGHBOURS)
    assert "The &lt;b&gt;Soup&lt;/b&gt;" in markup
    assert "food/&lt;cookbooks&gt; · 2019 · goal $1,234" in markup
    assert "1 of these 2 reached their goal" in markup
    assert markup.count(">Funded<") == markup.count(">Not funded<") == 1
    assert "n" * 200 not in markup
    assert past_projects([]) == ""


def test_long_words_are_cut_and_short_ones_are_not() -> None:
    assert cut("a" * 120) == "a" * 120
    assert cut("a" * 121) == "a" * 119 + "…"


@given(st.lists(st.floats(-300, 300), min_size=1, max_size=9))
def test_rounded_parts_add_up_and_are_near(parts: list[float]) -> None:
    rounded = apportion(parts, round(sum(parts)))
    assert sum(rounded) == round(sum(parts))
    assert all(abs(whole - part) <= 1 for whole, part in zip(rounded, parts, strict=True))


def test_parts_add_up_to_a_total_that_was_rounded_by_itself() -> None:
    assert apportion([8.0], 9) == [9]
    assert sum(apportion([0.2, 0.2], 2)) == 2
    assert sum(apportion([0.2, -3.0], -5)) == -5


def test_an_answer_has_all_its_parts(view: KickstarterView) -> None:
    markup = shown(asked(view))
    for words in ("37\u00a0%", "What drives it", "<svg", "What would help most", "similar past projects", "Unlike"):
        assert words in markup
    assert view.answer.versus.value == ""
    assert [button.description for button in view.answer.tries.children] == ["Try a goal of 500 <USD>"]


def test_a_draft_is_kept_and_the_next_is_held_against_it(view: KickstarterView, predictor: OneAnswer) -> None:
    asked(view)
    view.answer.keep.click()
    assert KEPT in view.answer.versus.value
    view.fields["goal"].value = 2500.0
    view.fields["blurb"].value = "<i>Hot</i>"
    view.go.click()
    markup = view.answer.versus.value.replace("\u00a0", " ")
    # 30.0 % and 36.8 %: 6.8 points, of which 8.0 come of the goal.
    for words in ("<b>30.0 %</b>", "<b>36.8 %</b>", "+6.8 points", "+8.0 points", "−1.2 points"):
        assert words in markup
    assert "10,000 USD" in markup
    assert "2,500 USD" in markup
    assert "&lt;i&gt;Hot&lt;/i&gt;" in markup
    assert "(empty)" in markup
    view.answer.forget.click()
    assert view.answer.versus.value == ""
    assert view.answer.forget.layout.display == "none"
    view.go.click()
    assert view.answer.versus.value == ""


def test_what_is_kept_is_what_was_answered_not_what_the_form_has_moved_on_to(view: KickstarterView) -> None:
    asked(view)
    assert "has changed since" not in view.answer.stale.value
    view.fields["name"].value = "Stew"
    assert "has changed since" in view.answer.stale.value
    view.answer.keep.click()
    assert view.model is not None
    assert view.model.kept is not None
    assert view.model.kept["name"] == "Soup"
    view.fields["name"].value = "Soup"
    assert view.answer.stale.value == ""


def test_the_same_draft_as_a_is_said_to_be(view: KickstarterView) -> None:
    asked(view)
    view.answer.keep.click()
    view.go.click()
    assert "the same as draft A" in view.answer.versus.value


def test_a_difference_the_model_does_not_read_is_said_to_be(model: KickstarterModel, predictor: OneAnswer) -> None:
    predictor.unread = ("blurb",)
    model.change("name", "Soup")
    model.answer()
    model.keep()
    model.change("blurb", "Hot")
    outlook = model.answer()
    assert outlook is not None
    assert "not read" in versus(outlook)
    assert versus(replace(outlook, comparison=None)) == ""


def test_a_change_is_tried_with_a_click(view: KickstarterView, predictor: OneAnswer) -> None:
    asked(view)
    view.answer.tries.children[0].click()
    assert predictor.drafts[-1].goal == 500.0
    assert view.fields["goal"].value == 500.0
    assert "Draft B" in view.answer.versus.value
    assert view.model is not None
    assert view.model.kept is not None
    assert view.model.kept["goal"] == 10_000.0


def test_nothing_is_kept_before_there_is_an_answer(model: KickstarterModel) -> None:
    with pytest.raises(Problem, match="no estimate yet"):
        model.keep()


def test_the_state_with_draft_a_survives_a_reload_and_is_not_sent_again(
    view: KickstarterView, model: KickstarterModel, predictor: OneAnswer
) -> None:
    diary = MemoryDiary()
    model.diary = diary
    asked(view)
    view.earlier.add.click()
    view.answer.keep.click()
    view.fields["goal"].value = 700.0
    view.go.click()
    assert [entry.state["goal"] for entry in diary.entries("kickstarter")] == [700.0, 10_000.0]
    assert diary.entries("kickstarter")[0].answer == {"shown": True, "probability": 0.368, "low": 0.31, "high": 0.42}
    state = json.loads(json.dumps(model.get()))
    other = KickstarterView()
    other.ready(KickstarterModel(predictor, TODAY, diary=diary))  # type: ignore[arg-type]
    changed: list[int] = []
    other.on_change = lambda: changed.append(1)
    other.restore(state)
    assert other.model is not None
    assert other.model.get() == state
    assert other.fields["goal"].value == 700.0
    assert len(other.earlier.rows) == 1
    assert "36.8\u00a0%" in other.answer.versus.value
    assert len(diary.entries("kickstarter")) == 2
    assert changed == []


def test_half_a_draft_comes_back_without_an_answer(view: KickstarterView, model: KickstarterModel) -> None:
    view.restore({**model.get(), "goal": 55.0})
    assert view.fields["goal"].value == 55.0
    assert ASK[0] in view.chance.value
    assert view.notice.value == ""


@pytest.mark.parametrize(
    "change", [{"category": "war"}, {"duration_days": 500}, {"kept": {"name": "x"}}, {"kept": 5}, {"earlier": "x"}]
)
def test_a_state_that_cant_be_is_told_and_changes_nothing(
    view: KickstarterView, model: KickstarterModel, change: dict[str, Any]
) -> None:
    asked(view)
    before = model.get()
    view.restore({**before, "goal": 55.0, **change})
    assert "Start anew." in view.notice.value
    assert model.get() == before
    assert view.fields["goal"].value == 10_000.0


def test_each_change_by_a_user_is_reported(view: KickstarterView) -> None:
    changed: list[int] = []
    view.on_change = lambda: changed.append(1)
    view.fields["name"].value = "Soup"
    view.parent.value = "games"
    view.earlier.add.click()
    assert len(changed) == 3
    view.go.click()
    view.answer.keep.click()
    view.answer.forget.click()
    view.answer.tries.children[0].click()
    assert len(changed) == 7


@pytest.mark.parametrize(("arm", "numbers"), [("control", False), ("treatment", True)])
def test_the_control_sees_no_part_of_an_answer(predictor: OneAnswer, arm: str, numbers: bool) -> None:
    model = KickstarterModel(predictor, TODAY, participation=Arm(arm))  # type: ignore[arg-type]
    view = KickstarterView()
    view.ready(model)
    other = KickstarterModel(predictor, TODAY)  # type: ignore[arg-type]
    other.change("name", "Stew")
    other.answer()
    other.keep()
    other.change("goal", 70.0)
    # Draft A may come from an address, and so may all of the state.
    view.restore(other.get())
    for _ in range(2):
        markup = shown(view)
        assert ("%" in markup, "points" in markup, "<svg" in markup, "unded" in markup) == (numbers,) * 4
        assert (view.answer.buttons.layout.display == "none") is not numbers
        assert bool(view.answer.tries.children) is numbers
        view.fields["blurb"].value = "Hot"
        view.go.click()
    # What was sent is in the diary, what came back from an address is not.
    answers = [entry.answer for entry in model.diary.entries("kickstarter")]
    assert [("shown", numbers) in answer.items() for answer in answers] == [True, True]
    assert ["probability" in answer for answer in answers] == [numbers] * 2
