"""A map of the most owned games: who shares libraries stands together, in groups, each told by its tags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.cluster import AgglomerativeClustering
from sklearn.manifold import TSNE
from sklearn.metrics import adjusted_rand_score

from crowdwise.base.seeds import derive, generator
from crowdwise.base.statistics import Estimate
from crowdwise.steam.coownership import Likeness, gather, measure_likeness, most_owned

FACTORS, GROUPS, SMALLEST = 6, 6, 5  # six colours can be told apart; where there are few games, five make a group
SPLITS = 5
TELLING, OFTEN = 1.25, 0.3  # a tag tells a group if it is so many times as frequent as elsewhere, and in so many games
MOST_TIMES = 10.0  # what is above rests on a handful of games elsewhere


@dataclass(frozen=True)
class GameMap:
    """Where the games stand, what the groups are, and whether they would be found again.

    Attributes
    ----------
    games : DataFrame
        ``game_id, name, owners, group, x, y``, most owned first; `x` and `y` have no unit.
    groups : DataFrame
        One row a group, largest first: ``name, games, tags, largest, inside, expected, together, apart``. `inside` is
        the share of the group's owned-together pairs that lie within it, `expected` what chance would have;
        `together` and `apart` say how many times as often as by chance its games meet each other and the others.
    lift : ndarray of float, shape (groups, groups)
        How many times as often as by chance games of two groups stand in one library.
    agreement : float
        The adjusted Rand index (Hubert and Arabie 1985) of the groups found in two random halves of the players:
        0 as by chance, 1 the same; not a number where there are too few players.
    held_out : float
        `together`, of all groups as found in one half and measured in the other.
    players : int
        Whose libraries told something.
    """

    games: pd.DataFrame
    groups: pd.DataFrame
    lift: np.ndarray
    agreement: float
    held_out: float
    players: int

    def measures(self) -> dict[str, Estimate | float]:
        """Give what is measured of the groups, by the metric's name; nothing where there were too few players."""
        found: dict[str, float] = {"coownership_agreement": self.agreement, "coownership_held_out_lift": self.held_out}
        return {name: value for name, value in found.items() if np.isfinite(value)}


def map_games(games: pd.DataFrame, owned: pd.DataFrame, *, seed: int, most: int = 160, min_owners: int = 20) -> GameMap:
    """Group and place the most owned games by who owns them together.

    The likeness of `measure_likeness` is cut to its `FACTORS` largest factors; what counts is a game's direction
    among them, so that a weak taste groups like a strong one. Groups are Ward's (1963), settled by spherical k-means
    (Dhillon and Modha 2001); places are t-SNE's (van der Maaten and Hinton 2008), begun at the two largest factors.

    Parameters
    ----------
    games : DataFrame
        ``game_id, name, genres, tags, owners, is_game, twin_of``.
    owned : DataFrame
        ``player_id, game_id``: one row a player and game.
    """
    shown = most_owned(games, most=most, min_owners=min_owners)
    matrix = gather(owned, shown["game_id"])
    likeness = measure_likeness(matrix)
    directions = _directions(likeness.correlation)
    group = _group(directions)
    places = _place(directions, derive(seed, "steam", "gamemap", "places"))
    agreement, held_out = _repeat(matrix, seed)
    members = [group == k for k in range(int(group.max(initial=-1)) + 1)]
    lift = np.array([[likeness.lift(mine, theirs) for theirs in members] for mine in members])
    table = shown[["game_id", "name", "owners"]].assign(group=group, x=places[:, 0], y=places[:, 1])
    return GameMap(table, _describe(shown, group, likeness), lift, agreement, held_out, matrix.shape[0])


def _directions(correlation: np.ndarray) -> np.ndarray:
    """Give each game's direction among the largest factors, shape (games, factors); signs are settled."""
    values, vectors = np.linalg.eigh(correlation)
    largest = np.argsort(-values, kind="stable")[: min(FACTORS, len(values))]
    factors = vectors[:, largest] * np.sqrt(np.maximum(values[largest], 0.0))
    factors = factors * np.where(factors.sum(axis=0) < 0, -1.0, 1.0)
    length = np.linalg.norm(factors, axis=1, keepdims=True)
    return np.where(length > 1e-9, factors / np.maximum(length, 1e-9), 0.0)


