"""What is odd in the raw data, and how the published file is ordered."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from crowdwise.base import theme
from crowdwise.steam.figures.labels import label_ends


def draw_oddities(facts: pd.DataFrame, *, most: int = 12) -> tuple[Figure, str]:
    """Draw the share of rows that each of the `most` frequent oddities touches, and give the finding."""
    odd = facts[facts["count"] > 0].sort_values("share", kind="stable")
    found = odd.tail(most)
    figure, axes = plt.subplots(figsize=(8.6, 0.38 * len(found) + 1.2))
    axes.plot(100 * found["share"], range(len(found)), "o", color=theme.ACCENT, markersize=8)
    for place, (share, count) in enumerate(zip(found["share"].tolist(), found["count"].tolist(), strict=True)):
        words = f"{share:.1%}" if share >= 0.001 else "< 0.1%"
        axes.text(100 * share, place, f"   {words} ({count:,})", va="center", fontsize=10)
    axes.set_xscale("log")
    axes.set_xlim(0.5 * 100 * found["share"].min(), 100 * 20)
    axes.set_xticks([tick for tick in (0.01, 0.1, 1, 10, 100) if tick >= axes.get_xlim()[0]])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda tick, _: f"{tick:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_yticks(range(len(found)), found["what"])
    chosen = f"\nthe {most} most frequent of {len(odd)}" if len(odd) > most else ""
    axes.set_xlabel(f"share of the rows concerned, % (log scale){chosen}")
    shares = facts.set_index("what")["share"]
    unplayed, empty = shares["owned copies: never played"], shares["players: the library is empty"]
    finding = f"{unplayed:.0%} of owned games were never played, and {empty:.0%} of players own no game"
    axes.set_title(finding, x=0, ha="left")
    return figure, finding


def draw_order(players: pd.DataFrame, *, parts: int = 25) -> tuple[Figure, str]:
    """Draw library sizes along the file, and give the finding.

    Parameters
    ----------
    players : DataFrame
        ``games``, in the file's order.
    parts : int
        How many stretches of the file to draw.
    """
    games = players.loc[players["games"] > 0, "games"].to_numpy()
    stretches = np.array_split(games, min(parts, len(games)))
    low, middle, high = (np.array([np.quantile(part, q) for part in stretches]) for q in (0.25, 0.5, 0.75))
    along = 100 * (np.arange(len(stretches)) + 0.5) / len(stretches)
    figure, axes = plt.subplots()
    axes.fill_between(along, low, high, color=theme.ACCENT, alpha=0.2, linewidth=0)
    axes.plot(along, middle, color=theme.ACCENT)
    label_ends(
        axes, {"median": (along[-1], middle[-1]), "upper quarter": (along[-1], high[-1])}, [theme.ACCENT, theme.PALE]
    )
    axes.set(xlabel="place in the file, % of players with games", ylabel="games owned", ylim=(0, None), xlim=(0, 122))
    axes.set_xticks(range(0, 101, 20))
    half = len(games) // 2
    first, last = np.median(games[:half]), np.median(games[half:])
    finding = f"Median library: {first:.0f} games in the file's first half, {last:.0f} in its second"
    axes.set_title(finding)
    return figure, finding
