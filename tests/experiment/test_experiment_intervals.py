"""Two proportions are compared as published; lifts have Fieller's and Katz's intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from crowdwise.base.errors import Problem
from crowdwise.experiment.intervals import compare_proportions, reject_inferiority, restricted_proportions
from crowdwise.experiment.lift import fieller, lift_by_fieller, lift_by_log
from crowdwise.experiment.welch import welch

METHODS = ["farrington-manning", "miettinen-nurminen", "newcombe"]
counts = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("treatment", "control", "method", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, table II: methods 5 (Mee), 6 (Miettinen-Nurminen) and 10
        ((56, 70), (48, 80), 0, 0.0533, 0.3377),
        ((56, 70), (48, 80), 1, 0.0528, 0.3382),
        ((56, 70), (48, 80), 2, 0.0524, 0.3339),
        ((9, 10), (3, 10), 0, 0.1821, 0.8370),
        ((9, 10), (3, 10), 1, 0.1700, 0.8406),
        ((9, 10), (3, 10), 2, 0.1705, 0.8090),
        ((6, 7), (2, 7), 0, 0.0544, 0.8478),
        ((6, 7), (2, 7), 1, 0.0342, 0.8534),
        ((6, 7), (2, 7), 2, 0.0582, 0.8062),
        ((5, 56), (0, 29), 0, -0.0313, 0.1926),
        ((5, 56), (0, 29), 1, -0.0326, 0.1933),
        ((5, 56), (0, 29), 2, -0.0381, 0.1926),
        ((0, 10), (0, 20), 0, -0.1611, 0.2775),
        ((0, 10), (0, 20), 1, -0.1658, 0.2844),
        ((0, 10), (0, 20), 2, -0.1611, 0.2775),
        ((0, 10), (0, 10), 1, -0.2879, 0.2879),
        ((0, 10), (0, 10), 2, -0.2775, 0.2775),
        ((10, 10), (0, 20), 0, 0.7225, 1.0),
        ((10, 10), (0, 20), 1, 0.7156, 1.0),
        ((10, 10), (0, 20), 2, 0.6791, 1.0),
        ((10, 10), (0, 10), 0, 0.6777, 1.0),
        ((10, 10), (0, 10), 1, 0.6636, 1.0),
        ((10, 10), (0, 10), 2, 0.6075, 1.0),
    ],
)
def test_intervals_are_newcombe_s_table(treatment, control, method, low, high):
    effect = compare_proportions(control, treatment, method=METHODS[method])
    assert (effect.low, effect.high) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))
    assert effect.difference == pytest.approx(treatment[0] / treatment[1] - control[0] / control[1])


def test_the_score_interval_is_r_s():
    effect = compare_proportions((48, 80), (56, 70))
    assert (effect.low, effect.high) == (pytest.approx(0.0533338, abs=6e-8), pytest.approx(0.3377296, abs=2e-7))


def test_the_score_test_of_no_difference_is_pearson_s():
    """Without continuity correction, as R's prop.test(correct = FALSE) and SciPy's chi2_contingency."""
    table = [[56, 14], [48, 32]]
    effect = compare_proportions((48, 80), (56, 70))
    assert effect.p_value == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(control=counts, treatment=counts, share=st.floats(-0.95, 0.95))
def test_restricted_proportions_are_the_likeliest(control, treatment, share):
    (x, m), (y, n) = control, treatment

    def unlikely(base):
        p, q = np.clip([base, base + share], 1e-300, 1 - 1e-16)
        logs = x * np.log(p) + (m - x) * np.log1p(-p) + y * np.log(q) + (n - y) * np.log1p(-q)
        return -float(logs)

    found, other = restricted_proportions(control, treatment, share)
    assert other - found == pytest.approx(share)
    ends = max(0.0, -share), min(1.0, 1 - share)
    assert ends[0] - 1e-12 <= found <= ends[1] + 1e-12
    searched = optimize.minimize_scalar(unlikely, bounds=ends, method="bounded", options={"xatol": 1e-10})
    assert unlikely(found) <= searched.fun + 1e-6 * max(1.0, abs(searched.fun))


@settings(max_examples=60, deadline=None)
@given(control=counts, treatment=counts, method=st.sampled_from(METHODS), level=st.floats(0.5, 0.999))
def test_swapped_arms_turn_the_interval_around(control, treatment, method, level):
    one = compare_proportions(control, treatment, method=method, level=level)
    two = compare_proportions(treatment, control, method=method, level=level)
    assert (one.low, one.high) == (pytest.approx(-two.high, abs=1e-9), pytest.approx(-two.low, abs=1e-9))
    assert one.p_value == pytest.approx(two.p_value, abs=1e-12)
    assert -1 <= one.low <= one.difference + 1e-12
    assert one.difference - 1e-12 <= one.high <= 1


@settings(max_examples=60, deadline=None)
@given(control=counts, treatment=counts, margin=st.floats(0.01, 0.6), method=st.sampled_from(METHODS[:2]))
def test_the_margin_is_refused_just_where_the_interval_ends(control, treatment, margin, method):
    for direction in ("increase", "decrease"):
        p = reject_inferiority(control, treatment, margin, direction=direction, method=method)
        assume(1e-6 < p < 0.49)
        effect = compare_proportions(control, treatment, level=1 - 2 * p, method=method)
        end = effect.low if direction == "increase" else -effect.high
        assert end == pytest.approx(-margin, abs=1e-6)


def test_inferiority_is_refused_as_by_hand():
    """Equal proportions of 40 % and margin .05: the likeliest pair that differs by it, searched, gives the z."""
    control = treatment = (602, 1505)
    low = optimize.minimize_scalar(
        lambda q: -(602 * math.log(q + 0.05) + 903 * math.log(0.95 - q) + 602 * math.log(q) + 903 * math.log(1 - q)),
        bounds=(0.01, 0.9),
        method="bounded",
        options={"xatol": 1e-12},
    ).x
    z = 0.05 / math.sqrt((low * (1 - low) + (low + 0.05) * (0.95 - low)) / 1505)
    assert reject_inferiority(control, treatment, 0.05) == pytest.approx(stats.norm.sf(z), rel=1e-6)
    assert z == pytest.approx(1.959964 + 0.841621, abs=0.002)  # the size that the design gives has power .8


@pytest.mark.parametrize("p", [0.1, 0.4, 0.8])
def test_inferiority_is_refused_wrongly_as_often_as_allowed(p):
    """Every outcome of 2 x 60 units, weighed exactly: the error at the margin's edge is near .025."""
    n, margin = 60, 0.15
    q = p - margin if p > margin else p + margin
    direction = "increase" if q < p else "decrease"
    error = 0.0
    chances = stats.binom.pmf(np.arange(n + 1), n, p), stats.binom.pmf(np.arange(n + 1), n, q)
    for x, at_control in enumerate(chances[0]):
        for y, at_treatment in enumerate(chances[1]):
            if (
                at_control * at_treatment > 1e-9
                and reject_inferiority((x, n), (y, n), margin, direction=direction) < 0.025
            ):
                error += at_control * at_treatment
    assert error == pytest.approx(0.025, abs=0.008)


