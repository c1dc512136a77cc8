"""One search: settings drawn, fitted on every inner fold, and noted at once, so that it can go on later."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.base.seeds import derive
from crowdwise.base.statistics import auc_interval
from crowdwise.kickstarter.evaluation import view_for
from crowdwise.kickstarter.models import Boosted
from crowdwise.kickstarter.scores import auc_within, score_all
from crowdwise.kickstarter.tuning.grids import GRIDS, Grid
from crowdwise.kickstarter.tuning.ground import Fold, Ground
from crowdwise.storage.inputs import record

log = logging.getLogger("crowdwise.kickstarter")

TRIED = "kickstarter-tried.csv"
CLOSE = 0.001
INNER, OUTER = "inner", "outer"
MEASURED = ("objective", "auc_shuffled", "auc_later", "within_shuffled", "within_later", "log_loss")
COLUMNS = ("data", "model", "part", "settings", *MEASURED, "cpu_seconds")


def search(grids: Sequence[Grid], ground: Ground, tried: Path, *, budget: int, seed: int, data: str) -> pd.DataFrame:
    """Try up to `budget` settings of each model, judge the chosen ones on the outer year, and give all that was tried.

    What stands in the file `tried` already is not tried again; each result is added to it as soon as it is there.

    Parameters
    ----------
    data : str
        A name for the data and the folds: what was tried on other data does not count, and is dropped.
    """
    known = read_tried(tried)
    if len(known) and set(known["data"]) != {data}:
        log.info("what was tried before was on other data: starting anew")
        tried.unlink()
        known = read_tried(tried)
    done = set(zip(known["model"], known["part"], known["settings"], strict=True))

    def note(grid: Grid, part: str, settings: str, folds: Sequence[Fold]) -> dict[str, Any] | None:
        if (grid.name, part, settings) in done:
            return None
        row = try_settings(grid, json.loads(settings), folds, seed)
        row |= {"data": data, "model": grid.name, "part": part, "settings": settings}
        pd.DataFrame([row])[list(COLUMNS)].to_csv(tried, mode="a", header=not tried.exists(), index=False)
        return row

    for grid in grids:
        drawn = grid.draw(budget, seed)
        for number, settings in enumerate(drawn, start=1):
            if row := note(grid, INNER, json.dumps(settings), ground.inner):
                words = f"{row['objective']:.4f}, {row['cpu_seconds']:.0f} CPU s"
                log.info("%s %d of %d: objective %s", grid.name, number, len(drawn), words)
    for best in best_of(read_tried(tried)).to_dict("records"):
        for grid in grids:
            if grid.name == best["model"]:
                note(grid, OUTER, best["settings"], [ground.outer])
    return read_tried(tried)


def try_settings(grid: Grid, settings: Mapping[str, Any], folds: Sequence[Fold], seed: int) -> dict[str, Any]:
    """Give a model's scores with these settings.

    The objective is the mean of what the grid is judged by, over the shuffled folds and over the later ones, each kind
    counting alike; an outer fold counts as a later one.
    """
    start = time.process_time()
    found: dict[str, list[float]] = {}
    for fold in folds:
        train, test = view_for(grid.model, fold.fitted.train), view_for(grid.model, fold.fitted.test)
        model = Boosted(**settings, seed=derive(seed, "tuning", grid.name)).fit(train, fold.learnt)
        told, kind = model.probability(test), "shuffled" if fold.kind == "shuffled" else "later"
        found.setdefault(f"auc_{kind}", []).append(auc_interval(fold.judged, told).value)
        within = auc_within(fold.judged, told, fold.cells, seed=seed, resamples=1).value
        found.setdefault(f"within_{kind}", []).append(within)
        found.setdefault("log_loss", []).append(score_all(fold.judged, told, seed=seed, resamples=2)["log_loss"].value)
    means = {name: float(np.mean(values)) for name, values in found.items()}
    stem = "auc" if grid.judged_by == "auc" else "within"
    means["objective"] = float(np.mean([value for name, value in means.items() if name.startswith(stem)]))
    rounded = {name: round(means.get(name, np.nan), 5) for name in MEASURED}
    return rounded | {"cpu_seconds": round(time.process_time() - start, 1)}


def read_tried(path: Path) -> pd.DataFrame:
    """Read the table of what was tried; an empty one where there is none.

    Raises
    ------
    Problem
        If it is no such table.
    """
    if not path.exists():
        # Not noted as an input: make would take what is missing for changed. A search rewrites the parameters, too.
        return pd.DataFrame(columns=pd.Index(COLUMNS))
    record(path)
    table = pd.read_csv(path)
    if tuple(table.columns) != COLUMNS:
        raise Problem("this is no table of what a search tried", where=path, remedy="Remove it and run `make tune`")
    return table


def best_of(tried: pd.DataFrame) -> pd.DataFrame:
    """Give each model's chosen row: of those within `CLOSE` of the highest objective, the one with fewest leaves."""
    inner, chosen = tried[tried["part"] == INNER], []
    for _, rows in inner.groupby("model", sort=False):
        near = rows[rows["objective"] >= rows["objective"].max() - CLOSE]
        size = near["settings"].map(json.loads).map(lambda s: s["trees"] * s["leaves"])
        chosen.append(size.sort_values(kind="stable").index[0])
    best = inner.loc[chosen]
    return best.assign(tried=best["model"].map(inner["model"].value_counts())).reset_index(drop=True)


def trials_of(tried: pd.DataFrame, model: str) -> tuple[pd.DataFrame | None, dict[str, Any] | None]:
    """Give the numbers tried of one model, a column a setting, and those chosen; None of both if it was not searched.

    Parameters
    ----------
    model : str
        Its name among the models.
    """
    names = [grid.name for grid in GRIDS if grid.model == model]
    own = tried[tried["model"].isin(names)]
    if own.empty:
        return None, None
    settings = own.loc[own["part"] == INNER, "settings"].map(json.loads).tolist()
    chosen = json.loads(best_of(own)["settings"].iloc[0])
    numbers = [name for name, value in chosen.items() if isinstance(value, int | float)]
    return pd.DataFrame(settings)[numbers], {name: chosen[name] for name in numbers}


def tabulate_tried(tried: pd.DataFrame) -> pd.DataFrame:
    """Give each model's chosen settings as a table to read, beside the median tried and the outer year."""
    if tried.empty:
        return tried
    best, outer = best_of(tried), tried[tried["part"] == OUTER].set_index(["model", "settings"])
    table = best[["model", "tried", "objective", "auc_shuffled", "auc_later", "within_later", "cpu_seconds"]].copy()
    median = tried[tried["part"] == INNER].groupby("model")["objective"].median()
    table.insert(3, "median tried", best["model"].map(median))
    keys = list(zip(best["model"], best["settings"], strict=True))
    table["outer auc"] = [outer["auc_later"].get(key, np.nan) for key in keys]
    table["outer within"] = [outer["within_later"].get(key, np.nan) for key in keys]
    table["settings"] = [words_of(row) for row in best.to_dict("records")]
    return table.round(3).set_index("model")


def words_of(row: Mapping[Hashable, Any]) -> str:
    """Give a row's settings in words; what is empty is left out."""
    return ", ".join(f"{k} {v}" for k, v in json.loads(row["settings"]).items() if v not in ([], {}))
