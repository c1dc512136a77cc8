"""The best known games, for everyone alike."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crowdwise.steam.interactions import Interactions, Signal


@dataclass
class Popularity:
    """A game's score is its number of owners, or of those who played it.

    Parameters
    ----------
    learn_from : {"owned", "played"}
    """

    learn_from: Signal = "owned"
    name: str = "popularity"
    _owners: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.float32), init=False)

    @property
    def size(self) -> int:
        """Bytes of the counts."""
        return self._owners.nbytes

    def fit(self, train: Interactions) -> Popularity:
        """Count owners or players."""
        counted = train.signal(self.learn_from).indices
        self._owners = np.bincount(counted, minlength=train.shape[1]).astype(np.float32)
        return self

    def scores(self, libraries: Interactions) -> np.ndarray:
        """Give the scores, shape (n, games): the same row for each player."""
        return np.tile(self._owners, (libraries.shape[0], 1))
