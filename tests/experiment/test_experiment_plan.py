"""A plan is read strictly, hashed by what it says, and a changed one is refused with what changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
import yaml

from crowdwise.base.errors import Problem
from crowdwise.experiment.plan import Arm, Covariate, Looks
from crowdwise.experiment.plan_change import hash_plan, list_changes, refuse_changed, write_plan
from crowdwise.experiment.plan_text import as_plan, read_plan
from experiment_plans import PLAN


def test_a_plan_is_read_whole():
    plan = read_plan(PLAN)
    assert plan.control == "popular"
    assert plan.treatments == ("recommended",)
    assert plan.weights == {"popular": 0.5, "recommended": 0.5}
    games, any_game, hours, left = plan.metrics
    assert games.column == "games_bought"
    assert (games.cap_share, games.covariates) == (0.99, (Covariate("games_before"),))
    assert any_game.nulls == "failure"
    assert (hours.column, hours.denominator) == ("hours", "games_played")
    assert left.margin == 0.02
    assert plan.exclusions[0].equals is True
    assert plan.looks == Looks()


def test_the_hash_is_of_what_the_plan_says():
    plan = read_plan(PLAN)
    fields = yaml.safe_load(PLAN)
    turned = yaml.safe_dump(dict(reversed(fields.items())), sort_keys=False)
    spelt_out = PLAN + "\n# a comment\nadjustment: lin\nsample_ratio_threshold: 1.0e-3\n"
    assert hash_plan(read_plan(turned)) == hash_plan(read_plan(spelt_out)) == hash_plan(plan)
    assert hash_plan(plan) == hashlib.sha256(write_plan(plan).encode()).hexdigest()
    assert as_plan(json.loads(write_plan(plan))) == plan
    assert hash_plan(replace(plan, alpha=0.01)) != hash_plan(plan)


def test_the_hash_never_moves():
    """A plan that was started must be read alike by every later version."""
    assert hash_plan(read_plan(PLAN)) == "b10cce25d380a244930d1a76a7fa78b3e44355d5668c5b46cf2f797020d442e3"


def test_a_whole_number_hashes_as_itself():
    plan = read_plan(PLAN.replace("weight: 0.5", "weight: 1", 1).replace("weight: 0.5", "weight: 1.0e-10"))
    assert hash_plan(plan) == hash_plan(replace(plan, arms=(replace(plan.arms[0], weight=1), plan.arms[1])))


def test_a_changed_plan_is_refused_key_by_key():
    started = read_plan(PLAN)
    games, *others = started.metrics
    arms = (Arm("popular", 0.6), Arm("recommended", 0.4))
    changed = replace(started, alpha=0.1, arms=arms, metrics=(replace(games, cap_share=None), *others[:-1]))
    refuse_changed(started, hash_plan(started))
    assert list_changes(started, started) == []
    with pytest.raises(Problem) as caught:
        refuse_changed(changed, hash_plan(started), started)
    assert "alpha was 0.05 and is 0.1" in str(caught.value)
    assert "arms[popular].weight was 0.5 and is 0.6" in str(caught.value)
    assert "metrics[games_bought].cap_share was 0.99 and is None" in str(caught.value)
    assert "metrics[left].margin is gone (it was 0.02)" in str(caught.value)
    assert "metrics[bought_any]" not in str(caught.value)


def test_the_order_of_arms_is_part_of_the_plan():
    plan = read_plan(PLAN)
    turned = replace(plan, arms=plan.arms[::-1])
    with pytest.raises(Problem, match="arms in order was 'popular, recommended'"):
        refuse_changed(turned, hash_plan(plan), plan)


def test_a_hash_alone_refuses_and_a_wrong_started_plan_is_seen():
    plan = read_plan(PLAN)
    other = replace(plan, alpha=0.01)
    with pytest.raises(Problem, match="the experiment started with " + hash_plan(other)[:12]):
        refuse_changed(plan, hash_plan(other))
    with pytest.raises(Problem, match="does not have its hash"):
        refuse_changed(plan, hash_plan(other), plan)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("alpha: 0.05", "alhpa: 0.05", "plan: the key 'alhpa' is unknown. Write alpha if that is meant."),
        ("alpha: 0.05", "", "plan: the key 'alpha' is missing. Add alpha: a number."),
        ("alpha: 0.05", "alpha: five", "plan, alpha: this is 'five'. Give a number."),
        ("alpha: 0.05", "alpha: true", "plan, alpha: this is True. Give a number."),
        ("alpha: 0.05", "alpha: 1.5", "plan, alpha: alpha is 1.5."),
        ("alpha: 0.05", "alpha: 0.05\nalpha: 0.1", "'alpha' is given twice"),
        ("alpha: 0.05", "alpha: [", "plan: this is not YAML in line"),
        ("name: recommendations-2026", "name: 2026", "plan, name: this is 2026, not text. Write it in quotes: '2026'."),
        ("name: recommendations-2026", "name: ' '", "plan, name: this is ' '. Give text."),
        ("weight: 0.5", "weight: 0.6", "plan, arms: the weights add up to 1.1."),
        ("weight: 0.5", "weight: -0.5", "Give each arm a weight above 0."),
        ("weight: 0.5", "weigth: 0.5", "plan, arms[0]: the key 'weigth' is unknown. Write weight if that is meant."),
        ("name: recommended,", "name: popular,", "two arms are named 'popular'"),
        ("role: primary", "role: secondary", "no metric is primary"),
        ("role: primary", "role: main", "metrics[0].role: this is 'main'. Give primary or secondary or guardrail."),
        ("metric: games_bought", "metric: games", "hypotheses[0].metric: no metric is named 'games'"),
        ("metric: games_bought", "metric: left", "the primary metric 'games_bought' has no hypothesis"),
        (", margin: 0.02", "", "metric 'left': a guardrail has no margin"),
        ("margin: 0.02", "margin: -0.02", "metrics[3], metric 'left': margin is -0.02"),
        (", denominator: games_played", "", "a ratio needs a denominator"),
        ("kind: count", "kind: count\n    denominator: days", "a count has no denominator"),
        ("cap_share: 0.99", "cap_share: 99", "cap_share is 99.0"),
        ("cap_share: 0.99", "cap_share: 0.99\n    cap: 40", "both cap and cap_share"),
        ("nulls: failure", "cap: 1", "a proportion can't be capped"),
        ("cap_share: 0.99", "nulls: failure", "nulls of a count can't be failures"),
        ("column: hours,", "column: hours, covariates: [{column: x}],", "a ratio is not adjusted"),
        ("covariates: [{column: games_before}]", "covariates: games_before", "this is 'games_before', not a list"),
        ("days: 14", "days: -1", "plan, maturity: days is -1.0"),
        ("success: all", "success: most", "plan, decision.success: this is 'most'. Give all or any."),
        ("compliance: looked", "looks: {information: [0.5, 1]}", "2 looks don't go with spending 'none'"),
        ("compliance: looked", "looks: {information: [0.5, 0.9]}", "Give rising shares above 0 that end with 1"),
        ("compliance: looked", "sample_ratio_threshold: 0", "the threshold is 0.0"),
        ("unit: {column: player_id, name: players}", "unit: players", "plan, unit: this is 'players', not a mapping"),
    ],
)
def test_a_wrong_plan_names_the_key_and_the_remedy(old, new, said):
    assert old in PLAN
    with pytest.raises(Problem) as caught:
        read_plan(PLAN.replace(old, new, 1))
    assert said in str(caught.value)
    assert caught.value.remedy


def test_several_looks_hold_for_one_test():
    looks = "looks: {information: [0.5, 1], spending: obrien-fleming, stopping: efficacy}"
    assert read_plan(PLAN + looks).looks.information == (0.5, 1.0)
    second = PLAN.replace("role: secondary, kind: proportion", "role: primary, kind: proportion")
    second = second.replace("hypotheses:", "hypotheses:\n  - {statement: More buy at all, metric: bought_any}")
    with pytest.raises(Problem, match="Plan one look, or one primary metric and two arms"):
        read_plan(second + looks)


def test_a_problem_names_the_file():
    with pytest.raises(Problem, match=r"^plans/steam.yaml, alpha: "):
        read_plan(PLAN.replace("alpha: 0.05", "alpha: no"), where="plans/steam.yaml")
