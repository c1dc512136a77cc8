"""Means, adjusted means, ratios and clustered means agree with R, statsmodels and each other."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from crowdwise.base.errors import Problem
from crowdwise.experiment.adjustment import cuped, lin
from crowdwise.experiment.lift import lift_by_fieller, lift_by_log
from crowdwise.experiment.ratios import compare_ratios, compare_row_means
from crowdwise.experiment.robust import compare_clustered
from crowdwise.experiment.welch import find_cap, welch

# R's datasets: sleep (Student 1908) and mtcars (Henderson & Velleman 1981)
# fmt: off
SLEEP = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0,
                  1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
SECOND = np.repeat([False, True], 10)
MPG = np.array([21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4,
                30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4])
WT = np.array([2.62, 2.875, 2.32, 3.215, 3.44, 3.46, 3.57, 3.19, 3.15, 3.44, 3.44, 4.07, 3.73, 3.78, 5.25, 5.424, 5.345,
               2.2, 1.615, 1.835, 2.465, 3.52, 3.435, 3.84, 3.845, 1.935, 2.14, 1.513, 3.17, 2.77, 3.57, 2.78])
CYL = np.array([6, 6, 4, 6, 8, 6, 8, 4, 4, 6, 6, 8, 8, 8, 8, 8, 8, 4, 4, 4, 4, 8, 8, 8, 8, 4, 4, 4, 8, 6, 8, 4])
# fmt: on
MANUAL = np.array([1] * 3 + [0] * 14 + [1] * 3 + [0] * 5 + [1] * 7, dtype=bool)


def gamma(seed: int, n: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.gamma(1.0, 2.0, n)
    t = rng.permutation(np.arange(n) % 3 == 0)
    return x * rng.gamma(4.0, 0.25, n) + 0.3 * t * x, t, x


def test_welch_on_sleep_is_r_s():
    effect = welch(SLEEP, SECOND)  # R: t.test(extra ~ group, data = sleep)
    assert effect.difference / effect.error == pytest.approx(1.8608, abs=5e-5)
    assert effect.freedom == pytest.approx(17.776, abs=5e-4)
    assert effect.p_value == pytest.approx(0.07939, abs=5e-6)
    assert (effect.low, effect.high) == (pytest.approx(-0.2054832, abs=5e-8), pytest.approx(3.3654832, abs=5e-8))


def test_welch_on_mtcars_is_r_s():
    effect = welch(MPG, MANUAL)  # R: t.test(mpg ~ am, data = mtcars)
    assert (effect.control, effect.treatment) == (pytest.approx(17.14737, abs=5e-6), pytest.approx(24.39231, abs=5e-6))
    assert effect.difference / effect.error == pytest.approx(3.7671, abs=5e-5)
    assert effect.freedom == pytest.approx(18.332, abs=5e-4)
    assert effect.p_value == pytest.approx(0.001374, abs=5e-7)
    assert (effect.low, effect.high) == (pytest.approx(3.209684, abs=5e-7), pytest.approx(11.280194, abs=5e-7))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_welch_is_scipy_s(seed):
    y, t, _ = gamma(seed)
    peer = stats.ttest_ind(y[t], y[~t], equal_var=False)
    effect = welch(y, t)
    assert effect.p_value == pytest.approx(peer.pvalue, rel=1e-9)
    assert effect.low == pytest.approx(peer.confidence_interval().low, rel=1e-9)
    one_sided = stats.ttest_ind(y[t], y[~t] - 0.5, equal_var=False, alternative="greater").pvalue
    assert effect.non_inferiority(0.5) == pytest.approx(one_sided, rel=1e-9)
    assert welch(-y, t).non_inferiority(0.5, "decrease") == pytest.approx(one_sided, rel=1e-9)


def peer_lin(y, t, columns):
    frame = pd.DataFrame({"y": y, "t": t.astype(float)} | {f"x{k}": x - x.mean() for k, x in enumerate(columns)})
    terms = " + ".join(f"x{k}" for k in range(len(columns)))
    fit = smf.ols(f"y ~ t * ({terms})", frame).fit(cov_type="HC2", use_t=True)
    return fit.params["t"], fit.bse["t"], fit.pvalues["t"], fit.conf_int().loc["t"]


@pytest.mark.parametrize("columns", [[WT], [WT, CYL.astype(float)]])
def test_lin_on_mtcars_is_the_regression_with_hc2_errors(columns):
    """The regression that R's estimatr::lm_lin fits, by statsmodels."""
    effect = lin(MPG, MANUAL, np.column_stack(columns))
    difference, error, p, interval = peer_lin(MPG, MANUAL, columns)
    assert effect.difference == pytest.approx(difference, rel=1e-9)
    assert effect.error == pytest.approx(error, rel=1e-9)
    assert effect.p_value == pytest.approx(p, rel=1e-8)
    assert (effect.low, effect.high) == pytest.approx(tuple(interval), rel=1e-8)
    assert effect.freedom == 30 - 2 * len(columns)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_lin_is_the_regression_with_hc2_errors_for_any_data(seed):
    y, t, x = gamma(seed)
    other = np.random.default_rng(seed).normal(5, 3, len(y))
    effect = lin(y, t, np.column_stack([x, other]))
    difference, error, *_ = peer_lin(y, t, [x, other])
    assert effect.difference == pytest.approx(difference, rel=1e-8)
    assert effect.error == pytest.approx(error, rel=1e-8)


