"""How unlike one another the games are that a player is shown."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from crowdwise.steam.measures.lists import as_matrix


def diversity(games: np.ndarray, features: sparse.csr_matrix) -> np.ndarray:
    """Give the mean distance of two games of each list, 1 - cosine of their features (Ziegler et al. 2005).

    With features scaled to length 1, the cosines of all pairs add up to half of ``|sum of features|**2 - k``, so no
    pair is looked at alone.

    Parameters
    ----------
    games : ndarray of int, shape (n, k)
        A list a player; -1 is no game.
    features : csr_matrix, shape (games, features)
        What is known of each game, none of it negative: 1 for each tag and genre it has. A game of which nothing is
        known is not like or unlike any, and left out of its list.

    Returns
    -------
    ndarray of float64, shape (n,)
        From 0 (all the same) to 1 (nothing in common); NaN where fewer than two games are known.
    """
    lengths = np.sqrt(np.asarray(features.multiply(features).sum(axis=1), dtype=np.float64)).ravel()
    known = lengths > 0
    unit = sparse.diags(np.divide(1.0, lengths, out=np.zeros_like(lengths), where=known)) @ features
    total = as_matrix(games, features.shape[0]) @ unit
    together = np.asarray(total.multiply(total).sum(axis=1)).ravel()
    count = np.append(known, False)[games].sum(axis=1)
    pairs = count * (count - 1)
    return np.where(pairs > 0, np.clip(1 - (together - count) / np.maximum(pairs, 1), 0.0, 1.0), np.nan)
