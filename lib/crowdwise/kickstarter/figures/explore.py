"""Figures of the explore notebook."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from scipy import stats

from crowdwise.base import theme
from crowdwise.kickstarter.exploration import ONE_SIDED, STEP, one_sided, success_by


def draw_completeness(known: pd.DataFrame) -> tuple[Figure, str]:
    """Draw the share of known values by column and month, as `crowdwise.kickstarter.exploration.completeness` gives."""
    never = [f"{column}" for column in known.index if (known.loc[column] == 0).any()]
    finding = f"Wholly missing in at least one month: {', '.join(never) or 'no column'}"
    figure, axes = plt.subplots(figsize=(8, 1.6 + 0.42 * len(known)))
    shares = known.to_numpy(float)
    axes.imshow(shares, cmap="Blues", vmin=-0.25, vmax=1.25, aspect="auto")
    for y in range(known.shape[0]):
        for x in range(known.shape[1]):
            share = float(shares[y, x])
            axes.text(
                x, y, f"{share:.1%}", ha="center", va="center", color="white" if share > 0.6 else theme.INK, size=9.5
            )
    axes.set_xticks(range(known.shape[1]), known.columns)
    axes.set_yticks(range(known.shape[0]), known.index)
    axes.grid(visible=False)
    axes.set(xlabel="month the project was kept from")
    axes.set_title(finding, fontsize=11)
    return figure, finding


def draw_distributions(decided: pd.DataFrame) -> tuple[Figure, str]:
    """Draw goal and preparation as they are and on a log scale, with their skewness."""
    goal, prepared = decided["goal_usd"], decided["prelaunch_days"].dropna()
    panels = (
        (
            goal.clip(upper=float(goal.quantile(0.99))),
            "goal, US dollars (last bar: all beyond)",
            float(stats.skew(goal)),
        ),
        (np.log10(goal), "goal, log10 of US dollars", float(stats.skew(np.log10(goal)))),
        (
            prepared.clip(upper=float(prepared.quantile(0.99))),
            "days from draft to launch (last bar: all beyond)",
            float(stats.skew(prepared)),
        ),
        (np.log1p(prepared), "log(1 + days from draft to launch)", float(stats.skew(np.log1p(prepared)))),
    )
    finding = f"The logarithm takes the goal's skewness from {panels[0][2]:.1f} to {panels[1][2]:.1f}"
    figure, axes = plt.subplots(2, 2, figsize=(8.4, 5.4))
    for ax, (values, label, skewness) in zip(axes.flat, panels, strict=True):
        ax.hist(values, bins=40, color=theme.ACCENT)
        ax.set(xlabel=label, ylabel="projects")
        ax.annotate(f"skewness {skewness:.1f}", (0.97, 0.9), xycoords="axes fraction", ha="right", size=9.5)
        ax.xaxis.set_major_formatter("{x:,.0f}")
        ax.yaxis.set_major_formatter("{x:,.0f}")
        ax.locator_params(axis="x", nbins=5)
    figure.suptitle(finding, x=0.01, ha="left", weight="bold", size=12.5)
    return figure, finding


def draw_cliff(decided: pd.DataFrame) -> tuple[Figure, str]:
    """Draw how far projects get towards their goal: all or nothing makes a cliff at 100%."""
    funded, success = decided["funded"], decided["success"]
    below = float((funded[~success] < 0.2).mean())
    near = float(((funded >= 0.8) & (funded < 1)).mean())
    just = float(((funded >= 1) & (funded < 1.2)).mean())
    finding = (
        f"{below:.0%} of failures end below a fifth of the goal; "
        f"{near:.1%} of projects end just short of it, {just:.0%} just over"
    )
    figure, axes = plt.subplots()
    edges = np.arange(0, 2.01, 0.05)
    shown = funded.clip(upper=1.999)
    stacked = [shown[~success], shown[success]]
    axes.hist(
        stacked, bins=list(edges), stacked=True, color=[theme.ALARM, theme.ACCENT], label=["failed", "successful"]
    )
    axes.axvline(1, color=theme.INK, lw=1, ls="--")
    axes.set(xlabel="pledged, as a share of the goal (2 stands for 2 and more)", ylabel="projects")
    axes.set_title(finding, fontsize=11)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.legend()
    return figure, finding


def draw_success(table: pd.DataFrame, what: str, *, tall: bool = False) -> tuple[Figure, str]:
    """Draw success rates of cells with their intervals; give the figure and its finding.

    Parameters
    ----------
    table : DataFrame
        ``cell, projects, rate, low, high``, as `crowdwise.kickstarter.exploration.success_by` gives.
    what : str
        What the cells are parts of, for the axis and the finding.
    tall : bool
        Whether to draw sideways, for cells with long names.
    """
    # Extremes of cells with hardly a project would only tell of chance.
    rates = table["rate"].where(table["projects"] >= min(20, table["projects"].max())).to_numpy(float)
    best, worst = (table.iloc[int(k)] for k in (np.nanargmax(rates), np.nanargmin(rates)))
    finding = f"By {what}: from {worst['rate']:.0%} ({worst['cell']}) to {best['rate']:.0%} ({best['cell']})"
    error = np.clip([table["rate"] - table["low"], table["high"] - table["rate"]], 0, 1)
    places, names = np.arange(len(table)), [str(cell) for cell in table["cell"]]
    counts = [f"{n:,}" for n in table["projects"]]
    if tall:
        figure, axes = plt.subplots(figsize=(8, 1.2 + 0.3 * len(table)))
        axes.errorbar(table["rate"], places, xerr=error, fmt="o", color=theme.ACCENT, capsize=2)
        axes.set_yticks(places, [f"{name} ({n})" for name, n in zip(names, counts, strict=True)])
        axes.set(xlabel="share that succeeded", xlim=(0, 1.02), title=finding)
    else:
        figure, axes = plt.subplots()
        axes.errorbar(places, table["rate"], yerr=error, fmt="o-", lw=1, color=theme.ACCENT, capsize=2)
        turned = max(map(len, names)) > 9
        labels = [f"{name}\n({n})" for name, n in zip(names, counts, strict=True)]
        axes.set_xticks(places, labels, rotation=35 if turned else 0, ha="right" if turned else "center", size=9)
        axes.set(ylabel="share that succeeded", ylim=(0, 1.02), xlabel=f"{what} (projects)", title=finding)
    axes.title.set_fontsize(11)
    return figure, finding


def draw_leak(decided: pd.DataFrame) -> tuple[Figure, str]:
    """Draw what the crawl gives away: success by year of launch, and by size of the sub-category."""
    years, listings = success_by(decided, decided["year"]), one_sided(decided)
    caught = listings[listings["rate"] >= ONE_SIDED]
    early = decided["year"] < STEP
    before, since = (decided.loc[rows, "success"].mean() for rows in (early, ~early))
    finding = (
        f"{len(caught)} of the {len(listings)} sub-categories with 30 projects or more are {ONE_SIDED:.0%} successes "
        f"or more; of launches before {STEP}, {before:.0%} succeeded, since then {since:.0%}"
    )
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.4), width_ratios=(1, 1.25), sharey=True)
    error = np.clip([years["rate"] - years["low"], years["high"] - years["rate"]], 0, 1)
    left.errorbar(years["cell"], years["rate"], yerr=error, fmt="o-", color=theme.ACCENT, lw=1, capsize=2)
    left.axvline(STEP - 0.5, color=theme.INK, lw=1, ls="--")
    left.set(xlabel="year of launch", ylabel="share that succeeded", ylim=(-0.02, 1.27))
    left.set_yticks(np.arange(0, 1.1, 0.2))
    left.xaxis.get_major_locator().set_params(integer=True)
    for table, colour in ((listings[listings["rate"] < ONE_SIDED], theme.PALE), (caught, theme.ALARM)):
        right.scatter(table["projects"], table["rate"], color=colour, s=22)
    # The further right a dot, the higher its name: no name stands in another's line.
    biggest = caught.sort_values("projects", ascending=False, kind="stable").head(3).sort_values("projects")
    for k, (name, size, rate) in enumerate(zip(biggest["cell"], biggest["projects"], biggest["rate"], strict=True)):
        line = {"arrowstyle": "-", "color": theme.INK, "lw": 0.6, "shrinkA": 0, "shrinkB": 3}
        right.annotate("", (size, rate), xytext=(size, 1.09 + 0.07 * k), arrowprops=line)
        place = {"xytext": (-3, 0), "textcoords": "offset points", "ha": "right", "va": "center", "size": 9}
        right.annotate(name, (size, 1.08 + 0.07 * k), **place)
    right.set(xscale="log", xlabel="projects of the sub-category (30 and more)")
    ticks = [30, 50, *(k * 10**power for power in range(2, 7) for k in (1, 2, 5))]
    shown = [tick for tick in ticks if tick <= 1.1 * listings["projects"].max()]
    right.set_xticks(shown, [f"{tick:,}" for tick in shown])
    right.xaxis.set_minor_locator(NullLocator())
    figure.suptitle(finding, x=0.01, ha="left", weight="bold", size=11)
    return figure, finding
