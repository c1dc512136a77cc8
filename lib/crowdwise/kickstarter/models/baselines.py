"""What every model offers, and the two that any other has to beat: no feature, and one."""

from __future__ import annotations

from typing import Protocol, Self

import numpy as np

from crowdwise.kickstarter.design import Design

BINS, SHRINK = 6, 20


class Model(Protocol):
    """What every model offers."""

    def fit(self, design: Design, outcome: np.ndarray) -> Self:
        """Learn from training rows."""

    def probability(self, design: Design) -> np.ndarray:
        """Give each row's probability of success."""


class BaseRate:
    """Everyone gets the training rows' success rate."""

    rate = 0.5

    def fit(self, design: Design, outcome: np.ndarray) -> Self:
        """Take the rate."""
        self.rate = float(np.mean(outcome))
        return self

    def probability(self, design: Design) -> np.ndarray:
        """Give the rate, once a row."""
        return np.full(len(design.matrix), self.rate)


class OneRule:
    """The one feature that errs least on the training rows, read off in a table (1R, Holte 1993).

    A number is cut into six bins of equal counts, a value that is not known is a bin of its own. A bin's probability is
    its success rate, shrunk towards that of all as if 20 projects more had it; `feature` tells which one was chosen.
    """

    feature = ""

    def fit(self, design: Design, outcome: np.ndarray) -> Self:
        """Choose the feature; the first of equals."""
        best = np.inf
        for place, name in enumerate(design.names):
            column = design.matrix[:, place]
            known = column[~np.isnan(column)]
            edges = np.quantile(known, np.arange(1, BINS) / BINS) if len(known) else np.zeros(0)
            count = design.categories.get(place)
            edges = np.unique(edges) if count is None else np.arange(1, count) - 0.5
            codes = self._codes(column, edges)
            n = np.bincount(codes, minlength=len(edges) + 2)
            won = np.bincount(codes, weights=outcome.astype(float), minlength=len(edges) + 2)
            errors = float(np.minimum(won, n - won).sum())
            if errors < best:
                best, self.feature, self._place, self._edges = errors, name, place, edges
                self._rates = (won + SHRINK * np.mean(outcome)) / (n + SHRINK)
        return self

    def probability(self, design: Design) -> np.ndarray:
        """Give the rate of each row's bin."""
        rates: np.ndarray = self._rates[self._codes(design.matrix[:, self._place], self._edges)]
        return rates

    @staticmethod
    def _codes(column: np.ndarray, edges: np.ndarray) -> np.ndarray:
        return np.where(np.isnan(column), len(edges) + 1, np.searchsorted(edges, column, side="right"))
