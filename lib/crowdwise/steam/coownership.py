"""Which games live in the same libraries more often than their fame and the libraries' sizes would bring about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse, special

STEPS, CLOSE, FARTHEST = 500, 1e-6, 30.0


@dataclass(frozen=True)
class Likeness:
    """Every pair of games: how many own both, how many would by chance, and how alike their owners are.

    Attributes
    ----------
    both, expected : ndarray of float, shape (games, games)
        Players who own both; the diagonal holds the owners.
    correlation : ndarray of float, shape (games, games)
        0 where two games meet as often as chance has it; the diagonal is 0.
    """

    both: np.ndarray
    expected: np.ndarray
    correlation: np.ndarray

    def lift(self, mine: np.ndarray, theirs: np.ndarray) -> float:
        """Give how many times as often as by chance a game of `mine` stands beside another one of `theirs`.

        Parameters
        ----------
        mine, theirs : ndarray of bool, shape (games,)
        """
        pairs = np.outer(mine, theirs) & ~np.eye(len(mine), dtype=bool)
        expected = self.expected[pairs].sum()
        return float(self.both[pairs].sum() / expected) if expected > 0 else float("nan")


def most_owned(games: pd.DataFrame, *, most: int, min_owners: int) -> pd.DataFrame:
    """Give the `most` most owned games with at least `min_owners`, most owned first; no twins, no apps beside games."""
    able = games[games["is_game"] & games["twin_of"].isna() & (games["owners"] >= max(1, min_owners))]
    return able.sort_values(["owners", "game_id"], ascending=[False, True]).head(most).reset_index(drop=True)


def gather(owned: pd.DataFrame, game_ids: pd.Series) -> sparse.csr_matrix:
    """Give who owns which of these games: 1 a player and game, shape (players, games).

    Players who own none of them, or every one, are left out: they say nothing of which games go together.
    """
    game = pd.Index(game_ids).get_indexer(pd.Index(owned["game_id"]))
    at = game >= 0
    player, _ = pd.factorize(owned["player_id"][at])
    shape = (int(player.max(initial=-1)) + 1, len(game_ids))
    matrix = sparse.csr_matrix((np.ones(int(at.sum())), (player, game[at])), shape=shape)
    sizes = np.diff(matrix.indptr)
    return matrix[(sizes > 0) & (sizes < len(game_ids))]


def measure_likeness(matrix: sparse.csr_matrix) -> Likeness:
    """Compare how often each pair of games is owned together with how often chance would have it.

    Chance is Rasch's model (1960), in networks the bipartite configuration model (Saracco et al. 2015): the odds that
    a player owns a game are the player's appetite times the game's fame, fitted so that each library has its size and
    each game its owners. A pair's chance allows for the size being given (Hajek 1964). So neither a best-seller nor a
    collector makes two games alike. Likeness is the correlation of what chance leaves unexplained (Yen's Q3, 1984).
    Players with as many games have the same appetite, so the fit costs games x library sizes, however many players
    there are.

    Parameters
    ----------
    matrix : csr_matrix, shape (players, games)
        1 where the player owns the game.
    """
    dense = matrix.astype(np.float32).toarray()  # few games: 45 MB at full size, and ten times as fast as sparse
    both = (dense.T @ dense).astype(float)  # counts, so exact
    owners = both.diagonal()
    sizes, players = np.unique(np.diff(matrix.indptr), return_counts=True)
    chance = _fit(owners, sizes.astype(float), players.astype(float))
    # A library has its size exactly, so one game takes the place of another (Hajek 1964, rejective sampling).
    either = chance * (1 - chance)
    expected = (chance * players) @ chance.T - (either * (players / np.maximum(either.sum(axis=0), 1e-9))) @ either.T
    np.fill_diagonal(expected, owners)
    spread = np.sqrt(either @ players)
    scale = np.outer(spread, spread)
    correlation = np.where(scale > 1e-6, (both - expected) / np.maximum(scale, 1e-6), 0.0)
    np.fill_diagonal(correlation, 0.0)
    return Likeness(both, expected, correlation)


def _fit(owners: np.ndarray, sizes: np.ndarray, players: np.ndarray) -> np.ndarray:
    """Give the chance that a player with each library size owns each game, shape (games, sizes), by Newton's steps."""
    fame = special.logit(np.clip(owners / max(players.sum(), 1.0), 1e-6, 1 - 1e-6))
    appetite = np.zeros(len(sizes))
    for _ in range(STEPS):
        chance = special.expit(fame[:, None] + appetite)
        short = sizes - chance.sum(axis=0)
        step = short / np.maximum((chance * (1 - chance)).sum(axis=0), 1e-9)
        appetite = np.clip(appetite + np.clip(step, -2, 2), -FARTHEST, FARTHEST)
        chance = special.expit(fame[:, None] + appetite)
        lacking = owners - chance @ players
        step = lacking / np.maximum((chance * (1 - chance)) @ players, 1e-9)
        fame = np.clip(fame + np.clip(step, -2, 2), -FARTHEST, FARTHEST)
        if np.abs(short).max(initial=0) < CLOSE and np.abs(lacking).max(initial=0) < CLOSE * owners.max(initial=1):
            break
    return special.expit(fame[:, None] + appetite)
