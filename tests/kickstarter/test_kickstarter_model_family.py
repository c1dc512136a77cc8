"""Each of the models: what is special about it, on data where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from crowdwise.kickstarter.design import Design
from crowdwise.kickstarter.models import BaseRate, Boosted, Forest, Histogram, Logistic, Model, Network, OneRule, Stack

RNG = np.random.default_rng(7)
ROWS = 1200
GOAL, NOISE, KIND = RNG.normal(size=ROWS), RNG.normal(size=ROWS), RNG.integers(0, 4, ROWS).astype(float)
OUTCOME = RNG.random(ROWS) < 1 / (1 + np.exp(2 * GOAL - 2 * (KIND == 2)))
DESIGN = Design(np.column_stack([NOISE, GOAL, KIND]), ("name_words", "goal_log", "category"), {2: 4})
TRAIN, TEST = np.arange(800), np.arange(800, ROWS)
MAKERS = {
    "logistic regression": Logistic,
    "random forest": lambda: Forest(trees=30, seed=1),
    "histogram boosting": lambda: Histogram(trees=40, seed=1),
    "neural network": lambda: Network(seed=1, passes=20),
    "stack": lambda: Stack([Logistic, lambda: Boosted(trees=30, seed=1)], seed=1),
    "LightGBM": lambda: Boosted(trees=40, seed=1),
}


def brier(model: Model) -> float:
    fitted = model.fit(DESIGN.rows(TRAIN), OUTCOME[TRAIN])
    return float(np.mean((fitted.probability(DESIGN.rows(TEST)) - OUTCOME[TEST]) ** 2))


def test_one_rule_beats_the_base_rate_and_every_model_beats_one_rule() -> None:
    rule, base = brier(OneRule()), brier(BaseRate())
    assert rule < base - 0.02
    for name, make in MAKERS.items():
        assert brier(make()) < rule, name


def test_one_rule_says_which_feature_it_reads() -> None:
    rule = OneRule().fit(DESIGN, OUTCOME)
    assert rule.feature == "goal_log"
    told = rule.probability(DESIGN)
    assert len(np.unique(told)) == 6
    assert told[np.argmin(GOAL)] > 0.75 > 0.25 > told[np.argmax(GOAL)]


def test_one_rule_has_an_answer_for_what_is_not_known_and_for_categories() -> None:
    categories = Design(np.array([[0.0], [1.0], [np.nan]] * 40), ("category",), {0: 2})
    rule = OneRule().fit(categories, np.tile([True, False, True], 40))
    low, high, unknown = rule.probability(categories.rows(np.array([1, 0, 2])))
    assert low < 0.4 < 0.6 < high == unknown
    # A row as it was never seen gets the rate of all.
    never = OneRule().fit(categories.rows(np.arange(2)), np.array([True, False]))
    assert never.probability(categories.rows(np.array([2])))[0] == 0.5


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_seed_gives_the_same_bits(name: str) -> None:
    one, two = (MAKERS[name]().fit(DESIGN, OUTCOME).probability(DESIGN) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_a_second_thread_changes_no_bit_of_the_trees() -> None:
    names = (*DESIGN.names, *map(str, range(40)))
    wide = Design(np.column_stack([DESIGN.matrix, RNG.normal(size=(ROWS, 40))]), names, {2: 4})
    one, two = (Boosted(trees=60, seed=3, threads=n).fit(wide, OUTCOME) for n in (1, 2))
    trees = [model.booster.model_to_string().partition("parameters:")[0] for model in (one, two)]
    assert trees[0] == trees[1]
    assert "num_leaves=" in trees[0]


def test_a_constraint_is_kept_everywhere() -> None:
    wrong = RNG.random(ROWS) < 0.5 + 0.2 * np.sin(3 * GOAL)
    free, held = (Boosted(trees=40, seed=1, monotone=m).fit(DESIGN, wrong) for m in (None, {"goal_log": -1, "gone": 1}))
    goals = np.linspace(-2, 2, 60)
    profile = Design(np.column_stack([np.zeros(60), goals, np.zeros(60)]), DESIGN.names, DESIGN.categories)
    assert (np.diff(free.probability(profile)) > 0.01).any()
    assert (np.diff(held.probability(profile)) <= 1e-12).all()


def test_a_feature_left_out_is_never_split_on() -> None:
    for name in ("goal_log", "category"):
        model = Boosted(trees=20, seed=1, without=[name]).fit(DESIGN, OUTCOME)
        splits = dict(zip(DESIGN.names, model.booster.feature_importance(), strict=True))
        assert splits.pop(name) == 0
        assert min(splits.values()) > 0


def test_weights_count_as_projects() -> None:
    weight = np.where(OUTCOME, 4.0, 1.0)
    plain, heavy = (Boosted(trees=40, seed=1).fit(DESIGN, OUTCOME, w).probability(DESIGN) for w in (None, weight))
    assert heavy.mean() > plain.mean() + 0.1
    expected = np.average(OUTCOME, weights=weight)
    assert np.average(heavy, weights=weight) == pytest.approx(expected, abs=0.02)


def test_a_category_with_too_many_values_is_a_number_to_histogram_boosting() -> None:
    many = Design(np.column_stack([np.arange(ROWS) % 300, GOAL]).astype(float), ("category", "goal_log"), {0: 300})
    found = Histogram(trees=20, seed=1).fit(many, OUTCOME).probability(many)
    assert np.isfinite(found).all()


def test_a_stack_learns_its_weights_where_successes_are_few() -> None:
    rare = np.arange(ROWS) < 3
    for seed in range(8):  # three successes, and one of them is held out whatever the seed
        assert np.isfinite(Stack([BaseRate, OneRule], seed=seed).fit(DESIGN, rare).probability(DESIGN)).all()


def test_a_column_that_is_never_known_is_no_trouble() -> None:
    empty = Design(np.column_stack([np.full(ROWS, np.nan), GOAL]), ("prelaunch_log", "goal_log"), {})
    for name in ("logistic regression", "neural network"):
        assert np.isfinite(MAKERS[name]().fit(empty, OUTCOME).probability(empty)).all()
