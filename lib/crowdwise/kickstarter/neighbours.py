"""The past projects most like a draft, and how they ended.

The distance is Gower's (1971): the mean of six differences, each from 0 to 1. Category: 0 for the same, 0.5 for the
same parent, else 1. Goal (log10), duration, preparation (log of 1 + days) and earlier projects (log of 1 + number): the
absolute difference as a share of the span between the 1st and 99th percentile, at most 1. Text: 1 less the cosine of
the two texts in a space of words made for this (`alike_space`), at most 1. No outcome and nothing the model has learnt
goes into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.base.seeds import generator
from crowdwise.kickstarter.categories import parent_of
from crowdwise.kickstarter.explanation import Neighbour
from crowdwise.kickstarter.text import TextSpace, WordCounts, fit_text

MOST = 50_000
DIRECTIONS = 32
PARTS = ("category", "goal", "duration", "preparation", "record", "text")
_FIRST_YEAR = 2009


@dataclass(frozen=True)
class PastProjects:
    """Decided projects as a draft is compared with them.

    Attributes
    ----------
    names, categories : tuple of str
        Each project's name; the categories that occur.
    category : ndarray of uint16, shape (projects,)
        Places in `categories`.
    goal_usd : ndarray of float32, shape (projects,)
    year : ndarray of uint8, shape (projects,)
        Of the launch, since 2009.
    successful : ndarray of bool, shape (projects,)
    numbers : ndarray of float16, shape (projects, 4)
        Log10 of the goal, days of duration, logs of preparation and record.
    spans : ndarray of float32, shape (4,)
        What a difference of these is divided by.
    text : ndarray of int8, shape (projects, components)
        The texts' directions, times 127.
    space : TextSpace
        What gives a text its direction.
    """

    names: tuple[str, ...]
    categories: tuple[str, ...]
    category: np.ndarray
    goal_usd: np.ndarray
    year: np.ndarray
    successful: np.ndarray
    numbers: np.ndarray
    spans: np.ndarray
    text: np.ndarray
    space: TextSpace

    @classmethod
    def of(
        cls,
        projects: pd.DataFrame,
        features: pd.DataFrame,
        text: np.ndarray,
        space: TextSpace,
        *,
        seed: int,
        most: int = MOST,
    ) -> PastProjects:
        """Take decided projects, or `most` of them drawn at random.

        Parameters
        ----------
        projects, features : DataFrame
            With ``name, category, goal_usd, launched_at, outcome``; as `build_features` gives.
        text : ndarray, shape (projects, components)
            As `space` gives them.
        space : TextSpace
        seed : int
        most : int
        """
        rows = np.sort(generator(seed, "neighbours").permutation(len(projects))[:most])
        kept, numbers = projects.iloc[rows], numbers_of(features.iloc[rows])
        low, high = np.nanquantile(numbers, [0.01, 0.99], axis=0)
        categories, code = np.unique(kept["category"].to_numpy(dtype=str), return_inverse=True)
        return cls(
            names=tuple(" ".join(name.split()) for name in kept["name"]),
            categories=tuple(categories.tolist()),
            category=code.astype(np.uint16),
            goal_usd=kept["goal_usd"].to_numpy(np.float32),
            year=(kept["launched_at"].dt.year.to_numpy() - _FIRST_YEAR).clip(0, 255).astype(np.uint8),
            successful=kept["outcome"].to_numpy(dtype=bool),
            numbers=numbers.astype(np.float16),
            spans=np.maximum(high - low, 1e-3).astype(np.float32),
            text=np.round(127 * directions(text[rows])).astype(np.int8),
            space=space,
        )

    @cached_property
    def _columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give what a search reads, in the form it is quickest in."""
        parents = np.array([parent_of(name) for name in self.categories])
        scaled = np.ascontiguousarray((self.numbers.astype(np.float32) / self.spans).T)
        return parents, scaled, self.text.astype(np.float32) / 127

    def distances(self, category: str, numbers: np.ndarray, text: np.ndarray) -> np.ndarray:
        """Give each project's distance from one; `numbers` and `text` as in `of`, of shapes (4,) and (components,)."""
        parents, scaled, directed = self._columns
        same = np.where(np.array(self.categories) == category, 0.0, np.where(parents == parent_of(category), 0.5, 1.0))
        total = same.astype(np.float32)[self.category]
        for column, value in zip(scaled, numbers.astype(np.float32) / self.spans, strict=True):
            # A preparation that nobody knows is as far as can be.
            total += np.nan_to_num(np.minimum(np.abs(column - value), 1), nan=1.0)
        total += np.clip(1 - directed @ directions(text[None])[0].astype(np.float32), 0, 1)
        return total / len(PARTS)

    def find(
        self, category: str, numbers: np.ndarray, text: np.ndarray, launch_year: int, count: int = 10
    ) -> tuple[Neighbour, ...]:
        """Give the nearest, launched in the draft's year or before, the nearest first."""
        if not len(self.category):
            return ()
        distance = self.distances(category, numbers, text)
        distance[self.year > max(launch_year - _FIRST_YEAR, 0)] = np.inf
        border = np.partition(distance, min(count, len(distance)) - 1)[min(count, len(distance)) - 1]
        near = np.flatnonzero(distance <= border)
        near = near[np.argsort(distance[near], kind="stable")][:count]
        return tuple(
            Neighbour(
                *(self.names[k], self.categories[self.category[k]], float(self.goal_usd[k])),
                *(int(self.year[k]) + _FIRST_YEAR, bool(self.successful[k]), float(distance[k])),
            )
            for k in near[np.isfinite(distance[near])].tolist()
        )

    def save(self, path: Path) -> None:
        """Write it as an ``.npz`` of plain arrays."""
        arrays: dict[str, Any] = {name: getattr(self, name) for name in _ARRAYS}
        arrays |= {name: np.frombuffer("\n".join(getattr(self, name)).encode(), np.uint8) for name in _WORDS}
        arrays |= {f"space_{name}": array for name, array in self.space.arrays().items()}
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> PastProjects:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            parts: dict[str, Any] = {name: arrays[name] for name in _ARRAYS}
            parts |= {name: tuple(arrays[name].tobytes().decode().split("\n")) for name in _WORDS}
            space = {name.removeprefix("space_"): arrays[name] for name in arrays if name.startswith("space_")}
            return cls(**parts, space=TextSpace.of_arrays(space))


_WORDS = ("names", "categories")
_ARRAYS = ("category", "goal_usd", "year", "successful", "numbers", "spans", "text")


def alike_space(counted: WordCounts, *, seed: int) -> TextSpace:
    """Fit the text space that projects are compared in: words alone, standing in ten texts or more."""
    single = np.flatnonzero([" " not in word for word in counted.words])
    words = WordCounts(counted.counts[:, single], tuple(counted.words[k] for k in single))
    return fit_text(words, np.arange(words.counts.shape[0]), components=DIRECTIONS, seed=seed, rarest=10)


def numbers_of(features: pd.DataFrame) -> np.ndarray:
    """Give the four numbers that are compared, float64, shape (rows, 4)."""
    columns = [features[name].to_numpy(float) for name in ("goal_log", "duration_days", "prelaunch_log")]
    return np.column_stack([*columns, np.log1p(features["earlier_projects"].to_numpy(float))])


def directions(text: np.ndarray) -> np.ndarray:
    """Give rows of length one; a text without a known word stays at zero."""
    length = np.linalg.norm(text, axis=1, keepdims=True)
    return np.divide(text, length, out=np.zeros_like(text), where=length > 0)
