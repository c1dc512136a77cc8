"""Figures of groups beside each other: success as crawled, and odds within sub-category and year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from crowdwise.base import theme
from crowdwise.base.statistics import Estimate
from crowdwise.kickstarter.exploration import success_by
from crowdwise.kickstarter.groups import GROUPINGS, group
from crowdwise.kickstarter.stratified import association, compare_groups, odds_ratio, strata_of

FEWEST, ALPHA = 20, 0.01  # of projects, for a group to be named in a title; of the test behind its last words


def draw_sentence(sentence: str) -> Figure:
    """Draw a sentence where there is nothing to draw."""
    figure, axes = plt.subplots(figsize=(8, 1.1))
    axes.axis("off")
    axes.set_title(sentence)
    return figure


def draw_comparison(decided: pd.DataFrame, name: str, level: float = 0.95) -> tuple[Figure, str, pd.DataFrame]:
    """Draw the success of one grouping's groups as crawled, and their odds raw and within sub-category and year.

    Parameters
    ----------
    name : str
        One of `crowdwise.kickstarter.groups.GROUPINGS`.

    Returns
    -------
    figure : Figure
    finding : str
    table : DataFrame
        The rates and odds ratios behind it.
    """
    groups, reference = group(decided, name)
    what = GROUPINGS[name].what
    if len(groups.categories) < 2:
        finding = f"By {what}: fewer than two groups are known in these months"
        return draw_sentence(finding), finding, pd.DataFrame({"cell": list(groups.categories)})
    table = success_by(decided, pd.Series(groups, index=decided.index), level)
    table["cell"] = table["cell"].astype(str)
    table = table.merge(compare_groups(decided, groups, reference, level=level), on="cell")
    finding = _finding(decided, groups, table, what, level)
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(8.2, 1.6 + 0.34 * len(table)), sharey=True, width_ratios=(1, 1.15)
    )
    places = np.arange(len(table))
    left.errorbar(table["rate"], places, xerr=_error(table, "rate", "low", "high"), **LOOKS["within"])
    left.set_yticks(places, [f"{cell} ({n:,})" for cell, n in zip(table["cell"], table["projects"], strict=True)])
    left.set(xlabel="share that succeeded, as crawled", xlim=(0, 1.02), ylim=(len(table) - 0.5, -0.5))
    left.annotate(f"{what} (projects)", (0, 1.02), xycoords="axes fraction", size=9.5)
    _draw_odds(right, table, places)
    right.set(xlabel=f"odds, as a multiple of: {reference}")
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower right", ncols=2, fontsize=9)
    figure.suptitle(finding, x=0.01, ha="left", weight="bold", size=12.5)
    return figure, finding, table


def draw_forms(decided: pd.DataFrame, names: Sequence[str], level: float = 0.95) -> tuple[Figure, str, pd.DataFrame]:
    """Draw the odds of several groupings below each other, raw and within sub-category and year."""
    tables, sure = [], []
    strata, outcome = strata_of(decided), decided["success"].to_numpy(dtype=bool)
    for name in names:
        groups, reference = group(decided, name)
        found = compare_groups(decided, groups, reference, level=level)
        counts = pd.Series(groups).value_counts()
        found.insert(0, "of", name)
        found.insert(2, "projects", [int(counts[cell]) for cell in found["cell"]])
        tables.append(found)
        if association(outcome, groups, strata).p_value < ALPHA:
            sure.append(name)
    table = pd.concat(tables, ignore_index=True)
    told = (
        f"success differs with {_listed(sure)}"
        if sure
        else f"success is not shown to differ with {_listed(names, 'or')}"
    )
    finding = f"Within sub-category and year, {told}"
    if sure and len(sure) < len(names):
        finding += f"; with {_listed([name for name in names if name not in sure])} none is shown"
    breaks = (table["of"] != table["of"].shift()).cumsum().to_numpy() - 1
    places = np.arange(len(table)) + 1.2 * breaks
    figure, axes = plt.subplots(figsize=(8.4, 1.4 + 0.27 * (places[-1] + 1)))
    _draw_odds(axes, table, places)
    axes.set_yticks(places, [f"{cell} ({n:,})" for cell, n in zip(table["cell"], table["projects"], strict=True)])
    for name, place in zip(names, places[np.r_[True, breaks[1:] != breaks[:-1]]], strict=True):
        axes.annotate(
            GROUPINGS[name].what, (0.01, place - 0.75), xycoords=("axes fraction", "data"), size=9.5, weight="bold"
        )
    axes.set(
        xlabel="odds of success, as a multiple of the first group's",
        title=finding,
        ylim=(places[-1] + 0.7, -1.3),
    )
    figure.legend(loc="outside lower right", ncols=2, fontsize=9)
    return figure, finding, table


LOOKS: dict[str, dict[str, Any]] = {
    "raw": {"fmt": "o", "mfc": "white", "color": theme.PALETTE[1], "capsize": 2, "ms": 5, "lw": 1.2},
    "within": {"fmt": "o", "color": theme.ACCENT, "capsize": 2, "ms": 5, "lw": 1.2},
}
_FINE, _COARSE = (
    (0.2, 0.3, 0.5, 0.7, 1, 1.4, 2, 3, 5),
    (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000),
)


def _draw_odds(axes: Axes, table: pd.DataFrame, places: np.ndarray) -> None:
    axes.axvline(1, color=theme.INK, lw=1, ls="--")
    for kind, label, shift in (
        ("raw", "over all projects", -0.14),
        ("within", "within sub-category and year", 0.14),
    ):
        error = _error(table, kind, f"{kind}_low", f"{kind}_high")
        axes.errorbar(table[kind], places + shift, xerr=error, label=label, **LOOKS[kind])
    ends = table[["raw", "within"]].to_numpy(float)
    low, high = max(np.nanmin(ends) / 1.6, 1e-3), min(np.nanmax(ends) * 1.6, 1e3)
    # An interval much wider than what is compared is cut at the edge, or it would be all there is to see.
    ticks = [tick for tick in (_FINE if high / low < 8 else _COARSE) if low <= tick <= high]
    axes.set(xscale="log", xlim=(low, high))
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _error(table: pd.DataFrame, value: str, low: str, high: str) -> np.ndarray:
    return np.clip([table[value] - table[low], table[high] - table[value]], 0, None)


def _finding(decided: pd.DataFrame, groups: pd.Categorical, table: pd.DataFrame, what: str, level: float) -> str:
    # Extremes of groups with hardly a project would only tell of chance.
    named = table[table["projects"] >= min(FEWEST, table["projects"].max())]
    best, worst = (named.loc[place] for place in (named["rate"].idxmax(), named["rate"].idxmin()))
    finding = f"By {what}, from {worst['rate']:.0%} ({worst['cell']}) to {best['rate']:.0%} ({best['cell']}) succeed"
    outcome, strata = decided["success"].to_numpy(dtype=bool), strata_of(decided)
    tested = association(outcome, groups, strata)
    if tested.p_value >= ALPHA:
        return f"{finding}; within sub-category and year no difference is shown (p = {tested.p_value:.2f})"
    of = np.asarray(groups.astype(object))
    pair = (of == best["cell"]) | (of == worst["cell"])
    ratio = odds_ratio(outcome[pair], of[pair] == best["cell"], strata[pair], level=level)
    if ratio is None:
        return f"{finding}; within sub-category and year groups differ (p = {tested.p_value:.2g})"
    return f"{finding}; within sub-category and year the latter's odds are {_times(ratio)} the former's"


def _times(ratio: Estimate) -> str:
    show = "{:.1f}".format if ratio.value < 10 else "{:,.0f}".format
    show = "{:.2f}".format if ratio.value < 2 else show
    return f"{show(ratio.value)} times [{show(ratio.low)}, {show(ratio.high)}]"


def _listed(names: Sequence[str], word: str = "and") -> str:
    return f" {word} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
