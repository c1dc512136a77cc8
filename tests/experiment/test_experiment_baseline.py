"""Baselines are measured as defined, and enrolment counts days as a calendar does."""

from __future__ import annotations

import numpy as np
import pytest

from crowdwise.experiment.design import Baseline, Enrolment, capped, counts_in_window, relative_effect


def test_a_baseline_is_the_mean_and_the_sample_sd():
    baseline = Baseline.of([1, 2, 3, 4])
    assert (baseline.mean, baseline.n) == (2.5, 4)
    assert baseline.sd == pytest.approx(1.2909944)
    low, high = baseline.interval()
    assert (low + high) / 2 == pytest.approx(2.5)
    assert high - 2.5 == pytest.approx(1.959964 * 1.2909944 / 2)
    assert relative_effect(baseline, 0.1) == pytest.approx(0.25 / 1.2909944)


@pytest.mark.parametrize(("values", "why"), [([1], "two values"), ([], "two values"), ([1, np.nan], "finite")])
def test_a_baseline_of_too_little_is_refused(values, why):
    with pytest.raises(ValueError, match=why):
        Baseline.of(values)


def test_capping_touches_only_the_largest_values():
    values = np.r_[np.arange(100.0), 1e6]
    cut = capped(values, 0.95)
    assert cut.max() == 95.0
    assert (cut[:95] == values[:95]).all()
    assert (capped(values, 1.0) == values).all()
    with pytest.raises(ValueError, match="share is 0"):
        capped(values, 0)


def test_counts_in_a_window_are_those_of_simulated_units_with_paces_of_their_own():
    rng = np.random.default_rng(8)
    pace = rng.gamma(0.5, 1.0, 400_000)
    totals = rng.poisson(pace * 20)
    window = rng.poisson(pace)
    baseline = counts_in_window(totals, 20)
    assert baseline.mean == pytest.approx(window.mean(), rel=0.01)
    assert baseline.sd == pytest.approx(window.std(), rel=0.01)


def test_counts_that_spread_less_than_chance_are_taken_as_chance():
    assert counts_in_window([5, 5, 5, 5], 5).sd == pytest.approx(1.0)


@pytest.mark.parametrize(("totals", "periods", "why"), [([1, 2], 0, "0 windows"), ([-1, 2], 3, "not negative")])
def test_counts_that_can_not_be_are_refused(totals, periods, why):
    with pytest.raises(ValueError, match=why):
        counts_in_window(totals, periods)


def test_a_test_lasts_whole_weeks_and_until_the_last_outcome_is_known():
    enrolment = Enrolment(per_day=100, maturity_days=14)
    assert enrolment.days(700) == 7 + 14
    assert enrolment.days(701) == 14 + 14
    assert enrolment.days(701, whole_weeks=False) == 8 + 14
    assert enrolment.matured(14) == 0
    assert enrolment.matured(15) == 100


def test_enrolment_ends_with_the_last_eligible_unit():
    enrolment = Enrolment(per_day=100, maturity_days=0, eligible=250)
    assert enrolment.matured(2) == 200
    assert enrolment.matured(99) == 250
    assert enrolment.days(250, whole_weeks=False) == 3
    with pytest.raises(ValueError, match="needs 251 units and 250 are eligible"):
        enrolment.days(251)


@pytest.mark.parametrize(
    ("per_day", "maturity", "eligible", "why"),
    [(0, 1, 9, "never ends"), (1, -1, 9, "0 days or more"), (1, 1, 0, "nobody to test")],
)
def test_an_enrolment_that_can_not_be_is_refused(per_day, maturity, eligible, why):
    with pytest.raises(ValueError, match=why):
        Enrolment(per_day, maturity, eligible)
