"""Features of a category's past: a draft's are those of a project launched after all that the model learnt from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crowdwise.kickstarter.contributions import group_of
from crowdwise.kickstarter.draft import Draft
from crowdwise.kickstarter.evaluation import Study
from crowdwise.kickstarter.features import CRAWLED, FEATURES, build_features
from crowdwise.kickstarter.history import CATEGORY_PAST, RECORD, category_past
from crowdwise.kickstarter.predictor import Predictor
from crowdwise.kickstarter.standing import category_standing, standing_of
from crowdwise.kickstarter.training import train_predictor

DRAFT = Draft("The Quiet Harbour", "Signed.", "publishing/poetry", 5000.0, "USD", "US", date(2026, 3, 3), 30, 21, 1, 1)


@pytest.fixture(scope="module")
def charter(study: Study) -> Predictor:
    """A predictor that reads the crawl's categories too."""
    past = study.features[list(RECORD)].join(category_past(study.projects))
    features = build_features(study.projects, past, (*FEATURES, *CRAWLED))
    told = np.where(study.outcome, 0.7, 0.4)
    rates = pd.DataFrame({"currency": ["USD"], "usd_rate": [1.0]})
    names = (*FEATURES, *CRAWLED, "text")
    return train_predictor(replace(study, features=features), told, rates, boosted_trees=30, seed=2, feature_set=names)


def test_the_standing_is_what_a_later_launch_would_see(study: Study) -> None:
    standing = category_standing(study.projects)
    finished = study.projects["category"].value_counts()
    assert {name: row["category_finished"] for name, row in standing.items() if name in finished} == finished.to_dict()
    rate = study.outcome.mean()
    assert standing[""]["category_rate"] == pytest.approx(rate, abs=0.02)
    last = study.projects.iloc[[0]].assign(launched_at=pd.Timestamp("2090-01-01", tz="UTC"), category="games/puzzles")
    last = last.assign(parent_category="games", deadline=last["launched_at"], outcome=pd.NA)
    alone = category_past(pd.concat([study.projects, last], ignore_index=True)).iloc[-1]
    told = standing_of(last, standing).iloc[0]
    assert told[list(CATEGORY_PAST)].tolist() == pytest.approx(alone[list(CATEGORY_PAST)].tolist())


def test_an_unseen_category_stands_as_its_parent_and_an_unseen_parent_as_all(study: Study) -> None:
    standing = category_standing(study.projects)
    asked = pd.DataFrame({"category": ["publishing/odes", "war/songs"]}, index=[7, 9])
    told = standing_of(asked, standing)
    assert told.index.tolist() == [7, 9]
    assert told.loc[7].to_dict() == standing["publishing"]
    assert told.loc[9].to_dict() == standing[""]


def test_a_model_that_reads_the_past_explains_a_draft_and_comes_back_as_it_was(
    charter: Predictor, tmp_path: Path
) -> None:
    assert set(CRAWLED) <= set(charter.columns)
    found = charter.explain(DRAFT)
    steps = sum(one.points for one in found.prediction.contributions)
    assert steps == pytest.approx(100 * (found.prediction.probability - found.prediction.base_rate))
    goal = next(profile for profile in found.profiles if profile.field == "goal")
    alone = charter.predict(replace(DRAFT, goal=goal.tried[0])).probability
    assert goal.probabilities[0] == pytest.approx(alone)
    charter.save(tmp_path / "model", metrics={}, trained_on="a test", deploy=True)
    assert Predictor.load(tmp_path / "model").explain(DRAFT) == found


def test_what_is_made_of_categories_is_told_with_the_category() -> None:
    assert {name: group_of(name) for name in ("goal_relative", "category_rate", "text_3")} == {
        "goal_relative": "goal",
        "category_rate": "category",
        "text_3": "text",
    }
