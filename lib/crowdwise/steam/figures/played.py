"""Owned against played, game by game."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from crowdwise.base import theme
from crowdwise.steam.figures.labels import plain_ticks
from crowdwise.steam.figures.placing import Names, shorten
from crowdwise.steam.played import list_bought_not_played, list_long_played


def draw_owned_and_played(played: pd.DataFrame, *, named: int = 6) -> tuple[Figure, str]:
    """Draw each game's owners and the share of them who ever played it, the extremes named, and give the finding.

    Parameters
    ----------
    played : DataFrame
        As `measure_played` gives it.
    """
    figure, axes = plt.subplots(figsize=(9.0, 5.4))
    axes.plot(played["owners"], 100 * played["share"], "o", color=theme.PALE, markersize=3, alpha=0.5, mew=0)
    axes.set(xscale="log", xlabel="owners (log scale)", ylabel="ever played, % of owners", ylim=(0, 104))
    plain_ticks(axes.xaxis)
    least, longest = list_bought_not_played(played, most=named), list_long_played(played, most=named)
    for rows, colour, mark in ((least, theme.ALARM, "s"), (longest, theme.ACCENT, "D")):
        error = 100 * np.abs(rows[["low", "high"]].to_numpy().T - rows["share"].to_numpy())
        axes.errorbar(rows["owners"], 100 * rows["share"], error, fmt=mark, color=colour, markersize=5, linewidth=1.2)
    axes.plot([], [], "s", color=theme.ALARM, label="bought by many, played by few")
    axes.plot([], [], "D", color=theme.ACCENT, label="bought by few, played long: median hours in brackets")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=2)
    labels = [*least["name"], *(f"{shorten(n, 24)} ({h:.0f})" for n, h in longest[["name", "hours"]].to_numpy())]
    points = [(float(x), 100 * float(y)) for x, y in pd.concat([least, longest])[["owners", "share"]].to_numpy()]
    names = Names(axes, points)
    for label, (x, y) in zip(labels, points, strict=True):
        names.beside(label, x, y, distance=8.0, longest=36)
    finding = tell_played(played)
    axes.set_title(finding)
    return figure, finding


def tell_played(played: pd.DataFrame) -> str:
    """Give the finding: the game that most bought and fewest played, and the one that few bought and played longest."""
    least, longest = list_bought_not_played(played, most=1), list_long_played(played, most=1)
    if len(least) == 0 or len(longest) == 0:
        return "No game is owned widely enough to compare"
    worst, best = least.iloc[0], longest.iloc[0]
    return (
        f"{worst['share']:.0%} of the owners of {worst['name']} ever played it; "
        f"{best['name']}, owned by {best['owners']:,}, is played {best['hours']:.0f} hours in the median"
    )
