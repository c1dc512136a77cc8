"""The figures of looking early: how much a look asks for, what looking costs, and whether the rules keep their word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from crowdwise.base import theme
from crowdwise.experiment.sequential.bounds import Bounds
from crowdwise.experiment.size import critical


def draw_bounds(
    rules: Mapping[str, Bounds], chosen: str, observed: Sequence[float] | None = None, *, stops: bool | None = None
) -> tuple[Figure, str]:
    """Draw what each look asks for under several rules, and the statistics observed so far; give figure and finding.

    Parameters
    ----------
    rules : mapping of str to Bounds
        By name; drawn as distances from 0.
    chosen : str
        The rule that counts.
    observed : sequence of float, optional
        Z at the chosen rule's first looks, with the sign that it counts as positive.
    stops : bool, optional
        Whether the test ended at the last of these looks; by default where a bound was first reached.
    """
    bounds = rules[chosen]
    asked, single = bounds.critical, critical(bounds.alpha, bounds.alternative)
    finding = (
        f"{chosen} asks for {asked[0]:.2f} standard errors at the first look and {asked[-1]:.2f} at the last, "
        f"not {single:.2f}"
    )
    if observed is not None:
        over = np.flatnonzero(np.abs(observed) >= np.array(asked[: len(observed)]))
        last = len(observed) if stops is not None else int(over[0]) + 1 if len(over) else 0
        ended = (
            f"stops at look {last}"
            if (stops if stops is not None else last)
            else f"goes on after {len(observed)} looks"
        )
        finding = f"The test {ended}: {finding}"
    figure, axes = plt.subplots()
    for name, rule in rules.items():
        mine = name == chosen
        place = np.array(rule.critical)
        shown = np.isfinite(place)
        colour, width = (theme.ACCENT, 2.4) if mine else (theme.PALE, 1.4)
        axes.plot(
            np.array(rule.information)[shown],
            place[shown],
            "o-",
            ms=3,
            label=name,
            color=colour,
            lw=width,
            zorder=2 + mine,
        )
        if shown.any():
            axes.annotate(
                name,
                (rule.information[int(shown.argmax())], place[shown][0]),
                xytext=(6, 4),
                textcoords="offset points",
                color=theme.ACCENT if mine else theme.INK,
                fontweight="bold" if mine else "normal",
            )
    axes.axhline(single, color=theme.INK, lw=0.8, ls=":")
    if observed is not None:
        axes.plot(bounds.information[: len(observed)], np.abs(observed), "D", color=theme.ALARM, label="observed")
    axes.set(
        title=finding,
        xlabel="share of the planned information",
        ylabel="distance from 0, standard errors",
        xlim=(0, 1.05 * max(rule.information[-1] for rule in rules.values())),
        ylim=(0, 6.5),
    )
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    return figure, finding


def draw_price(table: pd.DataFrame, chosen: str, alpha: float = 0.05) -> tuple[Figure, str]:
    """Draw the power of each rule with the same largest size; give the figure and its finding.

    Parameters
    ----------
    table : DataFrame
        As `tabulate_price` gives it.
    chosen : str
        The rule that counts.
    alpha : float
        The error that is accepted: rules that err more are marked.
    """
    row, once = table.loc[chosen], table.loc[table["error"].sub(alpha).abs() < 1e-6, "power"].max()
    lost, saved = 100 * (once - row["power"]), 100 * (1 - row["expected size"])
    gain = f"{saved:.0f}% fewer" if saved >= 0 else f"{-saved:.0f}% more"  # than one look does, with the same power
    finding = (
        f"{chosen} costs {lost:.1f} points of power, or {100 * (row['largest size'] - 1):.0f}% more units planned; "
        f"on average it takes {gain}"
    )
    ordered = table.sort_values("power")
    fair = ordered["error"] <= alpha + 1e-6
    figure, axes = plt.subplots()
    places = np.arange(len(ordered))
    colours = [
        theme.ALARM if not good else theme.ACCENT if name == chosen else theme.PALE
        for name, good in zip(ordered.index, fair, strict=True)
    ]
    axes.hlines(places, 0, ordered["power"], color=colours, lw=2)
    axes.scatter(ordered["power"], places, color=colours, s=46, zorder=3)
    for place, (power, error, good) in enumerate(zip(ordered["power"], ordered["error"], fair, strict=True)):
        words = f"{power:.0%}" if good else f"{power:.0%}, but errs {error:.0%} of the time"
        axes.annotate(
            words, (power, place), xytext=(8, 0), textcoords="offset points", va="center", color=colours[place]
        )
    axes.set_yticks(places, list(ordered.index))
    axes.set(title=finding, xlabel="chance to find the difference with the same largest size (power)", xlim=(0, 1.55))
    axes.set_xticks(np.arange(0, 1.01, 0.2))
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.grid(axis="y", visible=False)
    return figure, finding


def draw_errors(table: pd.DataFrame, alpha: float = 0.05) -> tuple[Figure, str]:
    """Draw how often each rule rejects in simulated A/A tests, with Monte-Carlo intervals; give figure and finding.

    Parameters
    ----------
    table : DataFrame
        As `tabulate_simulation` gives it; rows with a lift are left out.
    """
    none = table[table["lift"] == 0]
    worst = none.iloc[int(none["rejected"].to_numpy().argmax())]
    broken = none.loc[none["low"] > alpha, "rule"].unique()
    kept = none["rule"].nunique() - len(broken)
    finding = (
        f"{kept} of {none['rule'].nunique()} rules keep to {alpha:.0%}; {worst['rule']} errs in "
        f"{worst['rejected']:.0%} of tests of {worst['outcome']}"
        if len(broken)
        else f"All {kept} rules keep to {alpha:.0%} without a difference; the most is {worst['rejected']:.1%}"
    )
    rules, outcomes = list(dict.fromkeys(none["rule"])), list(dict.fromkeys(none["outcome"]))
    figure, axes = plt.subplots()
    for k, outcome in enumerate(outcomes):
        mine = none[none["outcome"] == outcome].set_index("rule").loc[rules]
        places = np.arange(len(rules)) + 0.5 * (k / max(1, len(outcomes) - 1) - 0.5) * (len(outcomes) > 1)
        whiskers = [mine["rejected"] - mine["low"], mine["high"] - mine["rejected"]]
        colour, mark = theme.PALETTE[k % len(theme.PALETTE)], "osD^vPX*"[k % 8]
        axes.errorbar(mine["rejected"], places, xerr=whiskers, fmt=mark, color=colour, ms=5, label=outcome)
    axes.axvline(alpha, color=theme.INK, lw=0.9, ls=":")
    axes.set_yticks(range(len(rules)), rules)
    axes.invert_yaxis()
    axes.set(title=finding, xlabel="simulated tests without a difference that found one", xlim=(0, None))
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.legend(loc="best")
    return figure, finding