def test_lift_by_log_is_katz_s():
    """Katz et al. (1978) for 56/70 against 48/80: ratio 4/3, error of its log sqrt(14/(56*70) + 32/(48*80))."""
    lift = lift_by_log(compare_proportions((48, 80), (56, 70)))
    error = math.sqrt(14 / (56 * 70) + 32 / (48 * 80))
    assert lift.value == pytest.approx(1 / 3)
    assert 1 + lift.low == pytest.approx(4 / 3 * math.exp(-1.959963985 * error))
    assert 1 + lift.high == pytest.approx(4 / 3 * math.exp(1.959963985 * error))


def test_fieller_s_set_is_what_the_test_does_not_refuse():
    low, high = fieller((10.0, 4.0), (1.0, 0.25), 0.1, 1.96)
    for ratio in (low, high):
        assert (10 - 4 * ratio) ** 2 == pytest.approx(1.96**2 * (1 + ratio**2 * 0.25 - 0.2 * ratio))
    assert low < 2.5 < high
    # by hand: square 4^2 - 1.96^2/4 = 15.0396; middle 40 - .384160 = 39.61584; inner root sqrt(...) = 9.886...
    square, middle = 15.0396, 39.61584
    half = math.sqrt(middle**2 - square * (100 - 1.96**2))
    assert (low, high) == (pytest.approx((middle - half) / square), pytest.approx((middle + half) / square))


def test_fieller_says_nothing_where_the_control_may_be_zero():
    assert fieller((1.0, 0.1), (0.01, 0.01), 0.0, 1.96) == (-math.inf, math.inf)
    flat = welch([1.0, -1.0, 2.0, 3.0], [False, False, True, True])
    assert lift_by_fieller(flat).low == -math.inf
    with pytest.raises(Problem, match="A lift needs both above 0"):
        lift_by_log(flat)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 10))
def test_lifts_do_not_depend_on_the_unit_and_agree_in_large_samples(seed, factor):
    rng = np.random.default_rng(seed)
    y, t = rng.gamma(2.0, 1.0, 4000), np.arange(4000) % 2 == 0
    log, exact = lift_by_log(welch(y, t)), lift_by_fieller(welch(y, t))
    assert log.low == pytest.approx(exact.low, abs=0.002)
    assert log.high == pytest.approx(exact.high, abs=0.002)
    assert lift_by_fieller(welch(factor * y, t)).high == pytest.approx(exact.high, abs=1e-9)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: compare_proportions((3, 2), (1, 2)), "control: there are 3 successes of 2 units"),
        (lambda: compare_proportions((1, 2), (0, 0)), "treatment: there are 0 successes of 0 units"),
        (lambda: compare_proportions((1, 2), (0.5, 2)), "whole numbers"),
        (lambda: compare_proportions((1, 2), (1, 2), level=95), "level is 95"),
        (lambda: compare_proportions((1, 2), (1, 2), method="wald"), "method is 'wald'"),
        (lambda: reject_inferiority((1, 2), (1, 2), 0), "margin is 0"),
        (lambda: reject_inferiority((1, 2), (1, 2), 1.0), "below 1"),
    ],
)
def test_what_can_t_be_compared_says_why(call, said):
    with pytest.raises(Problem, match=said):
        call()
