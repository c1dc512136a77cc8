import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.evaluation import CHOSEN, LEAK_PROBE, Study, make_models
from crowdwise.kickstarter.prior import (
    ReferenceRate,
    latest_rate,
    level_shift,
    reference_by_category,
    shift_prior,
    state_population,
    weights_at,
)
from crowdwise.kickstarter.protocols.protocol import list_protocols
from crowdwise.kickstarter.protocols.running import run_protocols
from crowdwise.kickstarter.protocols.shifts import (
    AS_LEARNT,
    CARRIED,
    CRAWLED,
    LATEST,
    OUTSIDE,
    OWN,
    REWEIGHTED,
    shift_cut,
    shifts_table,
)
from crowdwise.kickstarter.scores import calibration_error

share = st.floats(0.001, 0.999)
shares = st.lists(share, min_size=2, max_size=30).map(lambda values: np.sort(np.array(values)))


@given(shares, share)
def test_equal_rates_change_nothing(probability: np.ndarray, rate: float) -> None:
    np.testing.assert_allclose(shift_prior(probability, rate, rate), probability, rtol=1e-9)


@given(shares, share, share)
def test_a_shift_keeps_the_order_and_goes_the_rates_way(probability: np.ndarray, old: float, new: float) -> None:
    moved = shift_prior(probability, old, new)
    assert (np.diff(moved) >= 0).all()
    assert ((moved - probability) * np.sign(new - old) >= -1e-12).all()
    np.testing.assert_allclose(shift_prior(moved, new, old), probability, rtol=1e-6, atol=1e-9)


@given(share, share)
def test_the_training_rate_itself_becomes_the_reference_rate(old: float, new: float) -> None:
    assert shift_prior(np.array([old]), old, new)[0] == pytest.approx(new)


def test_a_shift_is_bayes_theorem_by_counting() -> None:
    rng = np.random.default_rng(5)
    outcome = rng.random(200_000) < 0.7
    score = rng.normal(outcome * 1.0, 1)
    p = 0.7 * np.exp(-((score - 1) ** 2) / 2)
    p = p / (p + 0.3 * np.exp(-(score**2) / 2))
    kept = outcome & (rng.random(len(outcome)) < 0.3) | ~outcome  # far fewer successes are caught
    there = outcome[kept].mean()
    moved = shift_prior(p[kept], 0.7, there)
    assert calibration_error(outcome[kept], p[kept], seed=1).value > 0.15
    assert calibration_error(outcome[kept], moved, seed=1).value < 0.01
    weights = weights_at(outcome, there)
    assert np.average(outcome, weights=weights) == pytest.approx(there)
    weighted = calibration_error(outcome, shift_prior(p, 0.7, there), seed=1, weights=weights)
    assert weighted.value < 0.01
    assert weighted.low <= weighted.value <= weighted.high


