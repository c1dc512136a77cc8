"""Models that rank games for a player, all with one interface: `fit`, then `scores`."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from crowdwise.steam.interactions import Interactions
from crowdwise.steam.models.chance import Chance
from crowdwise.steam.models.item_knn import ItemKNN
from crowdwise.steam.models.neighbours import Neighbours
from crowdwise.steam.models.popularity import Popularity
from crowdwise.steam.models.warp import FoldedWarp, Warp

__all__ = ["Chance", "FoldedWarp", "ItemKNN", "Model", "Neighbours", "Popularity", "Warp"]


class Model(Protocol):
    """What ranks games."""

    @property
    def name(self) -> str:
        """What it is called in tables and metrics."""
        ...

    def fit(self, train: Interactions) -> Model:
        """Learn from libraries, and give itself back."""
        ...

    def scores(self, players: np.ndarray) -> np.ndarray:
        """Give every game's score (float32, higher is better) for players it has learnt from.

        Parameters
        ----------
        players : ndarray of int, shape (n,)
            Rows of the interactions.

        Returns
        -------
        ndarray, shape (n, games)
        """
        ...
