"""Measures of drift, by hand and by their properties, and the rule that is made of them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdwise.base.errors import Problem
from crowdwise.base.statistics import Estimate
from crowdwise.kickstarter.distance import stability_index
from crowdwise.kickstarter.refresh.ageing import Ageing, calibration_by_chance
from crowdwise.kickstarter.refresh.novelty import Novelty, compare_fields, find_novelty, share_outside
from crowdwise.kickstarter.refresh.shift import compare_features, compare_success, grade
from crowdwise.kickstarter.refresh.verdict import Thresholds, decide
from crowdwise.kickstarter.union import Union

THRESHOLDS = Thresholds(psi=0.25, auc_drop=0.02, calibration=0.05, share_new=0.1)
NOTHING_NEW = Novelty({"category": {}, "country": {}, "currency": {}}, 0.0, 0.1, 0.11)
CALM = pd.DataFrame({"feature": ["goal_log", "country"], "psi": [0.05, 0.01], "by_chance": [0.01, 0.01]})
COUNTS = st.lists(st.integers(0, 10_000), min_size=4, max_size=4).map(np.array)


def estimate(value: float, half: float = 0.005) -> Estimate:
    return Estimate(value, value - half, value + half, 0.95, 1000)


def aged(auc: float, error: float = 0.02, half: float = 0.005) -> Ageing:
    now = {"auc": estimate(auc, half), "brier": estimate(0.2), "calibration_error": estimate(error)}
    return Ageing(1000, now, {"auc": estimate(0.8)}, 0.015)


@pytest.fixture
def projects(world: Union) -> pd.DataFrame:
    return world.projects[world.projects["outcome"].notna()].reset_index(drop=True)


def test_the_stability_index_is_the_one_computed_by_hand() -> None:
    # 30 of 40 against 10 of 40, half a project added to each bin: 30.5/41 against 10.5/41.
    by_hand = (20 / 41) * math.log(30.5 / 10.5) * 2
    assert stability_index(np.array([30, 10]), np.array([10, 30])) == pytest.approx(by_hand)


@given(COUNTS, COUNTS)
def test_the_stability_index_is_a_symmetric_divergence(then: np.ndarray, now: np.ndarray) -> None:
    found = stability_index(then, now)
    assert found >= 0
    assert math.isfinite(found)
    assert found == pytest.approx(stability_index(now, then))
    assert stability_index(then, then) == 0


def test_indexes_have_their_usual_words() -> None:
    assert [grade(psi) for psi in (0.09, 0.1, 0.25, 0.26)] == ["stable", "moderate", "moderate", "large"]


def test_halves_of_one_population_drift_by_about_what_chance_gives(projects: pd.DataFrame) -> None:
    # Copies, so that the halves are large enough for chance to be small.
    rows = np.random.default_rng(7).integers(0, len(projects), 8000)
    drift = compare_features(projects.iloc[rows[:4000]], projects.iloc[rows[4000:]])
    assert (drift["psi"] < 3 * drift["by_chance"] + 0.01).all()
    assert set(drift["verdict"]) == {"stable"}


def test_what_was_changed_drifts_and_nothing_else(projects: pd.DataFrame) -> None:
    changed = projects.assign(goal_usd=projects["goal_usd"] * 4)
    drift = compare_features(projects, changed).set_index("feature")
    assert drift.index[0] == "goal_log"
    assert drift.loc["goal_log", "verdict"] == "large"
    assert drift.loc["goal_log", "median_now"] - drift.loc["goal_log", "median_then"] == pytest.approx(math.log10(4))
    assert drift.loc["goal_log", "ks"] > 0.15
    assert (drift.drop(index="goal_log")["psi"] == 0).all()


def test_unknown_numbers_have_a_bin_of_their_own(projects: pd.DataFrame) -> None:
    changed = projects.assign(created_at=pd.NaT)
    drift = compare_features(projects, changed).set_index("feature")
    assert drift.loc["prelaunch_log", "verdict"] == "large"
    assert np.isnan(drift.loc["prelaunch_log", "ks"])


def test_success_rates_are_compared_category_by_category(projects: pd.DataFrame) -> None:
    lost = projects["parent_category"].eq("music") & (np.arange(len(projects)) % 4 > 0)
    changed = projects.assign(outcome=projects["outcome"].mask(lost, False))
    table = compare_success(projects, changed, level=0.95).set_index("parent_category")
    assert table.index[0] == "all"
    assert table.loc["music", "difference"] < 0
    assert table.loc["music", "difference_high"] < 0
    assert table.loc["music", "p_holm"] < 0.05
    others = table.drop(index=["all", "music"])
    assert (others["p_holm"] == 1).all()
    assert others["share_now"].sum() + table.loc["music", "share_now"] == pytest.approx(1)


def test_a_category_on_one_side_only_has_no_difference(projects: pd.DataFrame) -> None:
    table = compare_success(projects[projects["parent_category"] != "dance"], projects, level=0.95)
    dance = table.set_index("parent_category").loc["dance"]
    assert dance["projects_then"] == 0
    assert dance[["rate_then", "difference", "p_holm"]].isna().all()


def test_values_never_seen_are_counted(projects: pd.DataFrame) -> None:
    now = projects.assign(currency=projects["currency"].where(np.arange(len(projects)) % 5 > 0, "CHF"))
    found = find_novelty(projects, now)
    assert found.unseen["currency"] == {"CHF": math.ceil(len(projects) / 5)}
    assert found.share == pytest.approx(0.2, abs=0.01)
    assert (found.words_then, found.words_now) == (None, None)
    assert find_novelty(projects, projects, {"category": [], "country": [], "currency": []}).share == 1


def test_words_outside_the_vocabulary_are_shared_out_by_occurrence() -> None:
    assert share_outside(["the fox, The fox", "a whale"], {"the", "fox"}) == pytest.approx(1 / 5)
    assert share_outside([""], {"the"}) == 0


def test_fields_come_and_go() -> None:
    assert compare_fields(("a", "b"), ("b", "c")) == {"new": ["c"], "gone": ["a"]}
    assert compare_fields(None, ("b",)) is None


def test_chance_alone_makes_a_calibration_error_that_falls_with_size() -> None:
    few, many = (calibration_by_chance(np.linspace(0.1, 0.9, size), seed=1) for size in (200, 5000))
    assert 0.05 < few < 0.15
    assert few / many == pytest.approx(5, rel=0.2)


def test_a_calm_month_asks_for_nothing() -> None:
    verdict = decide(CALM, 1000, NOTHING_NEW, aged(0.79), THRESHOLDS)
    assert not verdict.retrain
    assert verdict.because.startswith("none of the 5 criteria")


@pytest.mark.parametrize(
    ("drift", "novelty", "ageing", "because"),
    [
        (CALM.assign(psi=[0.3, 0.01]), NOTHING_NEW, aged(0.79), "goal_log 0.30"),
        (CALM, NOTHING_NEW, aged(0.7), "AUC went from 0.800 to 0.700"),
        (CALM, NOTHING_NEW, aged(0.79, error=0.08), "calibration error is 0.080"),
        (CALM, Novelty({"currency": {"CHF": 12}}, 0.12, 0.1, 0.1), aged(0.79), "CHF (12)"),
        (CALM, Novelty({}, 0.0, 0.1, 0.25), aged(0.79), "25.0% of words"),
    ],
)
def test_one_criterion_is_enough_and_is_named(
    drift: pd.DataFrame, novelty: Novelty, ageing: Ageing, because: str
) -> None:
    verdict = decide(drift, 1000, novelty, ageing, THRESHOLDS)
    assert verdict.retrain
    assert because in verdict.because
    assert sum(criterion.met for criterion in verdict.criteria) == 1


def test_noise_is_no_drop() -> None:
    verdict = decide(CALM, 1000, NOTHING_NEW, aged(0.77, half=0.05), THRESHOLDS)
    assert not verdict.retrain
    assert "which noise can explain" in verdict.criteria[1].words


def test_drift_that_chance_can_give_does_not_count() -> None:
    few = CALM.assign(psi=[0.3, 0.01], by_chance=[0.1, 0.1])
    assert not decide(few, 250, NOTHING_NEW, aged(0.79), THRESHOLDS).retrain
    assert decide(CALM.assign(psi=[9.0, 0.01]), 199, NOTHING_NEW, aged(0.79), THRESHOLDS).criteria[0].value is None


def test_without_a_model_only_the_data_is_judged() -> None:
    verdict = decide(CALM, 1000, Novelty({}, 0.0, None, None), None, THRESHOLDS)
    assert [criterion.value is None for criterion in verdict.criteria] == [False, True, True, False, True]
    assert "none of the 2 criteria" in verdict.because


@pytest.mark.parametrize("value", [0, -1, True, "much", float("nan")])
def test_a_threshold_is_a_number_above_0(value: float) -> None:
    with pytest.raises(Problem, match="refresh: psi"):
        Thresholds(value, 0.02, 0.05, 0.1)
