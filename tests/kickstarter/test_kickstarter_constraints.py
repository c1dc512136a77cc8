"""The price of common sense, and weights towards rates that somebody else counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crowdwise.kickstarter.constraints import ALL, COMMON_SENSE, FREE, price_constraints
from crowdwise.kickstarter.evaluation import Study
from crowdwise.kickstarter.reweighting import weigh_to_reference
from crowdwise.kickstarter.splits import stratified_folds

SETTINGS = {"trees": 30, "seed": 1, "leaves": 7}


def test_each_constraint_has_its_price_beside_the_free_model(study: Study) -> None:
    table = price_constraints(study, stratified_folds(study.outcome, 2, 1), settings=SETTINGS).set_index("held")
    assert table.index.tolist() == [FREE, *COMMON_SENSE, ALL]
    assert table.loc[FREE].isna().tolist() == [False, True, True, True]
    rest = table.drop(FREE)
    np.testing.assert_allclose(rest["auc"] - table.loc[FREE, "auc"], rest["difference"], atol=1e-12)
    assert (rest["low"] <= rest["difference"]).all()
    assert (rest["difference"] <= rest["high"]).all()
    assert table.loc[ALL, "auc"] > 0.7


def test_the_wrong_way_round_costs_much(study: Study) -> None:
    splits = stratified_folds(study.outcome, 2, 1)
    table = price_constraints(study, splits, settings=SETTINGS, constraints={"text_score": -1})
    table = table.set_index("held")
    assert table.index.tolist() == [FREE, "text_score"]
    assert table.loc["text_score", "high"] < 0


def cells() -> tuple[pd.DataFrame, np.ndarray]:
    """Three cells: 8 of 10 and 5 of 10 succeed, all of 6 do."""
    category = ["games"] * 10 + ["art/painting"] * 10 + ["food"] * 6
    launched = pd.to_datetime(["2016-05-01"] * 26, utc=True)
    outcome = np.array([True] * 8 + [False] * 2 + [True] * 5 + [False] * 5 + [True] * 6)
    parents = [name.partition("/")[0] for name in category]
    return pd.DataFrame({"category": category, "parent_category": parents, "launched_at": launched}), outcome


def test_a_cell_gets_the_rate_of_its_reference() -> None:
    projects, outcome = cells()
    reference = pd.DataFrame({"category": ["games", "art", "food"], "rate": [0.4, 0.3, 0.2]})
    weight = weigh_to_reference(projects, outcome, reference)
    assert weight.mean() == pytest.approx(1)
    for name, rate in (("games", 0.4), ("art/painting", 0.3)):
        of = (projects["category"] == name).to_numpy()
        assert np.average(outcome[of], weights=weight[of]) == pytest.approx(rate)
    # Failures that were never caught can't be weighed up.
    assert np.unique(weight[20:]).size == 1


def test_a_sub_categorys_own_rate_goes_before_its_parents_and_no_project_counts_for_many() -> None:
    projects, outcome = cells()
    reference = pd.DataFrame({"category": ["art", "art/painting", "games"], "rate": [0.9, 0.3, 0.001]})
    weight = weigh_to_reference(projects, outcome, reference, most=4)
    painted = slice(10, 20)
    assert np.average(outcome[painted], weights=weight[painted]) == pytest.approx(0.3)
    assert weight[8] / weight[0] == pytest.approx(4 * 4)
    assert (weigh_to_reference(projects, outcome, reference.iloc[:0]) == 1).all()
