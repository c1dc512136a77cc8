"""Small models to serve: item-item weights by plain NumPy, and games that nobody owns yet."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.steam.fold_in import FoldIn
from crowdwise.steam.interactions import Interactions
from crowdwise.steam.recommender import COLUMNS, Recommender
from crowdwise.steam.scoring import Scoring


def learn_weights(owned: sparse.csr_matrix, *, penalty: float = 20.0, kept: int = 30) -> sparse.csr_matrix:
    """EASE in closed form, the largest weights of each column."""
    inverse = np.linalg.inv((owned.T @ owned).toarray().astype(float) + penalty * np.eye(owned.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    least = -np.sort(-np.abs(weights), axis=0)[min(kept, len(weights)) - 1]
    return sparse.csr_matrix(np.where(np.abs(weights) >= least, weights, 0).astype(np.float32))


def learn_fold(owned: sparse.csr_matrix, components: int) -> FoldIn:
    """A map of folding in to the left singular vectors of the libraries; biases are the logs of owners."""
    players, lengths, games = np.linalg.svd(owned.toarray().astype(float), full_matrices=False)
    scale = np.sqrt(lengths[:components])
    biases = np.log(np.maximum(owned.sum(axis=0).A1, 1))
    return FoldIn.learn(owned, players[:, :components] * scale, games[:components].T * scale, biases)


def random_fold(games: int, components: int, seed: int) -> FoldIn:
    """A map of folding in that was learnt from nothing."""
    rng = np.random.default_rng(seed)
    shapes = ((games, components), (games,), (components + 2, components), (components,))
    return FoldIn(*(rng.normal(size=shape).astype(np.float32) for shape in shapes))


def make_recommender(whole: Interactions, games: pd.DataFrame, fold: FoldIn, new: int = 20) -> Recommender:
    """A recommender of whole libraries, with some games of the catalogue that nobody owns."""
    scoring = Scoring.measured(learn_weights(whole.owned), fold, 0.05, whole.owned)
    further = games[games["owners"] == 0].head(new)
    rng = np.random.default_rng(3)
    vectors = fold.vectors[rng.integers(0, scoring.games, len(further))] + rng.normal(
        0, 0.1, (len(further), fold.vectors.shape[1])
    )
    ids = [*whole.game_ids, *further["game_id"]]
    table = games.set_index("game_id", drop=False).loc[ids, list(COLUMNS)].reset_index(drop=True)
    return Recommender(table, scoring.extended(vectors, rng.normal(0, 0.1, len(further))))
