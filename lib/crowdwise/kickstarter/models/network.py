"""A small neural network."""

from __future__ import annotations

import warnings
from typing import Self

import numpy as np

from crowdwise.base.blas import one_thread
from crowdwise.kickstarter.design import Design
from crowdwise.kickstarter.models.linear import Columns


class Network:
    """One hidden layer on the columns of the logistic regression (Adam, Kingma and Ba 2015), repeatable by its seed.

    It stops after a set number of passes over the projects, so that no part of them is kept back to say when.
    """

    def __init__(self, *, seed: int, hidden: int = 24, passes: int = 8, penalty: float = 1.0) -> None:
        self.seed, self.hidden, self.passes, self.penalty = seed, hidden, passes, penalty

    def fit(self, design: Design, outcome: np.ndarray) -> Self:
        """Fit the weights."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPClassifier

        self._columns = Columns(design)
        self._model = MLPClassifier(
            (self.hidden,), alpha=self.penalty, max_iter=self.passes, batch_size=128, random_state=self.seed
        )
        with one_thread(), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the passes are set, not waited for
            self._model.fit(self._columns.of(design), outcome)
        return self

    def probability(self, design: Design) -> np.ndarray:
        """Give the output unit's value."""
        with one_thread():
            return np.asarray(self._model.predict_proba(self._columns.of(design))[:, 1])
