"""The complier effect is the published one; capped, log and active views are of the same units."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from crowdwise.base.errors import Problem
from crowdwise.experiment.compliance import measure_compliers
from crowdwise.experiment.welch import compare_active, compare_logs, find_cap, welch, welch_capped


def tailed(seed: int, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    t = rng.permutation(np.arange(n) % 3 == 0)
    return rng.gamma(1.0, 2.0, n) * (1 + 0.3 * t), t


def test_the_vitamin_a_trial_s_complier_effect_is_the_published_one():
    """Sommer & Zeger (1991); Imbens & Rubin (1997): .0026 as assigned, .0032 on compliers, its error .0012."""
    counts = [(0, 0, 74, 11588), (1, 1, 12, 9675), (1, 0, 34, 2419)]  # assigned, took, deaths, children
    died = np.concatenate([np.repeat([1.0, 0.0], [d, n - d]) for _, _, d, n in counts])
    assigned = np.concatenate([np.repeat(a, n) for a, _, _, n in counts]).astype(bool)
    took = np.concatenate([np.repeat(s, n) for _, s, _, n in counts])
    assert welch(died, assigned).difference == pytest.approx(-0.0026, abs=5e-5)
    effect = measure_compliers(died, assigned, took)
    assert effect.uptake == pytest.approx(0.80, abs=0.001)
    assert effect.effect == pytest.approx(-0.0032, abs=5e-5)
    assert effect.error == pytest.approx(0.0012, abs=5e-5)
    assert effect.fieller_low == pytest.approx(effect.low, rel=0.01)


def test_the_complier_effect_is_two_stage_least_squares():
    rng = np.random.default_rng(9)
    n = 500
    t, willing = rng.random(n) < 0.4, rng.random(n) < 0.6
    d = t & willing
    y = rng.normal(size=n) + 0.5 * d + 0.7 * willing
    x, z = np.column_stack([np.ones(n), d]), np.column_stack([np.ones(n), t])
    bread = np.linalg.inv(z.T @ x)
    beta = bread @ z.T @ y
    u = (y - x @ beta) ** 2
    robust = bread @ (z.T * u) @ z @ bread.T
    effect = measure_compliers(y, t, d)
    assert effect.effect == pytest.approx(beta[1])
    assert effect.error == pytest.approx(math.sqrt(robust[1, 1]), rel=0.01)  # HC0 beside HC2
    full = measure_compliers(y, t, t)
    assert full.effect == pytest.approx(welch(y, t).difference)
    assert full.error == pytest.approx(welch(y, t).error)


def test_a_weak_uptake_says_nothing():
    rng = np.random.default_rng(2)
    t = np.arange(200) % 2 == 0
    effect = measure_compliers(rng.normal(size=200), t, (rng.random(200) < 0.5))
    assert (effect.fieller_low, effect.fieller_high) == (-math.inf, math.inf)
    with pytest.raises(Problem, match="there are no compliers"):
        measure_compliers(rng.normal(size=200), t, np.zeros(200))


def test_a_cap_is_pooled_and_its_effect_smaller_than_the_raw_one():
    y, t = tailed(21)
    y[np.flatnonzero(t)[:2]] = 500.0
    cap = find_cap(y, 0.95)
    assert cap == np.quantile(y, 0.95)
    capped = welch_capped(y, t, cap)
    assert capped.difference == welch(np.minimum(y, cap), t).difference
    assert capped.error < 0.5 * welch(y, t).error
    assert welch_capped(y, t, math.inf).difference == welch(y, t).difference


def test_log_and_active_views():
    y, t = tailed(22)
    y[::4] = 0
    effect, lift = compare_logs(y, t)
    assert 1 + lift.value == pytest.approx(stats.gmean(1 + y[t]) / stats.gmean(1 + y[~t]))
    assert lift.low < lift.value < lift.high
    assert effect.difference == pytest.approx(np.log1p(lift.value))
    active = compare_active(y, t)
    assert active.treatment == (y[t] > 0).mean()
    with pytest.raises(Problem, match="logs of outcomes from 0 only"):
        compare_logs(y - 1, t)
