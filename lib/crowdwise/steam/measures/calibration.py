"""Whether the genres that a player is shown are those of what they have."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from crowdwise.steam.measures.lists import as_matrix

SMOOTHING = 0.01


def miscalibration(
    games: np.ndarray, libraries: sparse.csr_matrix, genres: sparse.csr_matrix, *, smoothing: float = SMOOTHING
) -> np.ndarray:
    """Give how far the genres of each list are from those of the library, as a divergence in nats (Steck 2018).

    A game's weight is shared equally by its genres; p and q are the shares of the genres in the library and in the
    list. The divergence of Kullback and Leibler (1951) is ``sum of p * log(p / q')`` with ``q' = (1 - a) q + a p``, so
    that a genre missing from the list costs much but not everything: at most ``-log(a)``, 4.6 at a = 0.01.

    Parameters
    ----------
    games : ndarray of int, shape (n, k)
        A list a player; -1 is no game.
    libraries : csr_matrix, shape (n, games)
        What the same players have, or how much each counts.
    genres : csr_matrix, shape (games, genres)
        Not 0 where a game is of a genre. Games without any are left out.
    smoothing : float
        The a above, between 0 and 1.

    Returns
    -------
    ndarray of float64, shape (n,)
        0 is best. NaN where the library or the list has no game with a genre.

    Raises
    ------
    ValueError
        If lists and libraries are not of the same number of players.
    """
    if len(games) != libraries.shape[0]:
        raise ValueError(f"{len(games)} lists, but {libraries.shape[0]} libraries")
    each = genres.astype(bool).astype(np.float64)
    each = sparse.diags(1.0 / np.maximum(np.asarray(each.sum(axis=1)).ravel(), 1.0)) @ each
    had, p = _shares(libraries @ each)
    listed, q = _shares(as_matrix(games, genres.shape[0]) @ each)
    mixed = (1 - smoothing) * q + smoothing * p
    terms = p * np.log(np.divide(p, mixed, out=np.ones_like(p), where=p > 0))
    return np.where(had & listed, np.maximum(terms.sum(axis=1), 0.0), np.nan)


def _shares(weights: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Give which rows hold anything, and each row as shares of its sum."""
    dense = np.asarray(weights.todense(), dtype=np.float64)
    total = dense.sum(axis=1, keepdims=True)
    return total[:, 0] > 0, np.divide(dense, total, out=np.zeros_like(dense), where=total > 0)
