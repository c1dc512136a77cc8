"""The tables behind the explore notebook: success by what is known at launch, and what the crawl gives away."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from crowdwise.base.seeds import derive
from crowdwise.base.statistics import Estimate, auc_interval, proportion_interval
from crowdwise.kickstarter.features import build_features
from crowdwise.kickstarter.history import earlier_record
from crowdwise.kickstarter.splits import stratified_folds

STEP = 2014  # the first year in which the crawls hold failures in numbers
ONE_SIDED = 0.97


def decided_projects(projects: pd.DataFrame) -> pd.DataFrame:
    """Give the projects that have an outcome with what the figures draw.

    Adds ``success, year, duration_days, prelaunch_days, funded`` (pledged as a share of the goal), ``goal_digits,
    weekday`` and the creator's record.
    """
    record = earlier_record(projects)
    features = build_features(projects, record)
    added = {
        "success": projects["outcome"].fillna(False).astype(bool),
        "year": projects["launched_at"].dt.year,
        "weekday": projects["launched_at"].dt.day_name(),
        "duration_days": features["duration_days"],
        "prelaunch_days": np.expm1(features["prelaunch_log"]).round(),
        "goal_digits": features["goal_digits"],
        "funded": projects["pledged_usd"] / projects["goal_usd"],
        **{str(name): record[name] for name in record},
    }
    return projects.assign(**added)[projects["outcome"].notna()].reset_index(drop=True)


def completeness(projects: pd.DataFrame) -> pd.DataFrame:
    """Give the share of known values: a row a column that is not always known, a column a month."""
    # A project without an outcome has not ended, or in no way that counts: nothing is missing.
    known = projects.drop(columns="outcome").notna().groupby(projects["seen_in"]).mean().T
    return known[(known < 1).any(axis=1)]


def success_by(decided: pd.DataFrame, cells: pd.Series, level: float = 0.95) -> pd.DataFrame:
    """Give the success rate of each cell with its score interval (Wilson 1927): ``cell, projects, rate, low, high``."""
    counts = decided["success"].groupby(cells, observed=True, sort=True).agg(["size", "sum"])
    rows = []
    for cell, n, won in zip(counts.index, counts["size"], counts["sum"], strict=True):
        e = proportion_interval(int(won), int(n), level=level)
        rows.append((cell, e.n, e.value, e.low, e.high))
    return pd.DataFrame(rows, columns=["cell", "projects", "rate", "low", "high"])


def cut_evenly(values: pd.Series, parts: int = 10, *, number: str = "{:,.0f}") -> pd.Series:
    """Give each value's part: parts of about equal counts, named by their borders, in order.

    A part reaches from its lower border up to, but not including, the next; the last holds its upper border.
    """
    edges = np.unique(np.quantile(values.dropna(), np.linspace(0, 1, parts + 1)))
    if len(edges) < 2:
        edges = np.array([edges[0], edges[0] + 1])
    show = number.format
    names = [f"{show(low)} up to {show(high)}" for low, high in itertools.pairwise(edges)]
    names[-1] = names[-1].replace(" up to ", " to ")
    different = names if len(set(names)) == len(names) else [f"{name} ({k})" for k, name in enumerate(names, start=1)]
    borders = [*edges[:-1].tolist(), float(np.nextafter(edges[-1], np.inf))]
    return pd.cut(values, borders, labels=different, right=False)


def cut_at(values: pd.Series, edges: Sequence[float], names: Sequence[str]) -> pd.Series:
    """Give each value's named part; parts reach from one edge up to, but not including, the next."""
    return pd.cut(values, [*edges, np.inf], labels=list(names), right=False)


def one_sided(decided: pd.DataFrame, fewest: int = 30) -> pd.DataFrame:
    """Give sub-categories with at least `fewest` projects: ``cell, projects, rate, low, high``, highest rate first.

    Those whose rate is 97% or more are the listings that the crawl saw the successes of only.
    """
    table = success_by(decided, decided["category"])
    table = table[table["projects"] >= fewest]
    return table.sort_values(["rate", "projects"], ascending=False, kind="stable", ignore_index=True)


def leak_auc(
    decided: pd.DataFrame, columns: Sequence[str], *, folds: int = 5, seed: int, level: float = 0.95
) -> Estimate:
    """Give the AUC of nothing but the success rate of a project's cell, counted in other folds.

    Parameters
    ----------
    columns : sequence of str
        What makes a cell, as in ``["category"]`` or ``["category", "year"]``.
    """
    outcome = decided["success"].to_numpy(dtype=bool)
    cells = decided[list(columns)].astype(str).agg(" | ".join, axis=1).to_numpy(dtype=object)
    score = np.empty(len(outcome))
    for split in stratified_folds(outcome, folds, derive(seed, "leak")):
        train = (
            pd.Series(outcome[split.train].astype(float)).groupby(cells[split.train], sort=True).agg(["size", "sum"])
        )
        rate = outcome[split.train].mean()
        smoothed = (train["sum"] + 5 * rate) / (train["size"] + 5)
        score[split.test] = pd.Series(cells[split.test]).map(smoothed).fillna(rate).to_numpy()
    return auc_interval(outcome, score, level=level)
