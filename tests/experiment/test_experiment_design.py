"""Sizes and powers agree with published numbers, with statsmodels, with each other and with simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import power_proportions_2indep, proportion_effectsize

from crowdwise.experiment.design import (
    Size,
    means_effect,
    means_power,
    means_size,
    proportions_effect,
    proportions_power,
    proportions_size,
    standardised,
)

shares = st.floats(0.02, 0.98)
powers = st.floats(0.5, 0.99)
alphas = st.floats(0.001, 0.2)
ratios = st.floats(0.2, 5)


@pytest.mark.parametrize(
    ("control", "treatment", "how", "total"),
    [
        # R 4.3 power.prop.test and pwr.2p.test; Fleiss, Levin & Paik (2003), formula 4.14 for 2:1
        (0.10, 0.12, {}, 2 * 3840.8475),
        (0.38, 0.42, {}, 2 * 2353.4846),
        (0.38, 0.40, {"method": "arcsine"}, 2 * 9334.7116),
        (0.38, 0.42, {"ratio": 2}, 5306.3599),
    ],
)
def test_sizes_for_proportions_are_the_published_ones(control, treatment, how, total):
    assert proportions_size(control, treatment, **how).total == pytest.approx(total, rel=1e-7)


@pytest.mark.parametrize(("effect", "power", "n"), [(0.2, 0.8, 393.4057), (1.0, 0.9, 22.021098)])
def test_sizes_for_means_are_the_published_ones(effect, power, n):
    size = means_size(effect, power=power)
    assert size.control == size.treatment == pytest.approx(n, rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(effect=st.floats(0.05, 2), n=st.floats(4, 3000), alpha=alphas, ratio=ratios)
def test_power_for_means_is_statsmodels(effect, n, alpha, ratio):
    peer = TTestIndPower().power(effect, n, alpha, ratio)
    assume(np.isfinite(peer))
    assert means_power(effect, n, alpha=alpha, ratio=ratio) == pytest.approx(peer, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(control=shares, treatment=shares, n=st.integers(5, 3000), alpha=alphas, ratio=ratios)
def test_power_for_proportions_is_statsmodels(control, treatment, n, alpha, ratio):
    assume(abs(control - treatment) > 1e-3)
    asked = {"alpha": alpha, "ratio": ratio}
    effect = proportion_effectsize(treatment, control)
    arcsine = NormalIndPower().power(effect, n, alpha, ratio)
    assert proportions_power(control, treatment, n, method="arcsine", **asked) == pytest.approx(arcsine, abs=1e-9)
    side = "larger" if treatment > control else "smaller"
    one = proportions_power(control, treatment, n, alternative=side, **asked)
    peer = power_proportions_2indep(treatment - control, control, n * ratio, 1 / ratio, alpha, alternative=side)
    assert one == pytest.approx(peer.power, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(control=shares, treatment=shares, power=powers, alpha=alphas, ratio=ratios, data=st.data())
def test_size_power_and_effect_of_proportions_are_one_relation(control, treatment, power, alpha, ratio, data):
    assume(abs(control - treatment) > 0.01)
    side = "larger" if treatment > control else "smaller"
    alternative = data.draw(st.sampled_from(["two-sided", side]))
    method = data.draw(st.sampled_from(["pooled", "arcsine"]))
    asked = {"alpha": alpha, "ratio": ratio, "alternative": alternative, "method": method}
    size = proportions_size(control, treatment, power=power, **asked)
    assert size.treatment == pytest.approx(ratio * size.control)
    assert proportions_power(control, treatment, size.control, **asked) == pytest.approx(power, abs=1e-8)
    if treatment > control or alternative == "smaller":
        effect = proportions_effect(control, size.control, power=power, **asked)
        assert effect == pytest.approx(treatment - control, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(effect=st.floats(0.001, 3), power=powers, alpha=alphas, ratio=ratios, two=st.booleans())
def test_size_power_and_effect_of_means_are_one_relation(effect, power, alpha, ratio, two):
    asked = {"alpha": alpha, "ratio": ratio, "alternative": "two-sided" if two else "larger"}
    size = means_size(effect, power=power, **asked)
    assume(size.control > 2)
    assert means_power(effect, size.control, **asked) == pytest.approx(power, abs=1e-6)
    assert means_effect(size.control, power=power, **asked) == pytest.approx(effect, rel=1e-5)
    mirrored = {**asked, "alternative": "two-sided" if two else "smaller"}
    assert means_size(-effect, power=power, **mirrored).control == pytest.approx(size.control)


def test_more_power_smaller_effects_and_unequal_arms_need_more_units():
    base = proportions_size(0.3, 0.35)
    assert proportions_size(0.3, 0.35, power=0.9).total > base.total
    assert proportions_size(0.3, 0.34).total > base.total
    assert proportions_size(0.3, 0.35, ratio=3).total > base.total
    assert proportions_size(0.3, 0.35, alternative="larger").total < base.total


def test_a_test_of_nothing_rejects_at_alpha():
    assert means_power(0.0, 50) == pytest.approx(0.05)
    assert means_power(0.0, 50, alternative="larger") == pytest.approx(0.05)
    assert proportions_power(0.3, 0.3, 50, method="arcsine", alternative="larger") == pytest.approx(0.05)


@pytest.mark.parametrize(("control", "treatment", "ratio"), [(0.3, 0.36, 1.0), (0.41, 0.36, 2.0), (0.05, 0.08, 0.5)])
def test_simulated_tests_of_proportions_reject_as_often_as_designed(control, treatment, ratio):
    rng = np.random.default_rng(20240229)
    size, times = proportions_size(control, treatment, ratio=ratio).rounded(), 20_000
    for p, expected in ((treatment, 0.8), (control, 0.05)):
        a = rng.binomial(int(size.control), control, times) / size.control
        b = rng.binomial(int(size.treatment), p, times) / size.treatment
        pooled = (a * size.control + b * size.treatment) / size.total
        z = (b - a) / np.sqrt(pooled * (1 - pooled) * (1 / size.control + 1 / size.treatment))
        assert (np.abs(z) > 1.959964).mean() == pytest.approx(expected, abs=0.011)


@pytest.mark.parametrize(("effect", "ratio"), [(0.5, 1.0), (1.2, 1.0), (0.5, 3.0)])
def test_simulated_t_tests_reject_as_often_as_designed(effect, ratio):
    rng = np.random.default_rng(20240229)
    size, times = means_size(effect, ratio=ratio).rounded(), 10_000
    actual = means_power(effect, size.control, ratio=size.treatment / size.control)
    a = rng.normal(0, 1, (times, int(size.control)))
    b = rng.normal(0, 1, (times, int(size.treatment)))
    assert (stats.ttest_ind(b + effect, a, axis=1).pvalue < 0.05).mean() == pytest.approx(actual, abs=0.013)
    assert (stats.ttest_ind(b, a, axis=1).pvalue < 0.05).mean() == pytest.approx(0.05, abs=0.008)


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda: proportions_size(0.3, 0.3), "no difference to detect"),
        (lambda: means_size(0.0), "no difference to detect"),
        (lambda: means_size(math.nan), "not a finite number"),
        (lambda: proportions_size(0.3, 0.2, alternative="larger"), "does not look for that"),
        (lambda: means_size(0.2, alternative="smaller"), "does not look for that"),
        (lambda: proportions_size(0.3, 0.4, alternative="bigger"), "alternative is"),
        (lambda: proportions_size(0.0, 0.1), "control proportion is 0.0"),
        (lambda: proportions_size(0.1, 1.0), "treatment proportion is 1.0"),
        (lambda: proportions_size(0.1, 0.2, alpha=0), "alpha is 0"),
        (lambda: proportions_size(0.1, 0.2, power=1), "power is 1"),
        (lambda: proportions_size(0.1, 0.2, power=0.04), "above alpha"),
        (lambda: means_size(0.1, ratio=0), "ratio is 0"),
        (lambda: proportions_power(0.1, 0.2, 0), "n is 0"),
        (lambda: proportions_effect(0.3, 5, power=0.99), "can't detect any difference from 0.3"),
        (lambda: proportions_effect(0.01, 50, alternative="smaller"), "even 0 would be missed"),
        (lambda: means_effect(1), "no degree of freedom"),
        (lambda: means_power(0.2, 0.5), "no degree of freedom"),
        (lambda: means_size(1e-9), "needs more than 1e"),
        (lambda: standardised(0, 1, 0.1), "means nothing"),
        (lambda: standardised(2, 0, 0.1), "standard deviation is positive"),
        (lambda: Size(10, 10).inflated(0), "uptake is 0"),
        (lambda: Size(10, 10).inflated(1.2), "uptake is 1.2"),
    ],
)
def test_an_impossible_request_says_why(ask, why):
    with pytest.raises(ValueError, match=why):
        ask()


def test_sizes_are_rounded_up_and_grow_by_the_square_of_the_uptake():
    assert Size(10.2, 20.4).rounded() == Size(11, 21)
    assert Size(11.0, 22.0).rounded() == Size(11, 22)
    assert Size(100, 200).inflated(0.5) == Size(400, 800)
    assert Size(100, 200).inflated(1) == Size(100, 200)


def test_half_an_uptake_needs_the_size_of_half_the_effect():
    full, half = means_size(0.1), means_size(0.05)
    assert full.inflated(0.5).control == pytest.approx(half.control, rel=1e-3)


def test_a_lift_is_put_in_standard_deviations():
    assert standardised(2, 4, 0.05) == pytest.approx(0.025)
    assert standardised(-2, 4, 0.05) == pytest.approx(-0.025)
