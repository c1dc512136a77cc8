"""Simulated outcomes are what they say, and every rule errs and finds as often as integration says it must."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crowdwise.experiment.characteristics import (
    apply,
    rejected_interval,
    tabulate_adjusted,
    tabulate_rules,
    tabulate_simulation,
)
from crowdwise.experiment.populations import Counts, Observed, Playtime, Share
from crowdwise.experiment.sequential import bounds_by_shape, bounds_by_spending, crossing, unadjusted_bounds
from crowdwise.experiment.sequential.price import rules_of
from crowdwise.experiment.simulation import simulate

LOOKS = np.arange(1, 6) / 5
RULES = rules_of(LOOKS)
OUTCOMES = [Playtime(), Playtime(cap=3000), Counts(), Counts(dispersion=0), Share(), Observed((0.0, 0.0, 1.0, 7.0))]


@pytest.mark.parametrize("outcome", OUTCOMES, ids=str)
@pytest.mark.parametrize("lift", [0.0, 0.4])
def test_outcomes_have_the_mean_they_say(outcome, lift):
    drawn = outcome.draw(np.random.default_rng(1), (400, 2000), lift)
    assert drawn.mean() == pytest.approx(outcome.mean(lift), abs=4.5 * drawn.std() / np.sqrt(drawn.size))
    assert outcome.mean(0.4) > outcome.mean()


def test_playtime_is_zero_inflated_and_heavy_tailed_and_counts_vary_more_than_poisson():
    played = Playtime(zeros=0.3, median=100, spread=1.5).draw(np.random.default_rng(1), (200_000,))
    assert (played == 0).mean() == pytest.approx(0.3, abs=0.005)
    assert np.median(played[played > 0]) == pytest.approx(100, rel=0.02)
    assert np.log(played[played > 0]).std() == pytest.approx(1.5, rel=0.01)
    assert Playtime(cap=200).draw(np.random.default_rng(1), (1000,)).max() == 200
    counted = Counts(2.0, 0.5).draw(np.random.default_rng(1), (200_000,))
    assert counted.var() == pytest.approx(2 + 0.5 * 4, rel=0.03)


def test_a_look_sees_the_users_so_far_by_welchs_test():
    class Kept:
        """Keeps what it draws."""

        arms: list[np.ndarray] = []  # noqa: RUF012

        def draw(self, rng, shape, lift=0.0):
            values = rng.exponential(1 + lift, shape)
            self.arms.append(values.copy())
            return values

        def mean(self, lift=0.0):
            return 1 + lift

    kept = Kept()
    paths = simulate(kept, [0.2, 1.0], lift=0.5, users=200, experiments=7, treatment_share=0.3)
    control, treatment = kept.arms
    assert (control.shape, treatment.shape) == ((7, 140), (7, 60))
    for k, (n, m) in enumerate([(28, 12), (140, 60)]):
        peer = stats.ttest_ind(treatment[:, :m], control[:, :n], axis=1, equal_var=False)
        assert 2 * stats.norm.sf(np.abs(paths.z[:, k])) == pytest.approx(peer.pvalue, rel=1e-8)
        assert paths.estimate[:, k] / paths.error[:, k] == pytest.approx(peer.statistic)
    assert paths.truth == 0.5


@pytest.fixture(scope="module")
def none() -> pd.DataFrame:
    return tabulate_rules(simulate(Share(0.4), LOOKS, users=4000, experiments=8000, workers=2), RULES)


def test_without_a_difference_each_rule_errs_as_often_as_integration_says(none):
    for name, bounds in RULES.items():
        expected = crossing(bounds).total
        row = none.loc[name]
        width = 4 * np.sqrt(expected * (1 - expected) / 8000)
        assert row["rejected"] == pytest.approx(expected, abs=width), name
        assert row["low"] < row["rejected"] < row["high"]
        assert row["users"] == pytest.approx(crossing(bounds).expected_information, abs=0.01), name
    assert none.loc["peeking, unadjusted", "low"] > 0.1  # five looks: .142
    assert none.loc["peeking, unadjusted", "covered"] < 0.9


def test_with_a_difference_each_rule_finds_it_as_often_as_integration_says():
    outcome = Share(0.4)
    paths = simulate(outcome, LOOKS, lift=0.1, users=4000, experiments=8000)
    table = tabulate_rules(paths, RULES)
    drift = 0.04 / np.sqrt((0.4 * 0.6 + 0.44 * 0.56) / 2000)
    for name, bounds in RULES.items():
        expected = crossing(bounds, drift)
        assert table.loc[name, "rejected"] == pytest.approx(expected.total, abs=0.02), name
        assert table.loc[name, "users"] == pytest.approx(expected.expected_information, abs=0.01), name
    assert table.loc["one look at the end", "found"] < table.loc["Pocock shape", "found"]
    assert table["wrong way"].max() < 0.01


@pytest.mark.parametrize(("outcome", "lift"), [(Playtime(), 0.0), (Playtime(), 0.5), (Counts(), 0.2)])
def test_spending_keeps_alpha_on_unruly_outcomes_and_peeking_does_not(outcome, lift):
    paths = simulate(outcome, LOOKS, lift=lift, experiments=4000)
    table = tabulate_rules(paths, RULES)
    safe = table.drop("peeking, unadjusted")
    if lift:
        assert (safe["rejected"] > 0.08).all()
    else:
        assert (safe["low"] <= 0.05).all()
        assert table.loc["peeking, unadjusted", "low"] > 0.09


def test_a_small_arm_with_heavy_tails_errs_too_often_and_a_cap_repairs_most_of_it():
    errors = {
        cap: tabulate_rules(simulate(Playtime(cap=cap), LOOKS, treatment_share=0.1, experiments=4000), RULES)
        for cap in (None, 1000.0)
    }
    assert errors[None].loc["one look at the end", "low"] > 0.08
    assert errors[1000.0].loc["one look at the end", "low"] < 0.055
    assert errors[1000.0].loc["O'Brien-Fleming spending", "high"] < 0.07


def test_adjusted_results_hold_in_simulated_experiments():
    rules = {"pocock": bounds_by_shape(LOOKS, shape="pocock"), "spending": bounds_by_spending(LOOKS)}
    paths = simulate(Share(0.4), LOOKS, lift=0.1, users=4000, experiments=2000)
    table = tabulate_adjusted(paths, rules)
    assert table["covered"].to_numpy() == pytest.approx([0.95] * 2, abs=0.02)
    assert table["above"].to_numpy() == pytest.approx([0.5] * 2, abs=0.045)
    plain = tabulate_rules(paths, rules)
    assert plain.loc["pocock", "covered"] < table.loc["pocock", "covered"]


def test_the_same_seed_gives_the_same_experiments_with_any_number_of_workers_and_any_other_outcomes():
    asked = {"information": LOOKS, "experiments": 600, "users": 300, "seed": 3}
    one, two = (tabulate_simulation({"goal": (Share(), 0.3)}, RULES, workers=w, **asked) for w in (1, 2))
    pd.testing.assert_frame_equal(one, two)
    more = tabulate_simulation({"count": (Counts(), 0.3), "goal": (Share(), 0.3)}, RULES, **asked)
    pd.testing.assert_frame_equal(one, more[more["outcome"] == "goal"].reset_index(drop=True))
    assert more.groupby(["outcome", "lift"]).ngroups == 4
    other = simulate(Share(), LOOKS, experiments=600, users=300, seed=4)
    assert (other.z != simulate(Share(), LOOKS, experiments=600, users=300, seed=3).z).mean() > 0.5


def test_experiments_are_not_copies_of_each_other():
    z = simulate(Playtime(), [1.0], experiments=1000, users=100).z[:, 0]
    assert len(np.unique(z)) == 1000


def test_where_no_outcome_differs_nothing_is_found():
    paths = simulate(Observed((1.0, 1.0)), LOOKS, users=100, experiments=50)
    assert (paths.z == 0).all()
    assert not apply(RULES["Pocock shape"], paths)[0].any()


@pytest.mark.parametrize("k", [0, 3, 50])
def test_the_interval_of_a_simulated_share_is_exact(k):
    peer = stats.binomtest(k, 50).proportion_ci(0.95, "exact")
    assert rejected_interval(k, 50) == pytest.approx((peer.low, peer.high))


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda: simulate(Share(), [0.5, 1.5]), "no more than all"),
        (lambda: simulate(Share(), [0.001, 1.0], users=100), "too few"),
        (lambda: simulate(Share(), LOOKS, experiments=0), "at least one experiment"),
        (lambda: simulate(Share(), LOOKS, treatment_share=1.0), "users in both arms"),
        (lambda: apply(unadjusted_bounds([0.5]), simulate(Share(), [1.0], experiments=5)), "another time"),
        (lambda: tabulate_simulation({}, RULES, LOOKS), "no outcome"),
        (lambda: Share(0.5).mean(1.5), "ends at 0 and 1"),
        (lambda: Share(1.0), "between 0 and 1"),
        (lambda: Playtime(zeros=1.0), "no playtime"),
        (lambda: Counts(rate=0), "no counts"),
        (lambda: Observed((1.0,)), "two or more"),
    ],
)
def test_what_can_not_be_simulated_is_refused(ask, why):
    with pytest.raises(ValueError, match=why):
        ask()
