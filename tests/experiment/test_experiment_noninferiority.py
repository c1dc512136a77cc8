"""Non-inferiority: the restriction is the likeliest, the test errs and finds as often as exact enumeration says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from crowdwise.experiment.design import (
    means_size,
    noninferiority_means_margin,
    noninferiority_means_power,
    noninferiority_means_size,
    noninferiority_proportions_margin,
    noninferiority_proportions_power,
    noninferiority_proportions_size,
    proportions_size,
    restricted_proportions,
)

shares = st.floats(0.0, 1.0)


@settings(max_examples=60, deadline=None)
@given(control=shares, treatment=shares, delta=st.floats(-0.9, 0.9), ratio=st.floats(0.2, 5))
def test_restricted_proportions_are_the_likeliest_that_differ_so(control, treatment, delta, ratio):
    def loss(p0: float) -> float:
        p = np.clip([p0, p0 + delta], 1e-12, 1 - 1e-12)
        k = np.array([control, treatment])
        return -float(np.array([1, ratio]) @ (k * np.log(p) + (1 - k) * np.log(1 - p)))

    low, high = max(0.0, -delta), min(1.0, 1 - delta)
    best = optimize.minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-10})
    p0, p1 = restricted_proportions(control, treatment, delta, ratio)
    assert p1 - p0 == pytest.approx(delta)
    assert loss(float(p0)) <= best.fun + 1e-6


def enumerate_rejections(control, treatment, margin, n, m):
    """How often the test rejects, over all outcomes of two binomials (not an approximation)."""
    x, y = np.arange(n + 1)[:, None], np.arange(m + 1)
    p0, p1 = restricted_proportions(x / n, y / m, -margin, m / n)
    error = np.sqrt(p0 * (1 - p0) / n + p1 * (1 - p1) / m)
    z = (y / m - x / n + margin) / np.maximum(error, 1e-12)
    chances = stats.binom.pmf(x, n, control) * stats.binom.pmf(y, m, treatment)
    return float(chances[z >= 1.959964].sum())


@pytest.mark.parametrize(
    ("control", "margin", "ratio"), [(0.4, 0.15, 1.0), (0.8, 0.1, 1.0), (0.7, 0.15, 2.0), (0.1, 0.06, 1.0)]
)
def test_the_asked_power_is_reached_in_exact_enumeration(control, margin, ratio):
    size = noninferiority_proportions_size(control, control, margin, ratio=ratio).rounded()
    n, m = int(size.control), int(size.treatment)
    assert enumerate_rejections(control, control, margin, n, m) == pytest.approx(0.8, abs=0.02)
    assert enumerate_rejections(control, control - margin, margin, n, m) == pytest.approx(0.025, abs=0.004)


@settings(max_examples=40, deadline=None)
@given(
    control=st.floats(0.1, 0.9),
    better=st.floats(-0.02, 0.05),
    margin=st.floats(0.03, 0.09),
    power=st.floats(0.5, 0.99),
    ratio=st.floats(0.3, 3),
    higher=st.booleans(),
)
def test_size_power_and_margin_are_one_relation(control, better, margin, power, ratio, higher):
    treatment = control + (better if higher else -better)
    asked = {"ratio": ratio, "higher_is_better": higher}
    size = noninferiority_proportions_size(control, treatment, margin, power=power, **asked)
    assume(size.control > 2)
    assert noninferiority_proportions_power(control, treatment, margin, size.control, **asked) == pytest.approx(power)
    found = noninferiority_proportions_margin(control, treatment, size.control, power=power, **asked)
    assert found == pytest.approx(margin, rel=1e-6)
    mirrored = {"ratio": ratio, "higher_is_better": not higher}
    other = noninferiority_proportions_size(1 - control, 1 - treatment, margin, power=power, **mirrored)
    assert other.control == pytest.approx(size.control)
    means = noninferiority_means_size(better, margin, power=power, ratio=ratio)
    assert noninferiority_means_power(better, margin, means.control, ratio=ratio) == pytest.approx(power, abs=1e-6)
    assert noninferiority_means_margin(better, means.control, power=power, ratio=ratio) == pytest.approx(margin, 1e-4)


def test_a_vanishing_margin_is_the_pooled_test_of_a_difference():
    pooled = proportions_size(0.4, 0.45, alpha=0.025, alternative="larger")
    assert noninferiority_proportions_size(0.4, 0.45, 1e-7).control == pytest.approx(pooled.control, rel=1e-4)
    assert noninferiority_means_size(0.1, 1e-9) == means_size(0.1 + 1e-9, alpha=0.025, alternative="larger")


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda: noninferiority_proportions_size(0.4, 0.3, 0.05), "worse than the control"),
        (lambda: noninferiority_proportions_size(0.4, 0.5, 0.05, higher_is_better=False), "worse than the control"),
        (lambda: noninferiority_proportions_size(0.4, 0.4, 0.5), "reaches beyond"),
        (lambda: noninferiority_proportions_size(0.4, 0.4, -0.1), "margin is -0.1"),
        (lambda: noninferiority_proportions_size(0.0, 0.4, 0.1), "control proportion is 0"),
        (lambda: noninferiority_proportions_power(0.4, 0.4, 0.1, 0), "n is 0"),
        (lambda: noninferiority_proportions_margin(0.4, 0.4, 5, power=0.95), "show no margin"),
        (lambda: noninferiority_proportions_margin(0.05, 0.05, 20), "show no margin"),
        (lambda: noninferiority_means_size(0, 0), "margin is 0"),
        (lambda: noninferiority_means_size(-0.3, 0.2), "is a loss of the margin"),
        (lambda: noninferiority_means_margin(0.5, 1000), "no margin"),
    ],
)
def test_what_can_not_be_shown_is_refused(ask, why):
    with pytest.raises(ValueError, match=why):
        ask()
