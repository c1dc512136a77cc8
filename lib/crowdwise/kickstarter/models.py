"""The models that are compared: each learns from a design and gives probabilities of success."""

from __future__ import annotations

from typing import Any, Protocol, Self

import numpy as np
from scipy import sparse

from crowdwise.kickstarter.design import Design

BINS = 12


class Model(Protocol):
    """What every model offers."""

    def fit(self, design: Design, outcome: np.ndarray) -> Self:
        """Learn from training rows."""

    def probability(self, design: Design) -> np.ndarray:
        """Give each row's probability of success."""


class BaseRate:
    """Everyone gets the training rows' success rate: what any model has to beat."""

    rate = 0.5

    def fit(self, design: Design, outcome: np.ndarray) -> Self:
        """Take the rate."""
        self.rate = float(np.mean(outcome))
        return self

    def probability(self, design: Design) -> np.ndarray:
        """Give the rate, once a row."""
        return np.full(len(design.matrix), self.rate)


class Logistic:
    """Logistic regression (ridge penalty) on standardised numbers, on bins of them, and on one column a category.

    The bins, as in a scorecard, let a straight model follow a bent relation such as the crawl's step at 2014.
    """

    def __init__(self, *, strength: float = 0.5) -> None:
        self.strength = strength

    def fit(self, design: Design, outcome: np.ndarray) -> Self:
        """Fit by L-BFGS."""
        from sklearn.linear_model import LogisticRegression

        numbers = design.matrix[:, self._numeric(design)]
        self._middle = np.nanmedian(numbers, axis=0)
        filled = np.where(np.isnan(numbers), self._middle, numbers)
        self._mean, self._spread = filled.mean(axis=0), np.maximum(filled.std(axis=0), 1e-9)
        self._edges = [np.unique(np.quantile(column, np.arange(1, BINS) / BINS)) for column in filled.T]
        self._model = LogisticRegression(C=self.strength, max_iter=400)
        self._model.fit(self._columns(design), outcome)
        return self

    def probability(self, design: Design) -> np.ndarray:
        """Give the logistic curve's height."""
        return self._model.predict_proba(self._columns(design))[:, 1]

    @staticmethod
    def _numeric(design: Design) -> list[int]:
        return [k for k in range(design.matrix.shape[1]) if k not in design.categories]

    def _columns(self, design: Design) -> sparse.csr_matrix:
        numbers = design.matrix[:, self._numeric(design)]
        filled = np.where(np.isnan(numbers), self._middle, numbers)
        parts = [sparse.csr_matrix(np.clip((filled - self._mean) / self._spread, -6, 6))]
        structured = [name for place, name in enumerate(design.names) if place not in design.categories]
        for k, name in enumerate(structured):
            if not name.startswith("text_"):
                parts.append(_one_column_each(np.searchsorted(self._edges[k], filled[:, k]), len(self._edges[k]) + 1))
        parts += [_one_column_each(design.matrix[:, place], count) for place, count in design.categories.items()]
        return sparse.hstack(parts, format="csr")


def _one_column_each(codes: np.ndarray, count: int) -> sparse.csr_matrix:
    rows = np.flatnonzero(~np.isnan(codes))
    return sparse.csr_matrix((np.ones(len(rows)), (rows, codes[rows].astype(int))), shape=(len(codes), count))


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


class Boosted:
    """Gradient-boosted trees with native categories (LightGBM, Ke et al. 2017), on one thread and repeatable."""

    def __init__(self, *, trees: int, seed: int) -> None:
        self.trees, self.seed = trees, seed

    def fit(self, design: Design, outcome: np.ndarray) -> Self:
        """Grow the trees."""
        import lightgbm

        settings: dict[str, Any] = {
            **{"objective": "binary", "learning_rate": 0.05, "num_leaves": 31, "min_data_in_leaf": 20},
            **{"feature_fraction": 0.6, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 2.0},
            **{"cat_smooth": 20.0, "cat_l2": 10.0, "min_data_per_group": 20, "max_cat_threshold": 64},
            **{"seed": self.seed, "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbosity": -1},
        }
        data = lightgbm.Dataset(
            design.matrix,
            outcome.astype(float),
            feature_name=list(design.names),
            categorical_feature=list(design.categories),
            params={"verbosity": -1, "max_bin": 255},
        )
        self.booster = lightgbm.train(settings, data, num_boost_round=self.trees)
        return self

    def probability(self, design: Design) -> np.ndarray:
        """Give the logistic of the trees' sum."""
        return np.asarray(self.booster.predict(design.matrix, num_threads=1))
