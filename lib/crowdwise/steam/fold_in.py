"""From a list of owned games to a player's vector, by a linear map: for players a model has not learnt from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from crowdwise.base.blas import one_thread


@dataclass(frozen=True)
class FoldIn:
    """Games' vectors and the map from libraries to players' vectors.

    A library of n games, with the mean vector m of these, leads to the player's vector ``m @ by_mean + log(n) *
    by_size + constant``. A game's score is its vector times the player's, plus its bias; so it is, exactly, a sum with
    one term for each owned game.

    Attributes
    ----------
    vectors : ndarray of float32, shape (games, components)
    biases : ndarray of float32, shape (games,)
    weights : ndarray of float32, shape (components + 2, components)
        Rows of `by_mean`, then `by_size`, then `constant`.
    centre : ndarray of float32, shape (components,)
        The mean vector of an owned game, over all libraries' games.
    """

    vectors: np.ndarray
    biases: np.ndarray
    weights: np.ndarray
    centre: np.ndarray

    @classmethod
    def learn(cls, owned: sparse.csr_matrix, players: np.ndarray, vectors: np.ndarray, biases: np.ndarray) -> FoldIn:
        """Fit the map by least squares to the players' vectors a model has learnt.

        Parameters
        ----------
        owned : csr_matrix, shape (players, games)
            The libraries the vectors were learnt from.
        players : ndarray, shape (players, components)
        vectors : ndarray, shape (games, components)
        biases : ndarray, shape (games,)
        """
        features = _features(owned, vectors).astype(np.float64)
        known = np.diff(owned.indptr) > 0
        with one_thread():
            weights, *_ = np.linalg.lstsq(features[known], players[known].astype(np.float64), rcond=None)
            owners = np.bincount(owned.indices, minlength=len(vectors))
            centre = owners @ vectors.astype(np.float64) / max(owners.sum(), 1)
        return cls(*(np.ascontiguousarray(a, dtype=np.float32) for a in (vectors, biases, weights, centre)))

    def scores(self, owned: sparse.csr_matrix, first: int | None = None) -> np.ndarray:
        """Give every game's score for each library (float32, shape (libraries, games)), or the `first` games'."""
        with one_thread():
            return _features(owned, self.vectors) @ self.weights @ self.vectors[:first].T + self.biases[:first]

    def contributions(self, game: int, owned: np.ndarray) -> np.ndarray:
        """Give what each owned game adds to a game's score, compared with an average owned game in its place.

        Parameters
        ----------
        game : int
            The game whose score it is.
        owned : ndarray of int, shape (n,)

        Returns
        -------
        ndarray of float32, shape (n,)
            Their sum is the score less that of a library of n average games.
        """
        pull = self.weights[:-2] @ self.vectors[game]
        return (self.vectors[owned] - self.centre) @ pull / max(len(owned), 1)


def _features(owned: sparse.csr_matrix, vectors: np.ndarray) -> np.ndarray:
    sizes = np.maximum(np.diff(owned.indptr), 1).astype(np.float32)[:, None]
    mean = np.asarray(owned @ vectors) / sizes
    return np.hstack([mean, np.log(sizes), np.ones_like(sizes)]).astype(np.float32)
