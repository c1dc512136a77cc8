"""Figure of the words that go with success."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from crowdwise.base import theme
from crowdwise.kickstarter.figures.comparison import draw_sentence
from crowdwise.kickstarter.wording import shown_words, telling_words

NEAREST = 6  # words of either side that are drawn where chance explains all


def draw_words(decided: pd.DataFrame, level: float = 0.95) -> tuple[Figure, str, pd.DataFrame]:
    """Draw the words most with success and most with failure within sub-category and year, with intervals."""
    words = telling_words(decided, level=level)
    if words.empty:
        finding = "No word is said often enough to be looked at"
        return draw_sentence(finding), finding, words
    table, sure = shown_words(words), int((words["p_holm"] < 0.05).sum())
    if table.empty:
        table = words.iloc[np.unique(np.r_[0 : min(NEAREST, len(words)), max(0, len(words) - NEAREST) : len(words)])]
        finding = (
            f"Of {len(words):,} words, none goes with success or failure beyond chance; drawn are the nearest to it"
        )
    else:
        ends = {"success": table[table["log_odds"] > 0].head(3), "failure": table[table["log_odds"] < 0].tail(3)[::-1]}
        said = [f"{_quoted(end['word'])} most surely with {outcome}" for outcome, end in ends.items() if len(end)]
        finding = f"Of {len(words):,} words, {sure} go with an outcome beyond chance: {', '.join(said)}"
    places, ratio = np.arange(len(table)), np.exp(table[["log_odds", "low", "high"]])
    colours = np.where(table["log_odds"] > 0, theme.ACCENT, theme.ALARM)
    figure, axes = plt.subplots(figsize=(8, 1.4 + 0.26 * len(table)))
    axes.axvline(1, color=theme.INK, lw=1, ls="--")
    axes.hlines(places, ratio["low"], ratio["high"], colors=list(colours), lw=1.2)
    axes.scatter(ratio["log_odds"], places, c=list(colours), s=28, zorder=3)
    axes.set_yticks(places, [f"{word} ({n:,})" for word, n in zip(table["word"], table["projects"], strict=True)])
    axes.set(xscale="log", xlabel="odds of the word with success, as a multiple of those with failure", title=finding)
    low, high = ratio["low"].min(), ratio["high"].max()
    ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if low <= t <= high]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:g}")
    axes.invert_yaxis()
    return figure, finding, table.reset_index(drop=True)


def _quoted(words: pd.Series) -> str:
    return ", ".join(f"“{word}”" for word in words)
