"""An experiment is followed with what was known at each time; a plan is shown as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.experiment.monitoring import follow, list_looks
from crowdwise.experiment.plan import Plan
from crowdwise.experiment.plan_change import hash_plan
from crowdwise.experiment.plan_tables import tabulate_metrics, tabulate_plan
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.recovery import tabulate_contrasts, tabulate_recovery
from crowdwise.experiment.welch import welch
from experiment_plans import PLAN

LOOKED = """
name: looks
unit: {column: unit, name: players}
arms: [{name: old, weight: 0.5}, {name: new, weight: 0.5}]
hypotheses: [{statement: More hours, metric: hours}]
metrics: [{name: hours, role: primary, kind: mean, direction: increase, cap_share: 0.9}]
alpha: 0.05
looks: {information: [0.5, 1], spending: obrien-fleming, stopping: efficacy, units: 1000}
maturity: {column: assigned_at, days: 14, immature: excluded}
decision: {success: all, ship: ship new, otherwise: keep old}
"""
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(LOOKED)


def units(n: int, effect: float) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(20)
    new, hours = rng.permutation(np.arange(n) % 2 == 0), rng.gamma(4.0, 0.5, n)
    times = pd.Timestamp(START) + pd.to_timedelta(np.arange(n), unit="h")
    log = pd.DataFrame({"unit": np.arange(n), "arm": np.where(new, "new", "old"), "assigned_at": times})
    return (
        log.assign(hours=hours + effect * new),
        pd.DataFrame({"hours": hours}),
        pd.DataFrame({"hours": hours + effect}),
    )


def test_looks_are_due_when_their_units_are_mature(plan):
    log, _, _ = units(1000, 0.0)
    shuffled = log.sample(frac=1, random_state=1)
    assert list_looks(plan, shuffled) == [log["assigned_at"][row] + pd.Timedelta(days=14) for row in (499, 999)]


def test_each_look_sees_what_was_known_by_then_and_the_last_one_ends_it(plan):
    log, untreated, treated = units(1000, 0.0)
    analyses = follow(plan, log, list_looks(plan, log), started_hash=hash_plan(plan))
    assert [analysis.decision.ended for analysis in analyses] == [False, True]
    assert [sum(analysis.steps[-1].units.values()) for analysis in analyses] == [500, 1000]
    # At the first look the units of its last 14 days are assigned and not mature; later ones do not exist.
    assert analyses[0].steps[-1].left_out == 14 * 24
    table = tabulate_recovery(analyses[-1], untreated, treated)
    assert table["truth"].tolist() == [0.0, 0.0]
    assert table["holds"].all()


def test_a_large_difference_ends_it_early_and_is_counted_below_the_cap(plan):
    log, untreated, treated = units(1000, 0.8)
    analyses = follow(plan, log, list_looks(plan, log), started_hash=hash_plan(plan))
    assert len(analyses) == 1
    table = tabulate_recovery(analyses[-1], untreated, treated).set_index("metric")
    assert table["truth"].iloc[0] == table["truth"].iloc[1]
    assert 0.5 < table["truth"].iloc[0] < 0.79  # the cap takes some of the .8 away
    assert table.loc["hours, adjusted for the looks", ["level", "holds"]].tolist() == [0.95, True]


def test_contrasts_stand_beside_what_they_are_taken_for():
    log, _, _ = units(1000, 0.3)
    effect = welch(log["hours"].to_numpy(), (log["arm"] == "new").to_numpy())
    table = tabulate_contrasts({"as assigned": (effect, 0.3), "another": (effect, 3.0)})
    assert table["holds"].tolist() == [True, False]
    assert table["estimate"].tolist() == [effect.difference] * 2


def test_what_can_not_be_followed_is_refused(plan):
    log, _, _ = units(800, 0.0)
    with pytest.raises(Problem, match="the look at 100% needs 1,000 units and 800 were assigned"):
        list_looks(plan, log)
    with pytest.raises(Problem, match="when a look is due can't be told"):
        list_looks(replace(plan, maturity=None), log)
    with pytest.raises(Problem, match="no maturity rule"):
        follow(replace(plan, maturity=None), log, [START], started_hash="")


def test_a_plan_is_shown_whole(plan):
    rules = tabulate_plan(read_plan(PLAN)).set_index("rule")["choice"]
    assert rules["arms, control first"] == "popular 50%, recommended 50%"
    assert rules["mature"] == "14 days after assigned_at; waited for"
    assert rules["left out"] == "is_staff is true: staff know the test"
    assert rules["looks"] == "once, at the end"
    assert tabulate_plan(plan).set_index("rule").loc["looks", "choice"] == (
        "at 50%, 100% of 1,000 players; alpha spent by obrien-fleming, stopping for efficacy"
    )
    metrics = tabulate_metrics(read_plan(PLAN)).set_index("metric")
    assert metrics.loc["games_bought"].tolist()[1:3] == ["count", "more"]
    assert metrics.loc["games_bought", "capped at"] == "quantile 0.99"
    assert metrics.loc["bought_any", "missing values"] == "the worse"
    assert metrics.loc["left", "margin"] == 0.02
