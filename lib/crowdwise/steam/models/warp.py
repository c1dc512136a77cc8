"""LightFM with the WARP loss, and its folding in of libraries it has not learnt from."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import numpy as np
from lightfm import LightFM
from scipy import sparse

from crowdwise.base.seeds import derive
from crowdwise.steam.fold_in import FoldIn
from crowdwise.steam.interactions import Interactions

log = logging.getLogger("crowdwise.steam")


@dataclass
class Warp:
    """Vectors of players and games whose product ranks owned games before others.

    LightFM (Kula 2015) with the WARP loss (Weston et al. 2011), on one thread: the same data and seed give the same
    bits.

    Parameters
    ----------
    components : int
        Length of the vectors.
    epochs : int
    learning_rate : float
        Adagrad's.
    item_alpha : float
        L2 penalty on the games' vectors.
    seed : int
    """

    components: int
    epochs: int
    learning_rate: float
    item_alpha: float
    seed: int
    name: str = "LightFM WARP"
    _fitted: LightFM | None = field(default=None, init=False, repr=False)

    def fit(self, train: Interactions) -> Warp:
        """Learn from libraries; logs each tenth epoch."""
        model = LightFM(
            no_components=self.components,
            loss="warp",
            learning_schedule="adagrad",
            learning_rate=self.learning_rate,
            item_alpha=self.item_alpha,
            random_state=derive(self.seed, "steam", "warp") % 2**31,
        )
        owned = train.owned.tocoo()
        for epoch in range(1, self.epochs + 1):
            model.fit_partial(owned, epochs=1, num_threads=1)
            if epoch % 10 == 0 or epoch == self.epochs:
                log.info("LightFM WARP: epoch %d of %d", epoch, self.epochs)
        self._fitted = model
        return self

    @property
    def fitted(self) -> LightFM:
        """The fitted LightFM model."""
        if self._fitted is None:
            raise ValueError("fit first")
        return self._fitted

    def scores(self, players: np.ndarray) -> np.ndarray:
        """Give the scores, shape (n, games), without the player's bias: it ranks nothing."""
        model = self.fitted
        return model.user_embeddings[players] @ model.item_embeddings.T + model.item_biases

    def fold_in(self, train: Interactions) -> FoldIn:
        """Learn how a library leads to a player's vector."""
        model = self.fitted
        return FoldIn.learn(train.owned, model.user_embeddings, model.item_embeddings, model.item_biases)


@dataclass
class FoldedWarp:
    """A fitted WARP model that knows a player only by the list of their games, as it knows any new player.

    Parameters
    ----------
    warp : Warp
        Fitted on the same interactions.
    libraries : Interactions, optional
        The libraries to give scores for, when they are not those it learns from.
    """

    warp: Warp
    libraries: Interactions | None = None
    name: str = "WARP fold-in"
    _fold: FoldIn | None = field(default=None, init=False, repr=False)
    _owned: sparse.csr_matrix | None = field(default=None, init=False, repr=False)

    def fit(self, train: Interactions) -> FoldedWarp:
        """Learn how a library leads to a player's vector."""
        self._fold, self._owned = self.warp.fold_in(train), (self.libraries or train).owned
        return self

    def scores(self, players: np.ndarray) -> np.ndarray:
        """Give the scores, shape (n, games)."""
        if self._fold is None or self._owned is None:
            raise ValueError("fit before asking for scores")
        return self._fold.scores(self._owned[players])
