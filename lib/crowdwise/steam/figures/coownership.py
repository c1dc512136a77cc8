"""The map of the most owned games, and its groups as a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from crowdwise.base import theme
from crowdwise.steam.figures.labels import capitalised
from crowdwise.steam.figures.placing import Names
from crowdwise.steam.gamemap import GameMap

CLEAR = 0.5  # an agreement below it: another sample of players would give other groups
COLOURS = (*theme.PALETTE[:5], theme.PALETTE[7])
MARKS = ("o", "s", "D", "^", "v", "P")


def draw_map(found: GameMap, *, labels: int = 60) -> tuple[Figure, str]:
    """Draw the games where their owners put them, the groups by colour and mark, and give the finding."""
    games, groups = found.games, found.groups
    figure, axes = plt.subplots(figsize=(9.6, 8.0))
    area = 420 * games["owners"] / max(1, games["owners"].max()) + 8
    for k, (name, count) in enumerate(zip(groups["name"], groups["games"], strict=True)):
        mine = games["group"] == k
        x, y = games.loc[mine, ["x", "y"]].to_numpy().T
        look: dict[str, Any] = {"color": COLOURS[k], "marker": MARKS[k], "alpha": 0.55, "linewidths": 0}
        axes.scatter(x, y, s=area[mine], label=f"{name}: {count} games", **look)
    axes.set(xticks=[], yticks=[])
    axes.set_xlabel(
        "Games that share libraries stand together; size: owners. Directions and far distances mean nothing.",
        fontsize=9.5,
    )
    axes.margins(0.07)
    axes.grid(visible=False)
    if len(groups):
        key = axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.05), ncols=2, fontsize=9.5)
        plt.setp([mark for mark in key.legend_handles if mark is not None], sizes=[60], alpha=0.9)
    finding = tell(found)
    figure.suptitle(finding, x=0.01, ha="left", fontsize=12.5, fontweight="bold", wrap=True)
    names = Names(axes, games[["x", "y"]].to_numpy())
    if found.agreement >= CLEAR:
        _name_groups(names, games, groups)
    _name_games(names, games, labels)
    return figure, finding


def tell(found: GameMap) -> str:
    """Give the map's finding, or that there is none."""
    if len(found.groups) < 2:
        return "Too few games are widely owned to tell groups of them apart"
    if not found.agreement >= CLEAR:
        sure = "too few to ask" if np.isnan(found.agreement) else f"agreement {found.agreement:.2f} of 1"
        return f"Libraries show no firm groups of games: two halves of the players do not find the same ({sure})"
    lift = np.where(np.triu(np.ones(found.lift.shape, dtype=bool), 1), found.lift, np.inf)
    mine, theirs = np.unravel_index(int(np.nanargmin(lift)), lift.shape)
    names = found.groups["name"]
    pair = f"“{names[mine]}” and “{names[theirs]}” games share a library"
    return capitalised(
        f"{pair} {1 - lift[mine, theirs]:.0%} less often than chance, games of one group {found.held_out - 1:.0%} more"
    )


def tabulate_groups(found: GameMap) -> pd.DataFrame:
    """Give the groups as a table to read."""
    groups = found.groups
    percent = [f"{a:.0%} ({b:.0%})" for a, b in zip(groups["inside"], groups["expected"], strict=True)]
    return pd.DataFrame(
        {
            "group": groups["name"],
            "games": groups["games"],
            "tags": groups["tags"].map(lambda tags: tags[:3]),
            "largest games": groups["largest"].map(lambda names: names[:3]),
            "inside": percent,
            "each other": groups["together"].round(2),
            "others": groups["apart"].round(2),
        }
    )


def _name_groups(names: Names, games: pd.DataFrame, groups: pd.DataFrame) -> None:
    for k, name in enumerate(groups["name"]):
        place = games.loc[games["group"] == k, ["x", "y"]]
        ends = ((place["y"].max(), 16.0), (place["y"].min(), -16.0), (place["y"].median(), 0.0))
        box = {"facecolor": "white", "edgecolor": COLOURS[k], "pad": 2}
        ways = [((float(place["x"].median()), float(y)), (0.0, up), "center") for y, up in ends]
        names.write(name, ways, fontsize=9.5, fontweight="bold", bbox=box)


def _name_games(names: Names, games: pd.DataFrame, most: int) -> None:
    """Name as many games as find room, each group's best known first."""
    turn = games.groupby("group").cumcount()
    order = games.assign(turn=turn).sort_values(["turn", "owners"], ascending=[True, False], kind="stable")
    written = 0
    for name, x, y in zip(order["name"].tolist(), order["x"].tolist(), order["y"].tolist(), strict=True):
        written += written < most and names.beside(name, x, y)
