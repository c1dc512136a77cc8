"""A draft: what it may be, what it may not, and the row it becomes."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.draft import READ_FOR, Draft, longest_campaign, table_of
from crowdwise.kickstarter.features import CRAWLED, FEATURES, build_features

DRAFT = Draft("Soup", "A book.", "Food/Cookbooks", 5000.0, "usd", "us", date(2020, 3, 3), 30, 21, 3, 1)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        *[({"goal": goal}, "goal") for goal in (0, -5, float("nan"), float("inf"), 1e13, "10", None, True)],
        *[({"duration_days": days}, "duration_days") for days in (0, -1, 61, 91, 30.5, True, "30")],
        ({"launched_on": date(2011, 6, 17), "duration_days": 61}, "duration_days"),
        ({"launched_on": date(2011, 6, 16), "duration_days": 92}, "duration_days"),
        *[({"prelaunch_days": days}, "prelaunch_days") for days in (-1, 4000, None)],
        *[
            ({"launched_on": day}, "launched_on")
            for day in (date(2008, 1, 1), datetime(2020, 1, 1), "2020-01-01", None)
        ],
        ({"launched_on": date(2101, 1, 1)}, "launched_on"),
        ({"earlier_projects": 1, "earlier_successes": 2}, "earlier_successes"),
        ({"earlier_projects": -1}, "earlier_projects"),
        ({"earlier_successes": -1}, "earlier_successes"),
        *[({"name": name}, "name") for name in ("", "  ", "x" * 10_001, None)],
        *[({"blurb": blurb}, "blurb") for blurb in ("x" * 10_001, None, 5)],
        *[({"currency": code}, "currency") for code in ("", "US", "€€€", "1USD", "dollars")],
        *[({"country": code}, "country") for code in ("", "USA", "Atlantis", "é1", "1S")],
        ({"category": " "}, "category"),
    ],
)
def test_a_draft_that_cannot_be_is_a_problem(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(Problem) as raised:
        replace(DRAFT, **changes)
    assert raised.value.where == where
    assert raised.value.remedy


@pytest.mark.parametrize(
    "changes",
    [
        {"launched_on": date(2010, 1, 1), "duration_days": 91},
        {"launched_on": date(2011, 6, 16), "duration_days": 61},
        {"launched_on": date(2009, 4, 28)},
        {"blurb": ""},
        {"name": "🎲"},
        {"name": "静かな港" * 2500},
        {"goal": 0.01},
        {"goal": 10**12},
        {"earlier_projects": 40, "earlier_successes": 40},
    ],
)
def test_what_is_rare_but_can_be_is_allowed(changes: dict[str, Any]) -> None:
    table = replace(DRAFT, **changes).row(1.0)
    assert build_features(table, table).notna().all(axis=None)


def test_campaigns_were_longer_until_june_2011() -> None:
    assert [longest_campaign(date(2011, 6, day)) for day in (16, 17)] == [91, 60]


def test_drafts_become_rows_as_each_does_alone() -> None:
    drafts = [DRAFT, replace(DRAFT, goal=10.0, currency="GBP", duration_days=60, launched_on=date(2031, 12, 31))]
    together = table_of(drafts, {"USD": 1.0, "GBP": 1.3})
    alone = pd.concat([drafts[0].row(1.0), drafts[1].row(1.3)], ignore_index=True)
    pd.testing.assert_frame_equal(together, alone)
    assert together["goal_usd"].tolist() == [5000.0, 13.0]
    assert together["category"].tolist() == ["food/cookbooks"] * 2
    assert together["country"].tolist() == ["US", "US"]
    assert (together["deadline"] - together["launched_at"]).dt.days.tolist() == [30, 60]
    assert (together["launched_at"] - together["created_at"]).dt.days.tolist() == [21, 21]


def test_every_feature_is_read_from_a_field_and_every_field_for_a_feature() -> None:
    told = {feature for features in READ_FOR.values() for feature in features}
    assert told == {*FEATURES, *CRAWLED, "text"}
    assert list(READ_FOR) == [field.name for field in fields(Draft)]


@pytest.mark.parametrize("field", [name for name in READ_FOR if name != "earlier_successes"])
def test_a_field_changes_the_features_it_is_read_for_and_no_other(field: str) -> None:
    other = {
        **{"name": "No 2 “SOUP”: hot!", "blurb": "12 BOOKS: of “soup”!"},
        **{"category": "art", "goal": 5100.0, "currency": "EUR"},
        **{"country": "DE", "launched_on": date(2021, 4, 5), "duration_days": 20, "prelaunch_days": 3},
        **{"earlier_projects": 4},
    }
    rates = {"USD": 1.0, "EUR": 1.111}
    table = table_of([DRAFT, replace(DRAFT, **{field: other[field]})], rates)
    features = build_features(table, table)
    changed = {name for name in features if features[name].iloc[0] != features[name].iloc[1]}
    assert changed == set(READ_FOR[field]) & set(FEATURES)
    assert np.isfinite(features.select_dtypes("number").to_numpy()).all()
