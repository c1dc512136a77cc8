"""One search: settings drawn, fitted, judged on tuning players, and noted at once, so that it can go on later."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.steam.models import Light
from crowdwise.steam.trial import Trial
from crowdwise.steam.tuning.grids import Grid
from crowdwise.storage.inputs import record

log = logging.getLogger("crowdwise.steam")

OBJECTIVE = "ndcg_at_10"
CLOSE = 0.01
MEASURED = ("ndcg_at_10", "auc", "recall_at_10")
COLUMNS = ("data", "model", "settings", *MEASURED, "fit_seconds", "megabytes", "epochs")


def search(grids: Sequence[Grid], trial: Trial, tried: Path, *, budget: int, seed: int, data: str) -> pd.DataFrame:
    """Try up to `budget` settings of each model, and give all that was tried on this data.

    What stands in the file `tried` already is not tried again; each result is added to it as soon as it is there.

    Parameters
    ----------
    data : str
        A name for the data and the split: what was tried on other data does not count, and is dropped.
    """
    known = read_tried(tried)
    if len(known) and set(known["data"]) != {data}:
        log.info("what was tried before was on other data: starting anew")
        tried.unlink()
        known = read_tried(tried)
    done = set(zip(known["model"], known["settings"], strict=True))
    for grid in grids:
        drawn = grid.draw(budget, seed)
        for number, settings in enumerate(drawn, start=1):
            words = json.dumps(settings)
            if (grid.name, words) in done:
                continue
            row = _try(grid, settings, trial, seed) | {"data": data, "model": grid.name, "settings": words}
            log.info(
                "%s %d of %d: NDCG@10 %.4f, AUC %.4f, %.1f s",
                grid.name,
                number,
                len(drawn),
                row["ndcg_at_10"],
                row["auc"],
                row["fit_seconds"],
            )
            pd.DataFrame([row])[list(COLUMNS)].to_csv(tried, mode="a", header=not tried.exists(), index=False)
    return read_tried(tried)


def read_tried(path: Path) -> pd.DataFrame:
    """Read the table of what was tried; an empty one where there is none.

    Raises
    ------
    Problem
        If it is no such table.
    """
    record(path)
    if not path.exists():
        return pd.DataFrame(columns=pd.Index(COLUMNS))
    table = pd.read_csv(path)
    if tuple(table.columns) != COLUMNS:
        raise Problem("this is no table of what a search tried", where=path, remedy="Remove it and run `make tune`")
    return table


def best_of(tried: pd.DataFrame) -> pd.DataFrame:
    """Give each model's chosen row, in the order they were first tried.

    The row with the highest objective; but if others within `CLOSE` of it, which is less than the players' noise, were
    fitted in at most half its time, the best of these.
    """
    chosen = []
    for _, rows in tried.groupby("model", sort=False):
        best = rows.sort_values(OBJECTIVE, ascending=False, kind="stable").iloc[0]
        near = rows[OBJECTIVE] >= (1 - CLOSE) * best[OBJECTIVE]
        quick = rows[near & (rows["fit_seconds"] <= best["fit_seconds"] / 2)]
        chosen.append(best.name if quick.empty else quick[OBJECTIVE].idxmax())
    best_rows = tried.loc[chosen]
    return best_rows.assign(tried=best_rows["model"].map(tried["model"].value_counts())).reset_index(drop=True)


def chosen_settings(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    """Give the settings of a row of what was tried, with the epochs after which it was stopped early."""
    settings: dict[str, Any] = json.loads(row["settings"])
    if row["epochs"] is not None and row["epochs"] == row["epochs"]:
        settings["epochs"] = int(row["epochs"])
    return settings


def tabulate_tried(tried: pd.DataFrame) -> pd.DataFrame:
    """Give each model's best settings as a table to read, with how many were tried, the time of the fit and the size.

    The time of a fit is the search's: on one thread, and for LightFM with the checks for early stopping.
    """
    if tried.empty:
        return tried
    best = best_of(tried)
    table = best[["model", "tried", "ndcg_at_10", "auc", "fit_seconds", "megabytes", "settings"]].copy()
    spread = tried.groupby("model")["ndcg_at_10"].median()
    table.insert(3, "median tried", best["model"].map(spread).round(3))
    table["settings"] = [
        ", ".join(f"{k} {v}" for k, v in chosen_settings(row).items()) for row in best.to_dict("records")
    ]
    return table.round({"ndcg_at_10": 3, "auc": 3}).set_index("model")


def _try(grid: Grid, settings: dict[str, Any], trial: Trial, seed: int) -> dict[str, Any]:
    start = time.perf_counter()
    model = grid.build(settings, seed)
    epochs = None
    if isinstance(model, Light):
        model.fit(trial.train, lambda light: float(trial.validate(light)[OBJECTIVE].mean()))
        epochs = model.best_epoch
    else:
        model.fit(trial.train)
    seconds = time.perf_counter() - start
    means = trial.validate(model).mean()
    return {name: round(float(means[name]), 5) for name in MEASURED} | {
        "fit_seconds": round(seconds, 1),
        "megabytes": round(model.size / 1e6, 1),
        "epochs": epochs,
    }
