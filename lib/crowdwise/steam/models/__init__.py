"""Models that rank games for a player, all with one interface: `fit`, then `scores`."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from crowdwise.steam.interactions import Interactions
from crowdwise.steam.models.blend import Blend
from crowdwise.steam.models.chance import Chance
from crowdwise.steam.models.ease import EASE
from crowdwise.steam.models.factors import ALS, BPR
from crowdwise.steam.models.item_knn import ItemKNN
from crowdwise.steam.models.light import FeaturedLight, FoldedIn, Light
from crowdwise.steam.models.neighbours import Neighbours
from crowdwise.steam.models.popularity import Popularity
from crowdwise.steam.models.rp3beta import RP3Beta

__all__ = [
    "ALS",
    "BPR",
    "EASE",
    "Blend",
    "Chance",
    "FeaturedLight",
    "FoldedIn",
    "ItemKNN",
    "Light",
    "Model",
    "Neighbours",
    "Popularity",
    "RP3Beta",
]


class Model(Protocol):
    """What ranks games for any library."""

    @property
    def name(self) -> str:
        """What it is called in tables and metrics."""
        ...

    @property
    def size(self) -> int:
        """Bytes of the arrays that a fitted model needs to give scores."""
        ...

    def fit(self, train: Interactions) -> Model:
        """Learn from libraries, and give itself back."""
        ...

    def scores(self, libraries: Interactions) -> np.ndarray:
        """Give every game's score for each library (float32, higher is better).

        A model that learns something of each player (a vector) uses it for the players it has learnt from, which it
        knows by `player_ids`; any other library is folded in, from its games alone.

        Parameters
        ----------
        libraries : Interactions, shape (n, games)
            Of the same games, in the same order, as those it has learnt from.

        Returns
        -------
        ndarray, shape (n, games)
        """
        ...
