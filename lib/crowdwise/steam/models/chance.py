"""A ranking by chance: what any model must beat."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crowdwise.base.seeds import generator
from crowdwise.steam.interactions import Interactions


@dataclass
class Chance:
    """Scores drawn from [0, 1), each player's their own."""

    seed: int
    name: str = "chance"
    _games: int = field(default=0, init=False)

    def fit(self, train: Interactions) -> Chance:
        """Note how many games there are."""
        self._games = train.shape[1]
        return self

    def scores(self, players: np.ndarray) -> np.ndarray:
        """Give the scores, shape (n, games); a player's do not depend on who else is asked for."""
        draws = [generator(self.seed, "chance", int(p)).random(self._games, dtype=np.float32) for p in players]
        return np.stack(draws) if draws else np.empty((0, self._games), dtype=np.float32)
