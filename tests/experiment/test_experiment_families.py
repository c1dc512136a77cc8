"""Many arms and many metrics: together they err with alpha, and their power is that of other methods."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from crowdwise.experiment.design import (
    arms_power,
    dunnett_alpha,
    dunnett_critical,
    family_factor,
    family_power,
    means_size,
    shared_alpha,
)


@pytest.mark.parametrize(("arms", "ratio", "freedom"), [(2, 1.0, 10), (3, 1.0, 20), (4, 0.5, 30)])
def test_dunnetts_bound_is_that_of_the_multivariate_t(arms, ratio, freedom):
    shared = ratio / (1 + ratio)
    shape = np.full((arms, arms), shared) + (1 - shared) * np.eye(arms)
    law = stats.multivariate_t(shape=shape, df=freedom)
    one = dunnett_critical(arms, ratio=ratio, freedom=freedom, alternative="larger")
    assert law.cdf([one] * arms, maxpts=10**6, random_state=1) == pytest.approx(0.95, abs=2e-4)
    two = dunnett_critical(arms, ratio=ratio, freedom=freedom)
    within = law.cdf([two] * arms, maxpts=10**6, lower_limit=[-two] * arms, random_state=1)
    assert within == pytest.approx(0.95, abs=2e-4)


@pytest.mark.parametrize("freedom", [1, 2, 5, 100, math.inf])
def test_one_arm_is_tested_as_ever(freedom):
    law = stats.norm if math.isinf(freedom) else stats.t(freedom)
    assert dunnett_critical(1, freedom=freedom) == pytest.approx(law.isf(0.025), rel=1e-6)
    assert dunnett_alpha(1) == pytest.approx(0.05)
    assert dunnett_alpha(1, alternative="smaller") == pytest.approx(0.05)


def test_dunnett_asks_less_than_bonferroni_and_more_than_nothing():
    for arms in (2, 3, 6):
        for alternative in ("two-sided", "larger"):
            assert 0.05 / arms < dunnett_alpha(arms, alternative=alternative) < 0.05


def test_a_larger_control_needs_fewer_units_in_all():
    def total(ratio: float) -> float:
        size = means_size(0.2, alpha=dunnett_alpha(4, ratio=ratio), ratio=ratio)
        return size.control + 4 * size.treatment

    assert total(0.5) < min(total(1.0), total(0.3))  # one over the root of four


def test_power_of_arms_is_what_simulation_finds():
    drifts, ratio, times = np.array([2.0, 3.0, 0.5]), 0.7, 400_000
    rng = np.random.default_rng(20240229)
    shared = ratio / (1 + ratio)
    noise = math.sqrt(1 - shared) * rng.normal(size=(times, 3)) + math.sqrt(shared) * rng.normal(size=(times, 1))
    alpha = dunnett_alpha(3, ratio=ratio)
    over = np.abs(noise + drifts) > stats.norm.isf(alpha / 2)
    found = arms_power(drifts, alpha=alpha, ratio=ratio)
    assert found == pytest.approx((over.any(axis=1).mean(), over.all(axis=1).mean()), abs=0.0025)
    assert arms_power([0.0] * 3, alpha=alpha, ratio=ratio)[0] == pytest.approx(0.05)
    one = dunnett_alpha(3, ratio=ratio, alternative="smaller")
    assert arms_power([0.0] * 3, alpha=one, ratio=ratio, alternative="smaller")[0] == pytest.approx(0.05)
    assert arms_power(-drifts, alpha=one, ratio=ratio, alternative="smaller") == pytest.approx(
        arms_power(drifts, alpha=one, ratio=ratio, alternative="larger")
    )


def test_shares_of_alpha_add_up():
    assert shared_alpha(0.05, [3, 1, 1]) == pytest.approx([0.03, 0.01, 0.01])
    assert shared_alpha(0.05, [1]) == pytest.approx([0.05])


def one(drift: float, alpha: float) -> float:
    z = stats.norm.isf(alpha / 2)
    return float(stats.norm.sf(z - drift) + stats.norm.cdf(-z - drift))


def test_power_of_two_independent_metrics_is_the_product_rule():
    # closed forms: Holm finds a metric if it passes alpha / 2, or passes alpha and the other passes alpha / 2
    strict, easy = one(2.8, 0.025), one(2.8, 0.05)
    holm = family_power([2.8, 2.8])
    assert holm.each == pytest.approx([strict + (easy - strict) * strict] * 2, abs=2e-3)
    assert holm.any == pytest.approx(1 - (1 - strict) ** 2, abs=2e-3)
    assert holm.all == pytest.approx(strict**2 + 2 * strict * (easy - strict), abs=2e-3)
    plain = family_power([2.8, 2.8], rule="bonferroni")
    assert plain.each == pytest.approx([strict] * 2, abs=2e-3)
    assert plain.all == pytest.approx(strict**2, abs=2e-3)
    assert family_power([2.8, 2.8], rule="none").all == pytest.approx(easy**2, abs=2e-3)


@pytest.mark.parametrize("rule", ["holm", "bonferroni"])
def test_a_family_without_differences_errs_with_alpha_at_most(rule):
    correlation = np.full((4, 4), 0.6) + 0.4 * np.eye(4)
    assert family_power([0.0] * 4, rule=rule).any == pytest.approx(1 - (1 - 0.0125) ** 4, abs=2e-3)
    assert 0.02 < family_power([0.0] * 4, rule=rule, correlation=correlation).any < 0.045


def test_power_of_correlated_metrics_is_that_of_the_bivariate_normal():
    correlation = np.array([[1, 0.7], [0.7, 1]])
    z = stats.norm.isf(0.05)
    exact = stats.multivariate_normal.cdf([2.5 - z, 3 - z], cov=correlation)
    found = family_power([2.5, 3], correlation=correlation, rule="none", alternative="larger")
    assert found.all == pytest.approx(exact, abs=2e-3)
    mirrored = family_power([-2.5, -3], correlation=correlation, rule="none", alternative="smaller")
    assert mirrored.all == pytest.approx(exact, abs=2e-3)


def test_the_factor_gives_the_asked_power():
    for wanted in ("each", "any", "all"):
        factor = family_factor([2.0, 3.0, 2.5], power=0.85, wanted=wanted)
        again = family_power(np.sqrt(factor) * np.array([2.0, 3.0, 2.5]))
        assert again.of(wanted) == pytest.approx(0.85, abs=2e-3)
    drift = float(stats.norm.isf(0.025) + stats.norm.ppf(0.8))
    assert family_factor([drift], rule="none") == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda: dunnett_critical(0), "at least one whole arm"),
        (lambda: dunnett_critical(2, freedom=0), "degrees of freedom"),
        (lambda: dunnett_critical(2, alternative="up"), "alternative is"),
        (lambda: arms_power([]), "one finite number an arm"),
        (lambda: shared_alpha(0.05, [1, 0]), "positive number a metric"),
        (lambda: shared_alpha(1.5, [1]), "alpha is 1.5"),
        (lambda: family_power([1.0, 2.0], correlation=np.eye(3)), "2 by 2 matrix"),
        (lambda: family_power([1.0] * 3, correlation=[[1, -0.9, -0.9], [-0.9, 1, -0.9], [-0.9, -0.9, 1]]), "semidef"),
        (lambda: family_power([1.0], rule="hochberg"), "rule is"),
        (lambda: family_power([math.nan]), "one finite number a metric"),
        (lambda: family_factor([2.0, 0.0]), "not even a million"),
        (lambda: family_factor([2.0], power=0.01), "above alpha"),
        (lambda: family_factor([1e5]), "a millionth"),
    ],
)
def test_what_can_not_be_is_refused(ask, why):
    with pytest.raises(ValueError, match=why):
        ask()
