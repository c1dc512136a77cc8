"""The compiled part of serving many libraries: sums of weights, the best games of a row, the best reason of each.

Imported only where many libraries are served: numba takes half a second and 50 MB that one library can do without.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numba import njit as numba_njit

njit = partial(numba_njit, cache=True, nogil=True)


@njit
def add_weights(
    starts: np.ndarray,
    owned: np.ndarray,
    amounts: np.ndarray,
    indptr: np.ndarray,
    indices: np.ndarray,
    data: np.ndarray,
    scores: np.ndarray,
) -> None:
    """Add to each row of `scores` the rows of weights of the games it owns, times their amounts, one after another."""
    for row in range(len(starts) - 1):
        into = scores[row]
        for k in range(starts[row], starts[row + 1]):
            game, amount = owned[k], amounts[k]
            for at in range(indptr[game], indptr[game + 1]):
                into[indices[at]] += amount * data[at]


@njit
def choose_best(
    starts: np.ndarray,
    owned: np.ndarray,
    scores: np.ndarray,
    shown: np.ndarray,
    twin_of: np.ndarray,
    best: np.ndarray,
) -> None:
    """Fill each row of `best` with the games of the highest scores, the first of equals first, -1 where none is left.

    Left out are games that are not `shown` or have no score, owned ones and those of which a twin is owned. Scores of
    games left out for a library become ``-inf``.
    """
    n = best.shape[1]
    values = np.empty(n, dtype=np.float32)
    for row in range(len(starts) - 1):
        score = scores[row]
        for k in range(starts[row], starts[row + 1]):
            for game in (owned[k], twin_of[owned[k]]):
                if 0 <= game < score.shape[0]:
                    score[game] = -np.inf
        found = 0
        for game in range(score.shape[0]):
            value = score[game]
            if value == -np.inf or not shown[game] or (found == n and not value > values[n - 1]):
                continue
            at = found if found < n else n - 1
            found = at + 1
            while at > 0 and values[at - 1] < value:
                values[at] = values[at - 1]
                best[row, at] = best[row, at - 1]
                at -= 1
            values[at] = value
            best[row, at] = game
        best[row, found:] = -1


@njit(fastmath={"reassoc", "contract"})
def choose_reasons(
    starts: np.ndarray,
    owned: np.ndarray,
    best: np.ndarray,
    columns: tuple[np.ndarray, np.ndarray, np.ndarray],
    vectors: np.ndarray,
    centre: np.ndarray,
    pull: np.ndarray,
    twin_of: np.ndarray,
    is_game: np.ndarray,
    because: np.ndarray,
) -> None:
    """Fill `because` with the owned game that adds most to each of the `best`, -1 where none adds anything.

    What an owned twin of an owned game adds is counted with it; apps that are no games are not told.
    """
    indptr, indices, data = columns
    weight = np.zeros(len(twin_of), dtype=np.float32)
    part = np.zeros(len(twin_of), dtype=np.float32)
    has = np.zeros(len(twin_of), dtype=np.bool_)
    for row in range(len(starts) - 1):
        mine = owned[starts[row] : starts[row + 1]]
        for game in mine:
            has[game] = True
        for k in range(best.shape[1]):
            to = best[row, k]
            because[row, k] = -1
            if to < 0:
                continue
            for at in range(indptr[to], indptr[to + 1]):
                weight[indices[at]] = data[at]
            level = np.float32(0)
            for c in range(vectors.shape[1]):
                level += centre[c] * pull[to, c]
            for game in mine:
                along = np.float32(0)
                for c in range(vectors.shape[1]):
                    along += vectors[game, c] * pull[to, c]
                twin = twin_of[game]
                told = twin if twin >= 0 and has[twin] and is_game[twin] else game
                part[told] += weight[game] + (along - level) / np.float32(len(mine))
            most = np.float32(0)
            for game in mine:
                if is_game[game] and part[game] > most:
                    most = part[game]
                    because[row, k] = game
            for game in mine:
                part[game] = 0
            for at in range(indptr[to], indptr[to + 1]):
                weight[indices[at]] = 0
        for game in mine:
            has[game] = False
