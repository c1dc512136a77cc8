"""Figures of the crawl's bias: one-sided cells, the probe model, drift between months, reference rates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from crowdwise.base import theme
from crowdwise.kickstarter.bias import ANY, KINDS, in_any_flagged_cell
from crowdwise.kickstarter.drift import compare_parents, pairs_of_months
from crowdwise.kickstarter.exploration import success_by
from crowdwise.kickstarter.figures.comparison import FEWEST, LOOKS, draw_sentence
from crowdwise.kickstarter.probe import EVERY, OUTSIDE, Probe
from crowdwise.kickstarter.reference import NONE_GIVEN


def draw_categories(decided: pd.DataFrame, level: float = 0.95) -> tuple[Figure, str, pd.DataFrame]:
    """Draw the success of parent categories, on all projects and outside the flagged cells."""
    kept = decided[~in_any_flagged_cell(decided)]
    every, outside = (success_by(part, part["parent_category"], level) for part in (decided, kept))
    table = every.merge(outside, on="cell", how="left", suffixes=("", "_outside"))
    table = table.sort_values("rate", kind="stable", ignore_index=True)
    table["projects_outside"] = table["projects_outside"].fillna(0).astype(int)
    fall = (table["rate"] - table["rate_outside"]).where(table["projects_outside"] >= FEWEST)
    named = table[table["projects"] >= min(FEWEST, table["projects"].max())]
    low, high = named.iloc[0], named.iloc[-1]
    finding = f"From {low['rate']:.0%} ({low['cell']}) to {high['rate']:.0%} ({high['cell']}) succeed"
    if len(kept) == len(decided):
        finding += "; no cell is flagged"
    elif fall.max() > 0.02:
        most = table.iloc[int(np.nanargmax(fall))]
        finding += f"; outside flagged cells {most['cell']} falls from {most['rate']:.0%} to {most['rate_outside']:.0%}"
    figure, axes = plt.subplots(figsize=(8, 1.5 + 0.34 * len(table)))
    for end, label, kind, shift in (
        ("", "all projects", "raw", 0.13),
        ("_outside", "outside flagged cells", "within", -0.13),
    ):
        value, lowest, highest = (table[name + end] for name in ("rate", "low", "high"))
        error = np.clip([value - lowest, highest - value], 0, 1)
        axes.errorbar(value, np.arange(len(table)) + shift, xerr=error, label=label, **LOOKS[kind])
    names = zip(table["cell"], table["projects"], table["projects_outside"], strict=True)
    axes.set_yticks(range(len(table)), [f"{name} ({n:,}; {m:,} outside)" for name, n, m in names])
    axes.set(xlabel="share that succeeded", xlim=(0, 1.02), title=finding)
    figure.legend(loc="outside lower right", ncols=2, fontsize=9)
    return figure, finding, table


def draw_survey(survey: pd.DataFrame) -> tuple[Figure, str]:
    """Draw the share of projects in flagged cells by month, as `crowdwise.kickstarter.bias.survey_cells` gives."""
    whole = survey[(survey["month"] == "all months") & (survey["cells_by"] == ANY)].iloc[0]
    single = survey[(survey["month"] != "all months") & (survey["cells_by"] == ANY)]
    worst = single.iloc[int(single["share"].argmax())]
    finding = (
        f"{whole['share']:.1%} of all projects lie in a sub-category, a year or a sub-category's year of which not one "
        "failure was caught"
    )
    if worst["share"] > 0:
        finding += f"; of those kept from {worst['month']} looked at alone, {worst['share']:.0%}"
    if survey["flagged"].sum() == 0:
        finding = "No sub-category or year is without failures beyond what chance explains"
    shown = survey[survey.groupby("month")["cells"].transform("max") > 0]
    months, kinds = list(dict.fromkeys(shown["month"])), [*KINDS, ANY]
    colours = [theme.PALETTE[5], theme.PALETTE[1], theme.PALETTE[2], theme.ACCENT]
    figure, axes = plt.subplots(figsize=(8, 1.5 + 0.95 * len(months)))
    for k, (kind, colour) in enumerate(zip(kinds, colours, strict=True)):
        rows = shown[shown["cells_by"] == kind]
        places = np.arange(len(months)) + 0.2 * (k - 1.5)
        axes.barh(places, rows["share"], height=0.18, color=colour, label=kind)
        for place, share, flagged, cells in zip(places, rows["share"], rows["flagged"], rows["cells"], strict=True):
            words = f"{share:.1%} ({flagged} of {cells} cells)"
            axes.annotate(words, (share, place), xytext=(4, 0), textcoords="offset points", va="center", size=8.5)
    axes.set_yticks(range(len(months)), months)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set(xlabel="share of projects in flagged cells", xlim=(0, min(1, shown["share"].max() * 1.45 + 0.02)))
    axes.set_title(finding)
    figure.legend(loc="outside lower right", ncols=2, fontsize=9)
    return figure, finding


def draw_probe(probes: Sequence[Probe]) -> tuple[Figure, str]:
    """Draw the probe model's AUC by month, on all projects and outside the flagged cells."""
    found = {(probe.month, probe.rows): probe.auc for probe in probes}
    months = list(dict.fromkeys(probe.month for probe in probes))
    whole = found["all months", EVERY]
    finding = f"Sub-category and launch day alone reach AUC {whole.value:.3f}"
    if ("all months", OUTSIDE) in found:
        finding += f"; outside flagged cells {found['all months', OUTSIDE].value:.3f}"
    figure, axes = plt.subplots(figsize=(8, 1.6 + 0.6 * len(months)))
    looks = ((EVERY, theme.ALARM, "o", -0.13), (OUTSIDE, theme.ACCENT, "s", 0.13))
    for rows, colour, mark, shift in looks:
        there = [(place, found[month, rows]) for place, month in enumerate(months) if (month, rows) in found]
        for k, (place, auc) in enumerate(there):
            error = [[auc.value - auc.low], [auc.high - auc.value]]
            label = rows if k == 0 else None
            axes.errorbar(auc.value, place + shift, xerr=error, fmt=mark, color=colour, capsize=2, label=label)
            words = f"{auc.value:.3f} (n = {auc.n:,})"
            axes.annotate(
                words, (auc.high, place + shift), xytext=(5, 0), textcoords="offset points", va="center", size=8.5
            )
    axes.axvline(0.5, color=theme.INK, lw=1, ls="--")
    axes.set_yticks(range(len(months)), months)
    axes.set(xlim=(0.48, 1.03), ylim=(len(months) - 0.5, -0.5), title=finding)
    axes.set(xlabel="AUC, five-fold (0.5: the probe knows nothing)")
    axes.grid(axis="y", visible=False)
    figure.legend(loc="outside lower right", ncols=2, fontsize=9)
    return figure, finding


