"""Item-item neighbours: what is owned by the same people as the games one owns (Sarwar et al. 2001)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from crowdwise.steam.interactions import Interactions, Signal
from crowdwise.steam.weights import densify, keep_largest, sparse_size

BLOCK = 512


@dataclass
class ItemKNN:
    """The summed cosine between a game and a player's games, in libraries weighted by TF-IDF.

    A player with a large library says less about any two of their games: they are weighted by the log of (games /
    library size). Only a game's nearest neighbours count.

    Parameters
    ----------
    neighbours : int
        How many of each game's neighbours are kept.
    learn_from : {"owned", "played", "minutes"}
    """

    neighbours: int = 100
    learn_from: Signal = "owned"
    name: str = "item-kNN"
    _near: sparse.csr_matrix | None = field(default=None, init=False, repr=False)

    @property
    def size(self) -> int:
        """Bytes of the kept cosines."""
        return sparse_size(self._near)

    def fit(self, train: Interactions) -> ItemKNN:
        """Find each game's nearest neighbours."""
        learnt = train.signal(self.learn_from)
        games = train.shape[1]
        sizes = np.diff(learnt.indptr)
        weight = np.log(games / np.maximum(sizes, 1)).astype(np.float32)
        weighted = sparse.diags(weight) @ learnt
        norm = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=0)).ravel())
        unit = sparse.csc_matrix(weighted @ sparse.diags(1.0 / np.where(norm > 0, norm, 1.0)), dtype=np.float32)
        parts = []
        for start in range(0, games, BLOCK):
            cosine = np.asarray((unit.T @ unit[:, start : start + BLOCK]).todense())
            column = np.arange(cosine.shape[1])
            cosine[start + column, column] = 0.0
            parts.append(keep_largest(cosine, self.neighbours))
        # A game's column holds its own neighbours: the score of j sums over the owned games among j's nearest.
        self._near = sparse.csr_matrix(sparse.hstack(parts), dtype=np.float32)
        return self

    def scores(self, libraries: Interactions) -> np.ndarray:
        """Give the scores, shape (n, games): 0 where a game is near none of the player's."""
        if self._near is None:
            raise ValueError("fit before asking for scores")
        return densify(libraries.signal(self.learn_from), self._near)
