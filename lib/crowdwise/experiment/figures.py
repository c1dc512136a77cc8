"""The figures of a design: what more units buy, and what more time buys, with or without units that come back."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from crowdwise.base import theme
from crowdwise.experiment.comparison import Comparison
from crowdwise.experiment.horizons import horizon_for

_HUNDREDTHS = FuncFormatter(lambda value, _: f"{round(100 * value, 6):g}")
_COUNT = FuncFormatter(lambda value, _: f"{value:,.0f}")


def draw_power(curves: pd.DataFrame, comparison: Comparison, chosen: str, control: float) -> tuple[Figure, str]:
    """Draw power by size, a line a difference, and mark the design's own; give the figure and its finding.

    Parameters
    ----------
    curves : DataFrame
        As `tabulate_power` gives it.
    chosen : str
        The column of the difference that the test is designed for.
    control : float
        The units in the control arm that it needs.
    """
    arm = "each arm" if comparison.ratio == 1 else "the control arm"
    found = f"{chosen} in {comparison.metric}{comparison.among}"
    finding = f"With {control:,.0f} {comparison.unit} in {arm}, {comparison.power:.0%} of tests find {found}"
    figure, axes = plt.subplots()
    lines = curves.columns.drop("control")
    for words, height in zip(lines, np.linspace(0.35, 0.7, len(lines)), strict=True):  # so that no label hides another
        is_chosen = words == chosen
        colour = theme.ACCENT if is_chosen else theme.PALE
        axes.plot(curves["control"], curves[words], color=colour, lw=2.4 if is_chosen else 1.6)
        place = int((curves[words] - height).abs().argmin())
        axes.annotate(
            words,
            (curves["control"].iloc[place], curves[words].iloc[place]),
            ha="center",
            va="center",
            color=colour if is_chosen else theme.INK,
            fontweight="bold" if is_chosen else "normal",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )
    axes.axhline(comparison.power, color=theme.INK, lw=0.8, ls=":")
    axes.plot([control], [comparison.power], "o", color=theme.ACCENT)
    axes.set(
        title=finding,
        xlabel=f"{comparison.unit} in {arm}",
        ylabel="chance to find the difference (power)",
        ylim=(0, 1.02),
        xlim=(0, None),
    )
    axes.xaxis.set_major_formatter(_COUNT)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    return figure, finding


def draw_duration(table: pd.DataFrame, comparison: Comparison, wanted: float) -> tuple[Figure, str]:
    """Draw the smallest difference that is found by weeks, against the one that is wanted; give figure and finding.

    A mean's difference is drawn relative to its baseline, a proportion's in points.

    Parameters
    ----------
    table : DataFrame
        As `tabulate_duration` gives it.
    wanted : float
        The difference, in the metric's unit, that the test is designed for.
    """
    points = comparison.sd is None
    column, goal = ("difference", wanted) if points else ("relative", wanted / comparison.baseline)
    found = table[column]

    def written(value: float) -> str:
        return f"{round(100 * value, 1):+g}" + (" points" if points else "%")

    figure, axes = plt.subplots()
    axes.plot(table["weeks"], found, "o-", color=theme.ACCENT, ms=4)
    axes.axhline(goal, color=theme.ALARM, lw=1.2)
    axes.annotate(
        f"wanted: {written(goal)}",
        (1, goal),
        xycoords=("axes fraction", "data"),
        xytext=(-4, 5),
        textcoords="offset points",
        ha="right",
        color=theme.ALARM,
    )
    end = f"{table['weeks'].iloc[-1]:.0f} weeks find {written(found.iloc[-1])}"
    reached = table[found <= goal]
    if len(reached):
        finding = f"It takes {reached['weeks'].iloc[0]:.0f} weeks to find {written(goal)}{comparison.among}; {end}"
    else:
        finding = f"Even {end} only{comparison.among}, not the wanted {written(goal)}"
    axes.set(
        title=finding,
        xlabel="weeks since the first assignment",
        ylabel="smallest difference" + (", points" if points else ", % of baseline"),
        ylim=(0, 1.05 * min(found.max(), 5 * goal)),
        xlim=(0, None),
    )
    axes.yaxis.set_major_formatter(_HUNDREDTHS)
    return figure, finding


def draw_horizons(table: pd.DataFrame, comparison: Comparison, wanted: float) -> tuple[Figure, str]:
    """Draw the smallest relative difference by days, beside what the root of time promises; give figure and finding.

    Parameters
    ----------
    table : DataFrame
        As `tabulate_horizons` gives it.
    wanted : float
        The relative difference that the test is to find.
    """
    last, first = table.iloc[-1], horizon_for(table, wanted)
    reached = f"{wanted:+.1%} is found by day {first}" if first else f"{wanted:+.1%} is not found within these days"
    finding = (
        f"{reached}; {last['days']:.0f} days find {last['relative']:+.1%} in {comparison.metric}, "
        f"where the root of time promises {last['relative by root of time']:+.1%}"
    )
    figure, axes = plt.subplots()
    lines = {"relative": "as units come back", "relative by root of time": "root of time"}
    for column, words in lines.items():
        mine = column == "relative"
        colour = theme.ACCENT if mine else theme.PALE
        axes.plot(table["days"], table[column], "o-" if mine else "--", color=colour, ms=4, lw=2.4 if mine else 1.6)
        axes.annotate(
            words,
            (table["days"].iloc[-1], table[column].iloc[-1]),
            xytext=(0, 7 if mine else -14),
            textcoords="offset points",
            ha="right",
            color=colour if mine else theme.INK,
        )
    axes.axhline(wanted, color=theme.ALARM, lw=1.2)
    axes.set(
        title=finding,
        xlabel="days that the test runs",
        ylabel="smallest relative difference",
        xlim=(0, None),
        ylim=(0, 1.05 * float(np.abs(table["relative"]).max())),
    )
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    return figure, finding
