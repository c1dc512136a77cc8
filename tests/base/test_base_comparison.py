"""Pairs are compared unit by unit, families of comparisons are corrected, and a unit counts once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from crowdwise.base.comparison import compare_paired, compare_with, mean_over_seeds
from crowdwise.base.statistics import mean_interval


@pytest.fixture
def values() -> dict[str, pd.Series]:
    """Four models on the same 200 players, whose luck they share."""
    rng = np.random.default_rng(6)
    luck = rng.normal(0.5, 0.2, 200)
    return {
        name: pd.Series(luck + gain + rng.normal(0, 0.02, 200))
        for name, gain in {"chance": 0, "a": 0.01, "b": 0.002, "c": 0}.items()
    }


def test_pairs_are_matched_by_their_unit_whatever_the_order(values):
    shuffled = values["a"].sample(frac=1, random_state=1)
    paired = compare_paired(shuffled, values["chance"], seed=3)
    difference = shuffled - values["chance"].loc[shuffled.index]
    assert paired.difference == mean_interval(difference, seed=3)
    assert paired.p_value == pytest.approx(stats.ttest_1samp(difference, 0).pvalue)
    assert 0.005 < paired.difference.low < paired.difference.value < paired.difference.high < 0.015


def test_pairing_sees_what_two_samples_do_not(values):
    assert compare_paired(values["a"], values["chance"], seed=3).p_value < 1e-6
    assert stats.ttest_ind(values["a"], values["chance"]).pvalue > 0.3


def test_differences_without_spread_have_a_p_value(values):
    a = values["a"]
    assert compare_paired(a, a, seed=1).p_value == 1.0
    ones = pd.Series(1.0, index=a.index)
    assert compare_paired(ones, ones - 1, seed=1).p_value == 0.0


def test_all_against_one_with_holms_correction(values):
    table = compare_with("chance", values, seed=3)
    assert table["model"].tolist() == ["a", "b", "c"]
    assert table["p_holm"].tolist() == pytest.approx(multipletests(table["p_value"], method="holm")[1])
    first = compare_paired(values["a"], values["chance"], seed=3)
    row = table.iloc[0]
    assert (row["difference"], row["low"], row["high"]) == (
        first.difference.value,
        first.difference.low,
        first.difference.high,
    )
    assert row["mean"] == values["a"].mean()
    assert row["n"] == 200


def test_what_is_no_pair_is_refused(values):
    a = values["a"]
    with pytest.raises(ValueError, match="same units"):
        compare_paired(a, a.iloc[1:], seed=1)
    with pytest.raises(ValueError, match="same units"):
        compare_paired(a, a.rename(lambda unit: unit + 1), seed=1)
    with pytest.raises(ValueError, match="twice"):
        compare_paired(pd.concat([a, a]), a, seed=1)
    with pytest.raises(ValueError, match="two units"):
        compare_paired(a.iloc[:1], a.iloc[:1], seed=1)
    with pytest.raises(ValueError, match="no 'x' among chance, a"):
        compare_with("x", values, seed=1)


def test_a_player_in_several_holdouts_counts_once():
    one = pd.DataFrame({"auc": [0.5, 0.7], "rbp": [0.0, 0.2]}, index=[4, 2])
    two = pd.DataFrame({"auc": [0.9], "rbp": [0.4]}, index=[2])
    mean = mean_over_seeds([one, two])
    assert mean.index.tolist() == [2, 4]
    assert mean["auc"].tolist() == pytest.approx([0.8, 0.5])
    assert mean["rbp"].tolist() == pytest.approx([0.3, 0.0])


def test_frames_that_do_not_fit_are_refused():
    frame = pd.DataFrame({"auc": [0.5]}, index=[1])
    with pytest.raises(ValueError, match="no frames"):
        mean_over_seeds([])
    with pytest.raises(ValueError, match="columns differ"):
        mean_over_seeds([frame, frame.rename(columns={"auc": "rbp"})])
    with pytest.raises(ValueError, match="twice"):
        mean_over_seeds([frame, pd.concat([frame, frame])])
