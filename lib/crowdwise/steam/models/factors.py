"""Matrix factorisations by `implicit`: ALS and BPR."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from scipy import sparse

from crowdwise.base.blas import one_thread
from crowdwise.base.seeds import derive
from crowdwise.steam.fold_in import FoldIn
from crowdwise.steam.interactions import Interactions, Signal
from crowdwise.steam.models.known import Known


@dataclass
class ALS:
    """Weighted least squares on all places, owned or not, alternating between players and games (Hu et al. 2008).

    A player it has not learnt from gets the vector that solves the same least squares for their library.

    Parameters
    ----------
    factors : int
        Length of the vectors.
    regularisation : float
    alpha : float
        The confidence in a place with signal s is ``1 + alpha * s``, less implicit's one.
    iterations : int
    learn_from : {"owned", "played", "minutes"}
    seed : int
    """

    factors: int = 64
    regularisation: float = 10.0
    alpha: float = 5.0
    iterations: int = 12
    learn_from: Signal = "owned"
    seed: int = 0
    name: str = "ALS"
    _fitted: Any = field(default=None, init=False, repr=False)
    _known: Known | None = field(default=None, init=False, repr=False)

    @property
    def size(self) -> int:
        """Bytes of both sides' vectors."""
        return int(self._fitted.user_factors.nbytes + self._fitted.item_factors.nbytes) if self._fitted else 0

    def fit(self, train: Interactions) -> ALS:
        """Learn from libraries."""
        with one_thread():
            self._fitted = AlternatingLeastSquares(
                factors=self.factors,
                regularization=self.regularisation,
                alpha=self.alpha,
                iterations=self.iterations,
                random_state=derive(self.seed, "steam", "als") % 2**31,
                num_threads=1,
            )
            self._fitted.fit(train.signal(self.learn_from), show_progress=False)
        self._known = Known(train)
        return self

    def scores(self, libraries: Interactions) -> np.ndarray:
        """Give the scores, shape (n, games)."""
        if self._known is None:
            raise ValueError("fit before asking for scores")
        rows = self._known.rows(libraries)
        vectors = self._fitted.user_factors[rows]
        new = np.flatnonzero(rows < 0)
        if len(new):
            with one_thread():
                given = sparse.csr_matrix(libraries.signal(self.learn_from)[new])
                vectors[new] = np.atleast_2d(self._fitted.recalculate_user(np.arange(len(new)), given))
        return np.asarray(vectors @ self._fitted.item_factors.T, dtype=np.float32)


@dataclass
class BPR:
    """Vectors that rank an owned game before one drawn at random (Rendle et al. 2009).

    A player it has not learnt from is folded in, as with LightFM.

    Parameters
    ----------
    factors : int
    learning_rate, regularisation : float
    iterations : int
    learn_from : {"owned", "played"}
    seed : int
    """

    factors: int = 64
    learning_rate: float = 0.05
    regularisation: float = 0.01
    iterations: int = 100
    learn_from: Signal = "owned"
    seed: int = 0
    name: str = "BPR"
    _fitted: Any = field(default=None, init=False, repr=False)
    _fold: FoldIn | None = field(default=None, init=False, repr=False)
    _known: Known | None = field(default=None, init=False, repr=False)

    @property
    def size(self) -> int:
        """Bytes of both sides' vectors."""
        return int(self._fitted.user_factors.nbytes + self._fitted.item_factors.nbytes) if self._fitted else 0

    def fit(self, train: Interactions) -> BPR:
        """Learn from libraries."""
        with one_thread():
            self._fitted = BayesianPersonalizedRanking(
                factors=self.factors,
                learning_rate=self.learning_rate,
                regularization=self.regularisation,
                iterations=self.iterations,
                random_state=derive(self.seed, "steam", "bpr") % 2**31,
                num_threads=1,
            )
            self._fitted.fit(train.signal(self.learn_from), show_progress=False)
        # implicit's last column of a game's vector is its bias, and that of a player's is one.
        players, games = self._fitted.user_factors, self._fitted.item_factors
        self._fold = FoldIn.learn(train.owned, players[:, :-1], games[:, :-1], games[:, -1])
        self._known = Known(train)
        return self

    def scores(self, libraries: Interactions) -> np.ndarray:
        """Give the scores, shape (n, games)."""
        if self._known is None or self._fold is None:
            raise ValueError("fit before asking for scores")
        rows = self._known.rows(libraries)
        scores = np.asarray(self._fitted.user_factors[rows] @ self._fitted.item_factors.T, dtype=np.float32)
        new = np.flatnonzero(rows < 0)
        if len(new):
            scores[new] = self._fold.scores(libraries.owned[new])
        return scores
