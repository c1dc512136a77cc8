"""An analysis holds to its plan, reads it as assigned, and says what follows; what is wrong with the data stops it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdwise.base.errors import Problem
from crowdwise.experiment.adjustment import cuped, lin
from crowdwise.experiment.analysis import analyse
from crowdwise.experiment.assignment import assign_by_plan
from crowdwise.experiment.compliance import measure_compliers
from crowdwise.experiment.intervals import compare_proportions, reject_inferiority
from crowdwise.experiment.plan import Arm, Plan
from crowdwise.experiment.plan_change import hash_plan
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.ratios import compare_ratios
from crowdwise.experiment.welch import welch
from experiment_plans import PLAN

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def players(plan: Plan, n: int = 6000, effect: float = 0.5, seed: int = 1) -> pd.DataFrame:
    """Made-up players, half of whom look, and buy more if they look at recommendations."""
    rng = np.random.default_rng(seed)
    arm = assign_by_plan(range(n), plan).to_numpy()
    pace = rng.gamma(1.5, 1.0, n)
    looked = (rng.random(n) < 0.5) & (arm != plan.control)
    bought = rng.poisson(pace + effect * looked)
    played = rng.poisson(2.0, n) + 1
    assigned = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 40, n), unit="D")
    columns = {"player_id": np.arange(n), "arm": arm, "games_bought": bought, "games_before": rng.poisson(3 * pace)}
    columns |= {"bought_any": (bought > 0).astype(float), "hours": played * rng.gamma(2.0, 1.0, n)}
    columns |= {"games_played": played, "left": rng.random(n) < 0.03, "is_staff": rng.random(n) < 0.01}
    return pd.DataFrame(columns | {"assigned_at": assigned, "looked": looked})


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(PLAN)


@pytest.fixture(scope="module")
def data(plan: Plan) -> pd.DataFrame:
    return players(plan)


def run(plan: Plan, data: pd.DataFrame, **more):
    return analyse(plan, data, started_hash=hash_plan(plan), **{"now": NOW, **more})


def test_each_metric_is_read_as_planned(plan, data):
    analysis = run(plan, data)
    kept = data[~data["is_staff"]]
    t = (kept["arm"] == "recommended").to_numpy()
    cap = np.quantile(kept["games_bought"], 0.99)
    capped = np.minimum(kept["games_bought"], cap).to_numpy()
    found = {(f.metric.name, f.view): f for f in analysis.findings}
    assert next(iter(found)) == ("games_bought", "as planned")
    planned = found["games_bought", "as planned"]
    assert planned.effect == lin(capped, t, kept["games_before"])
    assert planned.cap == cap
    assert found["games_bought", "unadjusted"].effect == welch(capped, t)
    assert found["games_bought", "raw mean"].effect == welch(kept["games_bought"], t)
    assert found["games_bought", "log"].lift.method == "geometric mean of 1 + outcome"
    assert found["games_bought", "share active"].effect.control == (kept["games_bought"][~t] > 0).mean()
    ratio = compare_ratios(kept["hours"], kept["games_played"], t)
    assert found["hours_a_game", "as planned"].effect == ratio
    counts = [(int(kept["left"][arm].sum()), int(arm.sum())) for arm in (~t, t)]
    left = found["left", "as planned"]
    assert left.effect == compare_proportions(*counts)
    assert left.p_value == 2 * reject_inferiority(*counts, 0.02, direction="decrease")
    assert 0 < found["bought_any", "as planned"].posterior.chance_better < 1
    compliers = measure_compliers(capped, t, kept["looked"])
    assert analysis.compliers[0].effect == compliers
    assert compliers.effect > planned.effect.difference
    by_cuped = run(replace(plan, adjustment="cuped"), data)
    assert by_cuped.findings[0].effect == cuped(capped, t, kept["games_before"])


def test_a_known_effect_is_found_and_shipped(plan, data):
    analysis = run(plan, data)
    planned = analysis.findings[0].effect
    assert planned.low < 0.25 < planned.high  # half of the arm looks, and buys .5 more
    assert analysis.findings[0].effect.error < analysis.findings[1].effect.error
    assert analysis.compliers[0].effect.low < 0.5 < analysis.compliers[0].effect.high
    assert analysis.decision.arms == ("recommended",)
    words = analysis.decision.words
    assert words.startswith("recommended against popular: games_bought rose, as hoped: +0.2")
    assert "left is not worse by the margin of 0.02" in words
    assert words.endswith("Decision: show recommendations to all.")


def test_no_effect_keeps_the_control(plan):
    analysis = run(plan, players(plan, effect=0.0, seed=4))
    assert analysis.decision.arms == ()
    assert "no difference in games_bought was found" in analysis.decision.words
    assert analysis.decision.words.endswith("Decision: keep the most popular games.")


def test_a_harm_and_a_broken_guardrail_keep_the_control(plan, data):
    swapped = data.assign(arm=data["arm"].map({"popular": "recommended", "recommended": "popular"}))
    harmed = run(plan, swapped)
    assert not harmed.verdicts[0].succeeds
    assert "fell, against what was hoped" in harmed.decision.words
    leaving = data.assign(left=(data["arm"] == "recommended") & (data["player_id"] % 20 == 0))
    broken = run(plan, leaving)
    assert broken.verdicts[0].succeeds
    assert broken.decision.arms == ()
    assert "left is not shown to be within the margin" in broken.decision.words


def test_steps_say_how_the_units_came_down(plan, data):
    steps = run(plan, data).steps
    assert [step.rule for step in steps] == [
        "assigned",
        "excluded: is_staff is True (staff know the test)",
        "immature: 14 days not passed",
    ]
    assert steps[0].units == data["arm"].value_counts().to_dict()
    assert steps[1].left_out == int(data["is_staff"].sum())
    assert sum(steps[1].units.values()) == len(data) - steps[1].left_out


def test_immature_units_are_refused_or_left_out_as_planned(plan, data):
    early = datetime(2026, 2, 1)
    with pytest.raises(Problem, match="units are not mature: 14 days have not passed since their assigned_at"):
        run(plan, data, now=early)
    with pytest.raises(Problem, match="now is not given"):
        run(plan, data, now=None)
    lenient = replace(plan, maturity=replace(plan.maturity, immature="excluded"))
    steps = run(lenient, data, now=early).steps
    late = (data["assigned_at"] > pd.Timestamp("2026-01-18", tz="UTC")) & ~data["is_staff"]
    assert steps[-1].left_out == int(late.sum()) > 0
    with pytest.raises(Problem, match="no unit is left"):
        run(lenient, data, now=datetime(2025, 1, 1))


def test_a_changed_plan_is_refused(plan, data):
    with pytest.raises(Problem, match=r"it changed after the start: alpha was 0.05 and is 0.1"):
        analyse(replace(plan, alpha=0.1), data, started_hash=hash_plan(plan), started_plan=plan, now=NOW)


def test_a_sample_ratio_that_is_off_stops_at_the_rule_that_made_it(plan, data):
    lost = data[(data["arm"] == "popular") | (data["player_id"] % 5 > 0)]
    with pytest.raises(Problem, match="assigned: the sample ratio is off"):
        run(plan, lost)
    biased = data.assign(is_staff=(data["arm"] == "popular") & (data["player_id"] % 5 == 0))
    with pytest.raises(Problem, match=r"excluded: is_staff is True .*: the sample ratio is off"):
        run(plan, biased)


def test_missing_values_count_as_the_plan_says(plan, data):
    gone = data["player_id"] % 10 == 0
    holes = data.assign(bought_any=data["bought_any"].mask(gone), games_bought=data["games_bought"].mask(gone))
    with pytest.raises(Problem, match=r"metric 'games_bought': 592 of 5,944 values are missing"):
        run(plan, holes)
    games, *others = plan.metrics

    def read(nulls: str, place: int = 0):
        metrics = (replace(games, nulls=nulls, covariates=(), cap_share=None), *others)
        planned = [f for f in run(replace(plan, metrics=metrics), holes).findings if f.view == "as planned"]
        return planned[place]

    kept = holes[~holes["is_staff"]]
    t = (kept["arm"] == "recommended").to_numpy()
    filled = kept["games_bought"].fillna(0).to_numpy()
    known = kept["games_bought"].notna().to_numpy()
    assert read("zero").effect == welch(filled, t)
    assert read("excluded").effect == welch(filled[known], t[known])
    assert read("excluded").missing == int((~known).sum())
    assert read("zero", 1).effect.control == kept["bought_any"].fillna(0)[~t].mean()
    bad = replace(others[2], nulls="failure")
    left = kept.assign(left=kept["left"].astype(float).mask(~known))
    worse = run(
        replace(plan, metrics=(*plan.metrics[:3], bad)), left.assign(games_bought=1, games_before=t * 0 + known)
    )
    assert worse.findings[-1].effect.control == left["left"].fillna(1)[~t].mean()


def test_values_missing_by_arm_are_refused(plan, data):
    games, *others = plan.metrics
    lenient = replace(plan, metrics=(replace(games, nulls="excluded"), *others))
    gone = (data["arm"] == "popular") & (data["player_id"] % 4 == 0)
    with pytest.raises(Problem, match="metric 'games_bought', missing values excluded: the sample ratio is off"):
        run(lenient, data.assign(games_bought=data["games_bought"].mask(gone)))


def test_missing_covariates_are_refused_or_stand_beside_an_indicator(plan, data):
    holes = data.assign(games_before=data["games_before"].mask(data["player_id"] % 3 == 0))
    with pytest.raises(Problem, match="covariate 'games_before': "):
        run(plan, holes)
    games, *others = plan.metrics
    covariates = (replace(games.covariates[0], nulls="indicator"),)
    found = run(replace(plan, metrics=(replace(games, covariates=covariates), *others)), holes).findings[0]
    kept = holes[~holes["is_staff"]]
    columns = np.column_stack([kept["games_before"].isna(), kept["games_before"].fillna(0)])
    capped = np.minimum(kept["games_bought"], found.cap)
    assert found.effect == lin(capped, kept["arm"] == "recommended", columns)
    whole = run(plan, data).findings
    assert whole[0].effect.error < found.effect.error < whole[1].effect.error


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_and_columns_changes_nothing(plan, data, seed):
    rng = np.random.default_rng(seed)
    order, columns = rng.permutation(len(data)), rng.permutation(data.columns)
    one, two = run(plan, data).table(), run(plan, data.iloc[order][columns]).table()
    pd.testing.assert_frame_equal(one, two, rtol=1e-9)


def test_an_arm_may_be_text_or_a_category_and_the_table_is_whole(plan, data):
    analysis = run(plan, data.assign(arm=data["arm"].astype("category")))
    table = analysis.table()
    pd.testing.assert_frame_equal(table, run(plan, data).table())
    assert table["view"].tolist()[:5] == ["as planned", "unadjusted", "raw mean", "log", "share active"]
    assert table["view"].iloc[-1] == "compliers"
    assert table["p_adjusted"].notna().sum() == len(analysis.verdicts) == 4
    assert analysis.balance["covariate"].tolist() == ["games_before"]


def test_several_arms_and_metrics_are_one_family_a_role(plan):
    games, any_game, _, left = plan.metrics
    metrics = (replace(games, covariates=()), replace(any_game, role="primary"), left)
    hypotheses = (*plan.hypotheses, replace(plan.hypotheses[0], metric="bought_any"))
    arms = (Arm("popular", 0.4), Arm("recommended", 0.3), Arm("explained", 0.3))
    decision = replace(plan.decision, success="any")
    three = replace(plan, arms=arms, metrics=metrics, hypotheses=hypotheses, decision=decision)
    analysis = run(three, players(three, n=4000, effect=0.35))
    primary = [v for v in analysis.verdicts if v.finding.metric.role == "primary"]
    smallest = min(primary, key=lambda v: v.finding.p_value)
    assert len(primary) == 4
    assert smallest.p_adjusted == pytest.approx(min(1, 4 * smallest.finding.p_value))
    guardrail = analysis.verdicts[-1]
    assert guardrail.p_adjusted == guardrail.finding.p_value
    assert {f.arm for f in analysis.findings} == {"recommended", "explained"}
    assert "any of the primary metrics must succeed and every guardrail must hold" in analysis.decision.words
    all_of = run(replace(three, decision=plan.decision), players(three, n=4000, effect=0.35))
    assert set(all_of.decision.arms) <= set(analysis.decision.arms)
    assert analysis.decision.arms


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.drop(columns=["hours", "looked"]), "the data have no column hours, looked"),
        (lambda d: pd.concat([d, d.iloc[:3]]), "3 rows repeat a unit, 0 first"),
        (lambda d: d.assign(player_id=d["player_id"].mask(d["player_id"] < 2)), "2 rows have no player_id"),
        (lambda d: d.assign(arm=d["arm"].replace("popular", "Popular")), "an arm that is not planned: Popular"),
        (lambda d: d.assign(arm=d["arm"].astype(object).mask(d["player_id"] == 1)), r"not planned: \(missing\)"),
        (lambda d: d.assign(assigned_at="2026-01-01"), "assigned_at is not a time for all units"),
        (lambda d: d.assign(is_staff=None), "exclusion by 'is_staff': 6,000 values are missing"),
        (lambda d: d.assign(is_staff=d["is_staff"].astype(str)), "value can equal True"),
        (lambda d: d.assign(hours=np.inf), "metric 'hours_a_game', hours: 5,9.* values are infinite"),
        (lambda d: d.assign(hours="many"), "a value is not a number"),
        (lambda d: d.assign(games_bought=d["games_bought"] + 0.5), "a count is negative or not whole"),
        (lambda d: d.assign(left=2), "a proportion's value is neither 0 nor 1"),
        (lambda d: d.assign(looked=None), "compliance 'looked': a value is missing"),
        (lambda d: d.assign(looked=False), "there are no compliers"),
    ],
)
def test_data_that_can_t_be_read_say_why(plan, data, change, said):
    with pytest.raises(Problem, match=said) as caught:
        run(plan, change(data))
    assert caught.value.remedy


@pytest.mark.slow
def test_a_test_of_nothing_ships_as_rarely_as_planned(plan):
    """Six hundred A/A tests: the primary metric is found at alpha, in the hoped direction at half of it."""
    bare = replace(plan, compliance=None, maturity=None)
    analyses = [run(bare, players(bare, n=1500, effect=0.0, seed=seed)) for seed in range(600)]
    found = np.mean([a.findings[0].p_value <= 0.05 for a in analyses])
    assert found == pytest.approx(0.05, abs=0.03)
    assert np.mean([bool(a.decision.arms) for a in analyses]) < 0.045
