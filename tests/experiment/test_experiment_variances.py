"""Counts, clusters, ratios and covariates: what they do to the variance is what simulated tests show."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.formula.api import ols

from crowdwise.experiment.comparison import Comparison
from crowdwise.experiment.design import (
    Baseline,
    Clustering,
    Size,
    clusters_effect,
    clusters_power,
    clusters_size,
    dispersion_of,
    linearised,
    means_power,
    means_size,
    rates_effect,
    rates_power,
    rates_size,
    variance_factor,
)

SEED = 20240229


def counts(rng, mean, dispersion, size):
    if dispersion == 0:
        return rng.poisson(mean, size)
    return rng.negative_binomial(1 / dispersion, 1 / (1 + dispersion * mean), size)


@pytest.mark.parametrize(("dispersion", "ratio"), [(0.0, 1.0), (0.8, 1.0), (0.8, 2.0)])
def test_simulated_tests_of_rates_reject_as_often_as_designed(dispersion, ratio):
    rng, times, exposure = np.random.default_rng(SEED), 6000, 2.0
    size = rates_size(1.5, 1.9, exposure=exposure, dispersion=dispersion, ratio=ratio, null="actual").rounded()
    n, m = int(size.control), int(size.treatment)
    for rate, expected in ((1.9, 0.8), (1.5, 0.05)):
        a = counts(rng, 1.5 * exposure, dispersion, (times, n)).mean(axis=1)
        b = counts(rng, rate * exposure, dispersion, (times, m)).mean(axis=1)
        error = np.sqrt((1 / a + dispersion) / n + (1 / b + dispersion) / m)
        assert (np.abs(np.log(b / a)) / error > 1.959964).mean() == pytest.approx(expected, abs=0.02)


@settings(max_examples=40, deadline=None)
@given(
    control=st.floats(0.1, 20),
    lift=st.floats(0.05, 0.9),
    dispersion=st.floats(0, 3),
    ratio=st.floats(0.3, 3),
    power=st.floats(0.5, 0.99),
    side=st.sampled_from(["two-sided", "larger", "smaller"]),
    null=st.sampled_from(["likelihood", "actual", "control"]),
)
def test_size_power_and_ratio_of_rates_are_one_relation(control, lift, dispersion, ratio, power, side, null):
    treatment = control * (1 - lift if side == "smaller" else 1 + lift)
    asked = {"dispersion": dispersion, "ratio": ratio, "alternative": side, "null": null, "exposure": 0.5}
    size = rates_size(control, treatment, power=power, **asked)
    assert rates_power(control, treatment, size.control, **asked) == pytest.approx(power)
    assume(size.control > 20)
    assert rates_effect(control, size.control, power=power, **asked) == pytest.approx(treatment / control, rel=1e-6)


def test_dispersion_is_measured_and_is_nothing_for_poisson():
    rng = np.random.default_rng(SEED)
    assert dispersion_of(counts(rng, 3.0, 0.7, 200_000)) == pytest.approx(0.7, rel=0.03)
    assert dispersion_of(counts(rng, 3.0, 0.0, 200_000)) < 0.01
    assert dispersion_of([2, 2, 2]) == 0


def clustered(rng, sizes, icc):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    values = math.sqrt(icc) * rng.normal(size=len(sizes))[labels] + math.sqrt(1 - icc) * rng.normal(size=len(labels))
    return values, labels


def test_the_intraclass_correlation_is_that_of_the_analysis_of_variance():
    values, labels = clustered(np.random.default_rng(SEED), [3, 8, 1, 5, 9, 2], 0.4)
    table = sm.stats.anova_lm(ols("x ~ C(k)", pd.DataFrame({"x": values, "k": labels})).fit())
    between, within = table["mean_sq"]
    usual = (28 - (9 + 64 + 1 + 25 + 81 + 4) / 28) / 5
    found = Clustering.of(values, labels)
    assert found.icc == pytest.approx((between - within) / (between + (usual - 1) * within))
    assert found.size == pytest.approx(28 / 6)
    assert found.low < found.icc < found.high


def test_the_interval_of_an_intraclass_correlation_holds_it():
    rng = np.random.default_rng(SEED)
    held = [
        found.low < 0.2 < found.high for found in (Clustering.of(*clustered(rng, [10] * 30, 0.2)) for _ in range(800))
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=0.025)


def test_the_design_effect_is_the_inflation_of_a_mean_over_unequal_clusters():
    rng, icc, times = np.random.default_rng(SEED), 0.1, 4000
    sizes = np.tile([2, 5, 10, 40], 10)
    means = np.array([clustered(rng, sizes, icc)[0].mean() for _ in range(times)])
    cv = sizes.std() / sizes.mean()
    effect = Clustering(icc, sizes.mean(), cv).design_effect
    assert means.var() * sizes.sum() == pytest.approx(effect, rel=4 * math.sqrt(2 / times))
    assert effect == pytest.approx(1 + ((cv**2 + 1) * sizes.mean() - 1) * icc)  # Eldridge, Ashby & Kerry (2006)
    assert Clustering(-0.02, 10).design_effect == 1


@pytest.mark.parametrize("alternative", ["two-sided", "larger", "smaller"])
def test_clusters_of_one_unit_are_units_and_size_power_and_effect_are_one_relation(alternative):
    sign = -1 if alternative == "smaller" else 1
    units = means_size(sign * 0.3, ratio=2, alternative=alternative)
    alone = clusters_size(sign * 0.3, Clustering(0.3, 1), ratio=2, alternative=alternative)
    assert alone.control == pytest.approx(units.control)
    groups = Clustering(0.05, 20, 0.6)
    size = clusters_size(sign * 0.3, groups, ratio=2, power=0.9, alternative=alternative)
    asked = {"ratio": 2, "alternative": alternative}
    assert clusters_power(sign * 0.3, groups, size.control, **asked) == pytest.approx(0.9)
    assert clusters_effect(groups, size.control, power=0.9, **asked) == pytest.approx(sign * 0.3)
    scaled = units.scaled(groups.design_effect)
    assert size.control * groups.size > scaled.control  # few clusters leave few degrees of freedom


def test_a_linearised_ratio_has_the_mean_and_the_spread_of_the_ratio():
    rng, n = np.random.default_rng(SEED), 400
    y = 1 + rng.poisson(4, (5000, n))
    x = rng.binomial(y, rng.beta(2, 3, (5000, n)))
    ratios = x.sum(axis=1) / y.sum(axis=1)
    one = Baseline.of(linearised(x[0], y[0]))
    assert one.mean == pytest.approx(ratios[0])
    assert one.sd / math.sqrt(n) == pytest.approx(ratios.std(), rel=0.1)
    assert Baseline.of(linearised(x[0], np.ones(n))).sd == pytest.approx(x[0].std(ddof=1))


def test_a_covariate_takes_out_the_square_of_its_correlation():
    rng = np.random.default_rng(SEED)
    before = rng.normal(size=(20_000, 2))
    after = before @ [0.6, 0.3] + rng.normal(size=20_000)
    one = variance_factor(after, before[:, 0])
    assert one == pytest.approx(1 - np.corrcoef(after, before[:, 0])[0, 1] ** 2)
    fit = sm.OLS(after, sm.add_constant(before)).fit()
    assert variance_factor(after, before) == pytest.approx(1 - fit.rsquared)
    assert variance_factor(after, np.zeros(20_000)) == pytest.approx(1)


def test_a_comparison_grows_and_shrinks_by_its_variance_factor():
    plain, less = (Comparison("hours", "players", 2.0, 4.0, variance_factor=f) for f in (1.0, 0.6))
    assert less.size(0.2).control == pytest.approx(0.6 * plain.size(0.2).control, abs=1)
    assert less.power_of(0.2, 600) == pytest.approx(means_power(0.05, 1000))
    assert less.smallest_difference(600) == pytest.approx(plain.smallest_difference(1000))
    with pytest.raises(ValueError, match="variance_factor is 0"):
        Comparison("hours", "players", 2.0, 4.0, variance_factor=0)


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda: rates_size(1, 1), "no difference"),
        (lambda: rates_size(0, 1), "control rate is 0"),
        (lambda: rates_size(1, math.inf), "treatment rate is inf"),
        (lambda: rates_size(1, 2, exposure=0), "exposure is 0"),
        (lambda: rates_size(1, 2, dispersion=-1), "dispersion is -1"),
        (lambda: rates_size(1, 2, null="pooled"), "null is"),
        (lambda: rates_size(1, 2, alternative="smaller"), "does not look for that"),
        (lambda: rates_effect(0.01, 3, alternative="smaller"), "tell no rate"),
        (lambda: dispersion_of([0, 0]), "no event"),
        (lambda: dispersion_of([1, -1]), "not negative"),
        (lambda: Clustering(2, 10), "between -1 and 1"),
        (lambda: Clustering(0.1, 0), "at least 1"),
        (lambda: Clustering.of([1, 2, 3], [0, 0, 0]), "two clusters or more"),
        (lambda: Clustering.of([1, 2, 3], [0, 1, 2]), "two units in one"),
        (lambda: Clustering.of([1, 1, 1], [0, 1, 1]), "all values are the same"),
        (lambda: Clustering.of([1, math.nan, 1], [0, 1, 1]), "finite"),
        (lambda: Clustering.of([1, 2], [0]), "one of each"),
        (lambda: clusters_power(0.2, Clustering(0.1, 5), 1), "no degree of freedom"),
        (lambda: clusters_size(1e-6, Clustering(0.1, 5)), "more than 1e"),
        (lambda: clusters_effect(Clustering(0.9, 5), 1.01, power=0.99), "detect nothing"),
        (lambda: linearised([1, 2], [0, 0]), "nothing to divide by"),
        (lambda: linearised([1, 2], [1]), "one of each"),
        (lambda: linearised([1, math.nan], [1, 1]), "finite"),
        (lambda: variance_factor([1, 1, 1], [1, 2, 3]), "no variance to take out"),
        (lambda: variance_factor([1, 2, 3], [1, 2, math.nan]), "without a past"),
        (lambda: variance_factor([1, 2], [1, 2]), "two units more"),
        (lambda: Size(10, 10).scaled(0), "variance factor is 0"),
    ],
)
def test_what_can_not_be_is_refused(ask, why):
    with pytest.raises(ValueError, match=why):
        ask()