def draw_drift(decided: pd.DataFrame, level: float = 0.95) -> tuple[Figure, str, pd.DataFrame]:
    """Draw the success rate of parent categories in the two largest months."""
    pairs = pairs_of_months(decided)
    if not pairs:
        finding = "Fewer than two months are large enough to be compared"
        return draw_sentence(finding), finding, pd.DataFrame(columns=["parent_category"])
    (earlier, later), *_ = pairs
    table = compare_parents(decided, earlier, later, level=level)
    if table.empty:
        finding = f"No parent category has 30 projects in both {earlier} and {later}"
        return draw_sentence(finding), finding, table
    first, apart = table.iloc[0], int((table["p_holm"] < 0.05).sum())
    finding = (
        f"{apart} of {len(table)} parent categories succeed at different rates in {earlier} and {later}: "
        f"{first['parent_category']} at {first['earlier']:.0%} and {first['later']:.0%}"
    )
    if apart == 0:
        finding = f"No parent category is shown to succeed at different rates in {earlier} and {later}"
    drawn = table.sort_values("difference", kind="stable", ignore_index=True)
    figure, axes = plt.subplots(figsize=(8, 1.5 + 0.34 * len(drawn)))
    axes.hlines(range(len(drawn)), drawn["earlier"], drawn["later"], colors=theme.PALE, lw=2)
    for name, label, colour, mark in (("earlier", earlier, theme.PALETTE[1], "o"), ("later", later, theme.ACCENT, "s")):
        axes.scatter(drawn[name], range(len(drawn)), color=colour, marker=mark, s=36, zorder=3, label=label)
    axes.set_yticks(range(len(drawn)), drawn["parent_category"])
    axes.set(xlabel="share that succeeded", xlim=(-0.02, 1.02), ylim=(-0.6, len(drawn) - 0.4), title=finding)
    figure.legend(loc="outside lower right", ncols=2, fontsize=9)
    return figure, finding, table


def draw_reference(table: pd.DataFrame | None) -> tuple[Figure, str]:
    """Draw the crawl's success rates beside reference rates, as `compare_with_reference` gives; None without any."""
    if table is None:
        return draw_sentence(NONE_GIVEN), NONE_GIVEN
    tested = table[table["projects"] > 0].reset_index(drop=True)
    if tested.empty:
        finding = "The crawl holds no project of the categories in the reference"
        return draw_sentence(finding), finding
    higher, lower = (int((tested["finding"] == f"{way} in the crawl").sum()) for way in ("higher", "lower"))
    finding = f"Of {len(tested)} reference rates, the crawl is higher than {higher} and lower than {lower}"
    figure, axes = plt.subplots(figsize=(8, 1.7 + 0.42 * len(tested)))
    for prefix, label, colour, mark, shift in (
        ("reference_", "reference", theme.PALETTE[2], "D", -0.15),
        ("", "crawl", theme.ALARM, "o", 0.15),
    ):
        value, low, high = (tested[prefix + name] for name in ("rate", "low", "high"))
        error = np.clip([value - low, high - value], 0, 1)
        places = np.arange(len(tested)) + shift
        axes.errorbar(value, places, xerr=error, fmt=mark, color=colour, capsize=2, label=label)
    names = zip(tested["category"], tested["projects"], strict=True)
    axes.set_yticks(range(len(tested)), [f"{name} ({n:,})" for name, n in names])
    axes.invert_yaxis()
    axes.set(xlabel="share that succeeded", xlim=(-0.02, 1.02), title=finding)
    figure.legend(loc="outside lower right", ncols=2, fontsize=9)
    return figure, finding
