"""Intervals hold what they say on made-up data whose truth is known: heavy tails, zeros, clusters, few units."""

from __future__ import annotations

import numpy as np
import pytest

from crowdwise.experiment.adjustment import cuped, lin
from crowdwise.experiment.compliance import measure_compliers
from crowdwise.experiment.intervals import compare_proportions
from crowdwise.experiment.lift import lift_by_fieller, lift_by_log
from crowdwise.experiment.quantiles import compare_quantiles
from crowdwise.experiment.ratios import compare_row_means
from crowdwise.experiment.robust import compare_clustered
from crowdwise.experiment.welch import welch

pytestmark = pytest.mark.slow
TIMES, WITHIN = 2000, 0.017  # three and a half standard errors of a share of .95


def hours(rng: np.random.Generator, n: int, mean: float) -> np.ndarray:
    """Zero for a third of the players, lognormal for the others."""
    return np.where(rng.random(n) < 1 / 3, 0.0, rng.lognormal(np.log(mean * 1.5) - 0.5, 1.0, n))


def held(trial, truth: float, times: int = TIMES) -> float:
    rng = np.random.default_rng(20240229)
    inside = 0
    for _ in range(times):
        found = trial(rng)
        inside += found.low <= truth <= found.high
    return inside / times


def arms(rng, n):
    return rng.permutation(np.arange(n) < n // 2)


def test_welch_and_lifts_hold_for_zeros_and_heavy_tails():
    def draw(rng):
        t = arms(rng, 2000)
        return hours(rng, 2000, 4.0) * (1 + 0.1 * t), t

    assert held(lambda rng: welch(*draw(rng)), 0.4) == pytest.approx(0.95, abs=WITHIN)
    assert held(lambda rng: lift_by_log(welch(*draw(rng))), 0.1) == pytest.approx(0.95, abs=WITHIN)
    assert held(lambda rng: lift_by_fieller(welch(*draw(rng))), 0.1) == pytest.approx(0.95, abs=WITHIN)


@pytest.mark.parametrize("method", [cuped, lin])
@pytest.mark.parametrize("lift", [lift_by_log, lift_by_fieller])
def test_lifts_of_adjusted_means_hold(method, lift):
    def draw(rng):
        t, before = arms(rng, 1000), hours(rng, 1000, 4.0)
        return lift(method(before + hours(rng, 1000, 1.0) + 2.5 * t, t, before))

    assert held(draw, 0.5) == pytest.approx(0.95, abs=WITHIN)


@pytest.mark.parametrize("method", [cuped, lin])
def test_adjusted_means_hold_and_their_errors_are_right(method):
    def draw(rng):
        t, before = arms(rng, 1000), hours(rng, 1000, 4.0)
        return method(0.6 * before + hours(rng, 1000, 2.0) + 0.5 * t, t, before)

    assert held(draw, 0.5) == pytest.approx(0.95, abs=WITHIN)


def test_ratios_and_clusters_hold_for_users_with_many_rows():
    def rows(rng):
        sizes = rng.poisson(3.0, 300) + 1
        unit = np.repeat(np.arange(300), sizes)
        t = arms(rng, 300)[unit]
        return rng.normal(0, 1, 300)[unit] + rng.normal(0, 1, len(unit)) + 0.2 * t, t, unit

    assert held(lambda rng: compare_row_means(*rows(rng)), 0.2) == pytest.approx(0.95, abs=WITHIN)
    naive = held(lambda rng: welch(*rows(rng)[:2]), 0.2)
    assert naive < 0.85

    def few(rng):
        unit = np.repeat(np.arange(12), rng.integers(2, 30, 12)[:12])
        t = arms(rng, 12)[unit]
        return compare_clustered(rng.normal(0, 1, 12)[unit] + rng.normal(0, 1, len(unit)) + t, t, unit)

    assert held(few, 1.0) > 0.93


@pytest.mark.parametrize("method", ["farrington-manning", "miettinen-nurminen", "newcombe"])
def test_score_intervals_hold_for_small_samples(method):
    def draw(rng):
        return compare_proportions((int(rng.binomial(30, 0.2)), 30), (int(rng.binomial(40, 0.35)), 40), method=method)

    assert held(draw, 0.15) == pytest.approx(0.95, abs=0.02)


def test_quantiles_hold():
    def draw(rng):
        t = arms(rng, 1000)
        return compare_quantiles(rng.lognormal(0, 1, 1000) + 0.3 * t, t, 0.8)

    assert held(draw, 0.3) == pytest.approx(0.955, abs=WITHIN)


def test_the_complier_effect_holds_where_uptake_is_self_selected():
    def draw(rng):
        t, willing = arms(rng, 1000), rng.random(1000) < 0.5
        took = t & willing
        return measure_compliers(rng.normal(size=1000) + willing + 0.4 * took, t, took)

    assert held(draw, 0.4) == pytest.approx(0.95, abs=WITHIN)
