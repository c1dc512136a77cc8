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
    _favourites: sparse.csr_matrix | None = field(default=None, init=False, repr=False)
    _both: np.ndarray | None = field(default=None, init=False, repr=False)

    def fit(self, train: Interactions) -> Neighbours:
        """Find each player's most played games, and count who owns these and any other (float32, a cell a pair)."""
        games = train.shape[1]
        sizes = np.diff(train.owned.indptr)
        player = np.repeat(np.arange(len(sizes)), sizes)
        by_minutes = np.lexsort((train.owned.indices, -train.minutes.data, player))
        rank = np.arange(len(player)) - np.repeat(train.owned.indptr[:-1], sizes)
        top = by_minutes[rank < self.most_played]
        looked_from, place = np.unique(train.owned.indices[top], return_inverse=True)
        owners = np.bincount(train.owned.indices, minlength=games)[looked_from]
        weight = (1.0 / owners[place] / np.minimum(sizes, self.most_played)[player[top]]).astype(np.float32)
        shape = (train.shape[0], len(looked_from))
        self._favourites = sparse.csr_matrix((weight, (player[top], place)), shape=shape)
        # The owners of a favourite, and what they own: summed over owners once, not for each player again.
        columns = sparse.csc_matrix(train.owned)[:, looked_from]
        self._both = np.empty((len(looked_from), games), dtype=np.float32)
        for start in range(0, len(looked_from), BLOCK):
            part = columns[:, start : start + BLOCK].T @ train.owned
            self._both[start : start + BLOCK] = part.toarray()
        return self

    def scores(self, players: np.ndarray) -> np.ndarray:
        """Give the scores, shape (n, games): shares between 0 and 1."""
        if self._favourites is None or self._both is None:
            raise ValueError("fit before asking for scores")
        return np.asarray(self._favourites[players] @ self._both, dtype=np.float32)
