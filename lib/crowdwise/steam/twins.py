"""App ids that share nearly all owners: a game and its beta, single and multiplayer, a series sold as one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse


def find_twins(owned: pd.DataFrame, *, share: float = 0.9, min_owners: int = 20) -> pd.DataFrame:
    """Give every game that is a twin of a better known one.

    Two games are twins when at least `share` of those who own either own both (the Jaccard index). Games are taken
    from the best known (most players, then most owners, then the smaller id) to the least; a game becomes the twin of
    the best known game before it that is not a twin itself. Players come first because a free extra (*Half-Life 2:
    Lost Coast*) can have more owners than the game it goes with. Below `min_owners` sharing owners says little.

    Parameters
    ----------
    owned : DataFrame
        ``player_id, game_id, minutes_total``: one row a player and game.
    share : float
        In (0, 1].

    Returns
    -------
    DataFrame
        ``game_id, twin_of, owners, shared`` (the Jaccard index), best known first.
    """
    player, _ = pd.factorize(owned["player_id"])
    game, ids = pd.factorize(owned["game_id"], sort=True)
    owners = np.bincount(game, minlength=len(ids))
    players = np.bincount(game[owned["minutes_total"].to_numpy() > 0], minlength=len(ids))
    known = np.flatnonzero(owners >= min_owners)
    numbers = pd.to_numeric(pd.Series(ids), errors="coerce").fillna(np.inf).to_numpy(dtype=float)
    known = known[np.lexsort((numbers[known], -owners[known], -players[known]))]
    place = np.full(len(ids), -1)
    place[known] = np.arange(len(known))
    at = place[game] >= 0
    ones = np.ones(int(at.sum()), dtype=np.float32)
    matrix = sparse.csc_matrix((ones, (player[at], place[game[at]])), shape=(player.max(initial=-1) + 1, len(known)))
    twin_of: dict[int, tuple[int, float]] = {}
    for start in range(0, len(known), 1024):
        both = (matrix[:, start : start + 1024].T @ matrix).tocoo()
        low, high = both.col, both.row + start
        union = owners[known[low]] + owners[known[high]] - both.data
        near = (low < high) & (both.data >= share * union)
        pairs = sorted(zip(high[near], low[near], (both.data / union)[near], strict=True))
        for lesser, better, jaccard in pairs:
            if lesser not in twin_of and better not in twin_of:
                twin_of[int(lesser)] = (int(better), float(jaccard))
    lesser = sorted(twin_of)
    return pd.DataFrame(
        {
            "game_id": ids.take(known[lesser]) if lesser else ids[:0],
            "twin_of": ids.take(known[[twin_of[k][0] for k in lesser]]) if lesser else ids[:0],
            "owners": owners[known[lesser]] if lesser else owners[:0],
            "shared": np.array([twin_of[k][1] for k in lesser], dtype=float),
        }
    )
