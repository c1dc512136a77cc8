"""What is odd in the raw data, and how the published file is ordered."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from crowdwise.base import theme
from crowdwise.steam.figures.labels import label_ends


def draw_oddities(facts: pd.DataFrame) -> tuple[Figure, str]:
    """Draw the share of rows that each oddity touches, largest first, and give the finding."""
    found = facts[facts["count"] > 0].sort_values("share", kind="stable")
    figure, axes = plt.subplots(figsize=(8.6, 0.31 * len(found) + 1.2))
    axes.barh(found["what"], 100 * found["share"], color=theme.ACCENT)
    for place, (share, count) in enumerate(zip(found["share"].tolist(), found["count"].tolist(), strict=True)):
        axes.text(100 * share, place, f"  {share:.2%} ({count:,})", va="center", fontsize=8.5)
    axes.set_xscale("log")
    axes.set_xlim(0.5 * 100 * found["share"].min(), 100 * 30)
    axes.set_xticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
    axes.set_xlabel("share of the rows concerned, % (log scale)")
    axes.grid(visible=False, axis="y")
    axes.margins(y=0.01)
    shares = facts.set_index("what")["share"]
    unplayed, empty = shares["owned: never played"], shares["players: the library is empty"]
    finding = f"{unplayed:.0%} of owned games were never played, and {empty:.0%} of players own none"
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
