"""Small libraries written as tables of 0 and 1, and scores written as numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from crowdwise.steam.interactions import Interactions
from crowdwise.steam.measures import Slice


def libraries(owned: ArrayLike) -> Interactions:
    """Give players by games, named by their rows and columns; nothing was played."""
    matrix = sparse.csr_matrix(np.asarray(owned, dtype=np.float32))
    players, games = (np.arange(size).astype(str) for size in matrix.shape)
    return Interactions(players, games, matrix, 0 * matrix)


def given(values: ArrayLike) -> Callable[[Interactions], np.ndarray]:
    """Give a model's `scores` that looks up each player's row."""
    table = np.asarray(values)

    def scores(shown: Interactions) -> np.ndarray:
        return table[shown.player_ids.astype(int)]

    return scores


def a_slice(target: ArrayLike, candidates: ArrayLike | None = None) -> Slice:
    """Give a slice; everything may be recommended unless said."""
    matrix = sparse.csr_matrix(np.asarray(target, dtype=np.float32))
    every = np.ones(matrix.shape[1], dtype=bool)
    return Slice(matrix, every if candidates is None else np.asarray(candidates, dtype=bool))
