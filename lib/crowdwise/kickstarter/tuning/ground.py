"""What settings are chosen on, and what they are judged on once, afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.base.seeds import derive
from crowdwise.kickstarter.evaluation import Fitted, Study, cells_of, fit_design
from crowdwise.kickstarter.splits import Split, stratified_folds

LEAST, FOLDS, LATER = 2000, 3, 2


@dataclass(frozen=True)
class Fold:
    """A split's design and outcomes; `kind` is ``shuffled``, ``later`` or ``outer``."""

    kind: str
    fitted: Fitted
    learnt: np.ndarray
    judged: np.ndarray
    cells: np.ndarray


@dataclass(frozen=True)
class Ground:
    """Inner folds to choose on, and the outer one: the last year, of which nothing is looked at while choosing.

    Attributes
    ----------
    inner : tuple of Fold
        Stratified folds of all projects that had ended before the outer year, and the last two of its years, each
        judged by what had ended before it.
    outer : Fold
    words : str
        What it holds, in one line.
    """

    inner: tuple[Fold, ...]
    outer: Fold
    words: str


def lay_ground(study: Study, seed: int, *, least: int = LEAST, folds: int = FOLDS, later: int = LATER) -> Ground:
    """Part a study's projects and fit each fold's design once, for all settings.

    Parameters
    ----------
    least : int
        How many projects must have ended before a year that is judged.

    Raises
    ------
    Problem
        If no year is left to choose on.
    """
    years = _years(study.projects, least)
    years = [year for year in years if _mixed(study, year.train) and _mixed(study, year.test)]
    if len(years) < 2:
        what = f"{len(years)} years have {least} projects that had ended before and both outcomes in them"
        raise Problem(what, where="projects", remedy="Search on months that hold more years")
    outer, before = years[-1], years[-1 - later : -1]
    # Only what had ended before the outer year is known to the search.
    inner = outer.train
    shuffled = stratified_folds(study.outcome[inner], folds, derive(seed, "tuning"))
    splits = [("shuffled", Split(inner[split.train], inner[split.test])) for split in shuffled]
    splits += [("later", Split(year.train, np.intersect1d(year.test, inner))) for year in before]
    made = tuple(_fold(study, kind, split) for kind, split in splits)
    words = f"{len(inner)} projects to choose on, {len(outer.test)} of the year after"
    return Ground(made, _fold(study, "outer", outer), words)


def _fold(study: Study, kind: str, split: Split) -> Fold:
    fitted = fit_design(study, split, as_of_launch=kind != "shuffled")
    cells = cells_of(study.projects.iloc[split.test])
    return Fold(kind, fitted, study.outcome[split.train], study.outcome[split.test], cells)


def _years(projects: pd.DataFrame, least: int) -> list[Split]:
    """Give, for each year with enough that had ended before it, that part and the year's own launches."""
    launched, found = projects["launched_at"], []
    for year in range(int(launched.dt.year.min()), int(launched.dt.year.max()) + 1):
        start, end = (pd.Timestamp(f"{y}-01-01", tz="UTC") for y in (year, year + 1))
        train = np.flatnonzero(projects["deadline"] < start)
        test = np.flatnonzero((launched >= start) & (launched < end))
        if len(train) >= least and len(test):
            found.append(Split(train, test))
    return found


def _mixed(study: Study, rows: np.ndarray) -> bool:
    return bool(study.outcome[rows].any() and not study.outcome[rows].all())
