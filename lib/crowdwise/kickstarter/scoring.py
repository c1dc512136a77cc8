"""What the trees see of projects and drafts, and the score they give."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.calibration import logistic
from crowdwise.kickstarter.categories import canonical, parent_of
from crowdwise.kickstarter.contributions import TEXT, groups_of
from crowdwise.kickstarter.draft import READ_FOR, Draft, table_of
from crowdwise.kickstarter.familiarity import known_share
from crowdwise.kickstarter.features import FEATURES, build_features
from crowdwise.kickstarter.history import RECORD
from crowdwise.kickstarter.predictor_folder import Parts
from crowdwise.kickstarter.profiles import Variant
from crowdwise.kickstarter.standing import standing_of
from crowdwise.kickstarter.text import texts_of
from crowdwise.kickstarter.text_columns import SAID

# Asked for whatever the model reads: an answer is about a project that has a name and a day, and past projects like it
# are those of its category and goal.
ALWAYS_ASKED = ("name", "category", "goal", "currency", "launched_on")


class Scoring:
    """The trees with what makes their matrix: encoder, text space, and which columns they read."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.booster, self.encoder, self.text = parts.booster, parts.encoder, parts.text
        self.calibrator, self.facts = parts.calibrator, parts.facts
        every = (*self.encoder.names, *self.text.names)
        self.columns = tuple(self.booster.feature_name())
        self._places = [every.index(name) for name in self.columns]
        self.groups = groups_of(self.columns)
        self.offsets = np.array([self.facts.offsets[group] for group in self.groups])

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories it has learnt from, sorted."""
        return self.encoder.levels["category"]

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries it has learnt from, sorted."""
        return self.encoder.levels["country"]

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies it can change into US dollars, sorted."""
        return tuple(sorted(self.facts.usd_rates))

    @cached_property
    def read(self) -> frozenset[str]:
        """The features its trees read, with ``text`` for the text columns."""
        return frozenset(TEXT if name in self.text.names else name for name in self.columns)

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The fields of a draft that have to be asked for; what is left out of the model is not."""
        return tuple(name for name, what in READ_FOR.items() if name in ALWAYS_ASKED or self.read & set(what))

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """The fields of a draft that its trees do not read, whether they are asked for or not."""
        return tuple(name for name, what in READ_FOR.items() if not self.read & set(what))

    @cached_property
    def _known_words(self) -> frozenset[str]:
        return frozenset(self.text.words)

    def matrix(self, projects: pd.DataFrame, record: pd.DataFrame) -> np.ndarray:
        """Give the matrix that the trees see, of rows with the projects table's launch columns."""
        return self.seen(self.build(projects, record), self.text.transform(projects))

    def build(self, projects: pd.DataFrame, record: pd.DataFrame) -> pd.DataFrame:
        """Give the features of rows with the projects table's launch columns; `record` as in `build_features`.

        A category's past is as it was when learning ended.
        """
        past = record
        if self.facts.standing:
            past = record[list(RECORD)].join(standing_of(projects, self.facts.standing))
        return build_features(projects, past, tuple(dict.fromkeys((*FEATURES, *self.encoder.names))))

    def seen(self, features: pd.DataFrame, text: np.ndarray) -> np.ndarray:
        """Give the columns that the trees see, of rows whose features and text columns are known."""
        return self.encoder.matrix(features, text)[:, self._places]

    def given(self, matrix: np.ndarray, shift: float) -> np.ndarray:
        """Give calibrated probabilities, moved by a shift in log-odds."""
        raw = np.asarray(self.booster.predict(matrix, raw_score=True, num_threads=1))
        return logistic(self.calibrator.apply_log_odds(raw) + shift)

    def probabilities(self, projects: pd.DataFrame, record: pd.DataFrame) -> np.ndarray:
        """Give many projects' calibrated probabilities among crawled projects; `record` as in `build_features`.

        They are not shifted to the reference rate, and so can be held against the crawl's outcomes.
        """
        return self.given(self.matrix(projects, record), 0.0)

    def features_of(self, variants: Sequence[Variant]) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
        """Give the table, features and text columns of variants; equal texts of one kind are weighed once."""
        table = table_of([variant.draft for variant in variants], self.facts.usd_rates)
        features = self.build(table, table)
        for name in sorted({name for variant in variants for name in variant.features}):
            usual = features[name].tolist()
            features[name] = [v.features.get(name, own) for v, own in zip(variants, usual, strict=True)]
        place, first = table.groupby(list(SAID), dropna=False, sort=False).ngroup(), ~table.duplicated(list(SAID))
        return table, features, self.text.transform(table[first])[place.to_numpy()]

    def known_share(self, table: pd.DataFrame) -> np.ndarray:
        """Give the share of the words in each name and blurb that the model knows; 0 where there is no word."""
        return known_share(texts_of(table), self._known_words)

    def check(self, draft: Draft) -> None:
        """Refuse a draft whose currency has no rate, or of whose category nothing is known.

        Raises
        ------
        Problem
            If so.
        """
        if draft.currency.upper() not in self.facts.usd_rates:
            remedy = f"Give the goal in one of {', '.join(self.currencies)}"
            raise Problem(f"no month shows a rate for {draft.currency!r}", where="currency", remedy=remedy)
        category = canonical(draft.category)
        if category not in self.categories and parent_of(category) not in self.encoder.levels["parent_category"]:
            near = difflib.get_close_matches(category, self.categories, n=3, cutoff=0.3) or self.categories[:3]
            remedy = f"Use one it knows, such as {', '.join(near)}"
            raise Problem(f"the model knows no category {draft.category!r}", where="category", remedy=remedy)
