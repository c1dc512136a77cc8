"""Posteriors, quantiles and families agree with enumeration, integrals, draws and published tables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from statsmodels.stats.multitest import multipletests

from crowdwise.base.errors import Problem
from crowdwise.experiment.families import benjamini_hochberg, correct
from crowdwise.experiment.posterior import chance_larger, compare_posteriors, mean_excess
from crowdwise.experiment.quantiles import compare_quantiles, quantile_interval


@pytest.mark.parametrize(
    ("first", "second", "chance", "excess"),
    [
        # by hand: integrals of polynomials, and the arcsine law's 2 / pi^2
        ((1, 1), (1, 1), 1 / 2, 1 / 6),
        ((2, 1), (1, 1), 2 / 3, 1 / 4),
        ((1, 1), (2, 1), 1 / 3, 1 / 12),
        ((3, 1), (1, 1), 3 / 4, 3 / 10),
        ((1, 3), (1, 1), 1 / 4, 1 / 20),
        ((0.5, 0.5), (0.5, 0.5), 1 / 2, 2 / math.pi**2),
    ],
)
def test_small_posteriors_are_compared_as_by_hand(first, second, chance, excess):
    assert chance_larger(first, second) == pytest.approx(chance, rel=1e-9)
    assert mean_excess(first, second) == pytest.approx(excess, rel=1e-9)


parameters = st.tuples(st.floats(0.5, 80), st.floats(0.5, 80))
whole = st.tuples(st.integers(1, 200), st.integers(1, 200))


@settings(max_examples=40, deadline=None)
@given(st.one_of(parameters, whole), st.one_of(parameters, whole))
def test_chances_and_excesses_hold_together(first, second):
    assert chance_larger(first, second) + chance_larger(second, first) == pytest.approx(1, abs=1e-8)
    means = (first[0] / sum(first), second[0] / sum(second))
    apart = mean_excess(first, second) - mean_excess(second, first)
    assert apart == pytest.approx(means[0] - means[1], abs=1e-8)


@settings(max_examples=20, deadline=None)
@given(whole, whole)
def test_closed_forms_are_the_integrals(first, second):
    x, y = stats.beta(*first), stats.beta(*second)
    points = sorted({float(x.mean()), float(y.mean())})
    chance = integrate.quad(lambda v: x.pdf(v) * y.cdf(v), 0, 1, points=points, limit=200)[0]
    excess = integrate.quad(lambda v: x.sf(v) * y.cdf(v), 0, 1, points=points, limit=200)[0]
    assert chance_larger(first, second) == pytest.approx(chance, abs=1e-7)
    assert mean_excess(first, second) == pytest.approx(excess, abs=1e-7)


def test_a_small_chance_keeps_its_digits():
    """Beta(1, n) is larger than Beta(m, 1) with chance m n B(m, n + 1) / n, by hand m! n! / (m + n)!."""
    exact = math.factorial(60) * math.factorial(80) / math.factorial(140)
    assert chance_larger((1, 80), (60, 1)) == pytest.approx(exact, rel=1e-9)
    assert exact < 1e-40


@pytest.mark.parametrize("n", [99_000, 2_000_000, 100_000_000])
def test_large_counts_are_normal(n):
    p, q = 0.1, 0.1 + 0.3 * math.sqrt(0.18 / n)
    control, treatment = (round(p * n), n), (round(q * n), n)
    means = [(yes + 1) / (n + 2) for yes, n in (control, treatment)]
    sd = math.sqrt(sum(m * (1 - m) / (n + 3) for m in means))
    z = (means[1] - means[0]) / sd
    found = compare_posteriors(control, treatment)
    assert found.chance_better == pytest.approx(stats.norm.cdf(z), rel=1e-3)
    assert found.loss_of_treatment == pytest.approx(sd * (stats.norm.pdf(z) - z * stats.norm.sf(z)), rel=2e-3)
    assert found.loss_of_control - found.loss_of_treatment == pytest.approx(means[1] - means[0], rel=1e-4)


def test_sum_and_integral_meet_where_one_gives_way():
    below, above = (compare_posteriors((9_000, n), (9_150, n)) for n in (490_000, 510_000))
    between = compare_posteriors((9_000, 500_000), (9_150, 500_000))
    for name in ("chance_better", "loss_of_treatment", "loss_of_control"):
        ends = sorted([getattr(below, name), getattr(above, name)])
        assert ends[0] <= getattr(between, name) <= ends[1]
    drawn = np.random.default_rng(1).beta([9_001, 9_151], [491_001, 490_851], (400_000, 2))
    assert between.chance_better == pytest.approx((drawn[:, 1] > drawn[:, 0]).mean(), abs=0.003)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: compare_posteriors((3, 2), (1, 2)), "3 successes of 2"),
        (lambda: compare_posteriors((1, 2), (1, 2), prior=(0, 1)), "the prior is"),
        (lambda: correct([0.1, 1.2], "holm"), "not between 0 and 1"),
        (lambda: correct([0.1], "bonferroni"), "Give holm or benjamini-hochberg"),
        (lambda: quantile_interval([], 0.5), "a value is missing"),
        (lambda: quantile_interval([1, 2], 50), "the share is 50"),
        (lambda: compare_quantiles([1.0, 1, 1, 2, 2, 2], [0, 0, 0, 1, 1, 1], 0.5), "many values tie"),
    ],
)
def test_what_has_no_answer_says_why(call, said):
    with pytest.raises(Problem, match=said):
        call()


# Benjamini & Hochberg (1995), section 3.2: fifteen p-values, of which their method finds 4 and Bonferroni's 3
MYOCARDIAL = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
              0.759, 1.0]  # fmt: skip


def test_the_published_family_is_corrected_as_published():
    assert (benjamini_hochberg(MYOCARDIAL) <= 0.05).sum() == 4
    assert (correct(MYOCARDIAL, "holm") <= 0.05).sum() == 3
    by_hand = [0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714, 0.06385714, 0.0645, 0.0765, 0.486]
    assert benjamini_hochberg(MYOCARDIAL)[:10] == pytest.approx(by_hand, rel=1e-6)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_corrections_are_statsmodels(p):
    assert correct(p, "holm") == pytest.approx(multipletests(p, method="holm")[1])
    assert correct(p, "benjamini-hochberg") == pytest.approx(multipletests(p, method="fdr_bh")[1])


@pytest.mark.parametrize(
    ("n", "low", "high"),
    [
        # tables of the sign test's interval of a median, 95 % (Conover 1999; Hollander & Wolfe 1999, table A.2)
        (6, 1, 6),
        (8, 1, 8),
        (9, 2, 8),
        (10, 2, 9),
        (15, 4, 12),
        (20, 6, 15),
        (25, 8, 18),
    ],
)
def test_the_median_s_ranks_are_the_tables(n, low, high):
    estimate = quantile_interval(np.arange(1.0, n + 1), 0.5)
    assert (estimate.low, estimate.high) == (low, high)


@settings(max_examples=60)
@given(st.integers(1, 80), st.floats(0.02, 0.98), st.floats(0.5, 0.99))
def test_an_interval_of_ranks_holds_and_is_the_shortest_of_its_kind(n, share, level):
    estimate = quantile_interval(np.arange(1.0, n + 1), share, level=level)
    below = stats.binom(n, share)
    tail = (1 - level) / 2 + 1e-12
    if estimate.low > -math.inf:
        assert below.cdf(estimate.low - 1) <= tail
        assert below.cdf(estimate.low) > tail - 2e-12
    else:
        assert below.cdf(0) > tail - 2e-12
    if estimate.high < math.inf:
        assert below.sf(estimate.high - 1) <= tail


def test_quantiles_differ_by_the_shift_and_their_error_is_the_normal_theory_s():
    rng = np.random.default_rng(3)
    y, t = rng.exponential(1.0, 40_000), np.arange(40_000) % 2 == 0
    for share in (0.5, 0.9):
        effect = compare_quantiles(y + 0.25 * t, t, share)
        error = math.sqrt(2 * share / (1 - share) / 20_000)  # sqrt(q (1 - q)) / density, and 1 - q is the density
        assert effect.error == pytest.approx(error, rel=0.1)
        assert effect.low < 0.25 < effect.high
        swapped = compare_quantiles(y + 0.25 * t, ~t, share)
        assert swapped.difference == pytest.approx(-effect.difference)


def test_clusters_widen_a_quantile_s_error():
    rng = np.random.default_rng(4)
    cluster = np.repeat(np.arange(1000), 10)
    t = cluster % 2 == 0
    y = rng.normal(size=1000)[cluster] + 0.3 * rng.normal(size=10_000)
    wide, narrow = compare_quantiles(y, t, 0.5, cluster=cluster), compare_quantiles(y, t, 0.5)
    assert 2 < wide.error / narrow.error < 3.2
    single = compare_quantiles(y, t, 0.5, cluster=np.arange(10_000))
    assert single.error == pytest.approx(narrow.error, rel=0.02)
    assert wide.n_control == 500
