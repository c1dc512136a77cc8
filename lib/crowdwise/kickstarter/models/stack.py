"""Several models' probabilities, weighed by what they are worth on projects they have not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Self

import numpy as np

from crowdwise.base.seeds import generator
from crowdwise.kickstarter.design import Design
from crowdwise.kickstarter.models.baselines import Model

PARTS, SAFE = 3, 1e-6


class Stack:
    """A logistic regression on the log-odds of other models (stacked generalisation, Wolpert 1992).

    Its few weights are learnt on one part of the training rows, from models fitted on the other parts ("blending", the
    cheap form of stacking: each model is fitted twice); then each model is fitted on all of them. The words' score
    stays as the training rows have it, so that it has seen outcomes of the part held out: a model that leans on it gets
    a little more weight than it should.
    """

    def __init__(self, bases: Sequence[Callable[[], Model]], *, seed: int, parts: int = PARTS) -> None:
        self.bases, self.seed, self.parts = bases, seed, parts

    def fit(self, design: Design, outcome: np.ndarray) -> Self:
        """Fit the weights, then the models."""
        from sklearn.linear_model import LogisticRegression

        order = generator(self.seed, "stack", "parts").permutation(len(outcome))
        held = np.zeros(len(outcome), dtype=bool)
        held[order[np.argsort(outcome[order], kind="stable")][:: self.parts]] = True  # of both outcomes alike
        fitted = [make().fit(design.rows(~held), outcome[~held]) for make in self.bases]
        self._weights = LogisticRegression(C=10.0).fit(self._log_odds(fitted, design.rows(held)), outcome[held])
        self._models = [make().fit(design, outcome) for make in self.bases]
        return self

    def probability(self, design: Design) -> np.ndarray:
        """Give the logistic of the weighted log-odds."""
        return np.asarray(self._weights.predict_proba(self._log_odds(self._models, design))[:, 1])

    @staticmethod
    def _log_odds(models: Sequence[Model], design: Design) -> np.ndarray:
        p = np.column_stack([model.probability(design) for model in models]).clip(SAFE, 1 - SAFE)
        return np.log(p / (1 - p))
