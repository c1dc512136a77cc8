"""How unheard-of the games are that a player is shown."""

from __future__ import annotations

import numpy as np


def novelty(games: np.ndarray, owners: np.ndarray, players: int) -> np.ndarray:
    """Give the mean self-information of each list, in bits (Zhou et al. 2010; Vargas and Castells 2011).

    A game owned by a share s of the players carries ``-log2(s)`` bits: 0 if everyone has it, 10 if one of 1,024 does. A
    game that nobody has is taken as one that one player has.

    Parameters
    ----------
    games : ndarray of int, shape (n, k)
        A list a player; -1 is no game, and not counted.
    owners : ndarray of int, shape (games,)
        How many players have each game, in what the model has learnt from.
    players : int
        Of how many.

    Returns
    -------
    ndarray of float64, shape (n,)
        NaN where the list is empty.
    """
    bits = np.append(-np.log2(np.maximum(owners, 1) / players), 0.0)  # the last one is for -1
    lengths = (games >= 0).sum(axis=1)
    return np.where(lengths > 0, bits[games].sum(axis=1) / np.maximum(lengths, 1), np.nan)
