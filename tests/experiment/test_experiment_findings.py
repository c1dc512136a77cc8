"""Each kind of metric is estimated and tested by the method that its plan asks for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdwise.base.errors import Problem
from crowdwise.experiment.adjustment import lin
from crowdwise.experiment.analysis import analyse
from crowdwise.experiment.findings import find_all
from crowdwise.experiment.intervals import compare_proportions
from crowdwise.experiment.outcomes import take_outcome
from crowdwise.experiment.plan import Metric
from crowdwise.experiment.plan_change import hash_plan
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.welch import welch

PLAN = """
name: three-arms
unit: {column: creator_id, name: creators}
arms: [{name: form, weight: 0.5}, {name: advice, weight: 0.25}, {name: both, weight: 0.25}]
hypotheses: [{statement: Advised creators raise more, metric: pledged}]
metrics:
  - {name: pledged, role: primary, kind: mean, direction: increase, cap_share: 0.95}
  - {name: funded, role: secondary, kind: proportion, direction: increase, covariates: [{column: before}]}
  - {name: minutes, role: guardrail, kind: mean, direction: decrease, margin: 0.3}
alpha: 0.05
decision: {success: all, ship: advise, otherwise: don't}
"""


@pytest.fixture(scope="module")
def creators() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    n = 4000
    arm = rng.permutation(np.repeat(["form", "advice", "both"], [2000, 1000, 1000]))
    before = rng.normal(size=n)
    columns = {"creator_id": np.arange(n), "arm": arm, "before": before, "funded": rng.normal(size=n) + before > 0}
    columns |= {"pledged": rng.lognormal(3, 1.5, n) * (1 + (arm == "both")), "minutes": rng.gamma(2.0, 1.0, n)}
    return pd.DataFrame(columns)


def test_each_arm_is_compared_with_the_control_alone_under_one_cap(creators):
    plan = read_plan(PLAN)
    found = {(f.metric.name, f.arm, f.view): f for f in analyse(plan, creators, started_hash=hash_plan(plan)).findings}
    cap = np.quantile(creators["pledged"], 0.95)
    for arm in ("advice", "both"):
        pair = creators[creators["arm"].isin(["form", arm])]
        t = (pair["arm"] == arm).to_numpy()
        assert found["pledged", arm, "as planned"].effect == welch(np.minimum(pair["pledged"], cap), t)
        assert found["pledged", arm, "as planned"].cap == cap
        assert found["pledged", arm, "raw mean"].effect == welch(pair["pledged"], t)
        guardrail = found["minutes", arm, "as planned"]
        assert guardrail.p_value == min(1, 2 * welch(pair["minutes"], t).non_inferiority(0.3, "decrease"))


def test_a_proportion_with_a_covariate_is_adjusted_and_stands_beside_the_plain_one(creators):
    plan = read_plan(PLAN)
    found = {(f.metric.name, f.arm, f.view): f for f in analyse(plan, creators, started_hash=hash_plan(plan)).findings}
    pair = creators[creators["arm"].isin(["form", "both"])]
    t = (pair["arm"] == "both").to_numpy()
    adjusted, plain = found["funded", "both", "as planned"], found["funded", "both", "unadjusted"]
    assert adjusted.effect == lin(pair["funded"], t, pair["before"])
    assert adjusted.posterior is None
    counts = [(int(pair["funded"][rows].sum()), int(rows.sum())) for rows in (~t, t)]
    assert plain.effect == compare_proportions(*counts)
    assert plain.posterior is not None
    assert adjusted.effect.error < 0.9 * plain.effect.error


def test_an_adjusted_guardrail_is_tested_on_the_adjusted_estimate(creators):
    metric = Metric("funded", "guardrail", "proportion", "increase", "funded", margin=0.05)
    pair = creators[creators["arm"] != "advice"]
    t, x = (pair["arm"] == "both").to_numpy(), pair[["before"]].to_numpy()
    plan = read_plan(PLAN)
    planned, plain = find_all(plan, metric, "both", pair["funded"].to_numpy(dtype=float), t, covariates=x)
    assert planned.p_value == 2 * planned.effect.non_inferiority(0.05)
    assert planned.p_value != plain.p_value


def test_a_lift_is_left_out_where_an_arm_is_not_above_zero(creators):
    metric = Metric("change", "secondary", "mean", "increase", "change")
    t = (creators["arm"] == "both").to_numpy()
    values = creators["before"].to_numpy() - 5
    (found,) = find_all(read_plan(PLAN), metric, "both", values, t)
    assert found.lift is None
    assert found.lift_fieller is None


values = st.lists(st.one_of(st.none(), st.sampled_from([0.0, 1.0])), min_size=1, max_size=20)


@given(values, st.sampled_from(["zero", "excluded", "failure"]), st.sampled_from(["increase", "decrease"]))
def test_missing_values_count_as_planned_and_known_ones_as_they_are(column, nulls, direction):
    metric = Metric("m", "secondary", "proportion", direction, "m", nulls=nulls)
    outcome = take_outcome(metric, pd.DataFrame({"m": pd.Series(column, dtype="Float64")}))
    gone = np.array([value is None for value in column])
    assert outcome.missing == gone.sum()
    assert outcome.counted[~gone].tolist() == [value for value in column if value is not None]
    worse = 1.0 if nulls == "failure" and direction == "decrease" else 0.0
    assert (outcome.counted[gone] == worse).all()
    assert (outcome.kept == (~gone if nulls == "excluded" else True)).all()


def test_a_ratio_misses_a_unit_that_lacks_either_part():
    metric = Metric("r", "secondary", "ratio", "increase", "a", denominator="b", nulls="excluded")
    outcome = take_outcome(metric, pd.DataFrame({"a": [1.0, None, 3.0], "b": [1.0, 1.0, None]}))
    assert outcome.kept.tolist() == [True, False, False]
    assert outcome.missing == 2
    strict = Metric("r", "secondary", "ratio", "increase", "a", denominator="b")
    with pytest.raises(Problem, match="metric 'r': 2 of 3 values are missing"):
        take_outcome(strict, pd.DataFrame({"a": [1.0, None, 3.0], "b": [1.0, 1.0, None]}))
