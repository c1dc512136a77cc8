"""What a longer test finds follows from who comes back, not from the square root of time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crowdwise.experiment.baseline import Baseline
from crowdwise.experiment.comparison import Comparison
from crowdwise.experiment.design import means_effect
from crowdwise.experiment.horizons import horizon_for, tabulate_horizons
from crowdwise.experiment.visits import Returning, Visits

TRUE = Returning(pool=30_000, a=0.6, b=5.0, mean=2.0, between=1.5, within=4.0)
HOURS = Comparison("hours", "players", baseline=1.0, sd=1.0, treatment_share=0.4)


def drawn(model: Returning, days: int, seed: int = 1) -> pd.DataFrame:
    rng, pool = np.random.default_rng(seed), int(model.pool)
    came = rng.random((pool, days)) < rng.beta(model.a, model.b, pool)[:, None]
    unit, day = np.nonzero(came)
    level = rng.normal(model.mean, np.sqrt(model.between), pool)
    value = level[unit] + rng.normal(0, np.sqrt(model.within), len(unit))
    return pd.DataFrame({"unit": unit, "day": day, "value": value})


def test_a_model_is_found_that_agrees_with_a_period_of_which_only_totals_are_known():
    seen = TRUE.at(14)
    share = TRUE.units(14) / TRUE.pool
    alike = Returning.matching(30_000, 14, share, seen, a=0.6, lasting=1.5 / 5.5)
    assert (alike.b, alike.mean, alike.between) == pytest.approx((5.0, 2.0, 1.5), rel=1e-3)
    other = Returning.matching(30_000, 14, share, seen)
    assert (other.at(14).mean, other.at(14).sd, other.units(14)) == pytest.approx(
        (seen.mean, seen.sd, seen.n), rel=1e-3
    )
    with pytest.raises(ValueError, match="a share of 1 is seen"):
        Returning.matching(30_000, 14, 1.0, seen)
    with pytest.raises(ValueError, match="less than how often units come"):
        Returning.matching(30_000, 14, 0.9, Baseline(10.0, 0.1, 100))


@pytest.fixture(scope="module")
def month() -> pd.DataFrame:
    return drawn(TRUE, 28)


def test_a_horizon_is_measured_on_the_units_and_days_until_then(month):
    visits = Visits.of(month["unit"], month["day"] + 100, month["value"])
    for days in (1, 7, 28):
        totals = month[month["day"] < days].groupby("unit")["value"]
        found = visits.at(days)
        assert (found.mean, found.sd, found.n) == pytest.approx(
            (totals.sum().mean(), totals.sum().std(), totals.ngroups)
        )
        assert visits.at(days, "visit").mean == pytest.approx(month.loc[month["day"] < days, "value"].mean())


def test_rows_of_one_unit_and_day_are_one_visit():
    visits = Visits.of(["a", "a", "b"], [3, 3, 4], [1.0, 2.0, 5.0])
    assert visits.span == 2
    assert visits.value.tolist() == [3.0, 5.0]
    assert visits.at(2).mean == 4.0


@pytest.mark.parametrize("per", ["unit", "visit"])
def test_the_model_is_what_its_units_do(month, per):
    visits = Visits.of(month["unit"], month["day"], month["value"])
    for days in (1, 7, 28):
        found, stated = visits.at(days, per), TRUE.at(days, per)
        assert stated.n == pytest.approx(found.n, rel=0.03)
        assert stated.mean == pytest.approx(found.mean, rel=0.03)
        assert stated.sd == pytest.approx(found.sd, rel=0.03)


def test_two_weeks_tell_what_four_will_find(month):
    early = month[month["day"] < 14]
    model = Returning.of(Visits.of(early["unit"], early["day"], early["value"]))
    assert (model.mean, model.between, model.within) == pytest.approx((2.0, 1.5, 4.0), rel=0.06)
    measured = tabulate_horizons(HOURS, Visits.of(month["unit"], month["day"], month["value"]), [14, 28])
    told = tabulate_horizons(HOURS, model, [14, 28])
    assert told["relative"].to_numpy() == pytest.approx(measured["relative"].to_numpy(), rel=0.03)
    root = measured["relative by root of time"].iloc[1]
    assert measured["relative"].iloc[1] > 1.2 * root  # and the root of time would have promised too much


def test_the_table_holds_the_smallest_difference_of_each_horizon():
    table = tabulate_horizons(HOURS, TRUE, [7, 14, 21])
    row = table.iloc[1]
    effect = means_effect(0.6 * row["units"], ratio=0.4 / 0.6)
    assert row["difference"] == pytest.approx(effect * row["sd"])
    assert row["relative"] == pytest.approx(row["difference"] / row["mean"])
    assert (np.diff(table["units"]) > 0).all()
    assert horizon_for(table, row["relative"]) == 14
    assert horizon_for(table, row["relative"] / 100) is None


def test_the_root_of_time_holds_where_nobody_comes_back_and_nothing_is_gained_where_all_do():
    new = Returning(pool=1e8, a=1e-1, b=1e4, mean=1.0, between=1.0, within=1.0)
    table = tabulate_horizons(HOURS, new, [1, 4, 16])
    assert table["relative"].to_numpy() == pytest.approx(table["relative by root of time"].to_numpy(), rel=0.01)
    same = Returning(pool=1e4, a=1e4, b=1e-2, mean=1.0, between=1.0, within=1e-6)
    relative = tabulate_horizons(HOURS, same, [1, 4, 16])["relative"].to_numpy()
    assert relative == pytest.approx(np.full(3, relative[0]), rel=0.01)


def test_constant_values_are_no_trouble():
    month = drawn(Returning(2000, 0.6, 5.0, 1.0, 0.0, 0.0), 10)
    model = Returning.of(Visits.of(month["unit"], month["day"], month["value"]))
    assert (model.mean, model.between, model.within) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda: Visits.of([], [], []), "at least one row"),
        (lambda: Visits.of([1], [0.5], [1.0]), "whole numbers"),
        (lambda: Visits.of([1], [0], [np.nan]), "finite values"),
        (lambda: Visits.of([1, 2], [0, 1], [1.0, 2.0]).at(3), "2 were watched"),
        (lambda: Visits.of([1, 2], [0, 1], [1.0, 2.0]).at(1), "at least two values"),
        (lambda: TRUE.at(0), "one or more"),
        (lambda: TRUE.at(7, "week"), "per is"),
        (lambda: Returning.of(Visits.of([1, 2], [0, 1], [1.0, 2.0])), "come back"),
        (lambda: Returning(0, 1, 1, 1, 1, 1), "above 0"),
        (lambda: Returning(1, 1, 1, 1, -1, 1), "variances"),
        (lambda: tabulate_horizons(HOURS, Returning(100, 1, 1, 0.0, 1, 1), [3]), "nothing is relative"),
    ],
)
def test_what_can_not_be_is_refused(ask, why):
    with pytest.raises(ValueError, match=why):
        ask()
