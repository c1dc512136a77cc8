"""Figures of money: asked and raised, beyond the goal, given by a backer."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from crowdwise.base import theme
from crowdwise.kickstarter.money import asked_and_raised, pledge_per_backer, pledges_by_parent, raised_beyond


def draw_money(decided: pd.DataFrame) -> tuple[Figure, str]:
    """Draw what successes and failures asked and raised, on a log scale."""
    table = asked_and_raised(decided)
    finding = "; ".join(
        f"the median {'success' if row.outcome == 'successful' else 'failure'} asked for ${row.goal:,.0f} and raised "
        f"${row.raised:,.0f}"
        for row in table.itertuples()
    )
    finding = finding[0].upper() + finding[1:]
    figure, panels = plt.subplots(len(table), 1, figsize=(8, 2.4 * len(table) + 0.4), sharex=True, squeeze=False)
    edges = np.arange(0, 7.01, 0.125)
    nothings = table["raised_nothing"].tolist()
    for axes, row, nothing in zip(panels[:, 0], table.itertuples(), nothings, strict=True):
        part = decided[decided["success"] == (row.outcome == "successful")]
        for name, label, colour in (("goal_usd", "asked", theme.PALETTE[1]), ("pledged_usd", "raised", theme.ACCENT)):
            values = np.log10(np.clip(part[name].to_numpy(float), 1, 10**6.99))
            counts, _ = np.histogram(values, edges)
            axes.stairs(counts, edges, color=colour, lw=1.8, label=label)
        axes.set(ylabel="projects", ylim=(0, None))
        said = f"; {nothing:.0%} raised nothing" if nothing >= 0.005 else ""
        axes.set_title(f"{row.outcome} ({row.projects:,} projects{said})", fontsize=10.5, weight="normal")
        axes.yaxis.set_major_formatter("{x:,.0f}")
    panels[0, 0].legend(loc="upper right")
    panels[-1, 0].set_xticks(range(8), ["1", "10", "100", "1,000", "10,000", "100,000", "1 m", "10 m"])
    panels[-1, 0].set(xlabel="US dollars, log scale (first bin: 1 and less)")
    figure.suptitle(finding.replace("$", r"\$"), x=0.01, ha="left", weight="bold", size=12.5)
    return figure, finding


def draw_beyond(decided: pd.DataFrame) -> tuple[Figure, str, pd.DataFrame]:
    """Draw how many successes raise at least a multiple of their goal."""
    table = raised_beyond(decided)
    share = dict(zip(table["multiple"].tolist(), table["share"].tolist(), strict=True))
    middle = float(decided.loc[decided["success"], "funded"].median())
    finding = (
        f"Half of the successes end below {middle:.2f} times their goal; {share[2.0]:.0%} at least double it, "
        f"{share[10.0]:.1%} raise ten times as much"
    )
    figure, axes = plt.subplots(figsize=(8, 3.8))
    axes.bar(range(len(table)), table["share"], color=theme.ACCENT, width=0.62)
    for place, value in enumerate(table["share"]):
        axes.annotate(f"{value:.1%}", (place, value), xytext=(0, 3), textcoords="offset points", ha="center", size=9.5)
    axes.set_xticks(range(len(table)), [f"{multiple:g}" for multiple in table["multiple"]])
    axes.set(xlabel="raised at least so many times the goal", ylabel="share of successes", ylim=(0, 1.1), title=finding)
    axes.grid(axis="x", visible=False)
    return figure, finding, table


def draw_pledges(decided: pd.DataFrame) -> tuple[Figure, str, pd.DataFrame]:
    """Draw the mean pledge a backer of successes, by parent category, with quartiles."""
    table, each = pledges_by_parent(decided), pledge_per_backer(decided)
    backers = decided.loc[each.index, "backers_count"].median()
    low, high = table.iloc[0], table.iloc[-1]
    finding = (
        f"The median success has {backers:,.0f} backers, who give ${each.median():,.0f} each on average: from "
        f"${low['pledge']:,.0f} ({low['parent_category']}) to ${high['pledge']:,.0f} ({high['parent_category']})"
    )
    figure, axes = plt.subplots(figsize=(8, 1.3 + 0.3 * len(table)))
    error = [table["pledge"] - table["lower_quartile"], table["upper_quartile"] - table["pledge"]]
    axes.errorbar(table["pledge"], range(len(table)), xerr=error, fmt="o", color=theme.ACCENT, capsize=2)
    axes.set_yticks(
        range(len(table)),
        [f"{name} ({n:,})" for name, n in zip(table["parent_category"], table["successes"], strict=True)],
    )
    axes.set(
        xlabel="US dollars a backer: median project and quartiles (successes)",
        xlim=(0, None),
        title=finding.replace("$", r"\$"),
    )
    return figure, finding, table
