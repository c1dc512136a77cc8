"""Figure of what a one-sided crawl does to a model."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from crowdwise.base import theme
from crowdwise.kickstarter.selection import IN_CRAWL, IN_WORLD, LONG, VIEWS, Selection


def draw_selection(selection: Selection) -> tuple[Figure, str]:
    """Draw success by sub-category in the world and in the crawl, above the AUC that either gives the same models."""
    listings, scores = selection.listings, selection.scores
    alone, _, both = VIEWS
    finding = (
        f"A model that learns from the crawl scores AUC {scores[both, IN_CRAWL].value:.2f} there and "
        f"{scores[both, IN_WORLD].value:.2f} on the whole site; the sub-category alone "
        f"{scores[alone, IN_CRAWL].value:.2f} and {scores[alone, IN_WORLD].value:.2f}"
    )
    figure, (above, below) = plt.subplots(2, 1, figsize=(8, 6.6), height_ratios=(1.15, 1))
    places = np.arange(1, len(listings) + 1)
    above.bar(places, listings["crawled_rate"], color=theme.ALARM, width=0.72, label="crawled", alpha=0.85)
    above.plot(places, listings["rate"], "D", color=theme.ACCENT, label="whole site", ms=5)
    above.set(xlabel="sub-category, the longest listing first", ylabel="share that succeeded", ylim=(0, 1.2))
    words = f"of the {LONG} longest listings, only successes are caught"
    above.annotate(words, (0.5, 1.03), va="bottom", ha="left", size=9.5)
    above.set_yticks(np.arange(0, 1.1, 0.25))
    above.set_xticks(places[::4])
    above.grid(axis="x", visible=False)
    above.legend(loc="upper right")
    for by, colour, mark, shift in ((IN_CRAWL, theme.ALARM, "o", -0.14), (IN_WORLD, theme.ACCENT, "D", 0.14)):
        found = [scores[name, by] for name in VIEWS]
        value, low, high = (np.array([getattr(e, name) for e in found]) for name in ("value", "low", "high"))
        y = np.arange(len(found)) + shift
        below.errorbar(value, y, xerr=[value - low, high - value], fmt=mark, color=colour, capsize=2, label=by)
        for place, number, end in zip(y, value, high, strict=True):
            below.annotate(
                f"{number:.2f}", (end, place), xytext=(5, 0), textcoords="offset points", va="center", size=9
            )
    below.axvline(0.5, color=theme.INK, lw=1, ls="--")
    below.set_yticks(range(len(VIEWS)), [f"learns from\n{name}" for name in VIEWS])
    below.set(xlim=(0.45, 1), ylim=(len(VIEWS) - 0.5, -0.6), xlabel="AUC of a model that learnt from the crawl")
    below.grid(axis="y", visible=False)
    figure.legend(*below.get_legend_handles_labels(), loc="outside lower right", ncols=2, fontsize=9, title="judged by")
    figure.suptitle(finding, x=0.01, ha="left", weight="bold", size=12.5)
    return figure, finding
