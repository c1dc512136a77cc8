"""What is said about a draft beside its probability, by a model of everything and by one that reads less."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.calibration import shift_odds
from crowdwise.kickstarter.draft import Draft
from crowdwise.kickstarter.evaluation import Study
from crowdwise.kickstarter.explanation import Profile
from crowdwise.kickstarter.facts import ReferenceRate
from crowdwise.kickstarter.features import FEATURES, GROUPS
from crowdwise.kickstarter.predictor import Predictor
from crowdwise.kickstarter.profiles import LEAST_POINTS, best_changes
from crowdwise.kickstarter.telling import CRAWLED
from crowdwise.kickstarter.training import train_predictor

RATES = pd.DataFrame({"currency": ["EUR", "GBP", "USD"], "usd_rate": [1.1, 1.3, 1.0]})
PORTABLE = (*(n for n in FEATURES if n not in ("category", "parent_category", "launch_time", "country")), "text")
DRAFT = Draft(
    *("The Quiet Harbour", "A first edition, each one numbered and signed.", "publishing/poetry", 5000.0, "GBP", "US"),
    *(date(2020, 3, 3), 30, 21, 1, 1),
)


@pytest.fixture(scope="module")
def portable(study: Study) -> Predictor:
    told = np.clip(np.where(study.outcome, 0.6, 0.4) + np.linspace(-0.3, 0.3, len(study.outcome)), 0.05, 0.95)
    told[::7] = np.nan
    settings = {"boosted_trees": 30, "seed": 1, "feature_set": PORTABLE, "reference": ReferenceRate(0.3, "a survey")}
    return train_predictor(study, told, RATES, **settings)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.fixed_dictionaries(
        {},
        optional={
            "name": st.text(min_size=1, max_size=70).filter(str.strip),
            "blurb": st.text(max_size=300),
            "goal": st.floats(0.01, 1e9),
            "currency": st.sampled_from(["EUR", "gbp", "USD"]),
            "category": st.sampled_from(["art", "games/puzzles", "publishing/odes", "Music/Rock"]),
            "country": st.sampled_from(["US", "ZZ", "de"]),
            "launched_on": st.dates(date(2012, 1, 1), date(2045, 1, 1)),
            "duration_days": st.integers(1, 60),
            "prelaunch_days": st.integers(0, 3650),
            "earlier_projects": st.integers(1, 10_000),
        },
    )
)
def test_points_add_up_in_the_stated_order_for_any_draft(
    predictor: Predictor, portable: Predictor, changes: dict[str, Any]
) -> None:
    draft = replace(DRAFT, **changes)
    for model in (predictor, portable):
        found = model.predict(draft)
        assert sum(c.points for c in found.contributions) == pytest.approx(100 * (found.probability - found.base_rate))
        # What they add up to is what the trees, asked for nothing but their sum, say.
        row = draft.row(model.facts.usd_rates[draft.currency.upper()])
        assert found.probability == pytest.approx(model.given(model.matrix(row, row), model.facts.shift)[0], abs=1e-9)
        assert [c.feature for c in found.contributions] == [g for g in GROUPS if g in model.groups]
        assert 0 <= found.low <= found.probability <= found.high <= 1


def test_a_reference_rate_is_the_start_and_moves_odds_not_ranks(study: Study, portable: Predictor) -> None:
    found = portable.predict(DRAFT)
    assert (found.base_rate, found.base_rate_of) == (0.3, "all projects, as a survey counted them")
    record = study.features[["earlier_projects", "earlier_successes"]]
    crawled = portable.probabilities(study.projects[:50], record[:50])
    rate = study.outcome.mean()
    odds = (0.3 / 0.7) / (rate / (1 - rate))
    # A shift turns the crawl's own rate into the reference's.
    assert shift_odds(np.array([rate]), np.log(odds)) == pytest.approx(0.3)
    row = DRAFT.row(1.3)
    alone = portable.probabilities(row, row)[0]
    assert found.probability / (1 - found.probability) == pytest.approx(alone / (1 - alone) * odds)
    assert (np.argsort(shift_odds(crawled, 1.0)) == np.argsort(crawled)).all()
    assert f"among projects like those the crawl caught it would be {alone:.0%}" in found.notes[-1]
    assert CRAWLED not in found.notes


def test_what_the_model_does_not_read_is_neither_asked_nor_told(portable: Predictor, predictor: Predictor) -> None:
    assert "country" not in portable.asked
    assert set(predictor.asked) == set(Draft.__dataclass_fields__)
    found = portable.predict(replace(DRAFT, category="publishing/odes", country="ZZ"))
    told = {c.feature: c.words for c in found.contributions}
    assert "category" not in told
    assert told["place"] == "in GBP"
    assert told["timing"] == "launch on Tuesday, 3 March"
    assert not any("No project" in note or "2020" in note for note in found.notes if "up to" not in note), found.notes
    assert found.warning == ""


def test_what_the_model_does_not_read_changes_nothing(portable: Predictor) -> None:
    before = portable.predict(DRAFT).probability
    for changes in ({"country": "FR"}, {"category": "games"}, {"launched_on": date(2026, 3, 3)}):
        assert portable.predict(replace(DRAFT, **changes)).probability == before


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("goal", [100.0, 5000.0, 2e6]),
        ("duration_days", [1, 30, 60]),
        ("prelaunch_days", [0, 900]),
        ("launched_on", [date(2020, 7, 4), date(2030, 1, 1)]),
        ("category", ["games/puzzles", "publishing/odes"]),
        ("country", ["us", "DE", "ZZ"]),
        ("currency", ["USD", "EUR"]),
        ("name", ["Harbour", "🎲"]),
        ("blurb", ["", "Signed."]),
        ("earlier_projects", [1, 4]),
    ],
)
def test_a_profile_gives_what_each_draft_gets_alone(predictor: Predictor, field: str, values: list[Any]) -> None:
    found = predictor.profile(DRAFT, field, values)
    for value, p in zip(found.tried, found.probabilities, strict=True):
        assert p == pytest.approx(predictor.predict(replace(DRAFT, **{field: value})).probability, abs=1e-12)
    assert found.tried[found.present] == getattr(DRAFT, field)


@pytest.mark.parametrize(
    ("field", "value", "beyond"),
    [
        ("goal", 1e9, True),
        ("goal", 4000.0, False),
        ("duration_days", 60, False),
        ("launched_on", date(2045, 1, 1), True),
        ("category", "publishing/odes", True),
        ("category", "Publishing/Poetry", False),
        ("country", " us", False),
        ("country", "ZZ", True),
        ("blurb_length", 1, True),
    ],
)
def test_a_profile_says_where_it_extrapolates(predictor: Predictor, field: str, value: Any, beyond: bool) -> None:
    found = predictor.profile(DRAFT, field, [value])
    assert found.extrapolated[found.tried.index(value)] == beyond


def test_a_range_of_goals_is_told_in_the_drafts_currency(predictor: Predictor) -> None:
    _, low, high, _ = predictor.facts.seen["goal_usd"]
    assert predictor.profile(DRAFT, "goal", []).seen == pytest.approx((low / 1.3, high / 1.3))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("pledged", 3, "'pledged' is no field"),
        ("goal", -1, "no amount above 0"),
        ("blurb_length", 500, "no length from 0 to 135"),
        ("currency", "XAU", "no month shows a rate"),
        ("category", "war", "knows no category"),
    ],
)
def test_a_value_that_cannot_be_is_a_problem(predictor: Predictor, field: str, value: Any, words: str) -> None:
    with pytest.raises(Problem, match=words):
        predictor.profile(DRAFT, field, [value])


def test_a_field_that_the_model_does_not_read_has_no_profile(portable: Predictor) -> None:
    with pytest.raises(Problem, match="does not read the country"):
        portable.profile(DRAFT, "country", ["DE"])


def test_an_explanation_is_what_its_parts_are_alone(predictor: Predictor) -> None:
    found = predictor.explain(DRAFT)
    assert found.prediction == predictor.predict(DRAFT)
    for profile in found.profiles:
        alone = predictor.profile(DRAFT, profile.field, profile.tried)
        assert alone.probabilities == pytest.approx(profile.probabilities, abs=1e-12)
        assert (alone.tried, alone.present, alone.extrapolated) == (
            profile.tried,
            profile.present,
            profile.extrapolated,
        )
        assert profile.probabilities[profile.present] == pytest.approx(found.prediction.probability)
    assert [profile.field for profile in found.profiles][:2] == ["goal", "duration_days"]
    assert len(found.neighbours) == 10
    assert all(one.launch_year <= 2020 for one in found.neighbours)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "x" * 10_000, "blurb": "word " * 2000},
        {"name": "🎲", "blurb": ""},
        {"name": "مرفأ هادئ", "blurb": "الطبعة الأولى\nمن ثلاث"},
        {"goal": 0.01},
        {"goal": 1e12},
        {"launched_on": date(2009, 4, 28), "duration_days": 91},
        {"launched_on": date(2100, 1, 1)},
        {"launched_on": date(2024, 2, 29), "prelaunch_days": 3650},
        {"earlier_projects": 10_000, "earlier_successes": 10_000},
    ],
)
def test_the_strangest_draft_is_explained(predictor: Predictor, changes: dict[str, Any]) -> None:
    found = predictor.explain(replace(DRAFT, **changes))
    assert 0 < found.prediction.probability < 1
    assert len(found.profiles) == 5


def test_changes_help_stay_within_what_was_seen_and_are_the_best_there_are(predictor: Predictor) -> None:
    drafts = [replace(DRAFT, goal=g, duration_days=d, prelaunch_days=0) for g in (800.0, 9000.0, 9e5) for d in (8, 60)]
    told = [(draft, predictor.explain(draft)) for draft in drafts]
    assert any(found.changes for _, found in told)
    for draft, found in told:
        assert len(found.changes) <= 3
        assert [c.points for c in found.changes] == sorted((c.points for c in found.changes), reverse=True)
        for change in found.changes:
            profile = next(p for p in found.profiles if p.field == change.field)
            place = profile.tried.index(change.value)
            gained = 100 * (profile.probabilities[place] - found.prediction.probability)
            assert change.points == pytest.approx(gained)
            assert change.points >= LEAST_POINTS
            assert profile.field == "launched_on" or not profile.extrapolated[place]
            if change.field == "goal":
                assert draft.goal / 2 <= change.value < draft.goal


def test_a_change_beyond_what_was_seen_or_not_open_to_a_creator_is_left_out() -> None:
    seen = {"present": 1, "seen": (10.0, 40.0)}
    days = Profile("duration_days", (5, 30, 35), (0.9, 0.5, 0.6), extrapolated=(True, False, False), **seen)
    goals = Profile("goal", (1000.0, 5000.0, 6000.0), (0.9, 0.5, 0.8), extrapolated=(False,) * 3, **seen)
    earlier = Profile("prelaunch_days", (1, 21, 40), (0.9, 0.5, 0.4), extrapolated=(False,) * 3, **seen)
    found = best_changes(DRAFT, [days, goals, earlier])
    assert [(change.field, change.value, change.words) for change in found] == [
        ("duration_days", 35, "35 days to reach it instead of 30")
    ]
    assert found[0].points == pytest.approx(10)


@pytest.mark.parametrize("source", ["", "  "])
def test_a_reference_rate_needs_a_source_and_a_share(source: str) -> None:
    with pytest.raises(Problem, match="no source"):
        ReferenceRate(0.4, source)
    with pytest.raises(Problem, match="41 is not between 0 and 1"):
        ReferenceRate(41, "a survey")


@pytest.mark.parametrize("names", [["staff_pick"], ["goal_log", "pledged_usd"], []])
def test_a_feature_that_no_draft_tells_is_refused(study: Study, names: list[str]) -> None:
    with pytest.raises(Problem, match=r"no field of a draft|no feature"):
        train_predictor(study, study.outcome * 0.5, RATES, boosted_trees=2, seed=1, feature_set=names)
