"""Figures of parts of the projects: for whom the model holds, and how it holds over the years."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from crowdwise.base import theme
from crowdwise.kickstarter.figures.comparison import draw_sentence
from crowdwise.kickstarter.figures.drawing import Drawing
from crowdwise.kickstarter.slices import extreme_slices

SLICES = "Points with intervals: each slice's AUC, pooled and within cells, and observed less predicted success"
YEARS = "Points with intervals by year of launch: AUC within sub-category, and observed less predicted success"
TITLES = {"category": "category", "country": "country", "goal": "goal, US dollars", "creator": "creator's record"}


def draw_slices(slices: pd.DataFrame) -> Drawing:
    """Draw each slice's AUC, pooled and within cells, and how far observed success lies from predicted.

    The slices are those that `score_slices` gives. Launch years are left to `draw_years`. Slices with few projects of
    one outcome are drawn pale.
    """
    table = slices[slices["by"].isin(TITLES)].reset_index(drop=True)
    large = table[~table["small"] & table["within"].notna()]
    if large.empty:
        finding = "Every slice is too small to be judged"
        return Drawing(draw_sentence(finding), finding, SLICES, table)
    low, high, _ = extreme_slices(large)
    off = int(((large["gap_low"] > 0) | (large["gap_high"] < 0)).sum())
    finding = (
        f"Within sub-category and year, AUC from {low['within']:.2f} ({low['slice']}) to {high['within']:.2f} "
        f"({high['slice']}); in {off} of {len(large)} slices observed success is shown to differ from predicted"
    )
    turn = (table["by"] != table["by"].shift()).cumsum().to_numpy() - 1
    places = np.arange(len(table)) + 1.3 * turn
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 1.5 + 0.235 * places[-1]), sharey=True)
    pooled: dict[str, Any] = {"colour": theme.PALETTE[1], "mark": "s", "label": "all pairs"}
    _draw_points(left, table, places + 0.16, table["auc"], "auc_low", "auc_high", 1.0, **pooled)
    label = "pairs of one sub-category and year"
    _draw_points(left, table, places - 0.16, table["within"], "within_low", "within_high", 1.0, label=label)
    _draw_points(right, table, places, 100 * table["gap"], "gap_low", "gap_high", 100.0)
    right.axvline(0, color=theme.INK, lw=1, ls="--")
    marks = [f"{s} ({n:,}){' *' if few else ''}" for s, n, few in table[["slice", "projects", "small"]].to_numpy()]
    left.set_yticks(places, marks)
    for by, place in zip(table["by"].unique(), places[np.r_[True, turn[1:] != turn[:-1]]], strict=True):
        left.annotate(TITLES[by], (-0.02, place - 0.95), xycoords=("axes fraction", "data"), ha="right", va="center",
                      size=9.5, weight="bold", annotation_clip=False)  # fmt: skip
    left.set(xlabel="AUC (0.5: chance)", ylim=(places[-1] + 0.7, -1.4))
    left.set_xlim(max(0.3, min(0.65, float(large[["auc_low", "within_low"]].min().min()) - 0.03)), 1.01)
    reach = 100 * float(large[["gap_low", "gap_high"]].abs().to_numpy().max()) * 1.1
    right.set(xlabel="observed less predicted,\npoints", xlim=(-reach, reach))
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower left", ncols=2)
    figure.suptitle(finding, x=0.01, ha="left", weight="bold", size=12.5)
    return Drawing(figure, finding, SLICES, table)


def draw_years(years: Mapping[str, pd.DataFrame]) -> Drawing:
    """Draw the AUC within sub-category and the gap between observed and predicted success over the years of launch.

    Parameters
    ----------
    years : mapping
        What to call a way of judging, and its slices by year, as `score_slices` gives; the last is told in the finding.
    """
    tables = {name: table[table["by"] == "year"].reset_index(drop=True) for name, table in years.items()}
    every = pd.concat(tables, names=["judged"]).reset_index(level=0).reset_index(drop=True)
    name, last = list(tables.items())[-1]
    large = last[~last["small"] & last["within"].notna()]
    if large.empty:
        finding = "No year has enough projects of both outcomes"
        return Drawing(draw_sentence(finding), finding, YEARS, every)
    low, high, worst = extreme_slices(large)
    way, title = "more" if worst["gap"] > 0 else "fewer", f"{name[0].upper()}{name[1:]}: AUC within sub-category"
    finding = (
        f"{title} from {low['within']:.2f} ({low['slice']}) to {high['within']:.2f} ({high['slice']}); in "
        f"{worst['slice']} {100 * abs(worst['gap']):.0f} points {way} succeeded than predicted"
    )
    if len(large) == 1:
        finding = f"{title} {low['within']:.2f} in {low['slice']}, the one year large enough"
    figure, (above, below) = plt.subplots(2, 1, figsize=(6.6, 6), sharex=True)
    for k, (label, table) in enumerate(tables.items()):
        at = table["slice"].astype(int).to_numpy() + 0.16 * (k - (len(tables) - 1) / 2)
        look: dict[str, Any] = {"colour": theme.PALETTE[(1, 0)[k % 2]], "mark": "so"[k % 2], "upright": True}
        _draw_points(above, table, at, table["within"], "within_low", "within_high", 1.0, label=label, **look)
        _draw_points(below, table, at, 100 * table["gap"], "gap_low", "gap_high", 100.0, **look)
    below.axhline(0, color=theme.INK, lw=1, ls="--")
    above.set(ylabel="AUC within\nsub-category")
    above.axhline(0.5, color=theme.PALE, lw=1, ls="--")
    above.annotate("chance", (0.01, 0.5), xycoords=("axes fraction", "data"), va="bottom", size=9.5)
    below.set(ylabel="observed less\npredicted, points", xlabel="year of launch")
    above.margins(y=0.08)
    below.xaxis.get_major_locator().set_params(integer=True)
    figure.legend(*above.get_legend_handles_labels(), loc="outside lower left", ncols=1)
    figure.suptitle(finding, x=0.01, ha="left", weight="bold", size=12.5)
    return Drawing(figure, finding, YEARS, every)


def _draw_points(
    axes: Axes,
    table: pd.DataFrame,
    places: np.ndarray,
    value: pd.Series,
    low: str,
    high: str,
    factor: float,
    *,
    label: str = "",
    colour: str = theme.ACCENT,
    mark: str = "o",
    upright: bool = False,
) -> None:
    for small in (False, True):
        rows = (table["small"] == small).to_numpy() & value.notna().to_numpy()
        error = np.clip([value - factor * table[low], factor * table[high] - value], 0, None)[:, rows]
        look: dict[str, Any] = {
            **{"fmt": mark, "ms": 4.5, "lw": 1.2, "capsize": 2},
            **({"color": theme.PALE, "mfc": "white"} if small else {"color": colour, "label": label or None}),
        }
        here, there = places[rows], value[rows]
        if upright:
            axes.errorbar(here, there, yerr=error, **look)
        else:
            axes.errorbar(there, here, xerr=error, **look)
