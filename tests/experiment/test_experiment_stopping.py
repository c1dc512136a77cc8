"""Results of tests that stop early hold as often as they say; confidence sequences hold at all looks together."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crowdwise.experiment.sequential import (
    adjust,
    anytime_bounds,
    anytime_critical,
    anytime_p_value,
    bounds_by_shape,
    bounds_by_spending,
    confidence_sequence,
    crossing,
    tabulate_price,
    tail_probability,
    unadjusted_bounds,
)
from crowdwise.experiment.sequential.anytime import tuned_rho
from crowdwise.experiment.sequential.price import rules_of

FOUR = np.array([0.25, 0.5, 0.75, 1.0])


def test_a_test_of_one_look_is_not_adjusted():
    result = adjust(unadjusted_bounds([0.4]), 1.2, 0.5)
    assert result.estimate == pytest.approx(1.2)
    assert (result.low, result.high) == pytest.approx((1.2 - 1.959964 * 0.5, 1.2 + 1.959964 * 0.5))
    assert result.p_value == pytest.approx(0.016395, rel=1e-4)  # 2 * pnorm(-2.4) in R


@pytest.mark.parametrize("drift", [0.0, 2.0])
def test_stage_wise_chances_are_uniform_so_that_intervals_and_medians_hold(drift):
    bounds, rng = bounds_by_shape(FOUR, shape="pocock"), np.random.default_rng(20240229)
    z = np.cumsum(rng.normal(drift / 4, 0.5, (3000, 4)), axis=1) / np.sqrt(FOUR)
    over = np.abs(z) >= bounds.critical
    last = np.where(over.any(axis=1), over.argmax(axis=1), 3)
    chances = np.array([tail_probability(bounds.until(k + 1), path[k], drift) for path, k in zip(z, last, strict=True)])
    for share in (0.025, 0.25, 0.5, 0.975):
        assert (chances < share).mean() == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / 3000))
    # the interval holds the drift just where its chance is within the level; the estimate is above it below a half
    for path, k, chance in list(zip(z, last, chances, strict=True))[:25]:
        root = math.sqrt(FOUR[k])
        result = adjust(bounds.until(k + 1), path[k] / root, 1 / root)
        assert (result.low < drift < result.high) == (0.025 < chance < 0.975)
        assert (result.estimate > drift) == (chance < 0.5)
        assert (result.p_value < 0.05) == (abs(path[k]) >= bounds.critical[k])
    plain = z[np.arange(3000), last] / np.sqrt(FOUR[last])
    if drift:  # the reason for all this: the plain estimate exaggerates
        assert plain.mean() > 1.1 * drift


def test_a_result_at_the_bound_has_a_p_value_of_the_alpha_spent_and_an_interval_that_touches_nothing():
    bounds = bounds_by_spending([0.4, 0.8], spending="pocock")
    spent = crossing(bounds)
    result = adjust(bounds, bounds.critical[1] * 0.3, 0.3)
    assert result.p_value == pytest.approx(spent.total, rel=1e-6)
    assert adjust(bounds, bounds.critical[1] * 0.3, 0.3, level=1 - spent.total).low == pytest.approx(0, abs=1e-6)


def test_an_adjusted_result_is_mirrored_and_in_the_unit_of_the_estimate():
    bounds = bounds_by_spending([0.4, 0.8])
    up, down, scaled = adjust(bounds, 3.0, 1.0), adjust(bounds, -3.0, 1.0), adjust(bounds, 0.03, 0.01)
    assert (down.low, down.high, down.p_value) == pytest.approx((-up.high, -up.low, up.p_value))
    assert scaled.estimate == pytest.approx(up.estimate / 100)
    one = adjust(bounds_by_spending([0.4, 0.8], alternative="larger", alpha=0.025), 3.0, 1.0)
    assert (one.estimate, one.low) == pytest.approx((up.estimate, up.low), rel=1e-4)
    assert one.p_value == pytest.approx(up.p_value / 2, rel=1e-3)
    lower = adjust(bounds_by_spending([0.4, 0.8], alternative="smaller", alpha=0.025), -3.0, 1.0)
    assert lower.p_value == pytest.approx(one.p_value)


@pytest.mark.parametrize(("alternative", "error"), [("two-sided", 0.05), ("larger", 0.05)])
def test_a_confidence_sequence_is_crossed_by_few_random_walks_looked_at_after_each_unit(alternative, error):
    units = np.arange(1, 2001)
    walks = np.cumsum(np.random.default_rng(5).normal(size=(4000, 2000)), axis=1) / np.sqrt(units)
    critical = anytime_critical(units / 500, alpha=error, alternative=alternative)
    over = np.abs(walks) >= critical if alternative == "two-sided" else walks >= critical
    crossed = over.any(axis=1).mean()
    assert 0.4 * error < crossed <= error  # and it is no idle bound


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.1])
def test_a_confidence_sequence_is_narrowest_where_it_is_tuned_to_be(alpha):
    others = anytime_critical([0.2, 0.5, 0.9, 1.1, 2, 5], alpha=alpha)
    assert (others > anytime_critical([1.0], alpha=alpha)).all()
    # the minimum of log((1 + v) / alpha^2) (1 + 1 / v): v = log((1 + v) / alpha^2)
    v = tuned_rho(alpha) ** 2
    assert v == pytest.approx(math.log((1 + v) / alpha**2))


def test_a_p_value_for_any_time_is_below_alpha_just_where_the_sequence_leaves_zero_out():
    information = np.array([0.1, 0.5, 1, 3])
    critical = anytime_critical(information)
    assert anytime_p_value(critical, information) == pytest.approx(np.full(4, 0.05))
    assert anytime_p_value(0.0, 1.0) == 1


def test_a_confidence_sequence_is_in_the_unit_of_its_estimates():
    low, high = confidence_sequence([0.5, 0.4], [0.2, 0.1], 0.1)
    assert (high - low) / 2 == pytest.approx([0.2, 0.1] * anytime_critical([0.25, 1.0]))
    low, high = confidence_sequence([0.5, 0.4], [0.2, 0.1], 0.1, alternative="larger")
    assert np.isinf(high).all()
    assert (low < 0.5).all()
    assert np.isinf(confidence_sequence([0.5], [0.2], 0.1, alternative="smaller")[0]).all()


def test_the_price_of_each_rule_is_shown():
    table = tabulate_price(rules_of(np.arange(1, 15) / 14))
    assert table.loc["one look at the end"].tolist() == pytest.approx([0.05, 0.8, 1, 1, 1])
    assert table.loc["peeking, unadjusted", "error"] == pytest.approx(0.2196, abs=1e-4)  # 14 looks at 1.96
    exact = table.index.str.contains("spending|shape")
    assert table.loc[exact, "error"].to_numpy() == pytest.approx(np.full(5, 0.05), abs=1e-8)
    power = table["power"]
    assert 0.8 > power["O'Brien-Fleming spending"] > power["Pocock spending"] > power["confidence sequence"] > 0.4
    assert table.loc["O'Brien-Fleming spending", "expected size"] < 0.85
    assert (table["expected size"] <= table["largest size"] + 1e-12).all()


def test_the_price_of_one_rule_is_what_simulation_finds():
    bounds, times = bounds_by_shape(FOUR, shape="pocock"), 200_000
    row = tabulate_price({"pocock": bounds}, power_asked=0.9).loc["pocock"]
    fixed = 1.959964 + 1.281552
    for drift, factor, expected, found in (
        (0.0, row["largest size"], row["expected size without difference"], row["error"]),
        (fixed * np.sqrt(row["largest size"]), row["largest size"], row["expected size"], 0.9),
        (fixed, None, None, row["power"]),
    ):
        steps = np.random.default_rng(20240229).normal(drift / 4, 0.5, (times, 4))
        z = np.cumsum(steps, axis=1) / np.sqrt(FOUR)
        over = np.abs(z) >= bounds.critical
        assert over.any(axis=1).mean() == pytest.approx(found, abs=0.004)
        if factor:
            ended = FOUR[np.where(over.any(axis=1), over.argmax(axis=1), 3)]
            assert factor * ended.mean() == pytest.approx(expected, abs=0.004)


def test_the_price_is_the_same_on_either_side_and_for_a_plan_that_ends_elsewhere():
    sides = [tabulate_price(rules_of(FOUR, alternative=side)) for side in ("larger", "smaller")]
    assert sides[0].to_numpy() == pytest.approx(sides[1].to_numpy(), rel=1e-6)
    assert (sides[0]["power"].drop("peeking, unadjusted") <= 0.8 + 1e-9).all()


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda: adjust(unadjusted_bounds([1.0]), 1.0, 0.0), "can't be adjusted"),
        (lambda: adjust(unadjusted_bounds([1.0]), math.nan, 1.0), "can't be adjusted"),
        (lambda: adjust(unadjusted_bounds([1.0]), 1.0, 1.0, level=1.0), "level is 1"),
        (lambda: anytime_critical([0.0]), "positive fraction"),
        (lambda: anytime_critical([1.0], alpha=0), "alpha is 0"),
        (lambda: anytime_critical([1.0], alternative="up"), "alternative is"),
        (lambda: confidence_sequence([1.0], [0.0], 0.1), "standard errors are positive"),
        (lambda: anytime_bounds([0.5, 0.4]), "must increase"),
    ],
)
def test_what_can_not_be_is_refused(ask, why):
    with pytest.raises(ValueError, match=why):
        ask()
