"""The best known games, for everyone alike."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crowdwise.steam.interactions import Interactions


@dataclass
class Popularity:
    """A game's score is its number of owners."""

    name: str = "popularity"
    _owners: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.float32), init=False)

    def fit(self, train: Interactions) -> Popularity:
        """Count owners."""
        self._owners = np.bincount(train.owned.indices, minlength=train.shape[1]).astype(np.float32)
        return self

    def scores(self, players: np.ndarray) -> np.ndarray:
        """Give the scores, shape (n, games): the same row for each player."""
        return np.tile(self._owners, (len(players), 1))
