"""How alike games are to their owners, without popularity's pull; and one game a series of what is alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from crowdwise.steam.scoring import Scoring
from crowdwise.steam.series import edition_key, series_key

COSINE = 0.2  # how much the cosine of vectors counts beside the mutual weight


@dataclass(frozen=True)
class Likeness:
    """How alike two games are: their mutual weight, and a fifth of their vectors' cosine.

    The *mutual weight* is the geometric mean of the item-item weights in both directions, each divided by the length
    of its column (and the median column's, lest chance owners of a rare game weigh much). In EASE (Steck 2019) that is,
    but for these lengths, the partial correlation of owning: a game that everyone owns speaks for many games, but few
    speak for it. Vectors come into it for games of few owners, and for those nobody owns; what the log of the number of
    owners explains of them is taken away first (where nobody owns a game, of the number that its vector speaks for).

    Parameters
    ----------
    scoring : Scoring
    owners : ndarray of int, shape (games,)
    """

    scoring: Scoring
    owners: np.ndarray

    def to(self, game: int) -> np.ndarray:
        """Give every game's likeness to one, at most 1 (float32, shape (games,)); its own means nothing."""
        weights, columns = self.scoring.weights, self.scoring.columns
        there, back = np.zeros((2, self.scoring.games), dtype=np.float32)
        row, column = slice(*weights.indptr[game : game + 2]), slice(*columns.indptr[game : game + 2])
        there[weights.indices[row]] = np.maximum(weights.data[row], 0) / self._lengths[weights.indices[row]]
        back[columns.indices[column]] = np.maximum(columns.data[column], 0) / self._lengths[game]
        mutual = np.sqrt(there * back)
        return (mutual + COSINE * (self._directions @ self._directions[game])) / (1 + COSINE)

    @cached_property
    def _lengths(self) -> np.ndarray:
        gains = np.maximum(self.scoring.weights.data, 0).astype(np.float64)
        squares = np.bincount(self.scoring.weights.indices, weights=gains**2, minlength=self.scoring.games)
        least = np.median(squares[squares > 0]) if squares.any() else 1.0
        return np.sqrt(squares + least).astype(np.float32)

    @cached_property
    def _directions(self) -> np.ndarray:
        vectors = np.asarray(self.scoring.fold.vectors, dtype=np.float64)
        ones, owned = np.ones((len(vectors), 1)), self.owners > 0
        fame = np.log(np.maximum(self.owners, 1))[:, None]
        if owned.any():
            guess, *_ = np.linalg.lstsq(np.hstack([ones, vectors])[owned], fame[owned], rcond=None)
            fame[~owned] = np.hstack([ones, vectors])[~owned] @ guess
        known = np.hstack([ones, fame])
        explained, *_ = np.linalg.lstsq(known[owned], vectors[owned], rcond=None)
        rest = vectors - known @ explained
        return (rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-12)).astype(np.float32)


def fold_series(game: str, names: Sequence[str], n: int) -> list[tuple[int, tuple[str, ...]]]:
    """Give the first of each series among names, at most `n`, with the names that stand behind it.

    Other editions of `game` are left out; of the rest of its series, as of any other, the first stands for all.

    Parameters
    ----------
    game : str
        The name of the game that the others are like.
    names : sequence of str
        Best first.

    Returns
    -------
    list of (int, tuple of str)
        The place in `names`, and the names behind it, each edition once.
    """
    own = edition_key(game)
    firsts: dict[str, int] = {}
    behind: dict[str, dict[str, str]] = {}
    for place, name in enumerate(names):
        edition, series = edition_key(name), series_key(name)
        if edition == own:
            continue
        if series not in firsts:
            if len(firsts) == n:
                continue
            firsts[series] = place
            behind[series] = {}
        elif edition != edition_key(names[firsts[series]]):
            behind[series].setdefault(edition, name)
    return [(place, tuple(behind[series].values())) for series, place in firsts.items()]
