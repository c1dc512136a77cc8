"""Every model on every split, from the same rows and the same features."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.base.errors import Problem
from crowdwise.base.seeds import derive
from crowdwise.kickstarter.design import Design, Encoder
from crowdwise.kickstarter.feature_sets import PORTABLE
from crowdwise.kickstarter.features import build_features, with_past
from crowdwise.kickstarter.history import category_past, earlier_record
from crowdwise.kickstarter.models import (
    BaseRate,
    Boosted,
    Forest,
    Histogram,
    Logistic,
    Model,
    Network,
    OneRule,
    Stack,
)
from crowdwise.kickstarter.models.boosting import STEP
from crowdwise.kickstarter.splits import Split
from crowdwise.kickstarter.text import NAME_SCORE, TextSpace, WordCounts, fit_text, pieces, terms, texts_of
from crowdwise.kickstarter.text_columns import RAREST_PIECE, TextColumns, names_of, parents_of
from crowdwise.kickstarter.text_score import context_of, learn_score

log = logging.getLogger("crowdwise.kickstarter")
PROBE = ("category", "launch_time")
# The models that matter by name: with all features of launch, without what reads the crawl, and with nothing but that.
CHOSEN, PORTABLE_MODEL, LEAK_PROBE = "LightGBM", "LightGBM portable", "leak probe"
# What each has to beat: the simple model that sees the same.
BASELINES = {CHOSEN: "logistic regression", PORTABLE_MODEL: "logistic regression portable"}


@dataclass(frozen=True)
class Study:
    """The decided projects, what was known of each at launch, and how each ended.

    Attributes
    ----------
    projects, features : DataFrame, one row a project
    counted : WordCounts
        Of their names and blurbs: words and pairs of words.
    outcome : ndarray of bool
        Whether the goal was reached.
    components, seed : int
        Of the text features.
    everyone : DataFrame, optional
        All projects, decided or not, the decided ones in the order of `projects`: a creator's record counts them too.
    """

    projects: pd.DataFrame
    features: pd.DataFrame
    counted: WordCounts
    outcome: np.ndarray
    components: int
    seed: int
    everyone: pd.DataFrame | None = None

    @property
    def cells(self) -> np.ndarray:
        """Each project's sub-category and year of launch, as one text."""
        return cells_of(self.projects)

    @cached_property
    def context(self) -> sparse.csr_matrix:
        """Indicators of sub-category, country and cell, beside which the words' score is learnt."""
        country = self.projects["country"].fillna("").to_numpy(dtype=object)
        return context_of([self.projects["category"].to_numpy(dtype=object), country, self.cells])

    @cached_property
    def spelt(self) -> WordCounts:
        """Pieces of the words of their names."""
        return WordCounts.of(names_of(self.projects), split=pieces).common(RAREST_PIECE)


def cells_of(projects: pd.DataFrame) -> np.ndarray:
    """Give each project's sub-category and year of launch, as one text."""
    return (projects["category"] + " " + projects["launched_at"].dt.year.astype(str)).to_numpy(dtype=object)


def set_up_study(projects: pd.DataFrame, *, seed: int, components: int = 0) -> Study:
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
    counted = WordCounts.of(texts_of(kept), split=terms).common()
    return Study(kept, features, counted, outcome, components, seed, projects)


@dataclass(frozen=True)
class Fitted:
    """A split's design: encoder and text columns fitted on its training rows, and the matrices of both parts."""

    encoder: Encoder
    text: TextColumns
    train: Design
    test: Design

    def take(self, names: Sequence[str]) -> Fitted:
        """Give the design with the named columns only."""
        parts = self.train.take(names), self.test.take(names)
        return Fitted(self.encoder.take(names), self.text.take(names), *parts)


def fit_design(study: Study, split: Split, *, as_of_launch: bool = False) -> Fitted:
    """Fit encoder and text on a split's training rows only, and give both parts' designs.

    What is made of outcomes (creators' and categories' past, the scores of words) comes from training rows alone: a
    test row's from those that had ended before its launch, a training row's from the other ones.

    Parameters
    ----------
    as_of_launch : bool
        Let the past count every project that had ended before a launch, one that is judged by too: what someone who
        reads each outcome on the day it falls knows. For splits in time only; the scores of words stay as they were.
    """
    counted = np.arange(len(study.outcome)) if as_of_launch else split.train
    features = with_past(study.features, past_among(study, counted))
    encoder = Encoder.fit(features.iloc[split.train])
    text, words = fit_columns(study, split.train)
    return Fitted(
        *(encoder, text),
        *(design_of(encoder, text, features.iloc[rows], words[rows]) for rows in (split.train, split.test)),
    )


