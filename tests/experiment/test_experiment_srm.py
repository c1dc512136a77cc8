"""A sample ratio is tested as published, exactly where few units are expected; covariates are compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crowdwise.base.errors import Problem
from crowdwise.experiment.balance import tabulate_balance
from crowdwise.experiment.srm import _drawn, sample_ratio

HALVES = {"control": 0.5, "treatment": 0.5}


@pytest.mark.parametrize(
    ("observed", "weights", "p", "rel"),
    [
        # Kohavi, Tang & Xu (2020), chapter 3: "p-value 1.8E-6"
        ({"control": 821_588, "treatment": 815_482}, HALVES, 1.8e-6, 0.02),
        # Mendel's peas (1866): 315, 108, 101, 32 against 9:3:3:1, chi-square .470024 (R's chisq.test: p = .9254259)
        ({"a": 315, "b": 108, "c": 101, "d": 32}, {"a": 9, "b": 3, "c": 3, "d": 1}, 0.9254259, 1e-6),
    ],
)
def test_large_samples_are_tested_by_chi_square(observed, weights, p, rel):
    ratio = sample_ratio(observed, weights)
    assert ratio.method == "chi-square"
    assert ratio.p_value == pytest.approx(p, rel=rel)


def test_mendel_s_statistic_is_the_published_one():
    ratio = sample_ratio({"a": 315, "b": 108, "c": 101, "d": 32}, {"a": 9, "b": 3, "c": 3, "d": 1})
    assert ratio.statistic == pytest.approx(0.470024, abs=5e-7)
    assert ratio.expected["a"] == pytest.approx(312.75)


@given(st.integers(0, 12), st.integers(0, 12), st.floats(0.05, 0.95))
def test_two_small_arms_are_tested_as_scipy_s_exact_binomial(a, b, share):
    if a + b == 0 or min(share, 1 - share) * (a + b) >= 5:
        return
    ratio = sample_ratio({"a": a, "b": b}, {"a": share, "b": 1 - share})
    assert ratio.method == "exact"
    assert ratio.p_value == pytest.approx(stats.binomtest(a, a + b, share).pvalue, rel=1e-6)


def test_three_small_arms_are_tested_exactly():
    """All 15 outcomes of 4 units in 3 arms, by hand: (4, 0, 0) has chance 1/16; no less likely ones are beside it."""
    weights = {"a": 0.5, "b": 0.25, "c": 0.25}
    chances = {
        (i, j, 4 - i - j): stats.multinomial.pmf([i, j, 4 - i - j], 4, list(weights.values()))
        for i in range(5)
        for j in range(5 - i)
    }
    for seen, chance in chances.items():
        expected = sum(other for other in chances.values() if other <= chance * (1 + 1e-7))
        ratio = sample_ratio(dict(zip(weights, seen, strict=True)), weights)
        assert ratio.p_value == pytest.approx(expected, rel=1e-9)


@pytest.mark.slow
def test_many_arms_of_few_units_are_drawn_and_agree_with_the_exact_test():
    weights = {"a": 0.7, "b": 0.2, "c": 0.1}
    seen = np.array([10, 9, 3])
    exact = sample_ratio(dict(zip(weights, seen, strict=True)), weights)
    assert exact.method == "exact"
    assert _drawn(seen, np.array([0.7, 0.2, 0.1])) == pytest.approx(exact.p_value, abs=0.003)
    many = {str(arm): arm % 3 for arm in range(40)}
    ratio = sample_ratio(many, dict.fromkeys(many, 1))
    assert ratio.method == "drawn"
    assert ratio == sample_ratio(many, dict.fromkeys(many, 1))


def test_false_alarms_are_as_rare_as_the_threshold():
    rng = np.random.default_rng(20240229)
    a = rng.binomial(40_000, 0.3, 5000)
    alarms = [sample_ratio({"a": int(k), "b": int(40_000 - k)}, {"a": 0.3, "b": 0.7}).p_value < 0.05 for k in a]
    assert np.mean(alarms) == pytest.approx(0.05, abs=0.012)


def test_a_mismatch_stops_with_what_was_seen():
    ratio = sample_ratio({"control": 5_300, "treatment": 4_700}, HALVES)
    ratio.refuse(1e-12, where="e")
    with pytest.raises(Problem, match=r"e: the sample ratio is off: 5,300 control \(5,000.0 expected\), 4,700 treatm"):
        ratio.refuse(0.001, where="e")


@pytest.mark.parametrize(
    ("observed", "weights", "said"),
    [
        ({"control": 5}, HALVES, "those designed"),
        ({"control": 5, "other": 5}, HALVES, "those designed"),
        ({"control": 0, "treatment": 0}, HALVES, "not all 0"),
        ({"control": -1, "treatment": 3}, HALVES, "whole numbers"),
        ({"control": 1.5, "treatment": 3}, HALVES, "whole numbers"),
        ({"control": 1, "treatment": 3}, {"control": 0, "treatment": 1}, "weights above 0"),
    ],
)
def test_counts_and_weights_that_can_t_be_compared_are_refused(observed, weights, said):
    with pytest.raises(Problem, match=said):
        sample_ratio(observed, weights)


def test_balance_is_in_standard_deviations():
    data = pd.DataFrame({"arm": ["a"] * 4 + ["b"] * 4, "x": [1, 2, 3, 4, 3, 4, 5, 6.0], "same": 1.0, "gone": None})
    data["gone"] = [1.0, 2, None, 4, 1, 2, 3, 4]
    table = tabulate_balance(data, ["x", "same", "gone"], "arm", "a").set_index("covariate")
    assert table.loc["x", "difference"] == pytest.approx(2 / np.sqrt(5 / 3))
    assert table.loc["x", "chance"] == pytest.approx(np.sqrt(0.5))
    assert table.loc["same", "difference"] == 0
    assert table.loc["gone", "missing"] == pytest.approx(1 / 8)


def test_arms_that_differ_beyond_chance_are_notable():
    rng = np.random.default_rng(20240229)
    data = pd.DataFrame({"arm": np.repeat(["a", "b"], 5000), "x": rng.normal(size=10_000)})
    assert not tabulate_balance(data, ["x"], "arm", "a")["notable"].any()
    data.loc[data["arm"] == "b", "x"] += 0.15
    assert tabulate_balance(data, ["x"], "arm", "a")["notable"].all()
