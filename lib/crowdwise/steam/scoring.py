"""How well each game suits a library: item-item weights and a fold-in in one sum, with a term for each owned game."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import sparse

from crowdwise.steam.fold_in import FoldIn
from crowdwise.steam.weights import add_products

SAMPLED = 2000  # libraries that `spread` is measured on


@dataclass(frozen=True)
class Scoring:
    """The score of game j for a library: ``sum of W[i, j] over owned games i, plus share times the fold-in's score``.

    Both parts are linear in the library, so a score is, exactly, a sum over owned games and a part of its own
    (`base`), that of a library of average games without item-item weights.

    Parameters
    ----------
    weights : csr_matrix of float32, shape (games, games)
        From an owned game (row) to a recommended one (column), as EASE learns them.
    fold : FoldIn
        Of the same games, in the same order. Rows without weights (games that nobody owns yet) live by it alone.
    share : float
        How much the fold-in's score counts.
    spread : float
        The typical standard deviation of a library's scores over games: the unit of damping popularity.

    Raises
    ------
    ValueError
        If the parts are not of the same games, an index is out of range, or a number is not finite.
    """

    weights: sparse.csr_matrix
    fold: FoldIn
    share: float
    spread: float = 1.0
    _pull: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check(self.weights, self.fold)
        if not (np.isfinite(self.share) and np.isfinite(self.spread) and self.spread >= 0):
            raise ValueError(f"share {self.share} and spread {self.spread} must be finite, and spread not negative")
        object.__setattr__(self, "_pull", self.fold.weights[:-2].T * np.float32(self.share))

    @classmethod
    def measured(cls, weights: sparse.csr_matrix, fold: FoldIn, share: float, owned: sparse.csr_matrix) -> Scoring:
        """Give a scoring whose `spread` is the median over up to 2,000 of the libraries `owned`, evenly spaced."""
        scoring = cls(weights, fold, share)
        return cls(weights, fold, share, typical_spread(lambda some: scoring.scores(owned[some]), owned))

    def extended(self, vectors: np.ndarray, biases: np.ndarray) -> Scoring:
        """Give the same scoring with further games that nobody owns: fold-in vectors and biases, no weights.

        Parameters
        ----------
        vectors : ndarray, shape (further games, components)
        biases : ndarray, shape (further games,)
        """
        n, old = len(biases), self.weights
        indptr = np.concatenate([old.indptr, np.full(n, old.indptr[-1], dtype=old.indptr.dtype)])
        weights = sparse.csr_matrix((old.data, old.indices, indptr), shape=(self.games + n, self.games + n))
        fold = FoldIn(
            np.concatenate([self.fold.vectors, vectors]).astype(np.float32),
            np.concatenate([self.fold.biases, biases]).astype(np.float32),
            self.fold.weights,
            self.fold.centre,
        )
        return Scoring(weights, fold, self.share, self.spread)

    @property
    def games(self) -> int:
        """How many games are scored."""
        return len(self.fold.biases)

    def scores(self, owned: sparse.csr_matrix, first: int | None = None) -> np.ndarray:
        """Give every game's score for each library.

        Parameters
        ----------
        owned : csr_matrix, shape (libraries, games)
            Ones where a game is owned, sorted by game.
        first : int, optional
            Give the scores of so many games only, the first ones; no game after them may have weights.

        Returns
        -------
        ndarray of float32, shape (libraries, games)
        """
        scores = self.fold.scores(owned, first)
        scores *= np.float32(self.share)
        if owned.shape[0] <= 1:
            return scores + self.weights.T.dot(owned.toarray().ravel().astype(np.float32))[:first]
        if self._reach > scores.shape[1]:
            raise ValueError(f"a game after the first {first} has weights")
        add_products(owned, self.weights, scores)
        return scores

    def base(self, games: np.ndarray | slice, n: int) -> np.ndarray:
        """Give what games score for a library of `n` average owned games by the fold-in alone (float32)."""
        by_mean, by_size, constant = self.fold.weights[:-2], self.fold.weights[-2], self.fold.weights[-1]
        player = self.fold.centre @ by_mean + np.float32(np.log(max(n, 1))) * by_size + constant
        return (self.fold.vectors[games] @ player + self.fold.biases[games]) * np.float32(self.share)

    def contributions(self, games: np.ndarray, owned: np.ndarray) -> np.ndarray:
        """Give what each owned game adds to the scores of some games.

        Parameters
        ----------
        games : ndarray of int, shape (k,)
            The games whose scores they are.
        owned : ndarray of int, shape (n,)

        Returns
        -------
        ndarray of float32, shape (k, n)
            A row's sum and the game's ``base`` are its score.
        """
        about = self.fold.vectors[owned] - self.fold.centre
        added = (self.fold.vectors[games] @ self._pull) @ about.T / np.float32(max(len(owned), 1))
        row = np.zeros(self.games, dtype=np.float32)
        for game, into in zip(games, added, strict=True):
            begin, end = self.columns.indptr[game : game + 2]
            row[self.columns.indices[begin:end]] = self.columns.data[begin:end]
            into += row[owned]
            row[self.columns.indices[begin:end]] = 0
        return added

    @cached_property
    def _reach(self) -> int:
        """The number of games up to the last with weights."""
        return int(self.weights.indices.max(initial=-1)) + 1

    @cached_property
    def columns(self) -> sparse.csc_matrix:
        """The weights by recommended game."""
        return self.weights.tocsc()

    @cached_property
    def pull(self) -> np.ndarray:
        """What a game's score gains for each unit of the mean owned vector (float32, shape (games, components))."""
        return np.ascontiguousarray(self.fold.vectors @ self._pull)


