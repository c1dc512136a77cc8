"""Figures of the acquire notebook: what was read and what became of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from crowdwise.base import theme


def draw_fates(card: pd.DataFrame) -> tuple[Figure, str]:
    """Draw the rows of each month by what became of them; give the figure and its finding.

    Parameters
    ----------
    card : DataFrame
        Of `crowdwise.kickstarter.union.Union`: ``month, file, what, rows``.
    """
    kinds = card["what"].where(card["what"].isin(("kept",)) | card["what"].str.startswith("the same"), "left out")
    counts = card.assign(kind=kinds).pivot_table(
        index="month", columns="kind", values="rows", aggfunc="sum", fill_value=0
    )
    kept, total = int(card.loc[card["what"] == "kept", "rows"].sum()), int(card["rows"].sum())
    left_out = int(card.loc[kinds == "left out", "rows"].sum())
    finding = f"Of {total:,} rows, {kept:,} became projects; {left_out:,} could not be used"
    figure, axes = plt.subplots(figsize=(8, 2.2 + 0.5 * len(counts)))
    order = [kind for kind in ("kept", *sorted(set(kinds) - {"kept", "left out"}), "left out") if kind in counts]
    colours = dict(zip(order, (theme.ACCENT, theme.PALETTE[5], theme.PALE), strict=False)) | {"left out": theme.ALARM}
    left = np.zeros(len(counts))
    for kind in order:
        axes.barh(counts.index, counts[kind], left=left, color=colours[kind], label=kind)
        left += counts[kind].to_numpy()
    axes.invert_yaxis()
    axes.set(xlabel="rows of the month", ylabel="month crawled", title=finding)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower left", ncols=1)
    return figure, finding


def draw_coverage(projects: pd.DataFrame) -> tuple[Figure, str]:
    """Draw projects by year of launch and the month they were kept from; give the figure and its finding."""
    years = projects["launched_at"].dt.year
    counts = pd.crosstab(years, projects["seen_in"]).reindex(range(years.min(), years.max() + 1), fill_value=0)
    busiest = counts.index[int(counts.sum(axis=1).to_numpy().argmax())]
    finding = f"Launches from {years.min()} to {years.max()}, the most in {busiest}"
    figure, axes = plt.subplots()
    below = np.zeros(len(counts))
    for k, month in enumerate(counts):
        axes.bar(counts.index, counts[month], bottom=below, label=month, color=theme.PALETTE[k % len(theme.PALETTE)])
        below += counts[month].to_numpy()
    axes.set(xlabel="year of launch", ylabel="projects", title=finding)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.legend(title="kept from the month")
    return figure, finding
