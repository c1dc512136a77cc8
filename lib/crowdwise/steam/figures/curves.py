"""Curves of the model notebook: accuracy against damping, and against the number of players."""

from __future__ import annotations

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from crowdwise.base import theme
from crowdwise.steam.curves import Point
from crowdwise.steam.figures.labels import plain_ticks


def draw_damping(curve: dict[float, Point]) -> tuple[Figure, str]:
    """Draw NDCG@10 against the novelty of the lists, a point a damping, and give the finding."""
    figure, axes = plt.subplots()
    x = [point["novelty"].value for point in curve.values()]
    y = [point["ndcg_at_10"] for point in curve.values()]
    axes.plot(x, [e.value for e in y], "o-", color=theme.ACCENT, markersize=5)
    axes.vlines(x, [e.low for e in y], [e.high for e in y], color=theme.ACCENT, linewidth=1.5)
    for amount, across, up in zip(curve, x, y, strict=True):
        axes.annotate(f"{amount:g}", (across, up.value), xytext=(6, 6), textcoords="offset points", fontsize=9)
    axes.set(xlabel="novelty of the ten games (bits; labels: damping)", ylabel="NDCG@10, held-out played games")
    axes.set_ylim(0, None)
    axes.margins(x=0.1)
    amounts = list(curve)
    cost = max(1 - y[-1].value / y[0].value, 0.0)
    finding = f"Damping {amounts[-1]:g} gives {x[-1] - x[0]:.1f} bits more novelty for {cost:.0%} of NDCG@10"
    axes.set_title(finding)
    return figure, finding


def draw_learning(curve: dict[int, Point]) -> tuple[Figure, str]:
    """Draw NDCG@10 against the number of players learnt from, and give the finding."""
    figure, axes = plt.subplots()
    players, values = list(curve), [point["ndcg_at_10"] for point in curve.values()]
    axes.plot(players, [e.value for e in values], "o-", color=theme.ACCENT, markersize=5)
    axes.fill_between(players, [e.low for e in values], [e.high for e in values], color=theme.ACCENT, alpha=0.15)
    axes.set(xscale="log", xlabel="players learnt from (log scale)", ylabel="NDCG@10, held-out played games")
    axes.set_ylim(0, None)
    plain_ticks(axes.xaxis)
    gained = values[-1].value - values[-2].value
    finding = f"From {players[-2]:,} to {players[-1]:,} players NDCG@10 rises by {gained:.3f}"
    if gained <= 0:
        finding = f"Beyond {players[-2]:,} players NDCG@10 does not rise"
    axes.set_title(finding)
    return figure, finding
