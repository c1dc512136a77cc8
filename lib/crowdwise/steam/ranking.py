"""How good a ranking of games is, player by player."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.steam.interactions import Interactions
from crowdwise.steam.models import Model

BLOCK = 256
METRICS = ("auc", "precision_at_10", "recall_at_10", "ndcg_at_10")


@dataclass(frozen=True)
class Ranked:
    """One model's measures on the players of a test.

    Attributes
    ----------
    players : DataFrame
        Index: the player's row. Columns: ``auc, precision_at_10, recall_at_10, ndcg_at_10``.
    coverage : float
        The share of the games that could be recommended which stand in anyone's top ten.
    """

    players: pd.DataFrame
    coverage: float


def rank(
    model: Model,
    train: Interactions,
    targets: dict[str, sparse.csr_matrix],
    candidates: dict[str, np.ndarray],
    *,
    top: int = 10,
) -> dict[str, Ranked]:
    """Measure a fitted model on one or more targets, with one pass over its scores.

    What a player owns in `train` is out of the ranking. A game that the player owns outside the target (held out, but
    not among the target's) is neither hit nor miss: it is left out of the ranking too.

    Parameters
    ----------
    targets : dict of csr_matrix, shape (players, games)
        For each slice, what should stand high: the held-out games, or some of these. The first holds all held-out
        games. A player without any in a slice is not measured there.
    candidates : dict of ndarray of bool, shape (games,)
        For each slice, what may be recommended.
    top : int
        The length of the list a player is shown; names of metrics say 10.
    """
    everything = next(iter(targets.values()))
    collected: dict[str, list[tuple[float, ...]]] = {slice_: [] for slice_ in targets}
    rows: dict[str, list[int]] = {slice_: [] for slice_ in targets}
    shown = {slice_: np.zeros(train.shape[1], dtype=bool) for slice_ in targets}
    asked = np.flatnonzero(np.diff(everything.indptr) > 0)
    for start in range(0, len(asked), BLOCK):
        players = asked[start : start + BLOCK]
        scores = model.scores(players)
        if not np.isfinite(scores).all():
            raise ValueError(f"{model.name} gives scores that are not finite")
        for player, row in zip(players.tolist(), scores, strict=True):
            owned = _row(train.owned, player)
            held = _row(everything, player)
            for slice_, target in targets.items():
                wanted = _row(target, player)
                wanted = wanted[candidates[slice_][wanted]]
                if len(wanted) == 0:
                    continue
                rival = candidates[slice_].copy()
                rival[owned], rival[held] = False, False
                if not rival.any():
                    continue
                best = _best(row, rival, wanted, top)
                collected[slice_].append(_measure(row[wanted], row[rival], np.isin(best, wanted), len(wanted), top))
                rows[slice_].append(player)
                shown[slice_][best] = True
    return {
        slice_: Ranked(
            pd.DataFrame(collected[slice_], index=rows[slice_], columns=pd.Index(METRICS)),
            float(shown[slice_].sum() / max(candidates[slice_].sum(), 1)),
        )
        for slice_ in targets
    }


def area_under_curve(wanted: np.ndarray, rivals: np.ndarray) -> float:
    """Give the chance that a wanted game is ranked before a rival, ties counting half (Mann and Whitney 1947)."""
    ordered = np.sort(rivals)
    below = np.searchsorted(ordered, wanted, "left") + np.searchsorted(ordered, wanted, "right")
    return float(below.mean() / (2 * len(rivals)))


def discounted_gain(hits: np.ndarray, wanted: int) -> float:
    """Give NDCG: hits weighted by 1 / log2(place + 1), as a share of the best order (Järvelin and Kekäläinen 2002)."""
    weights = 1.0 / np.log2(np.arange(2, len(hits) + 2))
    return float(weights[hits].sum() / weights[: min(wanted, len(hits))].sum())


def _row(matrix: sparse.csr_matrix, row: int) -> np.ndarray:
    return matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]


def _best(scores: np.ndarray, rival: np.ndarray, wanted: np.ndarray, top: int) -> np.ndarray:
    """Give the best games among rivals and wanted ones; of equal scores, the better known first."""
    allowed = rival.copy()
    allowed[wanted] = True
    games = np.flatnonzero(allowed)
    if len(games) > top:
        cut = np.partition(-scores[games], top - 1)[top - 1]
        games = games[-scores[games] <= cut]
    return games[np.argsort(-scores[games], kind="stable")][:top]


def _measure(wanted: np.ndarray, rivals: np.ndarray, hits: np.ndarray, n: int, top: int) -> tuple[float, ...]:
    found = int(hits.sum())
    padded = np.zeros(top, dtype=bool)
    padded[: len(hits)] = hits
    return area_under_curve(wanted, rivals), found / top, found / n, discounted_gain(padded, n)
