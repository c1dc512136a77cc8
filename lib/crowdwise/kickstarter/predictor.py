"""The deployed model: a draft goes in, a probability with its reasons comes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.calibration import shift_odds
from crowdwise.kickstarter.categories import canonical
from crowdwise.kickstarter.contributions import group_effects, paths_of
from crowdwise.kickstarter.differences import drafts_between
from crowdwise.kickstarter.draft import Draft, table_of
from crowdwise.kickstarter.explanation import Comparison, Contribution, Difference, Explanation, Prediction, Profile
from crowdwise.kickstarter.familiarity import find_signs, measures_of, tell_signs
from crowdwise.kickstarter.neighbours import numbers_of
from crowdwise.kickstarter.predictor_folder import load_parts, save_parts
from crowdwise.kickstarter.profiles import (
    TRIED,
    Variant,
    best_changes,
    is_extrapolated,
    present_value,
    reads,
    seen_range,
    values_to_try,
    vary,
)
from crowdwise.kickstarter.scoring import Scoring
from crowdwise.kickstarter.telling import tell_features, tell_notes
from crowdwise.kickstarter.text import texts_of
from crowdwise.kickstarter.tree_importance import list_importances


class Predictor(Scoring):
    """A fitted model with all it needs to serve: trees, text space, categories, calibration, range, past projects."""

    def predict(self, draft: Draft, *, today: date | None = None) -> Prediction:
        """Give a draft's probability, what drives it, and what to know about it.

        Parameters
        ----------
        draft : Draft
        today : date, optional
            If given, a launch before it is noted.

        Raises
        ------
        Problem
            If nothing is known of the draft's category and its parent, or of its currency's rate.
        """
        return self.predict_all([draft], today=today)[0]

    def predict_all(self, drafts: Sequence[Draft], *, today: date | None = None) -> list[Prediction]:
        """Give what `predict` gives, for many drafts at once."""
        for draft in drafts:
            self.check(draft)
        if not drafts:
            return []
        table = table_of(drafts, self.facts.usd_rates)
        features = self.build(table, table)
        return self._tell(drafts, table, features, self.seen(features, self.text.transform(table)), today)

    def _tell(
        self,
        drafts: Sequence[Draft],
        table: pd.DataFrame,
        features: pd.DataFrame,
        matrix: np.ndarray,
        today: date | None,
    ) -> list[Prediction]:
        facts = self.facts
        parts = np.asarray(self.booster.predict(matrix, pred_contrib=True, num_threads=1))
        effects = group_effects(parts, self.columns)
        slope, shift = self.calibrator.slope, facts.shift
        paths = paths_of(effects, slope=slope, offsets=self.offsets, start=facts.start)
        crawled = paths_of(effects, slope=slope, offsets=self.offsets, start=facts.base_rate)[:, -1]
        low, high = self.parts.score_range.look_up(crawled)
        # The range is looked up where the crawl's projects are, and moved with the probability.
        low, high = (shift_odds(end, shift) for end in (low, high))
        signs = find_signs(
            *(table, measures_of(table, features, self.known_share(table))),
            seen=facts.seen,
            levels=self.encoder.levels,
            last_launch=np.datetime64(facts.last_launch, "s"),
            read=self.read,
        )
        warnings = tell_signs(signs)
        told = []
        for k, draft in enumerate(drafts):
            rate = facts.usd_rates[draft.currency.upper()]
            words, points = tell_features(draft, rate, self.read), 100 * np.diff(paths[k])
            steps = tuple(Contribution(g, words[g], float(p)) for g, p in zip(self.groups, points, strict=True))
            notes = tuple(tell_notes(draft, rate, facts, self.encoder.levels, self.read, float(crawled[k]), today))
            ends = (float(min(low[k], paths[k, -1])), float(max(high[k], paths[k, -1])))
            told.append(
                Prediction(
                    *(float(paths[k, -1]), *ends, facts.start, facts.start_of, facts.speaks_of),
                    *(steps, notes, warnings[k], self.parts.score_range.window),
                )
            )
        return told

    def profile(self, draft: Draft, field: str, values: Sequence[Any]) -> Profile:
        """Give the probability along values of one field, all else as it is, in one call to the trees.

        Parameters
        ----------
        draft : Draft
        field : str
            A field of a draft, or ``blurb_length``.
        values : sequence
            To try, in this order; the draft's own is put first if it is not among them.

        Raises
        ------
        Problem
            If the model does not read the field, or it can't have one of the values.
        """
        self.check(draft)
        if not self.read & set(reads(field)):
            raise Problem(f"the model does not read the {field}", where=field, remedy="Try another field")
        own = present_value(draft, field)
        tried = list(values) if own in values else [own, *values]
        variants = [vary(draft, field, value) for value in tried]
        for variant in variants:
            self.check(variant.draft)
        _, features, text = self.features_of(variants)
        probabilities = self.given(self.seen(features, text), self.facts.shift)
        return self._profile(draft, field, tried, probabilities)

    def _profile(self, draft: Draft, field: str, tried: Sequence[Any], probabilities: np.ndarray) -> Profile:
        facts = self.facts
        seen = seen_range(field, facts, facts.usd_rates[draft.currency.upper()])
        levels = self.encoder.levels.get(field)
        last = facts.last_launch if field == "launched_on" else None
        beyond = tuple(is_extrapolated(_as_level(field, value), seen, levels, last) for value in tried)
        present = tried.index(present_value(draft, field))
        return Profile(field, tuple(tried), tuple(map(float, probabilities)), present, seen, beyond)

    def explain(self, draft: Draft, *, neighbours: int = 10, today: date | None = None) -> Explanation:
        """Give a prediction, profiles of what a creator can change, the changes that help most, and past projects.

        Raises
        ------
        Problem
            As `predict` does.
        """
        self.check(draft)
        rate = self.facts.usd_rates[draft.currency.upper()]
        fields = [field for field in TRIED if self.read & set(reads(field))]
        tried = {field: values_to_try(draft, field, self.facts, rate) for field in fields}
        variants = [Variant(draft, {})]
        variants += [vary(draft, field, value) for field, values in tried.items() for value in values]
        table, features, text = self.features_of(variants)
        matrix = self.seen(features, text)
        prediction = self._tell([draft], table.iloc[:1], features.iloc[:1], matrix[:1], today)[0]
        probabilities = self.given(matrix, self.facts.shift)
        ends = np.cumsum([1, *(len(values) for values in tried.values())])
        profiles = tuple(
            self._profile(draft, field, values, probabilities[begin:end])
            for (field, values), begin, end in zip(tried.items(), ends[:-1], ends[1:], strict=True)
        )
        near = self.parts.past.find(
            str(table["category"].iloc[0]),
            numbers_of(features.iloc[:1])[0],
            self.parts.past.space.transform(texts_of(table.iloc[:1]))[0],
            draft.launched_on.year,
            neighbours,
        )
        return Explanation(prediction, profiles, best_changes(draft, profiles, today=today), near)

    def compare(self, first: Draft, second: Draft, *, today: date | None = None) -> Comparison:
        """Give two drafts' predictions and what each difference between them adds.

        The differences are taken one at a time in the order of `crowdwise.kickstarter.differences.STEPS`.

        Raises
        ------
        Problem
            As `predict` does, for either draft.
        """
        changed, drafts = drafts_between(first, second)
        for draft in drafts:
            self.check(draft)
        table, features, text = self.features_of([Variant(draft, {}) for draft in drafts])
        matrix, ends = self.seen(features, text), [0, -1]
        before, after = self._tell([first, second], table.iloc[ends], features.iloc[ends], matrix[ends], today)
        path = self.given(matrix, self.facts.shift)
        # The same numbers but for the last digits, so that the steps add up to what is told.
        path[ends] = before.probability, after.probability
        steps = zip(changed, 100 * np.diff(path), strict=True)
        return Comparison(before, after, tuple(Difference(names, float(points)) for names, points in steps))

    def save(
        self,
        folder: Path,
        *,
        metrics: dict[str, Any],
        trained_on: str,
        deploy: bool,
        months: Sequence[str] = (),
        importance: pd.DataFrame | None = None,
    ) -> None:
        """Write the model's folder, whole or not at all, with a card whose version is made of its content.

        Parameters
        ----------
        folder : Path
        metrics : dict
            The metrics file's document.
        trained_on : str
            The data in words.
        deploy : bool
            Whether the model passed its gate.
        months : sequence of str
            The files of the months it learnt from, so that a later month can be held against them.
        importance : DataFrame, optional
            What shuffling a group costs (see `crowdwise.kickstarter.importance`), kept in ``importances.csv``.
        """
        card = {"trained_on": trained_on, "deploy": deploy, "months": list(months)}
        listed = list_importances(self.booster, importance)
        save_parts(self.parts, Path(folder), importances=listed, metrics=metrics, card=card)

    @classmethod
    def load(cls, folder: Path) -> Predictor:
        """Read what `save` wrote; needs no scikit-learn.

        Raises
        ------
        Problem
            If the folder is missing, is not one of ours, or was changed.
        """
        return cls(load_parts(Path(folder)))


def _as_level(field: str, value: Any) -> Any:
    if field == "category":
        return canonical(value)
    return value.strip().upper() if field in ("country", "currency") else value
