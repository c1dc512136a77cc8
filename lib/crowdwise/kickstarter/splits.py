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
