"""Columns that a straight model can follow, and logistic regression on them: the charter's baseline."""

from __future__ import annotations

from typing import Self

import numpy as np
from scipy import sparse

from crowdwise.kickstarter.design import Design

BINS = 12


class Columns:
    """Standardised numbers, bins of them, and one column a category, all fitted on training rows.

    The bins, as in a scorecard, let a straight model follow a bent relation such as the crawl's step at 2014.
    """

    def __init__(self, design: Design) -> None:
        numbers = design.matrix[:, _numeric(design)]
        known = np.isfinite(numbers).any(axis=0)
        self._middle = np.zeros(numbers.shape[1])
        self._middle[known] = np.nanmedian(numbers[:, known], axis=0)
        filled = np.where(np.isnan(numbers), self._middle, numbers)
        self._mean, self._spread = filled.mean(axis=0), np.maximum(filled.std(axis=0), 1e-9)
        self._edges = [np.unique(np.quantile(column, np.arange(1, BINS) / BINS)) for column in filled.T]

    def of(self, design: Design) -> sparse.csr_matrix:
        """Give a design's columns; shape (rows, columns)."""
        numbers = design.matrix[:, _numeric(design)]
        filled = np.where(np.isnan(numbers), self._middle, numbers)
        parts = [sparse.csr_matrix(np.clip((filled - self._mean) / self._spread, -6, 6))]
        structured = [name for place, name in enumerate(design.names) if place not in design.categories]
        for k, name in enumerate(structured):
            if not name.startswith("text_"):
                parts.append(_one_column_each(np.searchsorted(self._edges[k], filled[:, k]), len(self._edges[k]) + 1))
        parts += [_one_column_each(design.matrix[:, place], count) for place, count in design.categories.items()]
        return sparse.hstack(parts, format="csr")


class Logistic:
    """Logistic regression with a ridge penalty."""

    def __init__(self, *, strength: float = 0.5) -> None:
        self.strength = strength

    def fit(self, design: Design, outcome: np.ndarray) -> Self:
        """Fit by L-BFGS."""
        from sklearn.linear_model import LogisticRegression

        self._columns = Columns(design)
        self._model = LogisticRegression(C=self.strength, max_iter=400)
        self._model.fit(self._columns.of(design), outcome)
        return self

    def probability(self, design: Design) -> np.ndarray:
        """Give the logistic curve's height."""
        return np.asarray(self._model.predict_proba(self._columns.of(design))[:, 1])


def _numeric(design: Design) -> list[int]:
    return [k for k in range(design.matrix.shape[1]) if k not in design.categories]


def _one_column_each(codes: np.ndarray, count: int) -> sparse.csr_matrix:
    rows = np.flatnonzero(~np.isnan(codes))
    return sparse.csr_matrix((np.ones(len(rows)), (rows, codes[rows].astype(int))), shape=(len(codes), count))
