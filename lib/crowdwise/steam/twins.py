"""App ids that share nearly all owners: a game and its beta, single and multiplayer, a series sold as one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

BLOCK = 256  # games whose shared owners are counted at once


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
    twin_of: dict[int, tuple[int, float]] = {}
    for one, other, jaccard in _near_pairs(player, game, known, owners[known], share):
        if one not in twin_of and other not in twin_of:
            twin_of[one] = (other, jaccard)
    lesser = sorted(twin_of)
    return pd.DataFrame(
        {
            "game_id": ids.take(known[lesser]) if lesser else ids[:0],
            "twin_of": ids.take(known[[twin_of[k][0] for k in lesser]]) if lesser else ids[:0],
            "owners": owners[known[lesser]] if lesser else owners[:0],
            "shared": np.array([twin_of[k][1] for k in lesser], dtype=float),
        }
    )


def _near_pairs(
    player: np.ndarray, game: np.ndarray, known: np.ndarray, owners: np.ndarray, share: float
) -> list[tuple[int, int, float]]:
    """Give the pairs of known games whose Jaccard index is at least `share`: places of the lesser and the better known.

    They can only have that many owners in common if the fewer owners are at least `share` of the more: of games by
    number of owners, each is compared with those that follow closely.
    """
    order = np.argsort(-owners, kind="stable")
    column = np.full(int(game.max(initial=-1)) + 1, -1)
    column[known[order]] = np.arange(len(known))
    at = column[game] >= 0
    ones = np.ones(int(at.sum()), dtype=np.int32)
    shape = int(player.max(initial=-1)) + 1, len(known)
    matrix = sparse.csc_matrix((ones, (player[at], column[game[at]])), shape=shape)
    counts = owners[order]
    pairs: list[tuple[int, int, float]] = []
    for start in range(0, len(known), BLOCK):
        stop = min(start + BLOCK, len(known))
        reach = np.searchsorted(-counts, -share * counts[stop - 1], side="right")
        both = (matrix[:, start:stop].T @ matrix[:, start:reach]).tocoo()
        one, other = both.row + start, both.col + start
        union = counts[one] + counts[other] - both.data
        near = (one < other) & (both.data >= share * union)
        places = np.sort(np.column_stack([order[one[near]], order[other[near]]]), axis=1)
        pairs += zip(places[:, 1].tolist(), places[:, 0].tolist(), (both.data / union)[near].tolist(), strict=True)
    return sorted(pairs)
