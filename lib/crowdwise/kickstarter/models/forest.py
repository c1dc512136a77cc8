"""A random forest."""

from __future__ import annotations

from typing import Self

import numpy as np

from crowdwise.kickstarter.design import Design


class Forest:
    """A random forest (Breiman 2001); a category is its smoothed success rate in the training rows."""

    def __init__(self, *, trees: int, seed: int) -> None:
        self.trees, self.seed = trees, seed

    def fit(self, design: Design, outcome: np.ndarray) -> Self:
        """Grow the trees on one thread."""
        from sklearn.ensemble import RandomForestClassifier

        self._rate = float(np.mean(outcome))
        self._rates = {}
        for place, count in design.categories.items():
            codes = design.matrix[:, place]
            seen = ~np.isnan(codes)
            n = np.bincount(codes[seen].astype(int), minlength=count)
            won = np.bincount(codes[seen].astype(int), weights=outcome[seen].astype(float), minlength=count)
            self._rates[place] = (won + 20 * self._rate) / (n + 20)
        self._model = RandomForestClassifier(
            self.trees, min_samples_leaf=3, max_features=0.25, max_samples=0.4, random_state=self.seed, n_jobs=1
        )
        self._model.fit(self._columns(design), outcome)
        return self

    def probability(self, design: Design) -> np.ndarray:
        """Give the mean of the trees' leaves."""
        return self._model.predict_proba(self._columns(design))[:, 1]

    def _columns(self, design: Design) -> np.ndarray:
        columns = design.matrix.astype(np.float32)
        for place, rates in self._rates.items():
            codes = design.matrix[:, place]
            seen = ~np.isnan(codes)
            columns[:, place] = self._rate
            columns[seen, place] = rates[codes[seen].astype(int)]
        return np.nan_to_num(columns, nan=-1.0)
