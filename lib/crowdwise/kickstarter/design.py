"""Features as a matrix that models learn from: categories as numbers, texts as a few columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdwise.kickstarter.features import CATEGORICAL
from crowdwise.kickstarter.moments import refuse_late


@dataclass(frozen=True)
class Encoder:
    """Which columns a matrix has, and what the numbers in its category columns stand for.

    Attributes
    ----------
    names : tuple of str
        The structured columns; text columns follow them.
    levels : dict
        The values of each category column, sorted: a value's place is its number, an unseen one is NaN.
    """

    names: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]

    @classmethod
    def fit(cls, features: pd.DataFrame) -> Encoder:
        """Take names and levels from training rows.

        Raises
        ------
        Problem
            If a column is known only after launch, or nothing says when.
        """
        refuse_late(map(str, features.columns))
        levels = {name: tuple(sorted(features[name].unique())) for name in CATEGORICAL if name in features}
        return cls(tuple(map(str, features.columns)), levels)

    def take(self, names: Collection[str]) -> Encoder:
        """Give the encoder of those of its columns only that are among the names."""
        levels = {name: values for name, values in self.levels.items() if name in names}
        return Encoder(tuple(name for name in self.names if name in names), levels)

    def matrix(self, features: pd.DataFrame, text: np.ndarray | None = None) -> np.ndarray:
        """Give the matrix, float64, shape (rows, names + text columns)."""
        columns = []
        for name in self.names:
            if name in self.levels:
                codes = pd.Index(self.levels[name]).get_indexer(pd.Index(features[name])).astype(float)
                columns.append(np.where(codes < 0, np.nan, codes))
            else:
                columns.append(features[name].to_numpy(float))
        structured = np.column_stack(columns)
        return structured if text is None else np.hstack([structured, text])

    @property
    def categorical(self) -> list[int]:
        """The places of the category columns."""
        return [k for k, name in enumerate(self.names) if name in self.levels]


@dataclass(frozen=True)
class Design:
    """What one model is fitted on or asked about: a matrix, its columns' names, which are categories (and how many)."""

    matrix: np.ndarray
    names: tuple[str, ...]
    categories: dict[int, int]

    def take(self, names: Sequence[str]) -> Design:
        """Give the design with the named columns only."""
        places = [self.names.index(name) for name in names]
        categories = {new: self.categories[old] for new, old in enumerate(places) if old in self.categories}
        return Design(self.matrix[:, places], tuple(names), categories)

    def rows(self, which: np.ndarray) -> Design:
        """Give the design of some rows only: their numbers, or whether each is one."""
        return Design(self.matrix[which], self.names, self.categories)
