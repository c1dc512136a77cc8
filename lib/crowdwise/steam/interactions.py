"""Who owns what, as sparse matrices, and the part of each library that is held out to test on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.base.errors import Problem
from crowdwise.base.seeds import derive, generator

Signal = Literal["owned", "played", "minutes"]
LEAST_WEIGHT, FULL_MINUTES = 0.1, 6000.0


@dataclass(frozen=True)
class Interactions:
    """Players by games.

    Attributes
    ----------
    player_ids : ndarray of str, shape (players,)
    game_ids : ndarray of str, shape (games,)
        Best known first.
    owned : csr_matrix of float32, shape (players, games)
        1 where the player owns the game.
    minutes : csr_matrix of float32, shape (players, games)
        Minutes played, stored at the same places as `owned` (an explicit 0 is a game never played).
    features : csr_matrix of float32, shape (games, features), optional
        What the games are made of, for models that learn from it.
    """

    player_ids: np.ndarray
    game_ids: np.ndarray
    owned: sparse.csr_matrix
    minutes: sparse.csr_matrix
    features: sparse.csr_matrix | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Players and games."""
        return self.owned.shape

    def take(self, players: np.ndarray) -> Interactions:
        """Give the libraries of some players, in the order asked for.

        Parameters
        ----------
        players : ndarray of int, shape (n,)
            Rows.
        """
        return replace(
            self, player_ids=self.player_ids[players], owned=self.owned[players], minutes=self.minutes[players]
        )

    def signal(self, kind: Signal) -> sparse.csr_matrix:
        """Give what is learnt from, or predicted, as one matrix (float32, players by games).

        Parameters
        ----------
        kind : {"owned", "played", "minutes"}
            1 where the game is owned; 1 where it was played at all (other places are empty); or, at every owned game,
            a weight that grows with the log of the minutes, from 0.1 (never played) to 1 (100 hours or more).
        """
        if kind == "owned":
            return self.owned
        matrix = self.minutes.copy()
        if kind == "played":
            matrix.data = (matrix.data > 0).astype(np.float32)
            matrix.eliminate_zeros()
        elif kind == "minutes":
            grown = np.minimum(np.log1p(matrix.data) / np.log1p(FULL_MINUTES), 1.0)
            matrix.data = (LEAST_WEIGHT + (1 - LEAST_WEIGHT) * grown).astype(np.float32)
        else:
            raise ValueError(f"a signal is owned, played or minutes, not {kind!r}")
        return matrix

    def keep(self, mask: np.ndarray) -> Interactions:
        """Give the interactions at which `mask` is true, in the order of ``owned.data``; the shape stays.

        Parameters
        ----------
        mask : ndarray of bool, shape (interactions,)
        """
        rows = np.repeat(np.arange(self.shape[0]), np.diff(self.owned.indptr))[mask]
        columns = self.owned.indices[mask]
        owned, minutes = (
            sparse.csr_matrix((data[mask], (rows, columns)), shape=self.shape)
            for data in (self.owned.data, self.minutes.data)
        )
        return replace(self, owned=owned, minutes=minutes)


def build_interactions(owned: pd.DataFrame) -> Interactions:
    """Give the matrices of every player who owns a game and every game that is owned.

    Parameters
    ----------
    owned : DataFrame
        ``player_id, game_id, minutes_total``: one row a player and game.
    """
    player, player_ids = pd.factorize(owned["player_id"])
    game, game_ids = pd.factorize(owned["game_id"], sort=True)
    order = np.argsort(-np.bincount(game, minlength=len(game_ids)), kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    by_row = np.lexsort((place[game], player))
    rows, columns = player[by_row], place[game][by_row].astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(player_ids)))])
    shape = (len(player_ids), len(game_ids))
    minutes = owned["minutes_total"].to_numpy(dtype=np.float32)[by_row]
    return Interactions(
        np.asarray(player_ids, dtype=object),
        np.asarray(game_ids, dtype=object)[order],
        sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), columns, starts), shape=shape),
        sparse.csr_matrix((minutes, columns, starts), shape=shape),
    )


def choose_players(player_ids: np.ndarray, *, share: float, seed: int, use: str) -> np.ndarray:
    """Give a `share` of the players as a mask: each by a draw of their own, from their id.

    So a player is on the same side whatever data stands around them, and two seeds of a split share their sides.

    Parameters
    ----------
    player_ids : ndarray of str, shape (players,)
    use : str
        What they are chosen for; other uses draw anew.
    """
    drawn = np.array([derive(seed, "steam", use, str(player)) for player in player_ids], dtype=np.float64)
    return drawn / 2**32 < share


def eligible(owned: pd.DataFrame, *, min_games: int, min_owners: int) -> pd.DataFrame:
    """Leave out players with few games, then games with few owners among the rest.

    Raises
    ------
    Problem
        If nothing is left.
    """
    games = owned.groupby("player_id")["game_id"].transform("size")
    kept = owned[games >= min_games]
    owners = kept.groupby("game_id")["player_id"].transform("size")
    kept = kept[owners >= min_owners]
    if kept.empty:
        raise Problem(
            f"no player has {min_games} games, or no game {min_owners} owners",
            where="min_games and min_owners in params/",
            remedy="Lower them, or use more data",
        )
    return kept


def hold_out(interactions: Interactions, *, share: float, seed: int) -> tuple[Interactions, Interactions]:
    """Split the ownerships at random: a `share` of all to test on, the rest to learn from.

    Raises
    ------
    ValueError
        If `share` is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"share is between 0 and 1, not {share}")
    count = interactions.owned.nnz
    held = np.zeros(count, dtype=bool)
    held[generator(seed, "steam", "holdout").permutation(count)[: round(share * count)]] = True
    return interactions.keep(~held), interactions.keep(held)