def test_cuped_is_welch_on_what_one_slope_leaves():
    y, t, x = gamma(7)
    theta = np.cov(y, x)[0, 1] / x.var(ddof=1)
    peer = stats.ttest_ind(*(((y - theta * x)[arm]) for arm in (t, ~t)), equal_var=False)
    effect = cuped(y, t, x)
    assert effect.p_value == pytest.approx(peer.pvalue, rel=1e-9)
    assert effect.difference == pytest.approx((y[t].mean() - y[~t].mean()) - theta * (x[t].mean() - x[~t].mean()))
    assert effect.error < 0.6 * welch(y, t).error
    two = cuped(y, t, np.column_stack([x, x**2]))
    slopes = np.linalg.lstsq(np.column_stack([np.ones_like(x), x, x**2]), y, rcond=None)[0][1:]
    assert two.difference == pytest.approx(welch(y - x * slopes[0] - x**2 * slopes[1], t).difference)


@pytest.mark.parametrize("method", [cuped, lin])
def test_adjusted_arms_share_what_the_covariate_s_mean_does(method):
    """Where the covariate says all, only its mean is uncertain: a difference is exact, and a lift is not.

    With outcome x, and x + 1 if treated, the lift is 1 / mean(x), whose error is sd(x) / sqrt(n) / mean(x)^2.
    """
    _, t, x = gamma(12)
    y = x + t + 1e-6 * np.sin(np.arange(len(x)))
    effect = method(y, t, x)
    assert effect.error < 0.01
    mean, error = x.mean(), x.std(ddof=1) / math.sqrt(len(x))
    for lift in (lift_by_log(effect), lift_by_fieller(effect)):
        assert lift.value == pytest.approx(1 / mean, rel=0.01)
        assert (lift.high - lift.low) / (2 * 1.97) == pytest.approx(error / mean**2, rel=0.03)


@pytest.mark.parametrize("method", [cuped, lin])
@pytest.mark.parametrize(("factor", "shift"), [(1e-9, 0.0), (1e9, 0.0), (1.0, 1e6), (-3.0, 2.0)])
def test_the_unit_of_a_covariate_does_not_matter(method, factor, shift):
    y, t, x = gamma(14)
    one, two = method(y, t, x), method(y, t, factor * x + shift)
    assert two.difference == pytest.approx(one.difference, rel=1e-7)
    assert two.error == pytest.approx(one.error, rel=1e-7)
    assert lift_by_log(two).high == pytest.approx(lift_by_log(one).high, rel=1e-7)


def test_a_lift_that_is_the_same_for_all_is_exact():
    _, t, x = gamma(13)
    lift = lift_by_log(lin(x * (1 + t) + 1e-6 * np.sin(np.arange(len(x))), t, x))
    assert lift.value == pytest.approx(1, rel=1e-6)
    assert lift.high - lift.low < 1e-5


@pytest.mark.parametrize("method", [cuped, lin])
def test_covariates_that_tell_nothing_new_change_nothing(method):
    y, t, x = gamma(11)
    alone = method(y, t, x)
    for added in (np.full_like(x, 3.7), 2 * x + 1):
        both = method(y, t, np.column_stack([x, added]))
        assert both.difference == pytest.approx(alone.difference, rel=1e-9)
        assert both.freedom == pytest.approx(alone.freedom)
    assert cuped(y, t, np.ones_like(y)).error == welch(y, t).error


