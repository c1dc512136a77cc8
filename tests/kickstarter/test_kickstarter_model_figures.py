from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from crowdwise.base.statistics import Estimate
from crowdwise.kickstarter.comparison import CROSS_VALIDATION, TEMPORAL, WITHIN, Score
from crowdwise.kickstarter.effects import Effect
from crowdwise.kickstarter.evaluation import CHOSEN, LEAK_PROBE
from crowdwise.kickstarter.figures.curves import draw_learning, draw_ranking
from crowdwise.kickstarter.figures.decisions import draw_costs, draw_decisions
from crowdwise.kickstarter.figures.effects import draw_effects
from crowdwise.kickstarter.figures.model import draw_discrimination, draw_importance, draw_reliability
from crowdwise.kickstarter.figures.slices import draw_slices, draw_years
from crowdwise.kickstarter.slices import score_slices

rng = np.random.default_rng(2)
CHANCE = rng.random(3000)
OUTCOME = rng.random(3000) < CHANCE
CELLS = np.arange(3000) % 12


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    plt.close("all")


def test_the_headline_is_the_honest_figures() -> None:
    values = {
        (CHOSEN, CROSS_VALIDATION, "all"): 0.941,
        (CHOSEN, CROSS_VALIDATION, WITHIN): 0.781,
        (CHOSEN, TEMPORAL, "all"): 0.902,
        (LEAK_PROBE, CROSS_VALIDATION, "all"): 0.853,
    }
    scores = [Score("auc", *where, Estimate(v, v - 0.01, v + 0.01, 0.95, 100)) for where, v in values.items()]
    drawn = draw_discrimination(scores, 0.9)
    told = [drawn.finding.index(number) for number in ("0.781", "0.902", "0.941", "0.853")]
    assert told == sorted(told)
    assert drawn.shown()["alt"] == f"{drawn.words}. {drawn.finding}."
    assert len(drawn.data) == 4


def test_curves_are_read_at_a_tenth_of_false_alarms() -> None:
    drawn = draw_ranking(OUTCOME, {"good": CHANCE, "guess": rng.random(3000)}, seed=1)
    border = np.quantile(CHANCE[~OUTCOME], 0.9)
    assert f"good finds {(CHANCE[OUTCOME] >= border).mean():.0%} of the successes" in drawn.finding
    assert drawn.data["average_precision"].iloc[0] > drawn.data["high"].iloc[1]


def test_calibration_tells_the_furthest_bin() -> None:
    assert "calibrated: no bin" in draw_reliability(OUTCOME, {"calibrated": CHANCE}).finding.lower()
    pushed = draw_reliability(OUTCOME, {"x": CHANCE, "y": np.clip(CHANCE - 0.2, 0, 1)}).finding
    assert float(pushed.split("than ")[1].split()[0]) > 15


def test_a_decision_is_shown_to_be_worth_something_or_not() -> None:
    good = draw_decisions(OUTCOME, {"the model": CHANCE}, seed=1).finding
    assert good.startswith("Going by the model is worth more than one rule for all")
    bad = draw_decisions(OUTCOME, {"the model": np.full(3000, OUTCOME.mean())}, seed=1).finding
    assert bad == "Going by the model is not shown to be worth more than one rule for all"


def test_costs_name_the_cheapest_threshold_and_the_blunt_rule() -> None:
    drawn = draw_costs(OUTCOME, CHANCE, 3, seed=1)
    blunt = 100 * min(3 * (~OUTCOME).mean(), OUTCOME.mean())
    assert "at 3 times" in drawn.finding
    assert f"one rule for all costs {blunt:.1f}" in drawn.finding


def test_importance_tells_when_what_moves_most_is_not_what_helps_most() -> None:
    lost = pd.DataFrame({"group": ["goal", "text"], "auc_lost": [0.2, 0.1], "low": [0.1, 0.0], "high": [0.3, 0.2]})
    moved = pd.DataFrame({"group": ["text", "goal"], "log_odds": [0.9, 0.4]})
    moved = moved.assign(log_odds_low=0.1, log_odds_high=1.0)
    assert draw_importance(lost, moved).finding == (
        "The model rests most on goal, then on text; text moves predictions furthest"
    )
    moved["log_odds"] = [0.2, 0.4]
    assert "and the first moves predictions furthest" in draw_importance(lost, moved).finding


def test_effects_tell_the_largest_swing_and_their_range() -> None:
    curve = pd.DataFrame({"value": [2.0, 5.0], "effect": [12.0, -30.0], "low": [11.0, -31.0], "high": [13.0, -29.0]})
    flat = curve.assign(value=[10.0, 60.0], effect=[1.0, -1.0])
    values = np.linspace(2, 5, 50)
    drawn = draw_effects([Effect("goal_log", curve, values, 7), Effect("duration_days", flat, 10 * values, 0)])
    assert drawn.finding == "Along the goal predictions move most: by 42 points"
    labels = [axes.get_xlabel() for axes in drawn.figure.axes]
    assert "goal, US dollars\n(100 to 100,000; 7 of 57 projects lie outside)" in labels
    assert drawn.data["value"].tolist() == pytest.approx([100, 100_000, 10, 60])


def views(name: str) -> pd.DataFrame:
    parts = np.where(np.arange(3000) < 40, "2019", np.where(np.arange(3000) < 1500, "2020", "2021"))
    return pd.DataFrame({name: pd.Categorical(parts)})


def test_slices_that_are_small_are_not_in_the_title() -> None:
    told = np.where(np.arange(3000) < 1500, CHANCE, np.clip(CHANCE - 0.2, 0, 1))
    drawn = draw_slices(score_slices(OUTCOME, told, views("category"), CELLS, seed=1))
    assert drawn.finding.startswith("Within sub-category and year, AUC from")
    assert "(2019)" not in drawn.finding
    assert drawn.finding.endswith("in 1 of 2 slices observed success is shown to differ from predicted")
    few = score_slices(OUTCOME[:40], told[:40], views("category")[:40], CELLS[:40], seed=1)
    assert draw_slices(few).finding == "Every slice is too small to be judged"


def test_years_tell_how_far_predictions_have_drifted() -> None:
    told = np.where(np.arange(3000) < 1500, CHANCE, np.clip(CHANCE - 0.2, 0, 1))
    late = score_slices(OUTCOME, told, views("year"), CELLS, seed=1)
    drawn = draw_years(
        {"all years": score_slices(OUTCOME, CHANCE, views("year"), CELLS, seed=1), "learnt before": late}
    )
    gap = late.set_index("slice").loc["2021", "gap"]
    assert drawn.finding.endswith(f"in 2021 {100 * gap:.0f} points more succeeded than predicted")
    assert drawn.data["judged"].unique().tolist() == ["all years", "learnt before"]


@pytest.mark.parametrize(("low", "words"), [(0.001, "still rises"), (-0.001, "not shown to rise")])
def test_a_learning_curve_says_whether_it_still_rises(low: float, words: str) -> None:
    table = pd.DataFrame({"projects": [100, 200], "auc": [0.80, 0.81], "low": [0.79, 0.80], "high": [0.81, 0.82]})
    table = table.assign(gain=[np.nan, 0.01], gain_low=[np.nan, low], gain_high=[np.nan, 0.02])
    finding = draw_learning(table).finding
    assert "From 100 to 200 projects the AUC changes by +0.010" in finding
    assert words in finding
    assert draw_learning(table[:1]).finding == "There are too few projects for a learning curve"