def _group(directions: np.ndarray) -> np.ndarray:
    """Give each game's group: 0 is the one with the most games."""
    n = len(directions)
    groups = min(GROUPS, n // SMALLEST)
    if groups < 2 or not directions.any():
        return np.zeros(n, dtype=int)
    label = AgglomerativeClustering(groups, linkage="ward").fit_predict(directions)
    for _ in range(100):
        centres = np.array([directions[label == k].mean(axis=0) for k in range(groups)])
        centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
        nearest = (directions @ centres.T).argmax(axis=1)
        if (nearest == label).all() or len(np.unique(nearest)) < groups:
            break
        label = nearest
    rank = np.argsort(np.argsort(-np.bincount(label), kind="stable"), kind="stable")
    return rank[label]


def _place(directions: np.ndarray, seed: int) -> np.ndarray:
    n = len(directions)
    start = np.zeros((n, 2))
    start[:, : min(2, directions.shape[1])] = directions[:, :2]
    if n < 2 * SMALLEST or not directions.any():
        return start
    start *= 1e-4 / max(float(start[:, 0].std()), 1e-9)
    nearness = TSNE(perplexity=min(25.0, (n - 1) / 3), init=start, random_state=seed, method="exact", n_jobs=1)
    return np.asarray(nearness.fit_transform(directions), dtype=float)


def _repeat(matrix: sparse.csr_matrix, seed: int) -> tuple[float, float]:
    """Find the groups in each of two random halves of the players, `SPLITS` times: agreement and held-out lift."""
    if matrix.shape[0] < 100 or matrix.shape[1] < 2 * SMALLEST:
        return float("nan"), float("nan")
    rng = generator(seed, "steam", "gamemap", "halves")
    agreement, lifts = [], []
    for _ in range(SPLITS):
        first = rng.random(matrix.shape[0]) < 0.5
        halves = [measure_likeness(matrix[half]) for half in (first, ~first)]
        labels = [_group(_directions(half.correlation)) for half in halves]
        agreement.append(float(adjusted_rand_score(*labels)))
        same = (labels[0][:, None] == labels[0]) & ~np.eye(len(labels[0]), dtype=bool)
        lifts.append(float(halves[1].both[same].sum() / halves[1].expected[same].sum()))
    return float(np.mean(agreement)), float(np.mean(lifts))


def _describe(shown: pd.DataFrame, group: np.ndarray, likeness: Likeness) -> pd.DataFrame:
    tags = [sorted({*genres, *tags}) for genres, tags in zip(shown["genres"], shown["tags"], strict=True)]
    everyone = np.ones(len(group), dtype=bool)
    off = ~np.eye(len(group), dtype=bool)
    taken: set[str] = set()
    rows = []
    for k in range(int(group.max(initial=-1)) + 1):
        mine = group == k
        told = tell_tags(tags, mine)
        new = [tag for tag in told.index if tag not in taken][:2]
        taken.update(new)
        largest = shown.loc[mine, "name"].head(4).tolist()
        within, around = np.outer(mine, mine) & off, np.outer(mine, everyone) & off
        rows.append(
            {
                "name": " / ".join(new) if new else f"around {largest[0]}",
                "games": int(mine.sum()),
                "tags": [f"{tag} ({_times(times)})" for tag, times in told.head(4).items()],
                "largest": largest,
                "inside": _ratio(likeness.both, within, around),
                "expected": _ratio(likeness.expected, within, around),
                "together": likeness.lift(mine, mine),
                "apart": likeness.lift(mine, ~mine),
            }
        )
    columns = ["name", "games", "tags", "largest", "inside", "expected", "together", "apart"]
    return pd.DataFrame(rows, columns=pd.Index(columns))


def tell_tags(tags: list[list[str]], mine: np.ndarray) -> pd.Series:
    """Give the tags that tell a group of games from the others, the most telling first: how many times as frequent.

    A tag's weight is its part of the Kullback-Leibler divergence: frequent in the group and rare elsewhere. Games
    without any tag count on neither side.

    Parameters
    ----------
    tags : list of list of str
        One list a game.
    mine : ndarray of bool, shape (games,)
    """
    known = np.array([len(some) > 0 for some in tags], dtype=bool)
    counts = [
        pd.Series([tag for some, is_in in zip(tags, side, strict=True) if is_in for tag in some], dtype=object)
        .value_counts()
        .sort_index()
        for side in (mine, ~mine)
    ]
    share = counts[0] / max(1, int((mine & known).sum()))
    elsewhere = (counts[1].reindex(share.index).fillna(0) + 1) / (int((~mine & known).sum()) + 2)
    times = share / elsewhere
    table = pd.DataFrame({"times": times, "weight": share * np.log(times.clip(upper=MOST_TIMES))})
    telling = table[(times >= TELLING) & (share >= OFTEN) & (counts[0] >= 2)]
    return telling.sort_values("weight", ascending=False, kind="stable")["times"]


def _times(times: float) -> str:
    return f"over {MOST_TIMES:.0f}x" if times > MOST_TIMES else f"{times:.1f}x"


def _ratio(values: np.ndarray, part: np.ndarray, whole: np.ndarray) -> float:
    total = values[whole].sum()
    return float(values[part].sum() / total) if total > 0 else float("nan")
