"""The explore notebook's figures of games: what is known of them, who owns them, what they cost and are."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from crowdwise.base import theme
from crowdwise.steam.figures.labels import plain_ticks

KNOWN = {"genres": "genre", "tags": "tag", "publisher": "publisher", "price": "price", "metascore": "metascore"}
PRICES = [-0.01, 0, 2, 5, 10, 15, 20, 30, np.inf]
PRICE_NAMES = ["free", "up to 2", "2-5", "5-10", "10-15", "15-20", "20-30", "over 30"]
RARE, FREQUENT = 0.5, 2.0  # percent of owned copies: what a rarer genre is played says little


def draw_completeness(games: pd.DataFrame) -> tuple[Figure, str]:
    """Draw how much is known of all listed games, of owned games, and of owned copies, and give the finding."""
    known = pd.DataFrame({words: _is_known(games[name]) for name, words in KNOWN.items()})
    known["release day"] = games["release_precision"] == "day"
    known["in catalogue"] = games["in_catalogue"]
    owned = games["owners"] > 0
    shares = {
        "listed games": known[games["in_catalogue"]].mean(),
        "owned games": known[owned].mean(),
        "owned copies": known.mul(games["owners"], axis=0).sum() / games["owners"].sum(),
    }
    table = 100 * pd.DataFrame(shares).sort_values("owned copies")
    figure, axes = plt.subplots(figsize=(8.4, 3.9))
    place = np.arange(len(table))
    axes.hlines(place, table.min(axis=1), table.max(axis=1), color=theme.PALE, linewidth=1.5)
    colours = (theme.PALETTE[1], theme.PALETTE[2], theme.ACCENT)
    for name, colour, up in zip(table, colours, (0.2, 0.0, -0.2), strict=True):  # so that no dot hides another
        axes.plot(table[name], place + up, "o", color=colour, label=name)
    axes.set_yticks(place, table.index)
    axes.set(xlabel="known, %", xlim=(0, 103))
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.14), ncols=3)
    listed, copies = table.loc["price", ["listed games", "owned copies"]]
    finding = f"The price is known of {listed:.0f}% of listed games, but of {copies:.0f}% of owned copies"
    axes.set_title(finding)
    return figure, finding


def draw_fame(games: pd.DataFrame) -> tuple[Figure, str]:
    """Draw owners by a game's rank, both on log axes, and give the finding."""
    owners = np.sort(games.loc[games["owners"] > 0, "owners"].to_numpy())[::-1]
    figure, axes = plt.subplots()
    axes.plot(np.arange(1, len(owners) + 1), owners, color=theme.ACCENT, linewidth=2)
    axes.set(xscale="log", yscale="log", xlabel="rank of the game (log scale)", ylabel="owners (log scale)")
    plain_ticks(axes.xaxis)
    plain_ticks(axes.yaxis)
    median = float(np.median(owners))
    axes.plot(len(owners) / 2, median, "o", color=theme.ALARM)
    words = f"half of all games:\nat most {median:.0f} owners"
    axes.annotate(words, (len(owners) / 2, median), xytext=(-8, -12), textcoords="offset points", ha="right", va="top")
    top = owners[: max(1, round(0.01 * len(owners)))].sum() / owners.sum()
    finding = f"The best known 1% of games are {top:.0%} of all owned copies"
    axes.set_title(finding)
    return figure, finding


def draw_price(games: pd.DataFrame, owned: pd.DataFrame) -> tuple[Figure, str]:
    """Draw hours played, where played at all, and the share never played, by price, and give the finding."""
    price = owned["game_id"].map(games.set_index("game_id")["price"])
    group = pd.cut(price, PRICES, labels=PRICE_NAMES)
    some = owned["minutes_total"] > 0
    parts = (owned.loc[some, "minutes_total"] / 60).groupby(group[some], observed=False)
    low, half, high = (parts.quantile(q) for q in (0.25, 0.5, 0.75))
    never = 100 * (~some).groupby(group, observed=False).mean()
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.3))
    place = np.arange(len(PRICE_NAMES))
    left.vlines(place, low, high, color=theme.ACCENT, alpha=0.35, linewidth=6)
    left.plot(place, half, "o", color=theme.ACCENT)
    left.set(yscale="log", ylabel="hours where played (log scale)", xlabel="price, USD")
    plain_ticks(left.yaxis)
    right.bar(place, never, color=theme.PALETTE[1])
    right.set(ylabel="never played, % of owned copies", xlabel="price, USD")
    for axes in (left, right):
        axes.set_xticks(place, PRICE_NAMES, rotation=35, ha="right", fontsize=9)
        axes.grid(visible=False, axis="x")
    half = half.dropna().sort_values()
    shortest, *_, longest = (f"{_class(which)} ({hours:.1f} h)" for which, hours in half.items())
    finding = f"Longest played, in the median: {longest}; shortest: {shortest}"
    figure.suptitle(finding, x=0.01, ha="left", fontsize=12.5, fontweight="bold")
    return figure, finding


def draw_genres(games: pd.DataFrame, owned: pd.DataFrame, *, most: int = 14) -> tuple[Figure, str]:
    """Draw each genre's share of owned copies and of hours, and give the finding.

    A game counts in all its genres, apps that are no games in none. The finding is of genres with at least
    `FREQUENT` percent of the copies.
    """
    hours = owned.groupby("game_id")["minutes_total"].sum()
    table = games[["game_id", "genres", "owners"]].assign(minutes=games["game_id"].map(hours).fillna(0.0))
    table = table[games["is_game"] & (table["genres"].map(len) > 0)]
    total = table[["owners", "minutes"]].sum()
    genres = table.explode("genres").groupby("genres")[["owners", "minutes"]].sum() / total * 100
    genres = genres[genres["owners"] >= RARE].nlargest(most, "owners").sort_values("owners")
    figure, axes = plt.subplots(figsize=(8.4, 0.3 * len(genres) + 1.3))
    place = np.arange(len(genres))
    axes.hlines(place, genres.min(axis=1), genres.max(axis=1), color=theme.PALE, linewidth=1.5)
    axes.plot(genres["owners"], place, "o", color=theme.ACCENT, label="of owned copies")
    axes.plot(genres["minutes"], place, "D", color=theme.PALETTE[1], label="of hours played")
    axes.set_yticks(place, genres.index)
    axes.set(xlabel="share, % (a game counts in each of its genres)", xlim=(0, None))
    axes.legend(loc="lower right")
    ratio = (genres["minutes"] / genres["owners"])[genres["owners"] >= FREQUENT]
    more, less = ratio.idxmax(), ratio.idxmin()
    finding = f"{more} is played {ratio.max():.1f} times as much as it is owned, {less} {ratio.min():.1f} times"
    axes.set_title(finding)
    return figure, finding


def _is_known(values: pd.Series) -> pd.Series:
    return values.map(len) > 0 if values.dtype == object else values.notna()


def _class(name: object) -> str:
    return "free games" if name == "free" else f"games of {name} USD"