@pytest.mark.parametrize("rates", [(0.0, 0.5), (0.5, 1.0), (np.nan, 0.5), (0.5, -1)])
def test_a_rate_that_has_no_odds_is_refused(rates: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        shift_prior(np.array([0.5]), *rates)


def test_a_reference_rate_needs_a_share_and_a_source() -> None:
    assert ReferenceRate(0.41, "a count").rate == 0.41
    with pytest.raises(Problem, match=r"reference_rate: 41 is not between 0 and 1"):
        ReferenceRate(41, "a count")
    with pytest.raises(Problem, match="reference_source: no source"):
        ReferenceRate(0.41, " ")
    said = state_population(ReferenceRate(0.41, "a count"), 0.68, 1234)
    assert "of which 41% succeed (a count)" in said
    assert "1,234 that the crawl caught, of which 68% did" in said


def test_the_latest_rate_counts_only_what_had_ended_in_the_year_before_the_cut() -> None:
    cut = pd.Timestamp("2023-01-01", tz="UTC")
    ended = pd.to_datetime(["2021-12-31", "2022-01-01", "2022-07-01", "2022-12-31", "2023-01-01"], utc=True)
    table = pd.DataFrame({"deadline": ended})
    found = latest_rate(table, np.array([True, True, False, False, True]), cut)
    assert (found.value, found.n) == (pytest.approx(1 / 3), 3)
    with pytest.raises(ValueError, match="no project ended"):
        latest_rate(table, np.ones(5, bool), pd.Timestamp("2021-01-01", tz="UTC"))


@given(shares, st.floats(-5, 5))
def test_a_level_shift_makes_the_mean_right(probability: np.ndarray, push: float) -> None:
    from crowdwise.kickstarter.calibration import log_odds, logistic

    outcome = np.arange(len(probability)) % 2 == 0
    pushed = logistic(log_odds(probability) + push)
    moved = logistic(log_odds(pushed) + level_shift(outcome, pushed))
    assert moved.mean() == pytest.approx(outcome.mean(), abs=1e-6)


def test_rates_by_category_use_the_closest_cell_that_the_reference_names() -> None:
    learnt = pd.DataFrame({"category": ["a/x"] * 40 + ["a/y"] * 20 + ["b/z"] * 20})
    learnt["parent_category"] = learnt["category"].str[0]
    outcome = np.r_[np.ones(40, bool), np.arange(20) % 2 == 0, np.zeros(20, bool)]
    judged = pd.DataFrame({"category": ["a/x", "a/y", "b/z", "a/w"], "parent_category": ["a", "a", "b", "a"]})
    reference = pd.DataFrame({"category": ["a/x", "a"], "rate": [0.23, 0.0]})
    old, new = reference_by_category(learnt, outcome, judged, reference, ReferenceRate(0.41, "s"))
    assert new.tolist() == [0.23, 0.005, 0.41, 0.005]
    whole = 50 / 80
    assert old.tolist() == pytest.approx(
        [(40 + 20 * whole) / 60, (10 + 20 * whole) / 40, 20 * whole / 40, (10 + 20 * whole) / 40]
    )
    moved = shift_prior(np.full(4, 0.9), old, new)
    assert moved[0] < 0.9
    assert ((moved > 0) & (moved < 1)).all()


def test_the_last_cut_is_shifted_by_rates_known_on_its_day(study: Study) -> None:
    rolling = list_protocols(study, folds=2, earliest=200)[2]
    models = make_models(boosted_trees=30, forest_trees=3, seed=1)
    judged = run_protocols(study, [rolling], {name: models[name] for name in (CHOSEN, LEAK_PROBE)})
    reference = ReferenceRate(0.41, "a count")
    last, found = shift_cut(study, judged, reference, CHOSEN)
    np.testing.assert_allclose(found[AS_LEARNT][1], last.found[CHOSEN], rtol=1e-6)
    flipped = [*judged[:-1], type(last)(**{**vars(last), "outcome": ~last.outcome})]
    others = shift_cut(study, flipped, reference, CHOSEN)[1]
    for way in (AS_LEARNT, LATEST, CARRIED, OUTSIDE):
        np.testing.assert_array_equal(others[way][1], found[way][1], err_msg=way)
    assert (others[OWN][1] != found[OWN][1]).any()
    table = shifts_table(study, judged, reference, CHOSEN, seed=1, resamples=50)
    assert len(table) == 8
    crawled = table[table["judged on"] == CRAWLED].set_index("shifted to")
    assert crawled["success there"].eq(last.outcome.mean()).all()
    elsewhere = table[table["judged on"] == REWEIGHTED].set_index("shifted to")
    assert elsewhere["success there"].eq(0.41).all()
    assert elsewhere.loc[OUTSIDE, "brier"] != crawled.loc[OUTSIDE, "brier"]
    with pytest.raises(ValueError, match="in no cut"):
        shift_cut(study, judged, reference, "oracle")
