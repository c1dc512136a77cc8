"""The range of a probability: it holds it, it rises with it, and held-out projects say how far to trust it."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from crowdwise.base.errors import Problem
from crowdwise.base.seeds import generator
from crowdwise.kickstarter.score_range import ScoreRange, range_coverage, share_interval
from crowdwise.kickstarter.scores import reliability
from crowdwise.kickstarter.splits import Split, stratified_folds


def draw(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = generator(seed, "range")
    probability = rng.beta(1.5, 1.0, n)
    return probability, rng.random(n) < probability


def test_the_interval_of_a_share_is_wilsons() -> None:
    for successes, n in ((0, 5), (3, 10), (700, 1000), (50, 50)):
        low, high = share_interval(np.array([successes]), np.array([n]))
        assert (low[0], high[0]) == pytest.approx(proportion_confint(successes, n, method="wilson"), abs=1e-6)


def test_a_range_holds_its_probability_and_rises_with_it() -> None:
    fitted = ScoreRange.fit(*draw(8000, 1))
    p = np.linspace(0.001, 0.999, 500)
    low, high = fitted.look_up(p)
    assert (low <= p).all()
    assert (p <= high).all()
    assert (np.diff(low) >= 0).all()
    assert (np.diff(high) >= 0).all()
    assert 0.02 < (high - low)[250] < 0.09, "a thousand projects around one half: 6 points"


def test_few_projects_give_wide_ranges_and_hardly_any_give_none() -> None:
    few, many = (ScoreRange.fit(*draw(n, 2)).look_up(np.array([0.5])) for n in (60, 8000))
    assert few[1] - few[0] > 3 * (many[1] - many[0])
    with pytest.raises(Problem, match="19 projects are too few"):
        ScoreRange.fit(*draw(19, 2))


def test_one_outcome_alone_gives_a_range_all_the_same() -> None:
    low, high = ScoreRange.fit(np.full(100, 0.9), np.ones(100, dtype=bool)).look_up(np.array([0.9]))
    assert 0.8 < low[0] <= 0.9
    assert high[0] <= 1


def test_bins_of_right_probabilities_lie_inside_as_often_as_chance_lets_them() -> None:
    probability, outcome = draw(20_000, 3)
    table = range_coverage(probability, outcome, stratified_folds(outcome, 5, 3))
    assert table["projects"].tolist() == [1000] * 20
    assert table["inside"].mean() >= 0.7
    assert table["inside"].mean() == pytest.approx(table["inside_by_chance"].mean(), abs=0.2)
    assert table["observed"].tolist() == pytest.approx(reliability(outcome, probability)["observed"].tolist(), abs=0.02)


def test_bins_of_a_world_that_changed_lie_outside() -> None:
    (before, then), (after, _) = draw(8000, 4), draw(4000, 5)
    now = generator(5, "harder").random(4000) < after**2
    rows = np.arange(12_000)
    table = range_coverage(np.r_[before, after], np.r_[then, now], [Split(rows[:8000], rows[8000:])])
    assert table["projects"].sum() == 4000
    assert table["inside"].mean() < 0.4
