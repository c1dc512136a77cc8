"""The simulated test of recommendations: players are as asked, the truth is found, and nothing is found in nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crowdwise.experiment.analysis import analyse
from crowdwise.experiment.assignment import assign_by_plan
from crowdwise.experiment.monitoring import follow, list_looks
from crowdwise.experiment.plan import Looks, Plan
from crowdwise.experiment.plan_change import hash_plan
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.ratios import compare_ratios
from crowdwise.experiment.recovery import find_truth, tabulate_recovery
from crowdwise.experiment.welch import welch
from crowdwise.steam.simulated_experiment import Players, simulate_players

ROOT = Path(__file__).resolve().parents[2]
START = pd.Timestamp("2026-01-05", tz="UTC")
PLAYERS = Players(games=0.3, games_sd=0.75, active=0.6, hours=8.0, lift=0.3, hours_lift=0.1, liking=0.05)


@pytest.fixture(scope="module", params=["sample", "local", "full"])
def shipped(request) -> Plan:
    return read_plan((ROOT / f"params/{request.param}/plans/steam.yaml").read_text())


@pytest.fixture(scope="module")
def plan() -> Plan:
    whole = read_plan((ROOT / "params/sample/plans/steam.yaml").read_text())
    return replace(whole, looks=replace(whole.looks, units=20_000))


def simulate(plan: Plan, n: int, players: Players = PLAYERS, seed: int = 1):
    arms = assign_by_plan([f"player {seed} {k}" for k in range(n)], plan)
    return simulate_players(arms, players, start=START, per_day=1500, seed=seed)


def test_the_log_is_what_the_shipped_plan_reads(shipped):
    small = replace(shipped, looks=replace(shipped.looks, units=6000))
    log, untreated, treated = simulate(small, 6000)
    analyses = follow(small, log, list_looks(small, log), started_hash=hash_plan(small))
    assert analyses[-1].decision.ended
    table = tabulate_recovery(analyses[-1], untreated, treated)
    assert {"games_bought", "games_bought, adjusted for the looks", "liked_share", "left_page"} <= set(table["metric"])


def test_the_players_are_as_asked(plan):
    log, untreated, treated = simulate(plan, 60_000)
    bought = untreated["games_bought"]
    assert bought.mean() == pytest.approx(0.3, abs=0.015)
    assert bought.std() == pytest.approx(0.75, rel=0.06)
    assert untreated["hours"].mean() == pytest.approx(8.0, rel=0.08)
    assert (untreated["hours"] > 0).mean() == pytest.approx(0.6, abs=0.01)
    assert untreated["hours"].skew() > 4
    in_treatment = (log["arm"] == "recommended").to_numpy()
    assert log["looked"][in_treatment].mean() == pytest.approx(0.6, abs=0.015)
    assert not log["looked"][~in_treatment].any()
    more = treated["games_bought"] - untreated["games_bought"]
    assert (more >= 0).all()
    assert more[in_treatment & ~log["looked"]].sum() == 0
    for name in untreated:
        assert (log[name][in_treatment] == treated[name][in_treatment]).all()
        assert (log[name][~in_treatment] == untreated[name][~in_treatment]).all()


def test_the_same_seed_gives_the_same_log(plan):
    pd.testing.assert_frame_equal(simulate(plan, 500)[0], simulate(plan, 500)[0])
    assert (simulate(plan, 500)[0]["hours"] != simulate(plan, 500, seed=2)[0]["hours"]).any()


def test_lookers_beside_others_and_recommended_beside_own_games_mislead(plan):
    harmless = replace(PLAYERS, lift=0.0, liking=0.0)
    log, _, _ = simulate(plan, 60_000, harmless)
    treated = log[log["arm"] == "recommended"]
    lookers = welch(treated["games_bought"].to_numpy(), treated["looked"].to_numpy())
    assert lookers.low > 0.1  # no game was sold by a recommendation
    counts = [
        np.concatenate([treated[f"{kind}_{what}"] for kind in ("own", "eligible")]) for what in ("positive", "reviews")
    ]
    naive = compare_ratios(*counts, np.repeat([False, True], len(treated)))
    assert naive.low > 0.05  # nobody likes a game better for its being recommended
    held = compare_ratios(log["eligible_positive"], log["eligible_reviews"], log["arm"] == "recommended")
    assert held.low < 0 < held.high


def test_the_truth_is_counted_as_the_plan_counts(plan):
    _, untreated, treated = simulate(plan, 5000)
    metrics = {metric.name: metric for metric in plan.metrics}
    gain = (np.minimum(treated["games_bought"], 1) - np.minimum(untreated["games_bought"], 1)).mean()
    assert find_truth(metrics["games_bought"], untreated, treated, 1.0) == pytest.approx(gain)
    shares = [
        outcomes["eligible_positive"].sum() / outcomes["eligible_reviews"].sum() for outcomes in (untreated, treated)
    ]
    assert find_truth(metrics["liked_share"], untreated, treated) == pytest.approx(shares[1] - shares[0])
    assert shares[1] > shares[0]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"games_sd": 0.5}, "chance alone spreads more"),
        ({"lift": -0.1}, "knows no harm"),
        ({"liking": -0.1}, "no harm"),
    ],
)
def test_what_can_not_be_simulated_is_refused(plan, change, why):
    with pytest.raises(ValueError, match=why):
        simulate(plan, 100, replace(PLAYERS, **change))


@pytest.mark.slow
def test_intervals_hold_the_truth_and_nothing_is_found_in_nothing(plan):
    # One in a thousand honest assignments is stopped, as planned: not here.
    once = replace(plan, looks=Looks(), maturity=None, sample_ratio_threshold=1e-9)
    names = [metric.name for metric in once.metrics]
    held, found = [], []
    for seed in range(300):
        log, untreated, treated = simulate(once, 4000, seed=seed)
        held.append(tabulate_recovery(analyse(once, log, started_hash=hash_plan(once)), untreated, treated)["holds"])
        log, _, _ = simulate(once, 4000, replace(PLAYERS, lift=0, hours_lift=0, liking=0), seed=seed)
        analysis = analyse(once, log, started_hash=hash_plan(once))
        found.append([v.finding.p_value <= 0.05 for v in analysis.verdicts if v.finding.metric.margin is None])
    shares = pd.DataFrame(np.array(held), columns=names).mean()
    assert shares.min() > 0.91
    assert np.mean(found, axis=0) == pytest.approx(np.full(4, 0.05), abs=0.04)
