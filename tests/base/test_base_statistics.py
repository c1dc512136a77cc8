"""Intervals agree with statsmodels and scikit-learn, cover what they promise, and refuse what means nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from crowdwise.base.statistics import Estimate, auc_interval, holm, mean_interval, mean_intervals, proportion_interval


@given(n=st.integers(1, 5000), share=st.floats(0, 1), level=st.sampled_from([0.8, 0.95, 0.99]))
def test_a_proportions_interval_is_wilsons(n, share, level):
    successes = round(n * share)
    estimate = proportion_interval(successes, n, level=level)
    assert (estimate.low, estimate.high) == pytest.approx(
        proportion_confint(successes, n, alpha=1 - level, method="wilson"), abs=1e-12
    )
    assert estimate.low <= estimate.value <= estimate.high
    assert (estimate.value, estimate.n, estimate.level) == (successes / n, n, level)


def test_newcombes_published_interval():
    estimate = proportion_interval(81, 263)  # Newcombe (1998), table I
    assert (estimate.low, estimate.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@pytest.mark.parametrize(("successes", "n"), [(1, 0), (-1, 5), (6, 5)])
def test_a_proportion_of_nothing_is_refused(successes, n):
    with pytest.raises(ValueError, match="a proportion needs"):
        proportion_interval(successes, n)


@settings(max_examples=50, deadline=None)
@given(data=st.data(), n=st.integers(4, 80))
def test_the_area_is_scikit_learns_with_ties_counted_half(data, n):
    outcome = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    outcome[:2] = [True, False]
    score = np.array(data.draw(st.lists(st.integers(-3, 3), min_size=n, max_size=n)), dtype=float)
    estimate = auc_interval(outcome, score)
    assert estimate.value == pytest.approx(roc_auc_score(outcome, score), abs=1e-12)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


def test_the_areas_variance_is_delongs():
    rng = np.random.default_rng(1)
    outcome = rng.random(60) < 0.4
    score = np.round(rng.normal(size=60) + outcome, 1)
    ones, zeros = score[outcome], score[~outcome]
    wins = (ones[:, None] > zeros) + 0.5 * (ones[:, None] == zeros)  # by pairs, as DeLong et al. (1988) define it
    area = wins.mean()
    variance = wins.mean(axis=1).var(ddof=1) / len(ones) + wins.mean(axis=0).var(ddof=1) / len(zeros)
    logit, half = np.log(area / (1 - area)), 1.959964 * np.sqrt(variance) / (area * (1 - area))
    expected = [1 / (1 + np.exp(-(logit - half))), 1 / (1 + np.exp(-(logit + half)))]
    estimate = auc_interval(outcome, score)
    assert [estimate.low, estimate.high] == pytest.approx(expected, rel=1e-6)


def test_the_areas_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(2)
    truth, covered, times = 0.7602499, 0, 400  # P(N(1, 1) > N(0, 1))
    outcome = np.arange(160) < 60
    for _ in range(times):
        estimate = auc_interval(outcome, rng.normal(size=160) + outcome)
        covered += estimate.low <= truth <= estimate.high
    assert covered / times == pytest.approx(0.95, abs=0.03)


def test_a_perfect_area_has_no_width_and_one_outcome_has_no_area():
    assert auc_interval([0, 0, 1, 1], [1, 2, 3, 4]) == Estimate(1.0, 1.0, 1.0, 0.95, 4)
    with pytest.raises(ValueError, match="needs both outcomes"):
        auc_interval([1, 1], [0.1, 0.2])
    with pytest.raises(ValueError, match="not finite"):
        auc_interval([0, 1], [0.1, np.nan])
    with pytest.raises(ValueError, match="flat and of one length"):
        auc_interval([0, 1], [0.1])


def test_a_means_interval_is_close_to_the_normal_one_and_repeats():
    values = np.random.default_rng(3).exponential(size=2000)
    estimate = mean_interval(values, seed=1)
    half = 1.96 * values.std(ddof=1) / np.sqrt(2000)
    assert estimate.value == pytest.approx(values.mean())
    assert (estimate.low, estimate.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.1 * half)
    assert estimate == mean_interval(values, seed=1)
    assert estimate != mean_interval(values, seed=2)


def test_several_means_at_once_are_each_what_it_is_alone():
    one, other = np.random.default_rng(3).exponential(size=(2, 300))
    both = mean_intervals({"one": one, "other": other}, seed=4, resamples=100)
    assert both == {name: mean_interval(x, seed=4, resamples=100) for name, x in (("one", one), ("other", other))}
    for wrong, why in (({}, "non-empty"), ({"one": one, "other": other[:-1]}, "one length")):
        with pytest.raises(ValueError, match=why):
            mean_intervals(wrong, seed=4)


@pytest.mark.parametrize(("values", "why"), [([], "non-empty"), ([[1.0]], "flat"), ([1, np.nan], "finite")])
def test_a_mean_of_nothing_is_refused(values, why):
    with pytest.raises(ValueError, match=why):
        mean_interval(values, seed=1)


@pytest.mark.slow
@settings(max_examples=6, deadline=None)  # statsmodels takes a tenth of a second for each
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holms_adjustment_is_statsmodels(p_values):
    expected = multipletests(p_values, method="holm")[1]
    assert holm(p_values) == pytest.approx(expected, abs=1e-12)
