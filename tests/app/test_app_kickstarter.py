from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from crowdwise.app.chance import chance, compare, drivers, notes, odds, warning
from crowdwise.app.earlier_projects import EarlierProject
from crowdwise.app.kickstarter_model import START, KickstarterModel
from crowdwise.app.kickstarter_view import KickstarterView
from crowdwise.app.labels import COUNTED, LABELS
from crowdwise.app.outlook import Outlook
from crowdwise.app.places import COUNTRIES, currency_of
from crowdwise.base.errors import Problem
from crowdwise.kickstarter.draft import Draft
from crowdwise.kickstarter.explanation import (
    Change,
    Comparison,
    Contribution,
    Difference,
    Explanation,
    Neighbour,
    Prediction,
    Profile,
)
from crowdwise.kickstarter.facts import Facts, ReferenceRate
from crowdwise.storage.queries import Reference

NO_BREAK = "\u00a0"
TODAY = date(2024, 3, 5)
PROFILES = (
    Profile("goal", (100.0, 1000.0, 10_000.0), (0.9, 0.5, 0.1), 1, (100.0, 5000.0), (False, False, True)),
    Profile("duration_days", (7, 30, 60), (0.3, 0.368, 0.2), 1, (7.0, 60.0), (False,) * 3),
    Profile("prelaunch_days", (0, 30), (0.3, 0.368), 1, (0.0, 500.0), (False,) * 2),
)
CHANGES = (
    Change("goal", 500.0, "a goal of 500 <USD> instead of 1,000", 9.5),
    Change("blurb_length", 90, "a blurb of 90 letters instead of 0", 1.25),
)
NEIGHBOURS = (
    Neighbour("The <b>Soup</b>", "food/<cookbooks>", 1234.5, 2019, True, 0.1),
    Neighbour("n" * 500, "food", 0.6, 2020, False, 0.2),
)
DRIVERS = (Contribution("goal", "a goal of <b>", -8.2), Contribution("text", "what is said", 14.1))


@dataclass
class OneAnswer:
    """Gives the same prediction for every draft, and notes the drafts."""

    drafts: list[Draft] = field(default_factory=list)
    broken: Exception | None = None
    categories: tuple[str, ...] = ("food", "food/cookbooks", "games/puzzles", "unknown")
    countries: tuple[str, ...] = ("DE", "GB", "US", "ZZ", "unknown")
    currencies: tuple[str, ...] = ("EUR", "USD")
    asked: tuple[str, ...] = tuple(Draft.__dataclass_fields__)
    unread: tuple[str, ...] = ()
    today: date | None = None
    reference: ReferenceRate | None = None

    @property
    def facts(self) -> Facts:
        rates = {"food": [50, 49], "food/cookbooks": [40, 10], "games/puzzles": [7, 3]}
        return Facts(0.4, 97, {}, rates, {}, {}, "2023-07-01", reference=self.reference)

    def predict(self, draft: Draft, *, today: date | None = None) -> Prediction:
        self.drafts.append(draft)
        self.today = today
        if self.broken:
            raise self.broken
        of = ("all <97> projects", "projects like <those>")
        return Prediction(0.368, 0.31, 0.42, 0.4, *of, DRIVERS, ("Few goals are like this <one>",), "Unlike <any>")

    def check(self, draft: Draft) -> None:
        """Every draft will do."""

    def explain(self, draft: Draft, *, today: date | None = None) -> Explanation:
        return Explanation(self.predict(draft, today=today), PROFILES, CHANGES, NEIGHBOURS)

    def compare(self, first: Draft, second: Draft, *, today: date | None = None) -> Comparison:
        """The first chance is 0.3; the goal and whether there is a blurb are all that tell drafts apart."""
        second_told = self.predict(second, today=today)
        steps = (Difference(("goal",), 8.0), Difference(("blurb",), -1.2)) if first != second else ()
        return Comparison(replace(second_told, probability=0.3), second_told, steps)


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


def test_it_starts_in_the_biggest_category_whose_end_is_open(model: KickstarterModel) -> None:
    assert model.fields["category"] == "food/cookbooks"
    assert model.fields["launched_on"] == TODAY


def test_it_starts_from_what_is_offered(predictor: OneAnswer) -> None:
    predictor.countries, predictor.currencies = ("unknown", "SE"), ("SEK",)
    model = KickstarterModel(predictor, TODAY)  # type: ignore[arg-type]
    assert (model.fields["country"], model.fields["currency"]) == ("SE", "SEK")


def test_known_parents_offer_all_their_sub_categories_and_unknown_ones_none(model: KickstarterModel) -> None:
    assert model.parents() == [("Food", "food"), ("Games", "games")]
    assert ("Cookbooks", "food/cookbooks") in model.children("food")
    assert ("Vegan", "food/vegan") in model.children("food")
    assert model.children("food")[-1] == ("None of these", "food")


