"""The explore notebook's figures of players: how many games they own, play, and for how long."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from crowdwise.base import theme
from crowdwise.steam.figures.labels import plain_ticks


def draw_library_sizes(players: pd.DataFrame) -> tuple[Figure, str]:
    """Draw how many games players own, on a log axis, and give the finding."""
    games = players.loc[players["games"] > 0, "games"].to_numpy()
    figure, axes = plt.subplots()
    counts, edges = np.histogram(games, bins=np.geomspace(1, games.max() + 1, 36))
    axes.stairs(counts, edges, fill=True, color=theme.ACCENT)
    median, mean = float(np.median(games)), float(games.mean())
    for value, words, side in ((median, "median", "right"), (mean, "mean", "left")):
        axes.axvline(value, color=theme.ALARM, linewidth=1.2)
        axes.text(value, counts.max() * 1.08, f" {words} {value:.0f} ", color=theme.ALARM, ha=side)
    axes.set(xscale="log", xlabel="games owned (log scale)", ylabel="players", ylim=(0, counts.max() * 1.18))
    plain_ticks(axes.xaxis)
    finding = f"Half of the players own at most {median:.0f} games, while the mean is {mean:.0f}"
    axes.set_title(finding)
    return figure, finding


def draw_never_played(players: pd.DataFrame, *, parts: int = 10) -> tuple[Figure, str]:
    """Draw the share of a library that was never played, by library size, and give the finding."""
    some = players[players["games"] > 0]
    share = 1 - some["games_played"] / some["games"]
    group = pd.qcut(some["games"], parts, duplicates="drop", labels=False)
    middle = some["games"].groupby(group).median()
    low, half, high = (share.groupby(group).quantile(q) for q in (0.25, 0.5, 0.75))
    figure, axes = plt.subplots()
    axes.fill_between(middle, 100 * low, 100 * high, color=theme.ACCENT, alpha=0.2, linewidth=0)
    axes.plot(middle, 100 * half, "o-", color=theme.ACCENT)
    axes.set(xscale="log", xlabel="games owned (log scale)", ylabel="never played, % of the library", ylim=(0, None))
    axes.text(0.99, 0.04, "line: median player; band: middle half", transform=axes.transAxes, ha="right", fontsize=9)
    plain_ticks(axes.xaxis)
    small, large = half.iloc[0], half.iloc[-1]
    finding = f"Never played, in the median: {small:.0%} of the smallest libraries, {large:.0%} of the largest"
    axes.set_title(finding)
    return figure, finding


def draw_minutes(owned: pd.DataFrame) -> tuple[Figure, str]:
    """Draw the share of owned games played for longer than a time, both on log axes, and give the finding."""
    minutes = np.sort(owned.loc[owned["minutes_total"] > 0, "minutes_total"].to_numpy())
    hours = np.geomspace(1 / 60, max(minutes.max() / 60, 1), 160)
    above = 100 * (1 - np.searchsorted(minutes, 60 * hours, "left") / len(minutes))
    figure, axes = plt.subplots()
    seen = above > 0
    axes.plot(hours[seen], above[seen], color=theme.ACCENT, linewidth=2)
    axes.set(xscale="log", yscale="log", xlabel="hours played (log scale)")
    axes.set_ylabel("played for longer, % (log scale)")
    plain_ticks(axes.xaxis)
    plain_ticks(axes.yaxis)
    median = float(np.median(minutes)) / 60
    top = minutes[-max(1, round(0.1 * len(minutes))) :].sum() / minutes.sum()
    axes.plot(median, 50, "o", color=theme.ALARM)
    axes.annotate(
        f"half of them: {median:.1f} hours", (median, 50), xytext=(-6, -14), textcoords="offset points", ha="right"
    )
    finding = f"The tenth that is played longest takes {top:.0%} of all hours"
    axes.set_title(finding)
    return figure, finding
