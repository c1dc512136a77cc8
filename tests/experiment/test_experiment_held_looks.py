"""Looks are kept with the experiment, and each bound follows from those that were held, whenever that was."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.base.seeds import generator
from crowdwise.experiment.held_looks import hold_look
from crowdwise.experiment.plan_change import hash_plan
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.register import keep_look, read_experiment, start_experiment
from crowdwise.experiment.sequential import bounds_by_spending
from experiment_logs import day

TEXT = """
name: looked-at
unit: {column: player_id, name: players}
arms: [{name: popular, weight: 0.5}, {name: recommended, weight: 0.5}]
hypotheses: [{statement: They buy more, metric: bought}]
metrics: [{name: bought, role: primary, kind: mean, direction: increase}]
alpha: 0.05
looks: {information: [0.5, 1], spending: obrien-fleming, stopping: efficacy, units: 2000}
maturity: {column: assigned_at, days: 1, immature: excluded}
decision: {success: all, ship: ship it, otherwise: keep it}
"""
PLAN = read_plan(TEXT)


def log_of(units: int, effect: float = 0.0) -> pd.DataFrame:
    """Twenty units a day, half of them in each arm."""
    number = np.arange(units)
    noise = generator(3, "looks").normal(size=2400)[:units]
    arms = np.where(number % 2 == 0, "popular", "recommended")
    times = pd.to_datetime([day(float(k // 20)) for k in number])
    bought = noise + effect * (arms == "recommended")
    ids = [f"u{k}" for k in number]
    return pd.DataFrame({"player_id": ids, "arm": arms, "assigned_at": times, "bought": bought})


def hold(units: int, held=(), *, effect: float = 0.0, final: bool = False):
    log = log_of(units, effect)
    now = day(units // 20 + 2)
    return hold_look(PLAN, log, held, started_hash=hash_plan(PLAN), now=now, final=final)


def test_looks_at_any_time_spend_what_is_due_then():
    held = ()
    for units in (400, 1300, 2000):
        analysis, look = hold(units, held)
        held = (*held, look)
    assert [look.information for look in held] == [0.2, 0.65, 1.0]
    bounds = bounds_by_spending((0.2, 0.65, 1.0), alpha=0.05, alternative="two-sided", spending="obrien-fleming")
    assert analysis.reading.look.bounds.critical == pytest.approx(bounds.critical)
    assert [look.stops for look in held] == [False, False, True]


def test_the_same_look_again_spends_nothing():
    _, first = hold(400)
    again, look = hold(400, (first,))
    assert (look.information, look.z) == (first.information, first.z)
    assert again.reading.look.number == 1


def test_after_the_look_that_ended_the_test_there_is_no_other():
    _, first = hold(1000, effect=0.5)
    assert (first.crosses, first.stops) == (True, True)
    with pytest.raises(Problem, match=r"its look of 2026-02-22 ended the test.*NOW=2026-02-22T12:00:00Z"):
        hold(1400, (first,), effect=0.5)
    assert hold(1000, (first,), effect=0.5)[0].decision.arms == ("recommended",)


def test_a_look_back_is_refused():
    _, first = hold(1000)
    with pytest.raises(Problem, match=r"a look with 50.0% of the planned units was held, and this one has 40.0%"):
        hold(800, (first,))


def test_a_final_look_spends_what_is_left():
    _, first = hold(1000)
    analysis, look = hold(1200, (first,), final=True)
    assert look.stops
    assert analysis.reading.look.bounds.information == (0.5, 0.6)
    bounds = bounds_by_spending((0.5, 0.6), alpha=0.05, alternative="two-sided", spending="obrien-fleming", final=True)
    assert analysis.reading.look.bounds.critical == pytest.approx(bounds.critical)


def test_looks_are_kept_with_the_experiment_in_the_database(database):
    experiment = start_experiment(database, PLAN, "steam", day(0))
    assert experiment.looks == ()
    _, first = hold(400)
    keep_look(database, PLAN.name, first)
    keep_look(database, PLAN.name, first)
    assert read_experiment(database, PLAN.name).looks == (first,)
    _, second = hold(900, read_experiment(database, PLAN.name).looks)
    keep_look(database, PLAN.name, second)
    assert read_experiment(database, PLAN.name).looks == (first, second)
    assert second.held_at - first.held_at == timedelta(days=25)
