"""Which model is deployed, and on what score."""

from __future__ import annotations

from typing import Any

import pytest

from crowdwise.base.errors import Problem
from crowdwise.base.statistics import Estimate
from crowdwise.kickstarter.comparison import Score
from crowdwise.kickstarter.deployment import read_deployment, state_deployment
from crowdwise.kickstarter.evaluation import CHOSEN, PORTABLE_MODEL

GIVEN: dict[str, Any] = {"features": "portable", "split": "rolling temporal", "slice": "mean over cuts", "auc": 0.75}


def score(model: str, value: float) -> Score:
    estimate = Estimate(value, value - 0.01, value + 0.01, 0.95, 100)
    return Score("auc", model, GIVEN["split"], GIVEN["slice"], estimate)


def test_the_model_of_the_feature_set_is_held_against_its_bar() -> None:
    rule = read_deployment(GIVEN)
    scores = [score(CHOSEN, 0.9), score(PORTABLE_MODEL, 0.74)]
    deploy, words = state_deployment(scores, rule)
    assert not deploy
    assert "it is 0.740 (0.730 to 0.750), so it is not." in words
    assert state_deployment(scores, read_deployment({**GIVEN, "features": "charter"}))[0]
    assert state_deployment([score(PORTABLE_MODEL, 0.75)], rule)[0]


def test_what_was_not_measured_deploys_nothing() -> None:
    deploy, words = state_deployment([score(CHOSEN, 0.9)], read_deployment(GIVEN))
    assert not deploy
    assert "that was not measured here" in words


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"features": "secret"}, "there is no feature set 'secret'"),
        ({"auc": 1.5}, "auc is 1.5"),
        ({"auc": "high"}, "auc is 'high'"),
        ({"split": 3}, "split is 3"),
        ({"more": 1}, "it holds features, split, slice, auc, more"),
    ],
)
def test_a_rule_that_means_nothing_is_a_problem(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(Problem, match=words):
        read_deployment(GIVEN | changed)
