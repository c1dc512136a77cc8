"""Figure of how predictions change along goal, duration and preparation, above where the projects are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from crowdwise.base import theme
from crowdwise.kickstarter.effects import SCALES, Effect
from crowdwise.kickstarter.figures.drawing import Drawing


def draw_effects(effects: Sequence[Effect]) -> Drawing:
    """Draw accumulated local effects, a row a feature, each with its band and the projects' density below.

    Returns
    -------
    Drawing
        Its data: the curves' points in the reader's units.
    """
    largest = max(effects, key=lambda effect: effect.swing)
    finding = (
        f"Along the {SCALES[largest.name].words.split(',')[0]} predictions move most: by {largest.swing:.0f} points"
    )
    figure, plots = plt.subplots(
        2 * len(effects), 1, figsize=(6.6, 3.1 * len(effects)), height_ratios=(3.2, 1) * len(effects)
    )
    lowest = min(effect.curve["low"].min() for effect in effects)
    highest = max(effect.curve["high"].max() for effect in effects)
    tables = []
    for effect, axes, below in zip(effects, plots[::2], plots[1::2], strict=True):
        scale, curve = SCALES[effect.name], effect.curve
        axes.axhline(0, color=theme.PALE, lw=1)
        axes.fill_between(curve["value"], curve["low"], curve["high"], color=theme.ACCENT, alpha=0.25, lw=0)
        axes.plot(curve["value"], curve["effect"], "o-", color=theme.ACCENT, ms=3.5)
        axes.set(ylim=(lowest - 2, highest + 2), ylabel="points of\nprobability")
        axes.yaxis.set_major_formatter(lambda x, _: f"{x:+.0f}".replace("-", "−") if x else "0")
        below.hist(effect.values, bins=30, color=theme.PALETTE[5])
        below.yaxis.set_major_formatter("{x:,.0f}")
        below.set(ylabel="projects", xlabel=_range(effect))
        at = scale.write(np.array(scale.ticks, dtype=float))
        inside = (at >= curve["value"].iloc[0] - 1e-9) & (at <= curve["value"].iloc[-1] + 1e-9)
        for each in (axes, below):
            each.set_xlim(curve["value"].iloc[0], curve["value"].iloc[-1])
            each.set_xticks(at[inside], [f"{tick:,}" for tick, kept in zip(scale.ticks, inside, strict=True) if kept])
        axes.tick_params(labelbottom=False)
        told = curve.assign(value=scale.read(curve["value"].to_numpy()))
        told.insert(0, "feature", scale.words)
        tables.append(told)
    figure.align_ylabels(list(plots))
    figure.suptitle(finding, x=0.01, ha="left", weight="bold", size=12.5)
    words = "Curves: how predictions change along goal, duration and preparation, above histograms of the projects"
    return Drawing(figure, finding, words, pd.concat(tables, ignore_index=True))


def _range(effect: Effect) -> str:
    scale = SCALES[effect.name]
    low, high = scale.read(effect.curve["value"].to_numpy())[[0, -1]]
    outside = f"{effect.left_out:,} of {effect.left_out + len(effect.values):,} projects lie outside"
    return f"{scale.words}\n({low:,.0f} to {high:,.0f}; {outside})"
