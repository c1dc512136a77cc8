"""From what a game is made of to its vector: so that a game nobody owns yet can be recommended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.base.blas import one_thread
from crowdwise.steam.contents import build_contents
from crowdwise.steam.fold_in import FoldIn

PENALTY = 10.0  # by tuning players of the real data, with a tenth of the games kept from learning


@dataclass(frozen=True)
class ContentMap:
    """A linear map from a game's genres and tags to its vector and bias (Gantner et al. 2010).

    Attributes
    ----------
    weights : ndarray of float64, shape (words + 1, components + 1)
        The last row is the constant, the last column gives the bias.
    """

    weights: np.ndarray

    @classmethod
    def learn(cls, contents: sparse.csr_matrix, fold: FoldIn, *, penalty: float = PENALTY) -> ContentMap:
        """Fit the map by ridge regression to games' learnt vectors and biases; games without a word are left out.

        Parameters
        ----------
        contents : csr_matrix, shape (games, words)
            Of the games of `fold`, in their order.
        """
        told = np.diff(contents.indptr) > 0
        given = _with_constant(contents[told])
        wanted = np.column_stack([fold.vectors, fold.biases])[told].astype(np.float64)
        ridge = np.full(given.shape[1], penalty)
        ridge[-1] = 1e-6
        gram = np.asarray((given.T @ given).todense()) + np.diag(ridge)
        with one_thread():
            return cls(np.linalg.solve(gram, given.T @ wanted))

    def place(self, contents: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
        """Give the vectors (float32, shape (n, components)) and biases (n,) of games, from their words."""
        found = np.asarray(_with_constant(contents) @ self.weights, dtype=np.float32)
        return np.ascontiguousarray(found[:, :-1]), np.ascontiguousarray(found[:, -1])


def place_new_games(games: pd.DataFrame, known: np.ndarray, fold: FoldIn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the games of the catalogue that nobody owns, with vectors and biases from their genres and tags.

    Parameters
    ----------
    games : DataFrame
        The table of games.
    known : ndarray of str, shape (games,)
        The games of `fold`, in their order.

    Returns
    -------
    game_ids, vectors, biases : ndarray
        Games without a genre or tag that a known game has are left out.
    """
    new = games.loc[(games["owners"] == 0) & games["is_game"], "game_id"].to_numpy(dtype=object)
    contents, _ = build_contents(games, np.concatenate([known, new]), ["genres", "tags"])
    contents = contents[:, np.diff(contents[: len(known)].tocsc().indptr) > 0]
    told = np.diff(contents[len(known) :].indptr) > 0
    mapped = ContentMap.learn(contents[: len(known)], fold)
    return (new[told], *mapped.place(contents[len(known) :][told]))


def _with_constant(contents: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.csr_matrix(sparse.hstack([contents, np.ones((contents.shape[0], 1))]), dtype=np.float64)
