"""The deployed scoring function: for each game, a sum over the games a player owns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from crowdwise.steam.fold_in import FoldIn
from crowdwise.steam.weights import densify


@dataclass(frozen=True)
class Scoring:
    """Weights between games, plus a share of a folded-in factor model.

    Attributes
    ----------
    weights : csr_matrix of float32, shape (games, games)
        A row an owned game, a column a game it speaks for.
    fold : FoldIn
        Games' vectors, and how a library leads to a player's.
    share : float
        What a score of the fold-in is multiplied by.
    """

    weights: sparse.csr_matrix
    fold: FoldIn
    share: float

    def scores(self, owned: sparse.csr_matrix) -> np.ndarray:
        """Give every game's score for each library (float32, shape (libraries, games))."""
        scores = self.fold.scores(owned)
        scores *= np.float32(self.share)
        scores += densify(owned, self.weights)
        return scores

    def contributions(self, game: int, owned: np.ndarray) -> np.ndarray:
        """Give what each owned game adds to a game's score (float32, shape (n,)).

        The part of the fold-in compares with an average owned game in its place; all together they sum to the score
        less that of a library of as many average games, for which the weights count as none.
        """
        starts, games, values = self.weights.indptr, self.weights.indices, self.weights.data
        added = self.fold.contributions(game, owned) * np.float32(self.share)
        for place, mine in enumerate(owned.tolist()):
            row = games[starts[mine] : starts[mine + 1]]
            at = int(np.searchsorted(row, game))
            if at < len(row) and row[at] == game:
                added[place] += values[starts[mine] + at]
        return added


def damp(scores: np.ndarray, owners: np.ndarray, amount: float) -> np.ndarray:
    """Push well-known games down: scores less `amount` times their spread times the standardised log of the owners.

    What owned games add to a score stays as it is; the damping is the same for every player, up to the spread of the
    player's scores.

    Parameters
    ----------
    scores : ndarray, shape (n, games)
    owners : ndarray, shape (games,)
    amount : float
        0 changes nothing; 1 takes one standard deviation from a game whose fame is one above the mean.
    """
    if amount == 0:
        return scores
    fame = np.log1p(owners.astype(np.float64))
    spread = fame.std()
    standard = (fame - fame.mean()) / spread if spread > 0 else np.zeros_like(fame)
    damped = scores - amount * scores.std(axis=1, keepdims=True) * standard
    return np.asarray(damped, dtype=np.float32)