def typical_spread(scores: Callable[[np.ndarray], np.ndarray], owned: sparse.csr_matrix) -> float:
    """Give the median, over up to 2,000 libraries evenly spaced, of the standard deviation of scores over games.

    Parameters
    ----------
    scores : callable
        From rows of `owned` to their scores, shape (rows, games).
    owned : csr_matrix, shape (libraries, games)
        Empty libraries are passed over; 1 if there is no other.
    """
    filled = np.flatnonzero(np.diff(owned.indptr) > 0)
    some = filled[np.unique(np.linspace(0, len(filled) - 1, min(SAMPLED, len(filled))).astype(int))]
    spreads = [scores(some[k : k + 200]).std(axis=1) for k in range(0, len(some), 200)]
    return float(np.median(np.concatenate(spreads))) if spreads else 1.0


def standard_fame(owners: np.ndarray, usual: np.ndarray | None = None) -> np.ndarray:
    """Give the log of 1 + each game's owners, standardised over the games where `usual` is true (all by default)."""
    logs = np.log1p(owners.astype(np.float64))
    among = logs if usual is None or not usual.any() else logs[usual]
    return np.asarray((logs - among.mean()) / max(float(among.std()), 1e-12), dtype=np.float32)


def _check(weights: sparse.csr_matrix, fold: FoldIn) -> None:
    n, components = fold.vectors.shape if fold.vectors.ndim == 2 else (-1, -1)
    shapes = (weights.shape, fold.biases.shape, fold.weights.shape, fold.centre.shape)
    if shapes != ((n, n), (n,), (components + 2, components), (components,)):
        raise ValueError(f"weights, biases, map and centre of shapes {shapes} are not of {n} vectors of {components}")
    indptr, indices = weights.indptr, weights.indices
    fits = len(indptr) == n + 1 and indptr[0] == 0 and indptr[-1] == len(indices) == len(weights.data)
    if not fits or (np.diff(indptr) < 0).any() or (len(indices) and not 0 <= indices.min() <= indices.max() < n):
        raise ValueError("the weights' indices are out of range")
    for name, array in (("weights", weights.data), ("vectors", fold.vectors), ("biases", fold.biases)):
        if not np.isfinite(array).all():
            raise ValueError(f"the {name} hold a number that is not finite")
    if not (np.isfinite(fold.weights).all() and np.isfinite(fold.centre).all()):
        raise ValueError("the map of folding in holds a number that is not finite")
