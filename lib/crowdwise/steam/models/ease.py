"""EASE: a linear item-item model with a closed form (Steck 2019)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.linalg
from scipy import sparse

from crowdwise.base.blas import one_thread
from crowdwise.steam.interactions import Interactions, Signal
from crowdwise.steam.weights import densify, keep_largest, sparse_size

BLOCK = 512


@dataclass
class EASE:
    """Weights from owned games to every other, by ridge regression in which no game may speak for itself.

    Each column j of the weights minimises the sum over players of ``n ** -row_power`` times the squared error of the
    target's column j, plus `penalty` times the squared weights, under ``w[j, j] = 0``. With `predict` other than
    `learn_from` the target is another matrix than the input, and the closed form is ``P R - P diag(diag(P R) /
    diag(P))``, with P the inverse of the penalised Gram matrix of the input and R its product with the target.

    A fit gives the same bytes whatever the number of threads: BLAS is held to one.

    Parameters
    ----------
    penalty : float
        The ridge, as it would be without weights: it is multiplied by the mean weight of an ownership.
    row_power : float
        Players with n games weigh ``n ** -row_power``.
    play_power, popularity_power : float
        Column j is multiplied by the share of its owners who played it (shrunk to one half by four owners) to the first
        power, divided by its owners to the second: towards games that are played, and away from the best known.
    kept : int
        How many weights are kept for each recommended game, the largest by absolute value.
    learn_from, predict : {"owned", "played", "minutes"}
    """

    penalty: float = 250.0
    row_power: float = 0.5
    play_power: float = 0.5
    popularity_power: float = 0.15
    kept: int = 100
    learn_from: Signal = "owned"
    predict: Signal = "owned"
    name: str = "EASE"
    _weights: sparse.csr_matrix | None = field(default=None, init=False, repr=False)

    @property
    def size(self) -> int:
        """Bytes of the kept weights."""
        return sparse_size(self._weights)

    @property
    def weights(self) -> sparse.csr_matrix:
        """The kept weights, shape (games, games): a row an owned game, a column a game it speaks for."""
        if self._weights is None:
            raise ValueError("fit first")
        return self._weights

    def fit(self, train: Interactions) -> EASE:
        """Solve for the weights."""
        given = train.signal(self.learn_from)
        sizes = np.maximum(np.diff(given.indptr), 1).astype(np.float64)
        weighted = sparse.csr_matrix(sparse.diags(sizes**-self.row_power) @ given.astype(np.float64))
        with one_thread():
            penalty = self.penalty * float((sizes ** (1 - self.row_power)).sum() / sizes.sum())
            inverse = _invert(_gram(weighted, given), penalty)
            scale = self._scale(train)
            if self.predict == self.learn_from:
                solve = _own_columns(inverse)
            else:
                solve = _other_columns(inverse, weighted, train.signal(self.predict))
            games = len(inverse)
            parts = []
            for start in range(0, games, BLOCK):
                part = solve(start, min(start + BLOCK, games)) * scale[start : start + BLOCK]
                parts.append(keep_largest(part.astype(np.float32), self.kept))
        self._weights = sparse.csr_matrix(sparse.hstack(parts), dtype=np.float32)
        return self

    def scores(self, libraries: Interactions) -> np.ndarray:
        """Give the scores, shape (n, games): sums of weights, 0 for an empty library."""
        return densify(libraries.signal(self.learn_from), self.weights)

    def _scale(self, train: Interactions) -> np.ndarray:
        games = train.shape[1]
        owners = np.bincount(train.owned.indices, minlength=games)
        players = np.bincount(train.signal("played").indices, minlength=games)
        rate = (players + 2.0) / (owners + 4.0)
        return rate**self.play_power * np.maximum(owners, 1.0) ** -self.popularity_power


def _gram(weighted: sparse.csr_matrix, given: sparse.csr_matrix) -> np.ndarray:
    """Give the weighted Gram matrix, dense in Fortran order (float64), a block of columns at a time."""
    games = given.shape[1]
    gram = np.empty((games, games), order="F")
    rows, columns = sparse.csr_matrix(weighted.T), sparse.csc_matrix(given, dtype=np.float64)
    for start in range(0, games, BLOCK):
        gram[:, start : start + BLOCK] = (rows @ columns[:, start : start + BLOCK]).toarray()
    return gram


def _invert(gram: np.ndarray, penalty: float) -> np.ndarray:
    """Invert a Gram matrix with a ridge, in its own place, by Cholesky's factor."""
    places = np.arange(len(gram))
    gram[places, places] += penalty
    factor, failed = scipy.linalg.lapack.dpotrf(gram, lower=1, overwrite_a=1)
    if failed:
        raise ValueError(f"the penalty {penalty:g} is too small for this data: the Gram matrix can't be inverted")
    inverse, _ = scipy.linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
    for start in range(0, len(inverse), BLOCK):
        stop = start + BLOCK
        inverse[start:stop, stop:] = inverse[stop:, start:stop].T
        corner = inverse[start:stop, start:stop]
        corner[:] = np.tril(corner) + np.tril(corner, -1).T
    return inverse


def _own_columns(inverse: np.ndarray):  # type: ignore[no-untyped-def]
    """Solve for what is learnt from: minus the inverse over its diagonal, which needs no further product."""
    diagonal = np.diag(inverse).copy()

    def solve(start: int, stop: int) -> np.ndarray:
        part = inverse[:, start:stop] / -diagonal[start:stop]
        column = np.arange(stop - start)
        part[start + column, column] = 0.0
        return part

    return solve


def _other_columns(inverse: np.ndarray, weighted: sparse.csr_matrix, target: sparse.csr_matrix):  # type: ignore[no-untyped-def]
    """Solve for another target, a block of its columns at a time."""
    diagonal = np.diag(inverse).copy()
    rows, columns = sparse.csr_matrix(weighted.T), sparse.csc_matrix(target, dtype=np.float64)

    def solve(start: int, stop: int) -> np.ndarray:
        part = inverse @ (rows @ columns[:, start:stop]).toarray()
        column = np.arange(stop - start)
        part -= inverse[:, start:stop] * (part[start + column, column] / diagonal[start:stop])
        part[start + column, column] = 0.0
        return part

    return solve
