"""The real months: counts to the row, scores with a tolerance."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from crowdwise.kickstarter.bias import one_sided_cells, survey_cells
from crowdwise.kickstarter.drift import compare_parents
from crowdwise.kickstarter.exploration import decided_projects, leak_auc, one_sided
from crowdwise.kickstarter.months import Month, read_month
from crowdwise.kickstarter.probe import probe_auc
from crowdwise.kickstarter.records import PATTERNS
from crowdwise.kickstarter.refresh.shift import compare_features
from crowdwise.kickstarter.union import Union, unite

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def months(realdata: Path) -> list[Month]:
    folder = realdata / "kickstarter"
    return [read_month(path) for path in sorted(path for pattern in PATTERNS for path in folder.glob(pattern))]


@pytest.fixture(scope="module")
def union(months: list[Month]) -> Union:
    return unite(months)


def test_every_row_of_every_month_is_accounted_for(months: list[Month], union: Union) -> None:
    read = {month.date: (month.read, len(month.rows), month.mended, month.broken) for month in months}
    assert read == {
        "2018-01-12": (31_294, 31_264, 0, 0),
        "2018-11": (509, 509, 8, 0),
        "2020-04": (100, 100, 0, 0),
        "2023-07-17": (21_906, 21_906, 0, 0),
    }
    assert union.card["rows"].sum() == 31_294 + 509 + 100 + 21_906
    assert len(union.projects) == 51_214
    assert Counter(union.projects["state"]) == {"successful": 32_067, "failed": 19_105, "canceled": 25, "live": 17}


def test_the_two_big_months_share_2451_projects(months: list[Month]) -> None:
    rows = {month.date: set(month.rows["project_id"]) for month in months}
    # Two of them have impossible dates in the earlier month.
    assert 2_449 <= len(rows["2018-01-12"] & rows["2023-07-17"]) <= 2_451


def test_the_months_precision_and_missing_columns_are_known(union: Union) -> None:
    by_month = union.projects.groupby("seen_in")
    assert by_month["time_precision"].agg(set).to_dict()["2018-01-12"] == {"day"}
    assert by_month["time_precision"].agg(set).to_dict()["2023-07-17"] == {"second"}
    assert by_month["staff_pick"].count().to_dict()["2018-01-12"] == 0
    # The later month names no creator; those seen before keep theirs.
    known = union.projects.loc[union.projects["seen_in"] == "2023-07-17", "creator_id"].notna().mean()
    assert known == pytest.approx(0.113, abs=0.005)


def test_the_crawl_gives_the_outcome_away(union: Union) -> None:
    decided = decided_projects(union.projects)
    assert leak_auc(decided, ["category"], seed=1).value == pytest.approx(0.865, abs=0.01)
    assert len(one_sided(decided).query("rate >= 0.97")) == pytest.approx(22, abs=3)
    later = decided[decided["seen_in"] == "2023-07-17"]
    caught = later[later["category"].isin(["publishing/fiction", "design/product design"])]
    assert (len(caught), caught["success"].all()) == (1_953 + 1_290, True)


def test_one_sided_cells_are_those_of_the_months(union: Union) -> None:
    decided = decided_projects(union.projects)
    survey = survey_cells(decided).set_index(["month", "cells_by"])
    later = survey.loc[("2023-07-17", "sub-category")]
    assert (later["cells"], later["without_failure"], later["flagged"]) == (34, 13, 13)
    assert survey.loc[("2018-01-12", "sub-category"), "flagged"] == 12
    assert survey.loc[("all months", "year"), "flagged"] == 0
    assert survey.loc[("all months", "any of these"), "share"] == pytest.approx(0.331, abs=0.005)
    month = decided[decided["seen_in"] == "2023-07-17"].reset_index(drop=True)
    flagged = one_sided_cells(month, ["category"]).query("flagged")
    assert {"publishing/fiction", "design/product design"} <= set(flagged["cell"])
    assert flagged["p_holm"].max() < 1e-5


def test_the_probe_and_the_months_are_as_known(union: Union) -> None:
    decided = decided_projects(union.projects)
    month = decided[decided["seen_in"] == "2023-07-17"].reset_index(drop=True)
    assert probe_auc(month, seed=1).value == pytest.approx(0.856, abs=0.004)
    parents = compare_parents(decided, "2018-01-12", "2023-07-17").set_index("parent_category")
    assert parents.loc["journalism", ["earlier", "later"]].tolist() == pytest.approx([0.059, 0.581], abs=0.005)


def test_halves_of_a_month_do_not_drift_and_months_years_apart_do(months: list[Month]) -> None:
    by_date = {month.date: month.rows.drop_duplicates("project_id", ignore_index=True) for month in months}
    then, now = by_date["2018-01-12"], by_date["2023-07-17"]
    order = np.random.default_rng(3).permutation(len(then))
    halves = compare_features(then.iloc[order[::2]], then.iloc[order[1::2]])
    assert halves["psi"].max() < 0.02
    apart = compare_features(then, now).set_index("feature")["psi"]
    assert apart["category"] > 5
    assert apart["country"] == pytest.approx(2.69, abs=0.1)
    assert apart["goal_log"] == pytest.approx(0.028, abs=0.005)
