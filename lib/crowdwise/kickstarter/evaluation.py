"""Every model on every split, from the same rows and the same features."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.base.seeds import derive
from crowdwise.kickstarter.design import Design, Encoder
from crowdwise.kickstarter.features import build_features
from crowdwise.kickstarter.history import earlier_record
from crowdwise.kickstarter.models import BaseRate, Boosted, Forest, Logistic, Model
from crowdwise.kickstarter.splits import Split
from crowdwise.kickstarter.text import TextSpace, WordCounts, fit_text, texts_of

log = logging.getLogger("crowdwise.kickstarter")
PROBE = ("category", "launch_time")
# The name of the model that is saved, and of the one that sees nothing but where and when a project was crawled.
CHOSEN, LEAK_PROBE = "LightGBM", "leak probe"


@dataclass(frozen=True)
class Study:
    """The decided projects, what was known of each at launch, and how each ended.

    Attributes
    ----------
    projects, features : DataFrame, one row a project
    counted : WordCounts
        Of their names and blurbs.
    outcome : ndarray of bool
        Whether the goal was reached.
    components, seed : int
        Of the text features.
    """

    projects: pd.DataFrame
    features: pd.DataFrame
    counted: WordCounts
    outcome: np.ndarray
    components: int
    seed: int

    @property
    def cells(self) -> np.ndarray:
        """Each project's sub-category and year of launch, as one text."""
        return cells_of(self.projects)


def cells_of(projects: pd.DataFrame) -> np.ndarray:
    """Give each project's sub-category and year of launch, as one text."""
    return (projects["category"] + " " + projects["launched_at"].dt.year.astype(str)).to_numpy(dtype=object)


def set_up_study(projects: pd.DataFrame, *, components: int, seed: int) -> Study:
    """Take the projects that have an outcome; the others (live ones, say) only make a creator's record.

    Raises
    ------
    Problem
        If only one outcome occurs.
    """
    record = earlier_record(projects)
    decided = projects["outcome"].notna()
    kept = projects[decided].reset_index(drop=True)
    outcome = kept["outcome"].to_numpy(dtype=bool)
    if outcome.all() or not outcome.any():
        what = f"all {len(kept)} decided projects ended alike"
        raise Problem(what, where="projects", remedy="Use months that hold successes and failures")
    features = build_features(kept, record[decided].reset_index(drop=True))
    return Study(kept, features, WordCounts.of(texts_of(kept)), outcome, components, seed)


@dataclass(frozen=True)
class Fitted:
    """A split's design: encoder and text space fitted on its training rows, and the matrices of both parts."""

    encoder: Encoder
    text: TextSpace
    train: Design
    test: Design


def fit_design(study: Study, split: Split) -> Fitted:
    """Fit encoder and text space on a split's training rows only, and give both parts' designs."""
    encoder = Encoder.fit(study.features.iloc[split.train])
    text = fit_text(study.counted, split.train, components=study.components, seed=study.seed)
    places = np.searchsorted(study.counted.words, text.words)
    words = text.transform_counts(study.counted.counts[:, places])
    return Fitted(
        *(encoder, text),
        *(design_of(encoder, text, study.features.iloc[rows], words[rows]) for rows in (split.train, split.test)),
    )


def design_of(encoder: Encoder, text: TextSpace, features: pd.DataFrame, words: np.ndarray) -> Design:
    """Give the design of rows whose features and text columns are known."""
    categories = {place: len(encoder.levels[encoder.names[place]]) for place in encoder.categorical}
    return Design(encoder.matrix(features, words), (*encoder.names, *text.names), categories)


def make_models(*, boosted_trees: int, forest_trees: int, seed: int) -> dict[str, Callable[[], Model]]:
    """Give the models to compare, by name."""
    return {
        "base rate": BaseRate,
        "logistic regression": Logistic,
        "random forest": lambda: Forest(trees=forest_trees, seed=derive(seed, "forest")),
        CHOSEN: lambda: Boosted(trees=boosted_trees, seed=derive(seed, "boosted")),
        LEAK_PROBE: lambda: Boosted(trees=max(50, boosted_trees // 3), seed=derive(seed, "probe")),
    }


def fit_models(fitted: Fitted, outcome: np.ndarray, models: Mapping[str, Callable[[], Model]]) -> dict[str, Model]:
    """Fit each model on a design's training part; the leak probe sees sub-category and launch day only."""
    done = {}
    for name, make in models.items():
        log.info("fitting %s on %d projects", name, len(outcome))
        done[name] = make().fit(view_for(name, fitted.train), outcome)
    return done


def view_for(name: str, design: Design) -> Design:
    """Give the columns that a model may see."""
    return design.take(PROBE) if name == LEAK_PROBE else design


def cross_validate(
    study: Study, folds: list[Split], models: Mapping[str, Callable[[], Model]]
) -> dict[str, np.ndarray]:
    """Give each project's probability by models that have not seen it, one array a model."""
    found = {name: np.full(len(study.outcome), np.nan) for name in models}
    for number, split in enumerate(folds, start=1):
        log.info("fold %d of %d", number, len(folds))
        fitted = fit_design(study, split)
        for name, model in fit_models(fitted, study.outcome[split.train], models).items():
            found[name][split.test] = model.probability(view_for(name, fitted.test))
    return found
