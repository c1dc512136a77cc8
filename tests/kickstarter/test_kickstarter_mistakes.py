import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdwise.kickstarter.calibration import log_odds
from crowdwise.kickstarter.evaluation import CHOSEN, LEAK_PROBE, Study, make_models
from crowdwise.kickstarter.features import GROUPS
from crowdwise.kickstarter.importance import contributions, shap_importance
from crowdwise.kickstarter.later import Later, judge_later
from crowdwise.kickstarter.mistakes import plain_name, tell_mistakes, worst_mistakes
from crowdwise.kickstarter.models import Boosted
from crowdwise.reporting.frames import frame_to_html

MODELS = make_models(boosted_trees=30, forest_trees=5, seed=1)


@pytest.fixture(scope="module")
def later(study: Study) -> Later:
    return judge_later(study, {name: MODELS[name] for name in (CHOSEN, LEAK_PROBE)}, 0.3)


def test_later_launches_are_judged_by_models_that_knew_only_earlier_ones(study: Study, later: Later) -> None:
    assert (study.projects["deadline"].iloc[later.split.train] < later.cut).all()
    assert (study.projects["launched_at"].iloc[later.split.test] >= later.cut).all()
    assert later.running == len(study.outcome) - len(later.split.train) - len(later.split.test) > 0
    np.testing.assert_array_equal(later.found[CHOSEN], later.chosen.probability(later.seen))
    learnt, judged = len(later.split.train), len(later.split.test)
    assert f"{learnt:,} projects ended by {later.cut:%Y-%m-%d}, judged on {judged:,} later" in str(later)


def test_groups_add_up_to_the_log_odds(later: Later) -> None:
    assert isinstance(later.chosen, Boosted)
    rows = np.arange(0, len(later.split.test), 7)
    parts = contributions(later.chosen, later.seen, rows)
    assert parts.columns.tolist() == list(GROUPS)
    whole = log_odds(later.found[CHOSEN][rows])
    mean = whole - parts.sum(axis=1)
    np.testing.assert_allclose(mean, mean[0], atol=1e-9)


def test_what_moves_predictions_is_the_mean_size_of_the_contributions(later: Later) -> None:
    assert isinstance(later.chosen, Boosted)
    table = shap_importance(later.chosen, later.seen, seed=1, most=10_000, resamples=50).set_index("group")
    parts = contributions(later.chosen, later.seen, np.arange(len(later.split.test)))
    np.testing.assert_allclose(table["log_odds"], parts.abs().mean())
    assert (table["log_odds_low"] <= table["log_odds"]).all()
    assert table.loc["goal", "log_odds"] > table.loc["place", "log_odds_high"]


def test_the_worst_are_the_surest_failures_and_the_most_doubted_successes() -> None:
    outcome = np.array([True, False, True, False, False])
    chance = np.array([0.4, 0.9, 0.1, 0.9, 0.2])
    assert worst_mistakes(outcome, chance, most=2).tolist() == [1, 3, 2, 0]
    assert worst_mistakes(outcome, chance, most=9).tolist() == [1, 3, 4, 2, 0]


def test_of_each_kind_only_the_worst_is_taken() -> None:
    outcome = np.array([True, False, True, False, False])
    chance = np.array([0.4, 0.9, 0.1, 0.8, 0.2])
    kinds = np.array(["games", "music", "games", "music", "food"], dtype=object)
    assert worst_mistakes(outcome, chance, kinds).tolist() == [1, 4, 2]


def test_a_mistake_is_told_with_what_the_model_saw(study: Study, later: Later) -> None:
    table = tell_mistakes(study.projects, study.outcome, later, CHOSEN, most=2)
    assert table["ended"].tolist() == ["did not reach its goal"] * 2 + ["reached its goal"] * 2
    failed = ~study.outcome[later.split.test]
    surest = np.flatnonzero(failed)[later.found[CHOSEN][failed].argmax()]
    project = study.projects.iloc[later.split.test[surest]]
    told = table["told"].iloc[0]
    assert told.startswith(f"“{plain_name(project['name'])}”, {project['category']}, from {project['country']}")
    assert f"${project['goal_usd']:,.0f} in " in told
    assert "(+0.0)" not in " ".join(table["told"])
    assert "(−0.0)" not in " ".join(table["told"])
    assert f"It was given {later.found[CHOSEN][surest]:.1%}." in told
    before = study.projects.iloc[later.split.train]["category"] == project["category"]
    won = int((before & study.outcome[later.split.train]).sum())
    assert told.endswith(f"Of {before.sum():,} it had learnt from in {project['category']}, {won:,} succeeded.")


def test_names_are_shown_as_text_whatever_they_hold(study: Study, later: Later) -> None:
    hostile = study.projects.assign(name="<script>alert('x')</script>\n\u202e|# evil\x07")
    table = tell_mistakes(hostile, study.outcome, later, CHOSEN, most=1)
    page = frame_to_html(table)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page
    assert "\x07" not in page


@given(st.one_of(st.none(), st.just(float("nan")), st.text(max_size=200)))
def test_a_name_becomes_one_short_line(name: str | None) -> None:
    plain = plain_name(name)
    assert len(plain) <= 60
    assert plain == " ".join(plain.split())
    assert plain_name(plain) == plain
    assert not pd.isna(plain)
