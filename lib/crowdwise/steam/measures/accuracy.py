"""How much of what a player has stands in the list they are shown: one value a player, from the hits in the list.

Each function takes `hits` (bool, shape (n, k): whether the game at each of k places is wanted) and, where it needs
it, `wanted` (int, shape (n,): how many games there were to find, at least 1), and gives float64, shape (n,).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crowdwise.steam.measures.ranking import Ranked

LENGTH = 10
PERSISTENCE = 0.8
METRICS = ("auc", "precision_at_10", "recall_at_10", "ndcg_at_10", "map_at_10", "rbp", "hit_rate_at_10")


def per_player(ranked: Ranked) -> pd.DataFrame:
    """Give all of `METRICS` for each player.

    Returns
    -------
    DataFrame
        Index ``row``, the player's; a float64 column a metric, all of them better when higher.

    Raises
    ------
    ValueError
        If the lists are not ten long, as the names say.
    """
    hits, wanted = ranked.hits, ranked.wanted
    if hits.shape[1] != LENGTH:
        raise ValueError(f"these measures are of lists of {LENGTH}, not {hits.shape[1]}")
    values = (
        ranked.auc,
        precision(hits),
        recall(hits, wanted),
        discounted_gain(hits, wanted),
        average_precision(hits, wanted),
        rank_biased_precision(hits),
        hit_rate(hits),
    )
    return pd.DataFrame(dict(zip(METRICS, values, strict=True)), index=pd.Index(ranked.rows, name="row"))


def precision(hits: np.ndarray) -> np.ndarray:
    """Give the share of the k places that hold a wanted game: ``hits / k``, also where the list is shorter."""
    return hits.sum(axis=1) / hits.shape[1]


def recall(hits: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Give the share of the wanted games that the list holds: ``hits / wanted``."""
    return hits.sum(axis=1) / wanted


def discounted_gain(hits: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Give NDCG (Järvelin and Kekäläinen 2002): the gain of the list as a share of that of the best possible list.

    A hit at place i gains ``1 / log2(i + 1)``; the best list has its ``min(wanted, k)`` hits first.
    """
    gains = 1.0 / np.log2(np.arange(2, hits.shape[1] + 2))
    best = np.cumsum(gains)[np.minimum(wanted, hits.shape[1]) - 1]
    return (hits * gains).cumsum(axis=1)[:, -1] / best  # summed as the best list is, so that it has exactly 1


def average_precision(hits: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Give average precision, whose mean over players is MAP (Buckley and Voorhees 2000), cut at k.

    The precision of the list down to place i, summed over the places i that are hits, divided by ``min(wanted, k)``:
    so the best possible list has 1 however many are wanted.
    """
    places = np.arange(1, hits.shape[1] + 1)
    down_to = hits.cumsum(axis=1) / places
    return (hits * down_to).sum(axis=1) / np.minimum(wanted, hits.shape[1])


def rank_biased_precision(hits: np.ndarray, persistence: float = PERSISTENCE) -> np.ndarray:
    """Give the rate of hits for someone who goes on to each next place with a given chance (Moffat and Zobel 2008).

    ``(1 - p) * sum of p ** (i - 1)`` over hits at places i. It knows nothing of how many are wanted; what lies beyond
    the list counts as no hit, so ten hits of ten give ``1 - p ** 10``, which is 0.893 at p = 0.8.
    """
    weights = (1 - persistence) * persistence ** np.arange(hits.shape[1])
    return np.asarray((hits * weights).sum(axis=1))


def hit_rate(hits: np.ndarray) -> np.ndarray:
    """Give 1 where the list holds any wanted game, 0 where it holds none (Deshpande and Karypis 2004)."""
    return np.asarray(hits.any(axis=1), dtype=np.float64)


def reciprocal_rank(hits: np.ndarray) -> np.ndarray:
    """Give 1 / the place of the first hit, 0 where the list has none (Voorhees 1999)."""
    return np.where(hits.any(axis=1), 1.0 / (hits.argmax(axis=1) + 1), 0.0)
