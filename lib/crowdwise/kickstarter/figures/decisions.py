"""Figures of acting on a probability: net benefit over thresholds, and what each threshold costs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib import pyplot as plt

from crowdwise.base import theme
from crowdwise.kickstarter.decisions import decision_curve, threshold_costs
from crowdwise.kickstarter.figures.drawing import Drawing


def draw_decisions(
    outcome: np.ndarray, found: Mapping[str, np.ndarray], *, seed: int, level: float = 0.95, resamples: int = 500
) -> Drawing:
    """Draw the net benefit of going by probabilities, beside that of all and of no projects going ahead.

    Parameters
    ----------
    outcome : ndarray of bool
    found : mapping
        Name and probabilities; the first is the one that counts and has a band.
    """
    settings = {"level": level, "resamples": resamples}
    tables = {name: decision_curve(outcome, p, seed=seed, **settings) for name, p in found.items()}  # type: ignore[arg-type]
    name, table = next(iter(tables.items()))
    better = table["gain_low"] > 0
    finding = f"Going by {name} is not shown to be worth more than one rule for all"
    if better.any():
        least, most = table.loc[better, "threshold"].agg(["min", "max"])
        every = "at every threshold" if better[table["threshold"].between(least, most)].all() else "at most thresholds"
        finding = f"Going by {name} is worth more than one rule for all {every} from {least:.0%} to {most:.0%}"
    figure, axes = plt.subplots(figsize=(6.6, 4.3))
    axes.fill_between(table["threshold"], table["low"], table["high"], color=theme.ACCENT, alpha=0.25, lw=0)
    for (label, curve), colour, line in zip(tables.items(), (0, 3), ("-", ":"), strict=False):
        axes.plot(curve["threshold"], curve["net_benefit"], color=theme.PALETTE[colour], ls=line, lw=2, label=label)
    axes.plot(table["threshold"], table["all"], color=theme.PALETTE[1], ls="--", lw=1.8, label="all go ahead")
    axes.axhline(0, color=theme.INK, lw=1.2, label="none goes ahead")
    top = float(table["net_benefit"].max())
    axes.set(xlim=(0, 1), ylim=(-0.22 * top, 1.12 * top), title=finding)
    axes.set(xlabel="probability asked for before going ahead", ylabel="net benefit,\nsuccesses a project")
    figure.legend(loc="outside lower left", ncols=2)
    words = "Lines: net benefit against the probability asked for, beside all and none going ahead"
    return Drawing(figure, finding, words, table.iloc[4::5].reset_index(drop=True))


def draw_costs(
    outcome: np.ndarray,
    probability: np.ndarray,
    cost_ratio: float,
    *,
    seed: int,
    level: float = 0.95,
    resamples: int = 500,
) -> Drawing:
    """Draw what each threshold costs where a failed launch costs a given multiple of a missed success."""
    table, best = threshold_costs(outcome, probability, cost_ratio, seed=seed, level=level, resamples=resamples)
    least = float(table["cost"].min())
    blunt = min(table["all"].iloc[0], table["none"].iloc[0])
    finding = (
        f"With failed launches at {cost_ratio:g} times the cost of missed successes, {best.value:.0%} "
        f"({best.low:.0%} to {best.high:.0%}) is cheapest: {least:.1f} per 100 projects, where one rule for all "
        f"costs {blunt:.1f}"
    )
    figure, axes = plt.subplots(figsize=(6.6, 4.3))
    axes.fill_between(table["threshold"], table["low"], table["high"], color=theme.ACCENT, alpha=0.25, lw=0)
    axes.plot(table["threshold"], table["cost"], color=theme.ACCENT, lw=2, label="by the model")
    axes.plot(table["threshold"], table["all"], color=theme.PALETTE[1], ls="--", lw=1.8, label="all go ahead")
    axes.plot(table["threshold"], table["none"], color=theme.INK, lw=1.2, label="none goes ahead")
    axes.plot(best.value, least, "o", color=theme.ALARM, ms=8, label="cheapest")
    expected = cost_ratio / (1 + cost_ratio)
    axes.axvline(expected, color=theme.PALE, lw=1.2, ls=":")
    line = f"cheapest if calibrated: {expected:.0%}"
    turned = expected > 0.5
    axes.annotate(line, (expected, 0.02), xycoords=("data", "axes fraction"), xytext=(-5 if turned else 5, 0),
                  textcoords="offset points", ha="right" if turned else "left", va="bottom", size=9.5)  # fmt: skip
    top = 1.15 * float(max(table["cost"].max(), table["none"].iloc[0], blunt))
    axes.set(xlim=(0, 1), ylim=(0, top), title=finding)
    axes.set(xlabel="probability asked for before going ahead", ylabel="cost of 100 projects,\nin missed successes")
    figure.legend(loc="outside lower left", ncols=2)
    words = "Lines: cost of a hundred projects against the probability asked for, beside all and none going ahead"
    return Drawing(figure, finding, words, table.iloc[4::5].reset_index(drop=True))