def test_countries_go_by_name_and_a_strange_one_by_its_code(model: KickstarterModel) -> None:
    assert model.countries() == [("Germany", "DE"), ("United Kingdom", "GB"), ("United States", "US"), ("ZZ", "ZZ")]


def test_the_database_says_what_is_offered(predictor: OneAnswer) -> None:
    filed = {"food/cookbooks": "food", "food/moss": "food", "music/jazz": "music"}
    model = KickstarterModel(predictor, TODAY, Reference(filed, ("US", "DE", "FR")))  # type: ignore[arg-type]
    # Music was never learnt from, and neither was France.
    assert model.parents() == [("Food", "food")]
    assert [slug for _, slug in model.children("food")] == ["food/cookbooks", "food/moss", "food"]
    assert model.countries() == [("Germany", "DE"), ("United States", "US")]
    with pytest.raises(Problem, match="not offered here"):
        model.set({**model.get(), "category": "food/vegan"})


def test_the_draft_is_what_was_entered(model: KickstarterModel, predictor: OneAnswer) -> None:
    model.change("name", "Soup")
    model.change("goal", 2500.0)
    outlook = model.answer()
    assert predictor.drafts[0] == Draft(
        "Soup", "", "food/cookbooks", 2500.0, "USD", "US", TODAY, 30, 30, earlier_projects=0, earlier_successes=0
    )
    assert (outlook.category_projects, outlook.category_rate) == (40, 0.25)
    assert predictor.today == TODAY


def test_a_category_rate_is_moved_to_the_reference_as_the_chance_is(predictor: OneAnswer) -> None:
    predictor.reference = ReferenceRate(0.2, "a survey")
    model = KickstarterModel(predictor, TODAY)  # type: ignore[arg-type]
    model.change("name", "Soup")
    # Odds of 1 to 3 in the category; the crawl's 0.4 are odds of 2 to 3, a rate of 0.2 odds of 1 to 4.
    assert model.answer().category_rate == pytest.approx(1 / 9)


def test_a_category_nobody_saw_has_no_base_rate(model: KickstarterModel) -> None:
    model.change("name", "Soup")
    model.change("category", "food/vegan")
    assert model.answer().category_rate is None


@pytest.mark.parametrize(
    ("name", "value", "where"),
    [
        ("name", " ", "Name"),
        ("goal", -1.0, "Goal"),
        ("goal", float("nan"), "Goal"),
        ("launched_on", None, "Launch date"),
        ("launched_on", date(1999, 1, 1), "Launch date"),
        ("duration_days", 61, "Days it runs"),
        ("earlier", (EarlierProject(date(2099, 1, 1)),), "Earlier project 1"),
    ],
)
def test_a_field_that_does_not_do_is_named_as_the_form_names_it(
    model: KickstarterModel, name: str, value: Any, where: str
) -> None:
    model.change("name", "Soup")
    model.change(name, value)
    with pytest.raises(Problem, match=f"^{where}: "):
        model.answer()


def test_an_unknown_field_is_an_error_of_ours(model: KickstarterModel) -> None:
    with pytest.raises(KeyError):
        model.change("pledged", 5)


def test_every_field_of_a_draft_stands_in_the_form(view: KickstarterView) -> None:
    assert {*view.fields, "earlier"} == set(LABELS) == {*START, "launched_on", "earlier"}
    assert {*view.fields, *COUNTED} == set(Draft.__dataclass_fields__)
    assert {name: widget.description for name, widget in view.fields.items()} | {
        "earlier": "Earlier projects"
    } == LABELS


def test_the_state_survives_a_round_trip_through_json(model: KickstarterModel) -> None:
    model.change("name", "Soup <3")
    model.change("category", "games/puzzles")
    model.change("launched_on", date(2024, 12, 24))
    state = json.loads(json.dumps(model.get()))
    model.reset()
    assert model.fields["name"] == ""
    model.set(state)
    assert model.get() == state


@pytest.mark.parametrize(
    "change",
    [{"launched_on": "soon"}, {"goal": "much"}, {"category": "war"}, {"country": None}, {"duration_days": "1e999"}],
)
def test_what_is_no_state_is_refused_whole(model: KickstarterModel, change: dict[str, Any]) -> None:
    before = model.get()
    with pytest.raises(Problem):
        model.set({**before, **change})
    with pytest.raises(Problem, match="no draft"):
        model.set({})
    assert model.get() == before


