"""LightFM, the charter's model: vectors of players and games whose product ranks a player's games before others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from lightfm import LightFM
from scipy import sparse

from crowdwise.base.seeds import derive
from crowdwise.steam.fold_in import FoldIn
from crowdwise.steam.interactions import Interactions, Signal
from crowdwise.steam.models.known import Known

log = logging.getLogger("crowdwise.steam")


@dataclass
class Light:
    """LightFM (Kula 2015) with the WARP loss (Weston et al. 2011) or BPR's (Rendle et al. 2009).

    On one thread, the reference mode, the same data and seed give the same bits; with more threads each fit gives
    others. A player it has not learnt from is folded in: see `FoldIn`.

    Parameters
    ----------
    components : int
        Length of the vectors.
    epochs : int
    learning_rate : float
        Adagrad's.
    l2 : float
        Penalty on the squares of the vectors, of games and of players; LightFM's two alphas.
    max_sampled : int
        How many games WARP draws at most to find one that stands too high.
    learn_from : {"owned", "played", "minutes"}
        The positives; ``minutes`` is every owned game, weighted by the log of its minutes.
    loss : {"warp", "bpr"}
    seed : int
    threads : int
    patience : int
        With a validation, how many checks without a gain end the fit.
    check_every : int
        Epochs between checks.
    """

    components: int
    epochs: int
    learning_rate: float = 0.05
    l2: float = 0.0
    max_sampled: int = 10
    learn_from: Signal = "owned"
    loss: Literal["warp", "bpr"] = "warp"
    seed: int = 0
    threads: int = 1
    patience: int = 2
    check_every: int = 5
    name: str = "LightFM WARP"
    _fitted: LightFM | None = field(default=None, init=False, repr=False)
    _fold: FoldIn | None = field(default=None, init=False, repr=False)
    _known: Known | None = field(default=None, init=False, repr=False)
    _learnt_from: Interactions | None = field(default=None, init=False, repr=False)
    _best_epoch: int = field(default=0, init=False, repr=False)

    @property
    def best_epoch(self) -> int:
        """The epoch whose state was kept."""
        return self._best_epoch

    @property
    def learnt_from(self) -> Interactions | None:
        """The interactions of the last fit."""
        return self._learnt_from

    @property
    def size(self) -> int:
        """Bytes of vectors and biases, players' too."""
        model = self.fitted
        arrays = (model.user_embeddings, model.item_embeddings, model.user_biases, model.item_biases)
        return sum(array.nbytes for array in arrays)

    @property
    def fitted(self) -> LightFM:
        """The fitted LightFM model."""
        if self._fitted is None:
            raise ValueError("fit first")
        return self._fitted

    @property
    def fold(self) -> FoldIn:
        """How a library leads to a player's vector."""
        if self._fold is None:
            raise ValueError("fit first")
        return self._fold

    def fit(self, train: Interactions, validation: Callable[[Light], float] | None = None) -> Light:
        """Learn from libraries; logs each tenth epoch.

        Parameters
        ----------
        validation : callable, optional
            Gives a score (higher is better) to this model as it stands after each `check_every` epochs. The best
            state is kept, and the fit ends after `patience` checks without a better one.
        """
        model = LightFM(
            no_components=self.components,
            loss=self.loss,
            learning_schedule="adagrad",
            learning_rate=self.learning_rate,
            item_alpha=self.l2,
            user_alpha=self.l2,
            max_sampled=self.max_sampled,
            random_state=derive(self.seed, "steam", "warp") % 2**31,
        )
        positives, weights = self._positives(train)
        self._known = Known(train)
        described = self._describe(train)
        best, best_epoch, waited = -np.inf, 0, 0
        kept: LightFM | None = None
        for epoch in range(1, self.epochs + 1):
            model.fit_partial(
                positives, sample_weight=weights, item_features=described, epochs=1, num_threads=self.threads
            )
            if epoch % 10 == 0 or epoch == self.epochs:
                log.info("%s: epoch %d of %d", self.name, epoch, self.epochs)
            if validation is None or (epoch % self.check_every and epoch != self.epochs):
                continue
            self._take(model, train, described)
            score = validation(self)
            if score > best:
                best, best_epoch, waited, kept = score, epoch, 0, deepcopy(model)
            else:
                waited += 1
            if waited >= self.patience:
                log.info("%s: stopped after epoch %d; %d was the best", self.name, epoch, best_epoch)
                break
        self._take(kept or model, train, described)
        self._learnt_from, self._best_epoch = train, best_epoch or self.epochs
        return self

    def scores(self, libraries: Interactions) -> np.ndarray:
        """Give the scores, shape (n, games), without the player's bias: it ranks nothing."""
        model, known = self.fitted, self._known
        if known is None:
            raise ValueError("fit before asking for scores")
        rows = known.rows(libraries)
        scores = np.asarray(model.user_embeddings[rows] @ self.fold.vectors.T + self.fold.biases)
        new = np.flatnonzero(rows < 0)
        if len(new):
            scores[new] = self.fold.scores(libraries.owned[new])
        return scores

    def _positives(self, train: Interactions) -> tuple[sparse.coo_matrix, sparse.coo_matrix | None]:
        if self.learn_from == "minutes":
            return train.owned.tocoo(), train.signal("minutes").tocoo()
        return train.signal(self.learn_from).tocoo(), None

    def _describe(self, train: Interactions) -> sparse.csr_matrix | None:
        """Give what a game's vector is the sum of (games by vectors), or None where each has one of its own."""
        return None

    def _take(self, model: LightFM, train: Interactions, described: sparse.csr_matrix | None) -> None:
        vectors, biases = model.item_embeddings, model.item_biases
        if described is not None:
            vectors, biases = described @ vectors, described @ biases
        self._fitted = model
        self._fold = FoldIn.learn(train.owned, model.user_embeddings, vectors, biases)


@dataclass
class FeaturedLight(Light):
    """LightFM whose games are described by genres, tags, developer and price besides themselves (Kula 2015).

    A game's vector is its own plus `scale` times the sum of those of its features.

    Parameters
    ----------
    scale : float
    """

    scale: float = 0.3
    name: str = "LightFM with features"

    def _describe(self, train: Interactions) -> sparse.csr_matrix:
        if train.features is None:
            raise ValueError("these interactions come without features of the games")
        own = sparse.identity(train.shape[1], dtype=np.float32, format="csr")
        return sparse.csr_matrix(sparse.hstack([own, self.scale * train.features]), dtype=np.float32)


@dataclass
class FoldedIn:
    """A LightFM model that knows every player only by the list of their games, as it knows any new player.

    Parameters
    ----------
    model : Light
        Fitted again by `fit`, unless it was fitted on the same interactions before.
    """

    model: Light
    name: str = "LightFM fold-in"

    @property
    def size(self) -> int:
        """Bytes of the games' vectors and the map to the players'."""
        fold = self.model.fold
        return fold.vectors.nbytes + fold.biases.nbytes + fold.weights.nbytes + fold.centre.nbytes

    @property
    def fold(self) -> FoldIn:
        """How a library leads to a player's vector."""
        return self.model.fold

    def fit(self, train: Interactions) -> FoldedIn:
        """Learn from libraries."""
        if self.model.learnt_from is not train:
            self.model.fit(train)
        return self

    def scores(self, libraries: Interactions) -> np.ndarray:
        """Give the scores, shape (n, games)."""
        return self.fold.scores(libraries.owned)
