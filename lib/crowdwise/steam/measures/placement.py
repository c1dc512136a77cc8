"""The compiled part of ranking: from a block of scores to best games, hits and areas, one player after another.

A player's scores are copied once, with -inf at all that may not be ranked; what follows are plain loops over that
copy, which a compiler turns into a few instructions for many games. Counting the games above each wanted one costs less
than any sorting until hundreds are wanted.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numba import njit as numba_njit

LARGEST = np.finfo(np.float32).max
NOWHERE = np.float32(-np.inf)

njit = partial(numba_njit, cache=True, nogil=True)


@njit
def place(
    scores: np.ndarray,
    candidates: np.ndarray,
    owned_starts: np.ndarray,
    owned_games: np.ndarray,
    wanted_starts: np.ndarray,
    wanted_games: np.ndarray,
    wanted: np.ndarray,
    auc: np.ndarray,
    games: np.ndarray,
    hits: np.ndarray,
) -> int:
    """Judge a block of n players on k targets that share their candidates; fill the last four arrays.

    Parameters
    ----------
    scores : ndarray of float32, shape (n, all games)
    candidates : ndarray of bool, shape (all games,)
    owned_starts, owned_games : ndarray of int
        ``indptr`` and ``indices`` of what is out of the ranking, n rows.
    wanted_starts, wanted_games : ndarray of int
        ``indptr`` and sorted ``indices`` of the targets, k times n rows: all players of the first, of the second, ...
        Only candidates stand in them.
    wanted : ndarray of int32, shape (n, k)
        How many are wanted and not owned.
    auc : ndarray of float64, shape (n, k)
        NaN where nothing is wanted, or nothing else is there.
    games : ndarray of int32, shape (n, top)
        Best first, then -1.
    hits : ndarray of bool, shape (n, k, top)

    Returns
    -------
    int
        The first player with a score that is not finite (nothing is filled from there on), or -1.
    """
    n = len(scores)
    ranked = np.empty(scores.shape[1], dtype=np.float32)
    best = np.empty(games.shape[1], dtype=np.float32)
    everything = np.int64(candidates.sum())
    for player in range(n):
        if not _copy(scores[player], candidates, ranked):
            return player
        rivals = everything
        for at in range(owned_starts[player], owned_starts[player + 1]):
            if ranked[owned_games[at]] != NOWHERE:
                ranked[owned_games[at]] = NOWHERE
                rivals -= 1
        _list(ranked, best, games[player])
        for target in range(wanted.shape[1]):
            row = target * n + player
            sought = wanted_games[wanted_starts[row] : wanted_starts[row + 1]]
            found, above = 0, 0
            for game in sought:
                if ranked[game] != NOWHERE:
                    found += 1
                    above += _above(ranked, ranked[game])
            wanted[player, target] = found
            # All pairs of two wanted games, either way round, count found * found whatever their order.
            below = 2 * rivals * found - above - found * found
            others = rivals - found
            auc[player, target] = below / (2.0 * found * others) if found > 0 and others > 0 else np.nan
            for at in range(games.shape[1]):
                hits[player, target, at] = _holds(sought, games[player, at])
    return -1


@njit
def _copy(scores: np.ndarray, candidates: np.ndarray, ranked: np.ndarray) -> bool:
    """Copy the scores of candidates, and say whether all scores are finite."""
    wrong = np.int32(0)
    for game in range(len(scores)):
        score = scores[game]
        wrong = np.int32(wrong + np.int32(not abs(score) <= LARGEST))
        ranked[game] = score if candidates[game] else NOWHERE
    return wrong == 0


@njit
def _list(ranked: np.ndarray, best: np.ndarray, games: np.ndarray) -> None:
    """Keep the best games in order; one that only equals the last kept is too late."""
    best[:] = NOWHERE
    games[:] = -1
    last = len(best) - 1
    least = best[last]
    for game in range(len(ranked)):
        if ranked[game] > least:
            at = last
            while at > 0 and best[at - 1] < ranked[game]:
                best[at], games[at] = best[at - 1], games[at - 1]
                at -= 1
            best[at], games[at] = ranked[game], game
            least = best[last]


@njit
def _above(ranked: np.ndarray, score: float) -> int:
    """Give twice how many stand above a score, and once how many, itself among them, stand at it."""
    count = np.int32(0)  # 32 bits: twice as many at once
    for game in range(len(ranked)):
        count = np.int32(count + np.int32(ranked[game] > score) + np.int32(ranked[game] >= score))
    return int(count)


@njit
def _holds(ordered: np.ndarray, game: int) -> bool:
    """Say whether a game is among ordered ones."""
    at = np.searchsorted(ordered, game)
    return bool(at < len(ordered) and ordered[at] == game)
