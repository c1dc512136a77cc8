"""The charter's method: a player's most played games, those who own these, and what else they own."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from crowdwise.steam.interactions import Interactions

BLOCK = 512


@dataclass
class Neighbours:
    """The mean, over a player's most played games, of the share of their owners who own a game.

    An owner who shares several of these games counts several times, so those nearest to the player weigh most.

    Parameters
    ----------
    most_played : int
        How many of a player's games to look from. Games never played come last, the best known of them first.
    """

    most_played: int = 10
    name: str = "neighbours"
    _shares: np.ndarray | None = field(default=None, init=False, repr=False)

    @property
    def size(self) -> int:
        """Bytes of the shares."""
        return 0 if self._shares is None else self._shares.nbytes

    def fit(self, train: Interactions) -> Neighbours:
        """Count, for each pair of games, which share of the one's owners own the other (float32)."""
        games = train.shape[1]
        owners = np.maximum(np.bincount(train.owned.indices, minlength=games), 1).astype(np.float32)
        columns = sparse.csc_matrix(train.owned)
        self._shares = np.empty((games, games), dtype=np.float32)
        for start in range(0, games, BLOCK):
            both = columns[:, start : start + BLOCK].T @ train.owned
            self._shares[start : start + BLOCK] = both.toarray() / owners[start : start + BLOCK, None]
        return self

    def scores(self, libraries: Interactions) -> np.ndarray:
        """Give the scores, shape (n, games): shares between 0 and 1, all 0 for an empty library."""
        if self._shares is None:
            raise ValueError("fit before asking for scores")
        return np.asarray(self._favourites(libraries) @ self._shares, dtype=np.float32)

    def _favourites(self, libraries: Interactions) -> sparse.csr_matrix:
        owned = libraries.owned
        sizes = np.diff(owned.indptr)
        player = np.repeat(np.arange(len(sizes)), sizes)
        by_minutes = np.lexsort((owned.indices, -libraries.minutes.data, player))
        rank = np.arange(len(player)) - np.repeat(owned.indptr[:-1], sizes)
        top = by_minutes[rank < self.most_played]
        weight = (1.0 / np.minimum(sizes, self.most_played)[player[top]]).astype(np.float32)
        return sparse.csr_matrix((weight, (player[top], owned.indices[top])), shape=libraries.shape)
