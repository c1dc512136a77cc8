"""Where a model places what a player has: everything the measures need of it, in one pass over its scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from crowdwise.steam.interactions import Interactions
from crowdwise.steam.measures.placement import place

Scores = Callable[[Interactions], np.ndarray]


@dataclass(frozen=True)
class Slice:
    """What counts as a hit, and what may be recommended.

    Attributes
    ----------
    target : csr_matrix, shape (players, games)
        What should stand high, where it is not 0: held-out games, or some of these. A game that is no candidate does
        not count.
    candidates : ndarray of bool, shape (games,)
        What may be recommended. A held-out game outside the target is a candidate like any other, and a miss.
    """

    target: sparse.csr_matrix
    candidates: np.ndarray


@dataclass(frozen=True)
class Ranked:
    """Where a model places things for n players.

    Attributes
    ----------
    rows : ndarray of int64, shape (n,)
        The players' rows, ascending: those with something to find and something else to find it among.
    wanted : ndarray of int32, shape (n,)
        How many games of the target were to be found; at least 1.
    auc : ndarray of float64, shape (n,)
        The chance that a wanted game stands before another candidate, ties counting half (Mann and Whitney 1947).
    games : ndarray of int32, shape (n, top)
        The list a player is shown, best first; of equal scores the lower (better known) game first. Where candidates
        run out, -1.
    hits : ndarray of bool, shape (n, top)
        Whether each of `games` is wanted.
    """

    rows: np.ndarray
    wanted: np.ndarray
    auc: np.ndarray
    games: np.ndarray
    hits: np.ndarray


def rank(
    scores: Scores,
    shown: Interactions,
    slices: Mapping[str, Slice],
    *,
    players: np.ndarray | None = None,
    top: int = 10,
    block: int = 128,
    threads: int = 1,
) -> dict[str, Ranked]:
    """Rank all candidates that a player does not have in `shown`, and see where the wanted ones stand.

    The scores of each player are asked for once, whatever the number of slices. Results are exact, and do not depend
    on `block` or `threads` as long as the scores do not.

    Parameters
    ----------
    scores : callable
        Gives the scores (n, games) for the libraries of n players, as a model's `scores` does; with `threads` above 1
        it is called from several threads at once.
    shown : Interactions
        What the model is shown of each player; these games are out of the ranking.
    slices : mapping of str to Slice
    players : ndarray of int, optional
        Rows to judge; else all who have something in a target.
    top : int
        The length of the list a player is shown.
    block : int
        How many players' scores are held at once (4 bytes a game and player), for each thread.
    threads : int

    Raises
    ------
    ValueError
        If a score is not finite, or shapes do not agree.
    """
    if min(top, block, threads) < 1:
        raise ValueError(f"top, block and threads are at least 1, not {top}, {block} and {threads}")
    targets = {name: _tidy(name, slice_, shown.shape) for name, slice_ in slices.items()}
    rows = _rows(targets, shown.shape[0], players)
    groups = [_Group(names, slices[names[0]].candidates, len(rows), top) for names in _alike(slices)]

    def judge(start: int) -> None:
        these = rows[start : start + block]
        libraries = shown.take(these)
        given = _check_shape(scores, scores(libraries), libraries.shape)
        for group in groups:
            wanted = sparse.vstack([targets[name][these] for name in group.names], format="csr")
            bad = place(
                given,
                group.candidates,
                libraries.owned.indptr.astype(np.int64),
                libraries.owned.indices.astype(np.int32),
                wanted.indptr.astype(np.int64),
                wanted.indices.astype(np.int32),
                *(array[start : start + block] for array in (group.wanted, group.auc, group.games, group.hits)),
            )
            if bad >= 0:
                game = int(np.flatnonzero(~np.isfinite(given[bad]))[0])
                raise ValueError(
                    f"{_name(scores)} gives a score that is not finite: {given[bad, game]} for player "
                    f"{shown.player_ids[these[bad]]} (row {these[bad]}) and game {shown.game_ids[game]}"
                )

    starts = range(0, len(rows), block)
    if threads == 1:
        for start in starts:
            judge(start)
    else:
        with ThreadPoolExecutor(threads) as pool:
            for _ in pool.map(judge, starts):
                pass
    ranked = {name: part for group in groups for name, part in group.split(rows).items()}
    return {name: ranked[name] for name in slices}


class _Group:
    """Slices with the same candidates, which share their lists, and the arrays that are filled for them."""

    def __init__(self, names: list[str], candidates: np.ndarray, players: int, top: int) -> None:
        self.names = names
        self.candidates = np.ascontiguousarray(candidates, dtype=bool)
        self.wanted = np.zeros((players, len(names)), dtype=np.int32)
        self.auc = np.full((players, len(names)), np.nan)
        self.games = np.full((players, top), -1, dtype=np.int32)
        self.hits = np.zeros((players, len(names), top), dtype=bool)

    def split(self, rows: np.ndarray) -> dict[str, Ranked]:
        """Give each slice its players."""
        parts = {}
        for at, name in enumerate(self.names):
            judged = ~np.isnan(self.auc[:, at])
            parts[name] = Ranked(
                rows[judged],
                self.wanted[judged, at],
                self.auc[judged, at],
                self.games[judged],
                self.hits[judged, at],
            )
        return parts


def _alike(slices: Mapping[str, Slice]) -> list[list[str]]:
    groups: dict[bytes, list[str]] = {}
    for name, slice_ in slices.items():
        groups.setdefault(np.asarray(slice_.candidates, dtype=bool).tobytes(), []).append(name)
    return list(groups.values())


def _tidy(name: str, slice_: Slice, shape: tuple[int, int]) -> sparse.csr_matrix:
    """Give the candidates in a target: each once, in order, none of them 0."""
    if slice_.target.shape != shape or np.shape(slice_.candidates) != shape[1:]:
        raise ValueError(
            f"the slice {name!r} has a target of shape {slice_.target.shape} and candidates of shape "
            f"{np.shape(slice_.candidates)}, where {shape[0]} players and {shape[1]} games are shown"
        )
    target = sparse.csr_matrix(slice_.target, copy=True)
    target.data = ((target.data != 0) & np.asarray(slice_.candidates, dtype=bool)[target.indices]).astype(np.int8)
    target.eliminate_zeros()
    target.sum_duplicates()
    return target


def _rows(targets: Mapping[str, sparse.csr_matrix], players: int, asked: np.ndarray | None) -> np.ndarray:
    sought = np.zeros(players, dtype=bool)
    for target in targets.values():
        sought |= np.diff(target.indptr) > 0
    if asked is not None:
        chosen = np.zeros(players, dtype=bool)
        chosen[asked] = True
        sought &= chosen
    return np.flatnonzero(sought)


def _check_shape(scores: Scores, given: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    if np.shape(given) != shape:
        raise ValueError(f"{_name(scores)} gives scores of shape {np.shape(given)}, not {shape}")
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is refused
        return np.ascontiguousarray(given, dtype=np.float32)


def _name(scores: Scores) -> str:
    owner = getattr(scores, "__self__", scores)
    return str(getattr(owner, "name", getattr(owner, "__name__", type(owner).__name__)))
