"""The simulated test of advice: its creators are as asked, its truth is found, and nothing is found in nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crowdwise.experiment.analysis import analyse
from crowdwise.experiment.assignment import assign_by_plan
from crowdwise.experiment.cohorts import tabulate_cohorts
from crowdwise.experiment.plan import Plan
from crowdwise.experiment.plan_change import hash_plan
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.recovery import find_truth, tabulate_recovery
from crowdwise.experiment.welch import welch
from crowdwise.kickstarter.simulated_experiment import LONGEST, WAITING, Creators, simulate_creators

ROOT = Path(__file__).resolve().parents[2]
START = pd.Timestamp("2026-01-05", tz="UTC")
CREATORS = Creators(reached=0.41, gain=0.08)
CREATORS_UNHELPED = replace(CREATORS, gain=0.0)


@pytest.fixture(scope="module", params=["sample", "local", "full"])
def shipped(request) -> Plan:
    return read_plan((ROOT / f"params/{request.param}/plans/kickstarter.yaml").read_text())


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan((ROOT / "params/sample/plans/kickstarter.yaml").read_text())


def simulate(plan: Plan, n: int, creators: Creators = CREATORS, seed: int = 1, per_day: float = 100):
    arms = assign_by_plan([f"creator {seed} {k}" for k in range(n)], plan)
    return simulate_creators(arms, creators, start=START, per_day=per_day, seed=seed)


def read(plan: Plan, log: pd.DataFrame):
    now = log["assigned_at"].max() + pd.Timedelta(days=90)
    return analyse(plan, log, started_hash=hash_plan(plan), now=now.to_pydatetime())


def test_the_log_is_what_the_shipped_plan_reads_and_is_mature_when_the_plan_says(shipped):
    log, untreated, treated = simulate(shipped, 3000)
    assert shipped.maturity.days == WAITING + LONGEST
    assert (log["known_at"] <= log["assigned_at"] + pd.Timedelta(days=shipped.maturity.days)).all()
    analysis = read(shipped, log)
    table = tabulate_recovery(analysis, untreated, treated)
    assert table["metric"].tolist() == ["reached_goal", "pledged_usd", "launched"]
    assert analysis.compliers[0].effect.uptake == pytest.approx(0.6, abs=0.05)


def test_the_creators_are_as_asked(plan):
    log, untreated, treated = simulate(plan, 60_000)
    assert untreated["reached_goal"].fillna(0).mean() == pytest.approx(0.41, abs=0.01)
    assert untreated["launched"].mean() == pytest.approx(0.85, abs=0.01)
    assert (untreated["reached_goal"].isna() == (untreated["launched"] == 0)).all()
    offered = (log["arm"] == "advice").to_numpy()
    assert log["used"][offered].mean() == pytest.approx(0.6, abs=0.01)
    assert not log["used"][~offered].any()
    gains = (treated["reached_goal"].fillna(0) - untreated["reached_goal"].fillna(0)).to_numpy()
    assert gains[offered & log["used"]].mean() == pytest.approx(0.08, abs=0.01)
    assert gains[offered & ~log["used"]].sum() == 0
    assert find_truth(plan.metrics[0], untreated, treated) == pytest.approx(0.6 * 0.08, abs=0.005)
    days = (log["known_at"] - log["assigned_at"]).dt.total_seconds() / 86400
    assert days.between(WAITING - 10, WAITING + LONGEST).all()


def test_the_same_seed_gives_the_same_log(plan):
    pd.testing.assert_frame_equal(simulate(plan, 500)[0], simulate(plan, 500)[0])


def test_users_beside_others_and_outcomes_as_they_come_mislead(plan):
    log, _, _ = simulate(plan, 60_000, CREATORS_UNHELPED)
    reached, offered = log["reached_goal"].fillna(0), (log["arm"] == "advice").to_numpy()
    users = welch(reached[offered].to_numpy(), log["used"][offered].to_numpy())
    assert users.low > 0.03  # advice helped nobody
    fast, _, _ = simulate(plan, 60_000, CREATORS_UNHELPED, per_day=1000)
    rows = tabulate_cohorts(plan, fast, START + timedelta(days=105), "known_at")
    known, mature, end = rows["control"]
    assert known < end - 0.01
    assert mature == pytest.approx(end, abs=0.02)
    assert rows["difference"].iloc[0] < rows["difference"].iloc[2] - 0.002  # advice harmed nobody: it took time


@pytest.mark.parametrize(("reached", "gain"), [(0.0, 0.0), (0.9, 0.0), (0.4, -0.1), (0.4, 0.6)])
def test_what_can_not_be_simulated_is_refused(reached, gain):
    with pytest.raises(ValueError, match=r"reach their goal|a gain of"):
        Creators(reached, gain=gain)


@pytest.mark.slow
def test_intervals_hold_the_truth_and_nothing_is_found_in_nothing(plan):
    plan = replace(plan, sample_ratio_threshold=1e-9)  # one in a thousand honest assignments is stopped, as planned
    held, found, shipped = [], [], []
    for seed in range(300):
        log, untreated, treated = simulate(plan, 3000, seed=seed)
        held.append(tabulate_recovery(read(plan, log), untreated, treated)["holds"])
        analysis = read(plan, simulate(plan, 3000, replace(CREATORS, gain=0.0), seed=seed)[0])
        found.append(analysis.findings[0].p_value <= 0.05)
        shipped.append(bool(analysis.decision.arms))
    assert np.mean(held, axis=0).min() > 0.91
    assert np.mean(found) == pytest.approx(0.05, abs=0.04)
    assert np.mean(shipped) <= np.mean(found)