@pytest.mark.parametrize("method", [welch, cuped, lin, compare_ratios])
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), shift=st.floats(-100, 100), factor=st.floats(0.01, 100))
def test_an_effect_moves_with_the_data_and_with_nothing_else(method, seed, shift, factor):
    y, t, x = gamma(seed, 90)
    given_x = () if method is welch else (x + 1,)

    def run(outcome, treated, *more):
        return method(outcome, *more, treated) if method is compare_ratios else method(outcome, treated, *more)

    effect = run(y, t, *given_x)
    swapped = run(y, ~t, *given_x)
    assert swapped.difference == pytest.approx(-effect.difference)
    assert (swapped.low, swapped.high) == (pytest.approx(-effect.high), pytest.approx(-effect.low))
    assert swapped.p_value == pytest.approx(effect.p_value)
    order = np.random.default_rng(seed).permutation(len(y))
    again = run(y[order], t[order], *(c[order] for c in given_x))
    assert again.difference == pytest.approx(effect.difference, rel=1e-9)
    assert again.error == pytest.approx(effect.error, rel=1e-9)
    scaled = run(factor * y, t, *given_x)
    assert scaled.error == pytest.approx(factor * effect.error)
    assert scaled.p_value == pytest.approx(effect.p_value, rel=1e-6)
    if method is not compare_ratios:
        moved = run(y + shift, t, *given_x)
        assert moved.error == pytest.approx(effect.error, rel=1e-6)
        assert moved.difference == pytest.approx(effect.difference, rel=1e-6, abs=1e-9)
        lifted = run(y + shift * t, t, *given_x)
        if method is not cuped:  # CUPED's slope is over both arms, so it sees the shift
            assert lifted.difference == pytest.approx(effect.difference + shift, abs=1e-8)
    doubled = run(np.tile(y, 2), np.tile(t, 2), *(np.tile(c, 2) for c in given_x))
    assert doubled.difference == pytest.approx(effect.difference)
    assert doubled.error == pytest.approx(effect.error / math.sqrt(2), rel=0.2)


def test_a_ratio_is_the_clustered_mean_of_its_rows():
    rng = np.random.default_rng(20240229)
    rows = rng.poisson(2.0, 300) + 1
    unit = np.repeat(np.arange(300), rows)
    t = (np.arange(300) % 2 == 0)[unit]
    y = rng.normal(0, 1, 300)[unit] + rng.normal(0, 1, len(unit)) + 0.2 * t
    effect = compare_row_means(y, t, unit)
    frame = pd.DataFrame({"y": y, "t": t.astype(float)})
    for arm, variance in ((0, effect.control_variance), (1, effect.treatment_variance)):
        part = frame[frame["t"] == arm]
        groups = {"groups": unit[part.index], "use_correction": False}
        fit = smf.ols("y ~ 1", part).fit(cov_type="cluster", cov_kwds=groups)
        assert variance == pytest.approx(fit.bse.iloc[0] ** 2 * 150 / 149, rel=1e-9)
    assert effect.difference == pytest.approx(y[t].mean() - y[~t].mean())
    assert effect.n_control == 150
    assert effect.error > 1.2 * welch(y, t).error


