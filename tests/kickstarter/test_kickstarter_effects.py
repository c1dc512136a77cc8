from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import pytest

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.design import Design
from crowdwise.kickstarter.effects import SCALES, accumulated_effect, accumulated_effects

rng = np.random.default_rng(4)
FIRST = rng.normal(size=5000)
SECOND = FIRST + 0.3 * rng.normal(size=5000)
DESIGN = Design(np.column_stack([FIRST, SECOND]), ("goal_log", "duration_days"), {})


@dataclass
class Known:
    """A model whose probabilities are a formula."""

    formula: Callable[[np.ndarray], np.ndarray]

    def fit(self, design: Design, outcome: np.ndarray) -> Self:
        return self

    def probability(self, design: Design) -> np.ndarray:
        return self.formula(design.matrix)


def test_a_straight_model_has_a_straight_effect() -> None:
    model = Known(lambda x: 0.5 + 0.03 * x[:, 0] - 0.02 * x[:, 1])
    effect = accumulated_effect(model, DESIGN, "goal_log", seed=1, most=5000)
    middle = effect.values.mean()
    np.testing.assert_allclose(effect.curve["effect"], 3 * (effect.curve["value"] - middle), atol=1e-9)
    # All projects move by the same amount, so their differences do not scatter.
    np.testing.assert_allclose(effect.curve["low"], effect.curve["high"], atol=1e-9)


def test_a_feature_the_model_ignores_has_no_effect_however_it_is_correlated() -> None:
    effect = accumulated_effect(Known(lambda x: 0.5 + 0.03 * x[:, 0]), DESIGN, "duration_days", seed=1)
    assert effect.swing == pytest.approx(0, abs=1e-12)


def test_a_bent_effect_is_found_within_its_band() -> None:
    model = Known(lambda x: 0.4 + 0.05 * x[:, 0] ** 2 + 0.05 * x[:, 0] * x[:, 1])
    effect = accumulated_effect(model, DESIGN, "goal_log", seed=1, most=5000, bins=40)
    # The local slope of .05 x² + .05 x z is .1 x + .05 E[z | x] = .15 x, whose integral is .075 x².
    value = effect.curve["value"].to_numpy()
    true = 100 * 0.075 * (value**2 - (effect.values**2).mean())
    np.testing.assert_allclose(effect.curve["effect"], true, atol=0.8)
    assert (effect.curve["low"] <= effect.curve["effect"]).all()
    assert (effect.curve["high"] >= effect.curve["effect"]).all()
    assert (effect.curve["high"] - effect.curve["low"]).max() > 0.05


def test_only_known_values_within_the_stated_range_take_part() -> None:
    column = np.r_[np.arange(1000.0), np.full(50, np.nan)]
    design = Design(column[:, None], ("goal_log",), {})
    effect = accumulated_effect(Known(lambda x: x[:, 0] / 1000), design, "goal_log", seed=1)
    assert effect.curve["value"].agg(["min", "max"]).tolist() == [10.0, 989.0]
    assert (len(effect.values), effect.left_out) == (980, 70)


def test_the_curve_is_zero_on_average_over_the_projects() -> None:
    skewed = Design(rng.exponential(size=(4000, 1)), ("goal_log",), {})
    effect = accumulated_effect(Known(lambda x: np.tanh(x[:, 0]) / 2), skewed, "goal_log", seed=1)
    height = np.interp(effect.values, effect.curve["value"], effect.curve["effect"])
    assert height.mean() == pytest.approx(0, abs=1e-9)


def test_a_feature_with_one_value_is_refused_and_left_out_of_all() -> None:
    design = Design(np.column_stack([np.full(100, 30.0), rng.normal(size=100)]), ("duration_days", "goal_log"), {})
    model = Known(lambda x: 0.5 + 0 * x[:, 0])
    with pytest.raises(Problem, match="fewer than two values"):
        accumulated_effect(model, design, "duration_days", seed=1)
    several = Design(np.column_stack([design.matrix, np.arange(100)]), (*design.names, "prelaunch_log"), {})
    assert [effect.name for effect in accumulated_effects(model, several, seed=1)] == ["goal_log", "prelaunch_log"]


def test_the_same_seed_gives_the_same_band() -> None:
    model = Known(lambda x: 0.5 + 0.1 * np.sin(3 * x[:, 0]))
    one, two, other = (accumulated_effect(model, DESIGN, "goal_log", seed=seed) for seed in (1, 1, 2))
    assert one.curve.equals(two.curve)
    assert not one.curve["low"].equals(other.curve["low"])


@pytest.mark.parametrize("name", SCALES)
def test_a_scale_reads_back_what_it_writes(name: str) -> None:
    ticks = np.array(SCALES[name].ticks, dtype=float)
    np.testing.assert_allclose(SCALES[name].read(SCALES[name].write(ticks)), ticks)
