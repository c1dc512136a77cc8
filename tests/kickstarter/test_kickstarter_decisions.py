import numpy as np
import pytest

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.decisions import decision_curve, threshold_costs

# Six projects: three go ahead at a threshold of .5, of which two succeed; four at .25, of which three do.
OUTCOME = np.array([True, True, False, True, False, False])
CHANCE = np.array([0.9, 0.6, 0.5, 0.3, 0.2, 0.1])
AT = np.array([0.25, 0.5, 0.8])

rng = np.random.default_rng(8)
MANY = rng.random(4000)
ENDED = rng.random(4000) < MANY


def test_net_benefit_by_hand() -> None:
    table = decision_curve(OUTCOME, CHANCE, seed=1, thresholds=AT)
    assert table["net_benefit"].tolist() == pytest.approx([(3 - 1 / 3) / 6, (2 - 1) / 6, 1 / 6])
    assert table["all"].tolist() == pytest.approx([(3 - 3 / 3) / 6, 0.0, (3 - 3 * 4) / 6])
    assert table["none"].tolist() == [0.0, 0.0, 0.0]
    assert table["gain"].tolist() == pytest.approx([(3 - 1 / 3) / 6 - 2 / 6, 1 / 6, 1 / 6])


def test_a_probability_at_the_threshold_goes_ahead() -> None:
    at, above = (decision_curve(OUTCOME, CHANCE, seed=1, thresholds=np.array([t])) for t in (0.6, 0.61))
    assert at["net_benefit"].iloc[0] == pytest.approx(2 / 6)
    assert above["net_benefit"].iloc[0] == pytest.approx(1 / 6)


def test_an_oracle_is_worth_the_base_rate_at_every_threshold() -> None:
    table = decision_curve(ENDED, ENDED.astype(float), seed=1)
    np.testing.assert_allclose(table["net_benefit"], ENDED.mean())


def test_the_band_is_that_of_projects_drawn_anew() -> None:
    table = decision_curve(ENDED, MANY, seed=1, thresholds=AT, resamples=4000)
    draws, drawn = np.random.default_rng(9), []
    for _ in range(4000):
        rows = draws.integers(0, len(MANY), len(MANY))
        y, ahead = ENDED[rows], MANY[rows, None] >= AT
        drawn.append((ahead & y[:, None]).mean(axis=0) - AT / (1 - AT) * (ahead & ~y[:, None]).mean(axis=0))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    assert (high - low).min() > 0.02
    np.testing.assert_allclose(table["low"], low, atol=0.002)
    np.testing.assert_allclose(table["high"], high, atol=0.002)


def test_the_gain_of_random_probabilities_is_not_shown() -> None:
    table = decision_curve(ENDED, rng.random(4000), seed=1)
    assert (table["gain_low"] <= 0).mean() > 0.9


def test_costs_by_hand() -> None:
    table, best = threshold_costs(OUTCOME, CHANCE, 2.0, seed=1, thresholds=AT)
    # .25: one failed launch; .5: one missed success and one failed launch; .8: two missed successes.
    assert table["cost"].tolist() == pytest.approx([100 * 2 / 6, 100 * 3 / 6, 100 * 2 / 6])
    assert table["all"].unique().tolist() == pytest.approx([100 * 6 / 6])
    assert table["none"].unique().tolist() == pytest.approx([100 * 3 / 6])
    assert (best.value, best.n) == (0.25, 6)


@pytest.mark.parametrize("ratio", [0.25, 1.0, 4.0])
def test_true_probabilities_are_cheapest_where_theory_says(ratio: float) -> None:
    _, best = threshold_costs(ENDED, MANY, ratio, seed=1)
    assert best.low - 0.03 <= ratio / (1 + ratio) <= best.high + 0.03
    assert abs(best.value - ratio / (1 + ratio)) < 0.1


@pytest.mark.parametrize("ratio", [0, -1.0, float("nan"), float("inf"), "2"])
def test_a_ratio_that_is_none_is_refused(ratio: float) -> None:
    with pytest.raises(Problem, match="no ratio of costs"):
        threshold_costs(OUTCOME, CHANCE, ratio, seed=1)


def test_the_same_seed_gives_the_same_bands() -> None:
    one, two = (decision_curve(ENDED, MANY, seed=3) for _ in range(2))
    assert one.equals(two)
    assert threshold_costs(ENDED, MANY, 2, seed=3)[1] == threshold_costs(ENDED, MANY, 2, seed=3)[1]
