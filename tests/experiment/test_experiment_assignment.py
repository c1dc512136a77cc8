"""Arms are drawn by hash: the same always, as large as designed, independent between experiments, stable."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crowdwise.base.errors import Problem
from crowdwise.experiment.assignment import assign, assign_by_plan, digest
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.srm import sample_ratio
from experiment_plans import PLAN

HALVES = {"popular": 0.5, "recommended": 0.5}
UNITS = np.arange(100_000) + 76_561_197_960_265_728  # as Steam numbers its players


def test_the_digest_is_the_first_eight_bytes_of_sha256():
    expected = [int.from_bytes(hashlib.sha256(f"e\x1fs\x1f{unit}".encode()).digest()[:8], "big") for unit in (1, "two")]
    assert digest([1, "two"], experiment="e", salt="s").tolist() == expected


def test_arms_never_move():
    """A change of this list would re-assign every unit of every running experiment."""
    arms = assign(range(16), HALVES, experiment="recommendations-2026")
    assert "".join(arm[0] for arm in arms) == "pppprrrprrpprprp"


@given(st.lists(st.one_of(st.integers(), st.text(min_size=1)), max_size=30), st.randoms())
def test_a_unit_s_arm_depends_on_nothing_but_itself(units, random):
    arms = assign(units, HALVES, experiment="e").astype(str).tolist()
    by_unit = dict(zip(map(str, units), arms, strict=True))
    shuffled = random.sample(units, len(units))
    again = assign(shuffled, HALVES, experiment="e").astype(str)
    assert again.tolist() == [by_unit[str(unit)] for unit in shuffled]


def test_a_number_and_its_text_are_one_unit_and_order_of_arms_is_no_matter():
    numbers = assign(UNITS[:1000], HALVES, experiment="e")
    texts = assign(UNITS[:1000].astype(str), dict(reversed(HALVES.items())), experiment="e")
    assert (numbers.astype(str).to_numpy() == texts.astype(str).to_numpy()).all()


@pytest.mark.parametrize("weights", [{"a": 0.5, "b": 0.5}, {"a": 0.9, "b": 0.1}, {"a": 2, "b": 1, "c": 1, "d": 0.02}])
def test_arms_are_as_large_as_designed(weights):
    counts = assign(UNITS, weights, experiment="sizes").value_counts().to_dict()
    assert sample_ratio(counts, weights).p_value > 0.01


def test_neighbouring_ids_are_spread_evenly():
    for part in np.split(UNITS, 10):
        counts = assign(part, HALVES, experiment="runs").value_counts().to_dict()
        assert sample_ratio(counts, HALVES).p_value > 0.001
    bits = digest(UNITS, experiment="bits")
    buckets = np.bincount((bits >> np.uint64(56)).astype(int), minlength=256)
    assert stats.chisquare(buckets).pvalue > 0.001


@pytest.mark.parametrize("other", [{"experiment": "second"}, {"experiment": "first", "salt": "again"}])
def test_experiments_and_salts_are_independent(other):
    first = assign(UNITS, HALVES, experiment="first")
    second = assign(UNITS, HALVES, **other)
    table = pd.crosstab(first.to_numpy(), second.to_numpy())
    assert stats.chi2_contingency(table, correction=False).pvalue > 0.001
    assert table.to_numpy().min() > 24_000


def test_an_added_arm_takes_units_and_moves_none_between_the_others():
    two = assign(UNITS, {"a": 0.5, "b": 0.5}, experiment="e").astype(str)
    three = assign(UNITS, {"a": 0.4, "b": 0.4, "c": 0.2}, experiment="e").astype(str)
    moved = two != three
    assert (three[moved] == "c").all()
    assert moved.mean() == pytest.approx(0.2, abs=0.005)
    assert (two[moved] == "a").mean() == pytest.approx(0.5, abs=0.02)


def test_units_assigned_earlier_keep_their_arm():
    old = assign(UNITS[:50_000], {"a": 0.5, "b": 0.4, "closed": 0.1}, experiment="e")
    now = assign(UNITS, {"a": 0.4, "b": 0.4, "c": 0.2}, experiment="e", earlier=old.astype(str))
    assert (now.iloc[:50_000].astype(str) == old.astype(str)).all()
    assert now.cat.categories.tolist() == ["a", "b", "c", "closed"]
    late = now.iloc[50_000:].value_counts().drop("closed").to_dict()
    assert sample_ratio(late, {"a": 0.4, "b": 0.4, "c": 0.2}).p_value > 0.01
    assert assign([1], HALVES, experiment="e", earlier={1: "recommended"}).tolist() == ["recommended"]
    assert assign([1], HALVES, experiment="e", earlier={"1": "popular"}).tolist() == ["popular"]
    twice = pd.Series(["popular", "recommended"], index=[1, 1])
    with pytest.raises(Problem, match="1 was assigned twice"):
        assign([1], HALVES, experiment="e", earlier=twice)


def test_a_plan_names_experiment_and_weights():
    plan = read_plan(PLAN)
    assert assign_by_plan(UNITS[:50], plan).equals(assign(UNITS[:50], HALVES, experiment="recommendations-2026"))


@pytest.mark.parametrize("unit", [None, "", float("nan"), 1.0, True])
def test_an_id_that_names_nobody_is_refused(unit):
    with pytest.raises(Problem, match="Give ids as text or whole numbers"):
        assign([1, unit], HALVES, experiment="e")


@pytest.mark.parametrize("weights", [{}, {"a": 0.0}, {"a": 1, "b": -1}, {"a": float("nan")}])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(Problem, match="Give each arm a weight above 0"):
        assign([1], weights, experiment="e")
