"""Who reviews, what is reviewed, and when."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from crowdwise.base import theme
from crowdwise.base.statistics import proportion_interval
from crowdwise.steam.figures.labels import plain_ticks
from crowdwise.steam.reviewers import TIMES, by_time

NOBODY = "None of the players has reviewed a game"


def draw_reviewers(counted: pd.DataFrame, *, level: float, parts: int = 8) -> tuple[Figure, str]:
    """Draw the share of players who review, by games owned and by hours played, and give the finding.

    Parameters
    ----------
    counted : DataFrame
        As `count_reviews` gives it.
    """
    reviews = counted["reviews"] > 0
    figure, panels = plt.subplots(1, 2, figsize=(9.6, 4.2), sharey=True)
    quantities = {"games owned": counted["games"], "hours played": counted["minutes_total"] / 60}
    ends = {}
    for axes, (words, values) in zip(panels, quantities.items(), strict=True):
        group = pd.qcut(values.where(values > 0), min(parts, len(values)), duplicates="drop", labels=False)
        rows = [(values[part.index].median(), part.mean(), part.sum(), len(part)) for _, part in reviews.groupby(group)]
        _intervals(axes, [row[0] for row in rows], [(row[2], row[3]) for row in rows], level)
        axes.plot([row[0] for row in rows], [100 * row[1] for row in rows], "-", color=theme.ACCENT, linewidth=1)
        axes.set(xscale="log", xlabel=f"{words} (log scale)")
        plain_ticks(axes.xaxis)
        ends[words] = (rows[0][1], rows[-1][1]) if rows else (0.0, 0.0)
    panels[0].set(ylabel="players who review, %", ylim=(0, None))
    small, large = ends["games owned"]
    finding = f"{small:.0%} of the players with the fewest games review, {large:.0%} of those with the most"
    finding = finding if reviews.any() else NOBODY
    figure.suptitle(finding, x=0.01, ha="left", fontsize=12.5, fontweight="bold")
    return figure, finding


def draw_reviewed(copies: pd.DataFrame, *, level: float) -> tuple[Figure, str]:
    """Draw the share of owned copies that their owner reviewed, by time played, and give the finding.

    Parameters
    ----------
    copies : DataFrame
        As `count_reviewed` gives it.
    """
    some = copies[copies["copies"] > 0]
    share = some["reviewed"] / some["copies"]
    figure, axes = plt.subplots()
    _intervals(axes, np.arange(len(some)), list(zip(some["reviewed"], some["copies"], strict=True)), level)
    for x, (part, reviewed, count) in enumerate(zip(share, some["reviewed"], some["copies"], strict=True)):
        words = f"{reviewed:,} of\n{count:,}"
        axes.annotate(words, (x, 100 * part), xytext=(7, 3), textcoords="offset points", fontsize=9)
    axes.set_xticks(range(len(some)), some.index)
    axes.set(xlabel="time the owner played the game", ylabel="copies their owner reviewed, %", ylim=(0, None))
    axes.set_xlim(-0.4, len(some) - 0.2)
    axes.margins(y=0.15)
    played = share[[name for name in TIMES if name in share.index and name != "not at all"]]
    least, most = (played.iloc[0], played.iloc[-1]) if len(played) else (0.0, 0.0)
    times = f"{most / least:.{0 if most >= 10 * least else 1}f} times as often" if least > 0 else "far more often"
    if most > 0:
        finding = f"A copy played {played.index[-1]} is reviewed {times} as one played {played.index[0]}"
    else:
        finding = NOBODY
    axes.set_title(finding)
    return figure, finding


def draw_verdicts(reviews: pd.DataFrame, owned: pd.DataFrame, *, level: float) -> tuple[Figure, str]:
    """Draw the share of reviews that recommend, by how long the reviewer had played, and give the finding."""
    played = reviews.merge(owned, on=["player_id", "game_id"])
    table = played.groupby(by_time(played["minutes_total"]), observed=False)["recommend"].agg(["mean", "count"])
    table = table[table["count"] > 0]
    figure, axes = plt.subplots()
    place = np.arange(len(table))
    _intervals(axes, place, [(round(mean * count), round(count)) for mean, count in table.to_numpy()], level)
    for x, (mean, count) in enumerate(table.to_numpy()):
        axes.annotate(
            f"{mean:.0%} of {count:,.0f}", (x, 100 * mean), xytext=(9, -4), textcoords="offset points", fontsize=9
        )
    axes.set_xticks(place, table.index)
    axes.set(
        xlabel="time the reviewer played the game", ylabel="reviews that recommend it, %", xlim=(-0.4, len(table) - 0.1)
    )
    axes.margins(y=0.2)
    sure = table[table["count"] >= min(30, table["count"].max())]["mean"]
    most, least = sure.idxmax(), sure.idxmin()
    finding = f"Recommended by {sure[most]:.0%} {TIMES[most]}, by {sure[least]:.0%} {TIMES[least]}"
    axes.set_title(finding)
    return figure, finding


VAGUE = {"month_day": "no year", "none": "no date"}


def draw_posted(reviews: pd.DataFrame) -> tuple[Figure, str]:
    """Draw when reviews were posted, by quarter, those without a full date apart, and give the finding."""
    dates = pd.to_datetime(reviews.loc[reviews["posted_precision"] == "day", "posted_on"])
    vague = reviews["posted_precision"].value_counts()
    unknown = {words: int(vague[kind]) for kind, words in VAGUE.items() if vague.get(kind, 0)}
    share = sum(unknown.values()) / max(1, len(reviews))
    figure, axes = plt.subplots()
    if len(dates):
        quarters = dates.dt.to_period("Q")
        span = pd.period_range(quarters.min(), quarters.max(), freq="Q")
        counts = quarters.value_counts().reindex(span, fill_value=0)
        axes.bar(range(len(span)), counts, width=0.85, color=theme.ACCENT)
        firsts = [k for k, quarter in enumerate(span) if quarter.quarter == 1 or k == 0]
        years = [str(span[k].year) if span[k].quarter == 1 else "" for k in firsts]
        apart = [len(span) + 1 + 3 * k for k in range(len(unknown))]
        axes.set_xticks([*firsts, *apart], [*years, *unknown])
        axes.bar(apart, list(unknown.values()), width=0.85, color=theme.PALE)
        for place, count in zip(apart, unknown.values(), strict=True):
            axes.text(place, count, f"{count:,}", ha="center", va="bottom", fontsize=9)
    axes.set(xlabel="quarter in which the review was posted", ylabel="reviews")
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.grid(visible=False, axis="x")
    year = dates.dt.year.value_counts().sort_index(ascending=False)
    last = f"{year.max() / len(dates):.0%} of the dated reviews are of {year.idxmax()}; " if len(dates) else ""
    finding = f"{last}{share:.0%} of all bear no full date"
    axes.set_title(finding)
    return figure, finding


def _intervals(axes: Axes, places: np.ndarray | list[float], counts: list[tuple[int, int]], level: float) -> None:
    for x, (some, of) in zip(places, counts, strict=True):
        interval = proportion_interval(int(some), int(of), level=level)
        axes.plot([x, x], [100 * interval.low, 100 * interval.high], color=theme.ACCENT, linewidth=2)
        axes.plot(x, 100 * interval.value, "o", color=theme.ACCENT, clip_on=False)
