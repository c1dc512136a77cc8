"""The tables that the notebooks of experiments show: designs, baselines, promises, and comparisons that mislead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.experiment.analysis import Analysis, analyse
from crowdwise.experiment.baseline import Baseline, tabulate_baselines
from crowdwise.experiment.characteristics import tabulate_promises, tabulate_simulation
from crowdwise.experiment.comparison import Comparison, vary
from crowdwise.experiment.monitoring import find_refusal
from crowdwise.experiment.plan import Metric, Plan
from crowdwise.experiment.plan_change import hash_plan
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.populations import Share
from crowdwise.experiment.recovery import tabulate_holdout, tabulate_takers
from crowdwise.experiment.sequential import rules_of

PLAN = """
name: takers
unit: {column: unit, name: players}
arms: [{name: old, weight: 0.5}, {name: new, weight: 0.5}]
hypotheses: [{statement: More games, metric: games}]
metrics:
  - {name: games, role: primary, kind: mean, direction: increase}
  - {name: liked, role: secondary, kind: ratio, direction: increase, column: good, denominator: reviews}
alpha: 0.05
compliance: looked
decision: {success: all, ship: ship new, otherwise: keep old}
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(PLAN)


@pytest.fixture(scope="module")
def world(plan) -> tuple[Analysis, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Keen players look, and have more games and better reviews, whatever they look at; looking adds .5 games."""
    rng, n = np.random.default_rng(3), 6000
    new, keen = rng.permutation(np.arange(n) % 2 == 0), rng.random(n) < 0.5
    games, reviews = rng.normal(2 + 3 * keen, 1.0), rng.poisson(2, n)
    base = pd.DataFrame({"games": games, "reviews": reviews, "good": rng.binomial(reviews, 0.8)})
    told = base.assign(games=games + 0.5 * keen)
    log = base.assign(games=games + 0.5 * (keen & new)).assign(
        unit=np.arange(n), arm=np.where(new, "new", "old"), looked=keen & new, others=4, bad=rng.binomial(4, 0.3, n)
    )
    return analyse(plan, log, started_hash=hash_plan(plan)), log, base, told


def test_who_takes_up_beside_the_others_misleads_and_the_complier_effect_does_not(world):
    table = tabulate_takers(*world)
    assert table["truth"].to_numpy() == pytest.approx([0.5, 0.5])
    assert table["estimate"].iloc[0] == pytest.approx(3.5, abs=0.2)
    assert table["holds"].tolist() == [False, True]
    with pytest.raises(Problem, match="who took the treatment up is not known"):
        tabulate_takers(replace(world[0], compliers=()), *world[1:])


def test_what_was_shown_beside_all_else_misleads_and_the_hold_out_does_not(world):
    table = tabulate_holdout(*world, "liked", ("bad", "others"))
    assert table["estimate"].iloc[0] == pytest.approx(0.5, abs=0.05)
    assert table["truth"].tolist() == [0, 0]
    assert table["holds"].tolist() == [False, True]


def test_a_design_is_varied_field_by_field_or_by_another_baseline():
    hours = Comparison("hours", "players", baseline=8.0, sd=14.0)
    varied = vary(hours, {"all look": {"uptake": 0.5}, "others": Baseline(9.0, 10.0, 100)})
    assert list(varied) == ["hours", "hours, all look", "hours, others"]
    assert varied["hours, all look"] == replace(hours, uptake=0.5)
    assert varied["hours, others"] == replace(hours, baseline=9.0, sd=10.0)


def test_baselines_stand_with_their_interval_and_the_spread_of_the_design():
    values = np.random.default_rng(1).poisson(2.0, 400)
    table = tabulate_baselines({"games": (values, Baseline(2.0, 1.5, 400), "games")}, seed=1).set_index("metric")
    row = table.loc["games"]
    assert row["low"] < values.mean() == row["mean"] < row["high"]
    assert (row["sd"], row["n"], row["unit"]) == (1.5, 400, "games")


def test_promises_put_errors_beside_power():
    looks = [0.5, 1.0]
    simulated = tabulate_simulation({"shares": (Share(), 0.2)}, rules_of(looks), looks, users=500, experiments=300)
    table = tabulate_promises(simulated)
    assert table.columns.tolist() == ["shares: error", "shares: power"]
    assert table.index.tolist() == list(rules_of(looks))
    row = simulated[(simulated["rule"] == "Pocock shape") & (simulated["lift"] == 0.2)].iloc[0]
    assert table.loc["Pocock shape", "shares: power"] == row["rejected"] > table.loc["Pocock shape", "shares: error"]


def test_a_refusal_is_given_in_words_and_nothing_if_there_is_none(plan, world):
    log = world[1]
    assert find_refusal(plan, log) == ""
    lost = (log["arm"] == "new") & (log["unit"] % 4 == 0)
    assert "the sample ratio is off" in find_refusal(plan, log[~lost])
    metrics = (Metric("games", "primary", "count", "increase", "games"),)
    assert "a count is negative or not whole" in find_refusal(replace(plan, metrics=metrics), log)
