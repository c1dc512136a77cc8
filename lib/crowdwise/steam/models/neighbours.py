"""The charter's method: a player's most played games, those who own these, and what else they own."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from crowdwise.steam.interactions import Interactions


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
    _favourites: sparse.csr_matrix | None = field(default=None, init=False)
    _owned: sparse.csr_matrix | None = field(default=None, init=False)

    def fit(self, train: Interactions) -> Neighbours:
        """Find each player's most played games."""
        sizes = np.diff(train.owned.indptr)
        player = np.repeat(np.arange(len(sizes)), sizes)
        by_minutes = np.lexsort((train.owned.indices, -train.minutes.data, player))
        rank = np.arange(len(player)) - np.repeat(train.owned.indptr[:-1], sizes)
        top = by_minutes[rank < self.most_played]
        owners = np.maximum(np.bincount(train.owned.indices, minlength=train.shape[1]), 1)
        games = train.owned.indices[top]
        weight = (1.0 / owners[games] / np.minimum(sizes, self.most_played)[player[top]]).astype(np.float32)
        self._favourites = sparse.csr_matrix((weight, (player[top], games)), shape=train.shape)
        self._owned = train.owned
        return self

    def scores(self, players: np.ndarray) -> np.ndarray:
        """Give the scores, shape (n, games): shares between 0 and 1."""
        if self._favourites is None or self._owned is None:
            raise ValueError("fit before asking for scores")
        nearness = self._favourites[players] @ self._owned.T
        return np.asarray((nearness @ self._owned).todense(), dtype=np.float32)
