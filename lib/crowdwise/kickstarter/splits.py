"""How projects are parted into those to learn from and those to judge by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.base.seeds import generator


@dataclass(frozen=True)
class Split:
    """Row numbers to learn from and to judge by."""

    train: np.ndarray
    test: np.ndarray


def stratified_folds(outcome: np.ndarray, folds: int, seed: int) -> list[Split]:
    """Part rows into folds with the same share of successes; each is judged once by what the others taught.

    Raises
    ------
    Problem
        If there are fewer rows of one outcome than folds.
    """
    rng = generator(seed, "kickstarter", "folds")
    fold_of = np.empty(len(outcome), dtype=np.int64)
    for value in (False, True):
        rows = np.flatnonzero(outcome == value)
        if len(rows) < folds:
            what = f"{len(rows)} of {len(outcome)} projects have the outcome {value}, too few for {folds} folds"
            raise Problem(what, where="folds", remedy="Use more months, or fewer folds")
        fold_of[rng.permutation(rows)] = np.arange(len(rows)) % folds
    return [Split(np.flatnonzero(fold_of != k), np.flatnonzero(fold_of == k)) for k in range(folds)]


def temporal_split(projects: pd.DataFrame, test_share: float) -> tuple[Split, pd.Timestamp]:
    """Judge by the latest launches; learn only from projects whose deadline had passed before the first of them.

    Parameters
    ----------
    projects : DataFrame
        With ``launched_at`` and ``deadline``.
    test_share : float
        Share of launches to judge by.

    Returns
    -------
    split : Split
    cut : Timestamp
        Where learning ends and judging begins.

    Raises
    ------
    Problem
        If no project ended before the cut.
    """
    if not 0 < test_share < 1:
        raise Problem(f"{test_share} is not between 0 and 1", where="test_share", remedy="Use a share such as 0.2")
    launched = projects["launched_at"].sort_values(kind="stable")
    cut = launched.iloc[int(len(launched) * (1 - test_share))]
    train = np.flatnonzero(projects["deadline"] < cut)
    test = np.flatnonzero(projects["launched_at"] >= cut)
    if len(train) == 0:
        raise Problem(
            "no project ended before the latest launches began", where="test_share", remedy="Use a smaller one"
        )
    return Split(train, test), cut


def grouped_folds(groups: pd.Series, outcome: np.ndarray, folds: int, seed: int) -> list[Split]:
    """Part rows into folds so that no group stands on both sides, with about equal successes and failures a fold.

    The largest groups are dealt first, each to the fold that its outcomes fill least unevenly (the greedy rule of
    scikit-learn's ``StratifiedGroupKFold``); groups of one size and outcome are dealt in an order drawn by lot.

    Parameters
    ----------
    groups : Series, shape (n,)
        Each row's group, such as its creator. A row with none is a group of its own: nobody can say whose it is, so
        what a known creator would give away may still stand on both sides.
    outcome : ndarray of bool, shape (n,)

    Raises
    ------
    Problem
        If there are fewer groups than folds, or a fold gets one outcome only.
    """
    codes, _ = pd.factorize(groups.reset_index(drop=True))
    alone = np.flatnonzero(codes < 0)
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(len(alone))
    won = np.bincount(codes, outcome)
    counts = np.column_stack([np.bincount(codes) - won, won])
    if len(counts) < folds:
        what = f"{len(counts)} groups are too few for {folds} folds"
        raise Problem(what, where="folds", remedy="Use more months, or fewer folds")
    lot = generator(seed, "kickstarter", "grouped folds").permutation(len(counts))
    order = lot[np.argsort(-counts[lot].sum(axis=1), kind="stable")]
    fold_of, filled = np.empty(len(counts), dtype=np.int64), np.zeros((folds, 2))
    total = np.maximum(counts.sum(axis=0), 1)
    for group in order:
        # How uneven the folds would be: of the sum of squares only the fold that takes the group changes.
        grown = ((filled + counts[group]) / total) ** 2 - (filled / total) ** 2
        fold_of[group] = int(np.argmin(grown.sum(axis=1)))
        filled[fold_of[group]] += counts[group]
    if (filled == 0).any():
        what = f"a fold of {folds} holds only one outcome when groups are kept together"
        raise Problem(what, where="folds", remedy="Use more months, or fewer folds")
    rows = fold_of[codes]
    return [Split(np.flatnonzero(rows != k), np.flatnonzero(rows == k)) for k in range(folds)]


def rolling_cuts(projects: pd.DataFrame, outcome: np.ndarray, earliest: int) -> dict[pd.Timestamp, Split]:
    """Cut time on 1 January of each year: learn from what had ended before, judge by the launches of the year.

    Parameters
    ----------
    projects : DataFrame
        With ``launched_at`` and ``deadline``.
    outcome : ndarray of bool
    earliest : int
        How many projects, of both outcomes, must have ended before a cut.

    Returns
    -------
    dict
        By the day of the cut, in order; cuts whose test year lacks an outcome are left out. A project that runs over a
        cut takes no part in it. Empty if no year has so many projects before it.
    """
    launched, ended = projects["launched_at"], projects["deadline"]
    years = launched.dt.year
    found = {}
    for year in range(int(years.min()) + 1, int(years.max()) + 1):
        cut = pd.Timestamp(year, 1, 1, tz=launched.dt.tz)
        train = np.flatnonzero(ended < cut)
        test = np.flatnonzero(years == year)
        if len(train) >= earliest and _mixed(outcome[train]) and _mixed(outcome[test]):
            found[cut] = Split(train, test)
    return found


def month_splits(projects: pd.DataFrame, outcome: np.ndarray, fewest: int) -> dict[str, Split]:
    """Learn from one crawl month's projects, judge by those that stand only in other months; each month in turn.

    A project in the month and in others is learnt from and never judged. One seen in three months or more, first before
    the month and last after it, may have stood in it as well: the table doesn't say, and it takes no part.

    Parameters
    ----------
    projects : DataFrame
        With ``first_seen_in, seen_in, months_seen``.
    outcome : ndarray of bool
    fewest : int
        How many projects, of both outcomes, each side needs; a month with fewer is judged, and teaches nothing.

    Returns
    -------
    dict
        By the month that is learnt from, in order.
    """
    first, last = projects["first_seen_in"].to_numpy(str), projects["seen_in"].to_numpy(str)
    between = projects["months_seen"].to_numpy() > 2
    found = {}
    for month in sorted({*first, *last}):
        inside = (first == month) | (last == month)
        unclear = between & (first < month) & (month < last)
        split = Split(np.flatnonzero(inside), np.flatnonzero(~inside & ~unclear))
        if all(len(rows) >= fewest and _mixed(outcome[rows]) for rows in (split.train, split.test)):
            found[str(month)] = split
    return found


def _mixed(outcome: np.ndarray) -> bool:
    return bool(outcome.any() and not outcome.all())