def fit_columns(study: Study, rows: np.ndarray) -> tuple[TextColumns, np.ndarray]:
    """Fit the text columns on training rows, and give them of all projects; shape (projects, names)."""
    told, seed = (study.context, study.outcome, rows), study.seed
    said = fit_text(study.counted, rows, components=study.components, seed=seed)
    spelt = fit_text(study.spelt, rows, components=0, seed=seed, rarest=RAREST_PIECE, score=NAME_SCORE)
    spaces, columns = [], []
    kinds: tuple[tuple[TextSpace, WordCounts, list[str]], ...] = (
        (said, study.counted, parents_of(study.projects)),
        (spelt, study.spelt, []),
    )
    for space, counted, parents in kinds:
        weighed = space.weigh(counted.counts[:, np.searchsorted(counted.words, space.words)])
        scored, own = learn_score(space, weighed, *told, seed=seed, parents=parents)
        made = scored.project(weighed, parents)
        if scored.scored:
            made[rows, 0] = own
        spaces.append(scored)
        columns.append(made)
    return TextColumns(*spaces), np.hstack(columns)


def past_among(study: Study, rows: np.ndarray) -> pd.DataFrame:
    """Give each project's creator's and category's past, counting the outcomes of the given projects only.

    Projects without an outcome (canceled ones, say) count in a creator's record too.
    """
    everyone = study.projects if study.everyone is None else study.everyone
    decided = everyone["outcome"].notna().to_numpy()
    among = ~decided
    among[np.flatnonzero(decided)[rows]] = True
    past = pd.concat([earlier_record(everyone, among), category_past(everyone, among)], axis=1)
    return past[decided].reset_index(drop=True)


def design_of(encoder: Encoder, text: TextColumns, features: pd.DataFrame, words: np.ndarray) -> Design:
    """Give the design of rows whose features and text columns are known."""
    categories = {place: len(encoder.levels[encoder.names[place]]) for place in encoder.categorical}
    return Design(encoder.matrix(features, words), (*encoder.names, *text.names), categories)


def make_models(
    *,
    boosted_trees: int,
    forest_trees: int,
    seed: int,
    boosted: Mapping[str, Any] | None = None,
    portable: Mapping[str, Any] | None = None,
) -> dict[str, Callable[[], Model]]:
    """Give the models to compare, by name.

    Parameters
    ----------
    boosted_trees : int
        Of every boosted model for which nothing else is said.
    boosted, portable : mapping, optional
        Settings of `crowdwise.kickstarter.models.Boosted` for the model with all features, and for the portable one.
    """
    of_all: dict[str, Any] = {"trees": boosted_trees, "seed": derive(seed, "boosted"), **(boosted or {})}
    of_portable = {"trees": boosted_trees, "seed": derive(seed, "portable"), **(portable or {})}

    def network() -> Network:
        return Network(seed=derive(seed, "network"))

    def stack() -> Stack:
        # It grows its trees twice over: a third of them, in steps three times as long, costs it little.
        step = 3 * of_all.get("learning_rate", STEP)
        quick = of_all | {"trees": max(1, of_all["trees"] // 3), "learning_rate": step}
        bases = (Logistic, lambda: Boosted(**quick), network)
        return Stack(bases, seed=derive(seed, "stack"))

    return {
        "base rate": BaseRate,
        "one rule": OneRule,
        "logistic regression": Logistic,
        "logistic regression portable": Logistic,
        "random forest": lambda: Forest(trees=forest_trees, seed=derive(seed, "forest")),
        "histogram boosting": lambda: Histogram(trees=boosted_trees, seed=derive(seed, "histogram")),
        "neural network": network,
        "stack": stack,
        CHOSEN: lambda: Boosted(**of_all),
        PORTABLE_MODEL: lambda: Boosted(**of_portable),
        LEAK_PROBE: lambda: Boosted(trees=max(50, boosted_trees // 3), seed=derive(seed, "probe")),
    }


def fit_models(fitted: Fitted, outcome: np.ndarray, models: Mapping[str, Callable[[], Model]]) -> dict[str, Model]:
    """Fit each model on what it may see of a design's training part."""
    done = {}
    for name, make in models.items():
        log.info("fitting %s on %d projects", name, len(outcome))
        done[name] = make().fit(view_for(name, fitted.train), outcome)
    return done


def view_for(name: str, design: Design) -> Design:
    """Give the columns that a model may see, by its name."""
    names = columns_for(name, design.names)
    return design if len(names) == len(design.names) else design.take(names)


def columns_for(name: str, names: Sequence[str]) -> list[str]:
    """Give those of a design's columns that a model may see, by its name."""
    if name == LEAK_PROBE:
        return list(PROBE)
    return PORTABLE.columns(names) if name.endswith(f" {PORTABLE.name}") else list(names)


def cross_validate(
    study: Study, folds: Sequence[Split], models: Mapping[str, Callable[[], Model]], *, as_of_launch: bool = False
) -> dict[str, np.ndarray]:
    """Give each project's probability by models that have not seen it, one array a model; NaN where no split tests.

    `as_of_launch` as in `fit_design`.
    """
    found = {name: np.full(len(study.outcome), np.nan) for name in models}
    for number, split in enumerate(folds, start=1):
        log.info("fold %d of %d", number, len(folds))
        fitted = fit_design(study, split, as_of_launch=as_of_launch)
        for name, model in fit_models(fitted, study.outcome[split.train], models).items():
            found[name][split.test] = model.probability(view_for(name, fitted.test))
    return found
