"""Several looks: each is held to its own bound, nothing is decided before a stop, the result allows for the looks."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.experiment.analysis import Analysis, analyse
from crowdwise.experiment.looks import take_look
from crowdwise.experiment.plan import Looks, Metric, Plan
from crowdwise.experiment.plan_change import hash_plan
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.sequential import adjust, anytime_critical, bounds_by_spending
from crowdwise.experiment.welch import welch

PLAN = """
name: looks
unit: {column: player_id, name: players}
arms: [{name: old, weight: 0.5}, {name: new, weight: 0.5}]
hypotheses: [{statement: More hours, metric: hours}]
metrics:
  - {name: hours, role: primary, kind: mean, direction: increase}
  - {name: active, role: guardrail, kind: proportion, direction: increase, margin: 0.05}
alpha: 0.05
looks: {information: [0.33, 0.67, 1], spending: obrien-fleming, stopping: efficacy, units: 1200}
decision: {success: all, ship: ship new, otherwise: keep old}
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(PLAN)


def players(n: int, effect: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    new = rng.permutation(np.arange(n) % 2 == 0)
    arm, hours = np.where(new, "new", "old"), rng.gamma(4.0, 0.5, n) + effect * new
    return pd.DataFrame({"player_id": np.arange(n), "arm": arm, "hours": hours, "active": rng.random(n) < 0.99})


def run(plan: Plan, data: pd.DataFrame, **more) -> Analysis:
    return analyse(plan, data, started_hash=hash_plan(plan), **more)


def test_a_look_before_the_bound_decides_nothing_and_reports_no_estimate(plan):
    analysis = run(plan, players(396, 0.2, 8))
    reading = analysis.reading
    assert reading.look.bounds.information == (0.33,)
    assert 1.96 < abs(reading.z) < reading.look.bounds.critical[0]  # whoever peeks would stop
    assert (reading.stops, reading.adjusted, analysis.decision.ended, analysis.decision.arms) == (
        False,
        None,
        False,
        (),
    )
    assert "It goes on" in analysis.decision.words
    assert "adjusted for the looks" not in analysis.table()["view"].tolist()


def test_a_look_at_the_bound_stops_and_is_adjusted_in_the_stage_wise_order(plan):
    data = players(804, 0.2, 2)
    analysis = run(plan, data)
    reading, plain = analysis.reading, welch(data["hours"], data["arm"] == "new")
    bounds = bounds_by_spending([0.33, 0.67])
    assert reading.look.bounds.information == pytest.approx((0.33, 0.67))
    assert reading.look.bounds.critical == pytest.approx(bounds.critical)
    assert reading.crosses
    assert analysis.decision.arms == ("new",)
    expected = adjust(bounds, plain.difference, plain.error)
    found = reading.adjusted
    assert (found.estimate, found.low, found.high) == pytest.approx(
        (expected.estimate, expected.low, expected.high),
        rel=0.01,  # t and normal differ a little
    )
    assert 0 < found.low < found.estimate < plain.difference
    assert (reading.naive_low, reading.naive_high) == pytest.approx((plain.low, plain.high))
    row = analysis.table().set_index("view").loc["adjusted for the looks"]
    assert (row["difference"], row["low"], row["level"]) == (found.estimate, found.low, 0.95)
    assert "Allowing for the looks the difference is +0.2" in analysis.decision.words


def test_the_intervals_beside_are_those_that_hold_at_all_looks(plan):
    analysis = run(plan, players(804, 0.2, 2))
    effect = analysis.findings[0].effect
    critical = bounds_by_spending([0.33, 0.67]).critical[1]
    assert effect.high - effect.difference == pytest.approx(critical * effect.error, rel=0.01)
    assert analysis.alpha == pytest.approx(2 * (1 - 0.5 * math.erfc(-critical / math.sqrt(2))), rel=1e-6)


@pytest.mark.parametrize(("units", "critical"), [(200, 4.8769), (400, 3.3570), (600, 2.6803), (800, 2.2898)])
def test_planned_looks_have_the_published_bounds(plan, units, critical):
    five = replace(plan, looks=Looks((0.2, 0.4, 0.6, 0.8, 1), "obrien-fleming", "efficacy", 1000))
    look = take_look(five, units)
    assert look.bounds.critical[-1] == pytest.approx(critical, abs=1e-4)  # Lan & DeMets, K = 5
    assert not look.final


def test_looks_at_other_times_spend_what_is_due_and_the_last_spends_the_rest(plan):
    unplanned = take_look(plan, 0, (0.3, 0.6, 1))
    assert unplanned.bounds.critical == pytest.approx((3.9286, 2.6700, 1.9810), abs=1e-4)
    assert unplanned.final
    assert take_look(plan, 1150).final  # within a twentieth of the planned end
    assert not take_look(plan, 1100).final
    short = take_look(plan, 1100, final=True)
    assert short.bounds.critical[-1] < take_look(plan, 1100).bounds.critical[-1]
    by_date = run(plan, players(1100, 0.0, 3), information=(0.4, 0.9), final=True)
    assert by_date.reading.stops
    assert not by_date.reading.crosses
    assert by_date.decision.words.endswith("Decision: keep old.")
    assert "It ends here, without a bound being reached" in by_date.decision.words


@pytest.mark.parametrize(("spending", "kind"), [("pocock", "pocock"), ("kim-demets", "power")])
def test_each_way_of_spending_has_its_own_bounds(plan, spending, kind):
    look = take_look(replace(plan, looks=replace(plan.looks, spending=spending)), 804)
    assert look.bounds.critical == pytest.approx(bounds_by_spending([0.33, 0.67], spending=kind, rho=2).critical)


def test_harm_stops_a_test_and_ships_nothing(plan):
    analysis = run(plan, players(804, -0.2, 4))
    assert analysis.reading.crosses
    assert analysis.reading.adjusted.high < 0
    assert analysis.decision.arms == ()


def test_a_guardrail_that_can_not_be_told_to_hold_keeps_a_test_going(plan):
    data = players(804, 0.2, 2)
    unsure = data.assign(active=data["active"] & (data["player_id"] % 2 > 0))  # half of both arms: a larger error
    analysis = run(plan, unsure)
    assert analysis.reading.crosses
    assert (analysis.decision.ended, analysis.decision.arms, analysis.reading.adjusted) == (False, (), None)
    assert "They do, but it goes on: active can't be told to hold yet" in analysis.decision.words
    harmed = players(804, -0.2, 4)
    assert run(plan, harmed.assign(active=unsure["active"])).decision.ended
    later = run(plan, data, crossed_before=True)
    effect, adjusted = later.findings[0].effect, later.reading.adjusted
    assert (adjusted.estimate, adjusted.low, adjusted.high) == (effect.difference, effect.low, effect.high)
    last = run(plan, unsure, information=(0.5, 1.0))
    assert last.decision.ended
    assert last.decision.arms == ()


def test_an_always_valid_plan_reads_its_confidence_sequence_at_any_look(plan):
    anytime = replace(plan, looks=replace(plan.looks, spending="always-valid"))
    data = players(900, 0.25, 1)
    analysis = run(anytime, data, information=(0.1, 0.11, 0.5, 0.75))
    effect, adjusted = analysis.findings[0].effect, analysis.reading.adjusted
    half = float(anytime_critical([0.75])[0]) * effect.error
    assert (adjusted.low, adjusted.high) == pytest.approx(
        (effect.difference - half, effect.difference + half), rel=0.02
    )
    assert adjusted.estimate == effect.difference
    assert analysis.findings[0].p_value < adjusted.p_value < 0.05


@pytest.mark.parametrize(("direction", "sign", "seed"), [("increase", 1, 9), ("decrease", -1, 6)])
def test_a_margin_is_tested_on_its_side_and_the_result_is_the_difference_itself(plan, direction, sign, seed):
    metric = Metric("hours", "primary", "mean", direction, "hours", margin=0.15)
    margin = replace(plan, metrics=(metric,))
    found = run(margin, players(1200, 0.0, seed), information=(0.5, 1)).reading
    bounds = bounds_by_spending([0.5, 1], alpha=0.025, alternative="larger", final=True)
    assert found.look.bounds.critical == pytest.approx(bounds.critical)
    assert found.crosses
    assert found.z * sign > 2
    assert found.adjusted.low < found.finding.effect.difference < found.adjusted.high
    assert found.adjusted.estimate == pytest.approx(found.finding.effect.difference, abs=0.02)
    worse = run(margin, players(1200, -0.3 * sign, seed), information=(0.5, 1)).reading
    assert not worse.crosses
    assert worse.z * sign < 0


def test_what_can_not_be_a_look_is_refused(plan):
    unknown = replace(plan, looks=replace(plan.looks, units=None))
    with pytest.raises(Problem, match="does not say how many units the last one has"):
        run(unknown, players(100, 0, 1))
    with pytest.raises(Problem, match="must increase from above 0"):
        run(plan, players(100, 0, 1), information=(0.5, 0.4))
    with pytest.raises(Problem, match="there is no look"):
        run(plan, players(100, 0, 1), information=())
    with pytest.raises(Problem, match="one look, and information at looks is given"):
        run(replace(plan, looks=Looks()), players(100, 0, 1), final=True)
    with pytest.raises(Problem, match="units is 0"):
        Looks(units=0)


def test_a_difference_beyond_all_doubt_is_still_adjusted(plan):
    found = run(plan, players(396, 20.0, 7)).reading.adjusted
    assert found.low < 20 < found.high
    assert found.high - found.low < 0.5


@pytest.mark.slow
def test_adjusted_intervals_hold_and_estimates_are_as_often_too_high_as_too_low(plan):
    """A thousand tests with three looks, read by `analyse` until they end; without a difference, they err at alpha."""
    for effect in (0.0, 0.16):
        ends = []
        for seed in range(1000):
            data = players(1200, effect, seed)
            for units in (396, 804, 1200):
                reading = run(plan, data.iloc[:units]).reading
                if reading.stops:
                    break
            ends.append((reading.adjusted, reading.finding.effect.difference, reading.crosses))
        assert np.mean([a.low < effect < a.high for a, _, _ in ends]) == pytest.approx(0.95, abs=0.02)
        assert np.mean([a.estimate > effect for a, _, _ in ends]) == pytest.approx(0.5, abs=0.05)
        if effect:
            naive = np.mean([difference for _, difference, _ in ends])
            assert naive > effect + 0.003
        else:
            assert np.mean([crosses for _, _, crosses in ends]) == pytest.approx(0.05, abs=0.02)
