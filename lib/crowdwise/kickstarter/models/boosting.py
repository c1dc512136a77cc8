"""Gradient-boosted trees: LightGBM, which is what is deployed, and scikit-learn's as a check of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from crowdwise.kickstarter.design import Design

MOST_BINS = 255
STEP = 0.05  # learning rate where none is given


class Boosted:
    """LightGBM (Ke et al. 2017) with native categories, repeatable to the bit on one thread or two.

    Parameters
    ----------
    trees, leaves : int
        How many trees, and the most leaves of each.
    learning_rate : float
    smallest_leaf : int
        The fewest projects in a leaf.
    feature_share : float
        Share of the features that each tree may use.
    l2 : float
        Ridge penalty of a leaf.
    smooth : float
        How many projects a category's value needs to stand apart (LightGBM's ``cat_smooth``).
    category_l2 : float
        Ridge penalty of a leaf behind a split on categories.
    monotone : mapping, optional
        By a number's name, 1 if more of it may only help, -1 if it may only hurt; a name that the design lacks is
        passed over.
    without : sequence of str, optional
        Features that no tree may split on, for feature selection; the matrix keeps their columns.
    threads : int
        One by default: a second one is slower where another process is at work.
    """

    def __init__(
        self,
        *,
        trees: int,
        seed: int,
        leaves: int = 31,
        learning_rate: float = STEP,
        smallest_leaf: int = 20,
        feature_share: float = 0.6,
        l2: float = 2.0,
        smooth: float = 20.0,
        category_l2: float = 10.0,
        monotone: Mapping[str, int] | None = None,
        without: Sequence[str] = (),
        threads: int = 1,
    ) -> None:
        self.trees, self.seed, self.threads = trees, seed, threads
        self.monotone, self.without = dict(monotone or {}), tuple(without)
        self.settings: dict[str, Any] = {
            **{"num_leaves": leaves, "learning_rate": learning_rate, "min_data_in_leaf": smallest_leaf},
            **{"feature_fraction": feature_share, "lambda_l2": l2},
            **{"cat_smooth": smooth, "cat_l2": category_l2},
        }

    def fit(self, design: Design, outcome: np.ndarray, weight: np.ndarray | None = None) -> Self:
        """Grow the trees, on weighted projects if weights are given."""
        import lightgbm

        settings: dict[str, Any] = {
            **{"objective": "binary", "bagging_fraction": 0.8, "bagging_freq": 1},
            **{"min_data_per_group": 20, "max_cat_threshold": 64},
            **{"seed": self.seed, "deterministic": True, "force_col_wise": True},
            **{"num_threads": self.threads, "verbosity": -1, **self.settings},
        }
        held = [self.monotone.get(name, 0) for name in design.names]
        if any(held):
            settings |= {"monotone_constraints": held, "monotone_constraints_method": "intermediate"}
        if self.without:
            # A split's gain is multiplied by this.
            settings["feature_contri"] = [0.0 if name in self.without else 1.0 for name in design.names]
        data = lightgbm.Dataset(
            design.matrix,
            outcome.astype(float),
            weight=weight,
            feature_name=list(design.names),
            categorical_feature=list(design.categories),
            params={"verbosity": -1, "max_bin": MOST_BINS},
        )
        self.booster = lightgbm.train(settings, data, num_boost_round=self.trees)
        return self

    def probability(self, design: Design) -> np.ndarray:
        """Give the logistic of the trees' sum."""
        return np.asarray(self.booster.predict(design.matrix, num_threads=1))


class Histogram:
    """Scikit-learn's histogram gradient boosting, on one thread."""

    def __init__(self, *, trees: int, seed: int) -> None:
        self.trees, self.seed = trees, seed

    def fit(self, design: Design, outcome: np.ndarray) -> Self:
        """Grow the trees; a category column with too many values for it is taken as a number."""
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits

        self._model = HistGradientBoostingClassifier(
            max_iter=self.trees,
            learning_rate=0.05,
            max_leaf_nodes=15,
            l2_regularization=2.0,
            max_features=0.6,
            categorical_features=[place for place, count in design.categories.items() if count <= MOST_BINS],
            early_stopping=False,
            random_state=self.seed,
        )
        with threadpool_limits(1):
            self._model.fit(design.matrix, outcome)
        return self

    def probability(self, design: Design) -> np.ndarray:
        """Give the logistic of the trees' sum."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            return np.asarray(self._model.predict_proba(design.matrix)[:, 1])