def test_clusters_of_one_row_are_welch_and_equal_clusters_their_means():
    y, t, _ = gamma(3, 60)
    single, plain = compare_clustered(y, t, np.arange(60)), welch(y, t)
    assert single.difference == pytest.approx(plain.difference)
    assert single.error == pytest.approx(plain.error)
    cluster = np.argsort(np.argsort(~t, kind="stable"), kind="stable") // 5
    means = pd.DataFrame({"y": y, "t": t, "c": cluster}).groupby("c").mean()
    both = compare_clustered(y, t, cluster), welch(means["y"], means["t"].astype(bool))
    assert both[0].error == pytest.approx(both[1].error)
    balanced = np.arange(40) % 20 < 10
    equal = compare_clustered(y[:40], balanced, np.arange(40) // 2 % 5 + 10 * balanced)
    assert equal.freedom == pytest.approx(8)


def test_clustered_errors_are_cr2_as_matrices_give_it():
    """Bell & McCaffrey's matrices, written out, with the degrees of freedom of a working model of independence."""
    rng = np.random.default_rng(5)
    sizes = np.array([1, 2, 3, 7, 4, 2, 5, 9, 1, 3])
    cluster, arms = np.repeat(np.arange(10), sizes), np.arange(10) % 2 == 0
    t = arms[cluster]
    y = rng.normal(size=len(t)) + rng.normal(size=10)[cluster] + t
    x = np.column_stack([np.ones(len(t)), t])
    inverse = np.linalg.inv(x.T @ x)
    hat = np.eye(len(t)) - x @ inverse @ x.T
    e, meat, columns = hat @ y, np.zeros((2, 2)), []
    for g in range(10):
        inside = cluster == g
        values, vectors = np.linalg.eigh(hat[np.ix_(inside, inside)])
        root = vectors @ np.diag([v**-0.5 if v > 1e-9 else 0 for v in values]) @ vectors.T
        score = x[inside].T @ root
        meat += np.outer(score @ e[inside], score @ e[inside])
        columns.append(hat[:, inside] @ (score.T @ inverse[:, 1]))
    gram = np.column_stack(columns).T @ np.column_stack(columns)
    effect = compare_clustered(y, t, cluster)
    assert effect.error**2 == pytest.approx((inverse @ meat @ inverse)[1, 1], rel=1e-9)
    assert effect.freedom == pytest.approx(np.trace(gram) ** 2 / (gram**2).sum(), rel=1e-9)


HALF = np.array([True, False] * 4)
TEN, X20 = np.arange(20) % 2 == 0, np.random.default_rng(20).normal(size=20)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: welch([1.0, np.nan, *range(6)], HALF), "1 of 8 outcomes are missing"),
        (lambda: welch([1.0, 2.0, 3.0], [True, False, False]), "2 units are in the control arm and 1 in"),
        (lambda: welch([1.0, 2.0], HALF), r"outcome has shape \(2,\)"),
        (lambda: welch(np.arange(8.0), HALF * 2), "neither true nor false"),
        (lambda: welch(HALF * 1.0, HALF), "the assignment itself decides"),
        (lambda: welch(np.arange(8.0), HALF, level=0), "level is 0"),
        (lambda: welch(np.arange(8.0), HALF).non_inferiority(-1), "margin is -1"),
        (lambda: find_cap(np.arange(8.0), 1), "share is 1"),
        (lambda: lin(np.arange(8.0), HALF, np.arange(7)), "Give one row a unit"),
        (lambda: lin(np.arange(8.0), HALF, [1, 2, None, 4, 5, 6, 7, 8]), "1 of 8 units lack a covariate"),
        (lambda: lin(np.arange(8.0), HALF, np.random.default_rng(1).normal(size=(8, 3))), "too few for 3 covariates"),
        (lambda: lin(np.arange(8.0), HALF, [1, 2, 1, 3, 1, 4, 1, 5]), "does not vary in the treatment arm"),
        (
            lambda: lin(np.arange(20.0), TEN, np.column_stack([X20, X20 + ~TEN * X20**2])),
            "from each other in",
        ),
        (lambda: lin(np.arange(8.0), HALF, [1, 2, 1, 3, 1, 4, 9, 5]), "one unit of the treatment arm alone"),
        (lambda: compare_ratios(np.arange(8.0), 1.0 - HALF, HALF), "denominators of the treatment arm add up to 0"),
        (lambda: compare_row_means(np.arange(8.0), HALF, np.arange(8) // 2), "4 units have rows in both arms, 0"),
        (lambda: compare_row_means(np.arange(8.0), HALF, [None] * 8), "a row has no unit"),
        (lambda: compare_clustered(np.arange(8.0), HALF, HALF * 1), "fewer than two clusters"),
    ],
)
def test_what_can_t_be_compared_says_why(call, said):
    with pytest.raises(Problem, match=said) as caught:
        call()
    assert caught.value.remedy


@given(st.floats(-1e9, 1e9), st.integers(5, 200))
def test_arms_that_do_not_vary_and_do_not_differ_are_equal(value, n):
    effect = welch(np.full(n, value), np.arange(n) % 2 == 0)
    assert (effect.difference, effect.error, effect.p_value) == (0, 0, 1)
    assert effect.non_inferiority(0.1) == 0
