"""Walks of three steps from a player over games and their owners, damped by popularity (Paudel et al. 2017)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from crowdwise.steam.interactions import Interactions, Signal
from crowdwise.steam.weights import densify, keep_largest, sparse_size

BLOCK = 512


@dataclass
class RP3Beta:
    """The chance of ending at a game, on a walk player, game, owner, game, divided by a power of its owners.

    Parameters
    ----------
    beta : float
        The power: 0 for the chance itself, 1 for what does not favour the best known at all.
    neighbours : int
        How many weights are kept for each recommended game.
    learn_from : {"owned", "played", "minutes"}
    """

    beta: float = 0.7
    neighbours: int = 1000
    learn_from: Signal = "owned"
    name: str = "RP3beta"
    _weights: sparse.csr_matrix | None = field(default=None, init=False, repr=False)

    @property
    def size(self) -> int:
        """Bytes of the kept weights."""
        return sparse_size(self._weights)

    def fit(self, train: Interactions) -> RP3Beta:
        """Compute the weights from each game to each other."""
        learnt = train.signal(self.learn_from)
        to_game = sparse.csr_matrix(sparse.diags(_inverse(learnt.sum(axis=1))) @ learnt)
        strength = np.asarray(learnt.sum(axis=0)).ravel()
        to_owner = sparse.csr_matrix(sparse.diags(_inverse(strength)) @ learnt.T)
        damped = np.maximum(strength, 1e-6) ** -self.beta
        step = sparse.csc_matrix(to_game)
        parts = []
        for start in range(0, train.shape[1], BLOCK):
            walk = (to_owner @ step[:, start : start + BLOCK]).toarray() * damped[start : start + BLOCK]
            column = np.arange(walk.shape[1])
            walk[start + column, column] = 0.0
            parts.append(keep_largest(walk.astype(np.float32), self.neighbours))
        self._weights = sparse.csr_matrix(sparse.hstack(parts), dtype=np.float32)
        return self

    def scores(self, libraries: Interactions) -> np.ndarray:
        """Give the scores, shape (n, games)."""
        if self._weights is None:
            raise ValueError("fit before asking for scores")
        learnt = libraries.signal(self.learn_from)
        return densify(sparse.csr_matrix(sparse.diags(_inverse(learnt.sum(axis=1))) @ learnt), self._weights)


def _inverse(sums: np.ndarray) -> np.ndarray:
    flat = np.asarray(sums, dtype=np.float64).ravel()
    return np.divide(1.0, flat, out=np.zeros_like(flat), where=flat > 0)