def test_a_form_shows_the_state_and_gives_the_chance(view: KickstarterView, predictor: OneAnswer) -> None:
    assert not any(control.disabled for control in (view.go, view.parent, *view.fields.values()))
    assert view.fields["category"].value == "food/cookbooks"
    view.fields["name"].value = "<i>Soup</i>"
    view.fields["goal"].value = 99.5
    view.go.click()
    assert predictor.drafts[0].goal == 99.5
    shown = view.chance.value.replace(NO_BREAK, " ")
    assert "37 %" in shown
    assert "&lt;i&gt;Soup&lt;/i&gt;" in shown
    assert "12 points above the 25 % of 40 projects in food/cookbooks" in shown
    assert "3 points below the 40 % of all &lt;97&gt; projects" in shown
    assert "Among projects like &lt;those&gt;, about 4 in 10 like this one reached their goal." in shown
    assert "31 % to 42 % did (95 % range)" in shown
    assert "<p>Unlike &lt;any&gt;.</p>" in view.answer.warning.value
    assert view.notice.value == ""
    assert not view.go.disabled


def test_what_the_model_does_not_read_is_not_asked(predictor: OneAnswer) -> None:
    left_out = ("country", "prelaunch_days", *COUNTED)
    predictor.asked = tuple(name for name in Draft.__dataclass_fields__ if name not in left_out)
    view = KickstarterView()
    view.ready(KickstarterModel(predictor, TODAY))  # type: ignore[arg-type]
    hidden = [name for name, widget in view.fields.items() if widget.layout.display == "none"]
    assert hidden == ["prelaunch_days"]
    assert "it brings the currency" in view.unread.value
    assert view.earlier.widget.layout.display == "none"


def test_a_parent_brings_its_sub_categories_and_a_country_its_currency(view: KickstarterView) -> None:
    view.parent.value = "games"
    assert view.fields["category"].value.startswith("games/")
    view.fields["country"].value = "DE"
    assert view.fields["currency"].value == "EUR"
    view.fields["country"].value = "GB"
    assert view.fields["currency"].value == "EUR", "pounds are not offered"
    assert view.model is not None
    assert view.model.fields["country"] == "GB"


def test_a_problem_is_a_sentence_and_an_error_has_an_id(view: KickstarterView, predictor: OneAnswer) -> None:
    view.go.click()
    assert "Name: it is empty. Fill it in." in view.notice.value
    view.fields["name"].value = "Soup"
    predictor.broken = ZeroDivisionError("inside")
    view.go.click()
    assert "log has the cause under" in view.notice.value
    assert "inside" not in view.notice.value


def test_nothing_can_be_pressed_before_there_is_a_model() -> None:
    view = KickstarterView()
    assert all(control.disabled for control in (view.go, view.parent, *view.fields.values()))
    view.go.click()
    view.fill()
    assert "cw-chance-number" not in view.chance.value


def test_drivers_are_bars_with_words_and_points_the_largest_first() -> None:
    markup = drivers(DRIVERS)
    assert markup.index("What is said") < markup.index("A goal of &lt;b&gt;")
    assert "+14.1 points" in markup
    assert "−8.2 points" in markup
    assert 'class="cw-up" style="width:50.0%"' in markup


def test_what_moves_nothing_is_left_out_and_small_ones_are_added_up() -> None:
    small = [Contribution(str(k), f"part {k}", 1.0) for k in range(10)]
    markup = drivers([*small, Contribution("z", "nothing", 0.01)])
    assert "Nothing" not in markup
    assert "Everything else" in markup
    assert "+2.0 points" in markup
    assert "Nothing in this draft" in drivers([Contribution("z", "nothing", 0.0)])


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.01, "fewer than 1 in 20"),
        (0.06, "about 1 in 20"),
        (0.08, "about 1 in 10"),
        (0.368, "about 4 in 10"),
        (0.94, "about 9 in 10"),
        (0.99, "more than 19 in 20"),
    ],
)
def test_a_chance_is_said_as_one_would_aloud(probability: float, words: str) -> None:
    assert odds(probability) == words


def test_a_chance_is_compared_in_whole_points() -> None:
    assert compare(0.5, 0.502) == "about the same as"
    assert compare(0.51, 0.5) == "1 point above"
    assert compare(0.2, 0.5) == "30 points below"


def test_a_base_rate_is_marked_where_it_stands() -> None:
    prediction = Prediction(0.9, 0.85, 0.93, 0.25, "all", "these", (), ())
    markup = chance(Outlook(prediction, "food/vegan", 8, 0.75), "x")
    assert 'cw-left cw-below" style="left:25.0%"' in markup
    assert 'cw-right cw-above" style="left:75.0%"' in markup
    assert "vegan" not in chance(Outlook(prediction, "food/vegan", 0, None), "x")


def test_notes_are_whole_sentences() -> None:
    assert notes(["It is so", "Is it?"]).count(".</li>") == 1
    assert notes([]) == ""
    assert warning("") == ""


def test_every_country_has_a_currency() -> None:
    assert {currency_of(code) for code in COUNTRIES} >= {"USD", "EUR", "JPY"}
    assert currency_of("??") == "USD"
