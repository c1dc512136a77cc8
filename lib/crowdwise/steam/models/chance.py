"""A ranking by chance: what any model must beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crowdwise.base.seeds import generator
from crowdwise.steam.interactions import Interactions


@dataclass
class Chance:
    """Scores drawn from [0, 1), each player's their own."""

    seed: int
    name: str = "chance"

    @property
    def size(self) -> int:
        """It keeps nothing."""
        return 0

    def fit(self, train: Interactions) -> Chance:
        """Learn nothing."""
        return self

    def scores(self, libraries: Interactions) -> np.ndarray:
        """Give the scores, shape (n, games); a player's depend on the player's id alone."""
        drawn = np.empty(libraries.shape, dtype=np.float32)
        for row, player in enumerate(libraries.player_ids):
            generator(self.seed, "chance", str(player)).random(out=drawn[row], dtype=np.float32)
        return drawn
