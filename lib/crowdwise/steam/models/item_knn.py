"""Item-item neighbours: what is owned by the same people as the games one owns (Sarwar et al. 2001)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from crowdwise.steam.interactions import Interactions

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
    """

    neighbours: int = 100
    name: str = "item-kNN"
    _near: sparse.csr_matrix | None = field(default=None, init=False)
    _owned: sparse.csr_matrix | None = field(default=None, init=False)

    def fit(self, train: Interactions) -> ItemKNN:
        """Find each game's nearest neighbours."""
        games = train.shape[1]
        sizes = np.diff(train.owned.indptr)
        weight = np.log(games / np.maximum(sizes, 1)).astype(np.float32)
        weighted = sparse.diags(weight) @ train.owned
        norm = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=0)).ravel())
        unit = sparse.csc_matrix(weighted @ sparse.diags(1.0 / np.where(norm > 0, norm, 1.0)), dtype=np.float32)
        kept = min(self.neighbours, games - 1)
        parts = []
        for start in range(0, games, BLOCK):
            cosine = np.asarray((unit[:, start : start + BLOCK].T @ unit).todense())
            row = np.arange(len(cosine))
            cosine[row, start + row] = 0.0
            near = np.sort(np.argpartition(-cosine, kept - 1, axis=1)[:, :kept], axis=1)
            values = np.take_along_axis(cosine, near, axis=1)
            places = np.arange(0, near.size + 1, kept)
            parts.append(sparse.csr_matrix((values.ravel(), near.ravel(), places), shape=(len(cosine), games)))
        # A game's column holds its own neighbours: the score of j sums over the owned games among j's nearest.
        self._near = sparse.csr_matrix(sparse.vstack(parts).T)
        self._near.eliminate_zeros()
        self._owned = train.owned
        return self

    def scores(self, players: np.ndarray) -> np.ndarray:
        """Give the scores, shape (n, games): 0 where a game is near none of the player's."""
        if self._near is None or self._owned is None:
            raise ValueError("fit before asking for scores")
        return np.asarray((self._owned[players] @ self._near).todense(), dtype=np.float32)
