import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.calibration import Calibrator, log_odds, logistic
from crowdwise.kickstarter.scores import auc_difference, auc_within, calibration_error, reliability, score_all
from crowdwise.kickstarter.splits import stratified_folds, temporal_split

rng = np.random.default_rng(3)
CHANCE = rng.random(4000)
OUTCOME = rng.random(4000) < CHANCE


def test_scores_are_those_of_scikit_learn() -> None:
    found = score_all(OUTCOME, CHANCE, seed=1, resamples=100)
    assert found["auc"].value == pytest.approx(roc_auc_score(OUTCOME, CHANCE))
    assert found["brier"].value == pytest.approx(brier_score_loss(OUTCOME, CHANCE))
    assert found["log_loss"].value == pytest.approx(log_loss(OUTCOME, CHANCE), rel=1e-6)
    assert found["accuracy"].value == pytest.approx(((CHANCE >= 0.5) == OUTCOME).mean())
    assert all(e.low <= e.value <= e.high for e in found.values())


def test_true_probabilities_are_calibrated_and_pushed_ones_are_not() -> None:
    honest = calibration_error(OUTCOME, CHANCE, seed=1).value
    pushed = calibration_error(OUTCOME, np.clip(CHANCE * 1.4 - 0.2, 0, 1), seed=1).value
    assert honest < 0.03 < 0.07 < pushed


@pytest.mark.parametrize("probability", [CHANCE, np.clip(CHANCE * 1.1, 0, 1), np.full(4000, OUTCOME.mean())])
def test_the_calibration_interval_reaches_to_both_sides(probability: np.ndarray) -> None:
    found = calibration_error(OUTCOME, probability, seed=1)
    assert 0 <= found.low <= found.value < found.high
    assert found.low < found.value or found.value < 1e-9


def test_a_paired_difference_is_that_of_the_areas_and_narrower_than_either() -> None:
    noisy = CHANCE + rng.normal(0, 0.1, 4000)
    found = auc_difference(OUTCOME, CHANCE, noisy)
    assert found.value == pytest.approx(roc_auc_score(OUTCOME, CHANCE) - roc_auc_score(OUTCOME, noisy))
    whole = score_all(OUTCOME, CHANCE, seed=1, resamples=10)["auc"]
    assert 0 < found.high - found.low < whole.high - whole.low
    same = auc_difference(OUTCOME, CHANCE, CHANCE)
    assert (same.low, same.value, same.high) == (0, 0, 0)
    with pytest.raises(ValueError, match="two projects of each"):
        auc_difference(np.array([True, True, False]), CHANCE[:3], CHANCE[:3])


def test_reliability_counts_every_project_once() -> None:
    table = reliability(OUTCOME, CHANCE, bins=10)
    assert table["projects"].sum() == 4000
    assert table["predicted"].is_monotonic_increasing
    assert ((table["low"] <= table["observed"]) & (table["observed"] <= table["high"])).all()
    assert len(reliability(OUTCOME, np.full(4000, 0.5))) == 1


def test_within_a_cell_the_cell_itself_ranks_nothing() -> None:
    cells = np.repeat(["a", "b"], 500)
    outcome = np.r_[rng.random(500) < 0.9, rng.random(500) < 0.1]
    known = np.where(cells == "a", 0.9, 0.1)
    assert roc_auc_score(outcome, known) > 0.85
    assert auc_within(outcome, known, cells, seed=1).value == 0.5


def test_one_cell_is_the_plain_area() -> None:
    score = CHANCE.round(1)
    within = auc_within(OUTCOME, score, np.zeros(4000), seed=1, resamples=50).value
    assert within == pytest.approx(roc_auc_score(OUTCOME, score))


def test_cells_weigh_by_their_pairs_and_one_sided_ones_not_at_all() -> None:
    cells = np.array(["a"] * 4 + ["b"] * 2 + ["c"] * 3)
    outcome = np.array([1, 1, 0, 0, 1, 0, 1, 1, 1], dtype=bool)
    score = np.array([4, 3, 2, 1, 0, 1, 9, 9, 9], dtype=float)
    found = auc_within(outcome, score, cells, seed=1)
    assert (found.value, found.n) == (pytest.approx(4 / 5), 6)
    with pytest.raises(ValueError, match="both outcomes"):
        auc_within(outcome[6:], score[6:], cells[6:], seed=1)


@given(st.integers(2, 6), st.integers(12, 60), st.integers(0, 9))
def test_folds_part_the_rows_and_keep_the_share(folds: int, size: int, seed: int) -> None:
    outcome = np.arange(size) % 2 == 0
    splits = stratified_folds(outcome, folds, seed)
    assert sorted(np.concatenate([s.test for s in splits]).tolist()) == list(range(size))
    for split in splits:
        assert not set(split.train) & set(split.test)
        assert abs(outcome[split.test].sum() - outcome.sum() / folds) <= 1


def test_too_few_of_one_outcome_is_a_problem() -> None:
    with pytest.raises(Problem, match="too few for 5 folds"):
        stratified_folds(np.array([True] * 20 + [False] * 3), 5, 1)


def test_a_temporal_split_learns_only_from_what_had_ended() -> None:
    launched = pd.to_datetime(pd.Series(range(100)), unit="D", utc=True)
    table = pd.DataFrame({"launched_at": launched, "deadline": launched + pd.Timedelta(days=30)})
    split, cut = temporal_split(table, 0.2)
    assert cut == launched[80]
    assert split.test.tolist() == list(range(80, 100))
    assert split.train.tolist() == list(range(50))  # 50 ends on day 80, the day of the cut


@pytest.mark.parametrize("share", [0, 1, -1, 2])
def test_a_share_that_is_none_is_a_problem(share: float) -> None:
    table = pd.DataFrame({"launched_at": pd.to_datetime([0], utc=True), "deadline": pd.to_datetime([1], utc=True)})
    with pytest.raises(Problem, match="not between 0 and 1"):
        temporal_split(table, share)


def test_a_calibrator_finds_the_line_it_came_from() -> None:
    bent = logistic((log_odds(CHANCE) - 0.5) / 2)
    found = Calibrator.fit(bent, OUTCOME)
    assert (found.slope, found.shift) == (pytest.approx(2, abs=0.2), pytest.approx(0.5, abs=0.1))
    assert calibration_error(OUTCOME, found.apply(bent), seed=1).value < 0.03


def test_a_calibrator_keeps_the_order_even_of_a_worthless_model() -> None:
    assert Calibrator.fit(1 - CHANCE, OUTCOME).slope == 0.01
    assert np.isfinite(Calibrator.fit(OUTCOME.astype(float), OUTCOME).apply(np.array([0.0, 0.5, 1.0]))).all()
