"""Lists of games as a sparse matrix, to be multiplied with what is known of the games."""

from __future__ import annotations

import numpy as np
from scipy import sparse


def as_matrix(games: np.ndarray, catalogue: int) -> sparse.csr_matrix:
    """Give lists as players by games (float64, 1 where a game is listed).

    Parameters
    ----------
    games : ndarray of int, shape (n, k)
        A list a player; -1 is no game.
    catalogue : int
        How many games there are.
    """
    listed = games >= 0
    starts = np.concatenate([[0], np.cumsum(listed.sum(axis=1))])
    flat = games[listed]
    return sparse.csr_matrix((np.ones(len(flat)), flat, starts), shape=(len(games), catalogue))
