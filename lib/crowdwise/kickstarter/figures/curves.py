"""Figures of ranking: the ROC and precision-recall curves, and what more projects to learn from add."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.ticker import FixedLocator, NullLocator

from crowdwise.base import theme
from crowdwise.kickstarter.curves import average_precision, hits_at, precision_recall, roc_curve
from crowdwise.kickstarter.figures.comparison import draw_sentence
from crowdwise.kickstarter.figures.drawing import Drawing

LEARNING = "Line: AUC on later launches against the number of projects learnt from, with intervals"
ALARMS = 0.1  # of failures, at which the curves are read


def draw_ranking(outcome: np.ndarray, found: Mapping[str, np.ndarray], *, seed: int, level: float = 0.95) -> Drawing:
    """Draw the ROC and the precision-recall curve of several models.

    Parameters
    ----------
    outcome : ndarray of bool
    found : mapping
        Name and probabilities; the first is the one that counts, the last what it is held against.

    Returns
    -------
    Drawing
        Its data: a row a model, successes found at a tenth of false alarms, and average precision.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 4.3))
    rows, base = [], float(np.mean(outcome))
    left.plot([0, 1], [0, 1], color=theme.PALE, lw=1, ls="--")
    right.axhline(base, color=theme.PALE, lw=1, ls="--")
    looks = zip((0, 1, 3, 2), ("-", "--", ":", "-."), strict=True)
    for (name, probability), (colour, line) in zip(found.items(), looks, strict=False):
        roc, both = roc_curve(outcome, probability), precision_recall(outcome, probability)
        look = {"color": theme.PALETTE[colour], "ls": line, "lw": 2}
        left.plot(roc["false_alarms"], roc["hits"], label=name, **look)
        # Where precision falls from one threshold to the next, no threshold lies on a line between them.
        right.step(both["recall"], both["precision"], where="post", **look)
        precision = average_precision(outcome, probability, seed=seed, level=level)
        rows.append((name, hits_at(roc, ALARMS), precision.value, precision.low, precision.high))
    table = pd.DataFrame(rows, columns=["model", "found_at_10%_false_alarms", "average_precision", "low", "high"])
    left.axvline(ALARMS, color=theme.INK, lw=1, ls=":")
    left.annotate("a tenth", (ALARMS, 0.03), xytext=(5, 0), textcoords="offset points", size=9.5)
    left.set(xlabel="share of failures taken\nfor successes", ylabel="share of successes found")
    right.set(xlabel="share of successes found\n(recall)", ylabel="of those taken,\nshare that succeeded")
    right.annotate(f"all projects: {base:.0%}", (0.02, base), xytext=(0, 4), textcoords="offset points", size=9.5)
    right.set(ylim=(min(0.5, base - 0.05), 1.01), xlim=(0, 1.01))
    left.set(ylim=(0, 1.01), xlim=(0, 1.01))
    first, last = table.iloc[0], table.iloc[-1]
    finding = f"Taking a tenth of failures for successes, {first['model']} finds {first.iloc[1]:.0%} of the successes"
    if len(table) > 1:
        finding += f", {last['model']} {last.iloc[1]:.0%}"
    figure.suptitle(finding, x=0.01, ha="left", weight="bold", size=12.5)
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower left", ncols=min(3, len(table)))
    return Drawing(figure, finding, f"ROC and precision-recall curves of {len(table)} models", table)


def draw_learning(table: pd.DataFrame) -> Drawing:
    """Draw a model's AUC against the number of projects it learnt from, as `learning_curve` gives."""
    if len(table) < 2:
        finding = "There are too few projects for a learning curve"
        return Drawing(draw_sentence(finding), finding, LEARNING, table)
    last, before = table.iloc[-1], table.iloc[-2]
    gain = f"{last['gain']:+.3f} ({last['gain_low']:+.3f} to {last['gain_high']:+.3f})"
    shown = last["gain_low"] > 0
    finding = f"From {before['projects']:,.0f} to {last['projects']:,.0f} projects the AUC changes by {gain}"
    finding += ": the curve still rises" if shown else ": the curve is not shown to rise any more"
    figure, axes = plt.subplots(figsize=(6.6, 3.9))
    error = [table["auc"] - table["low"], table["high"] - table["auc"]]
    axes.errorbar(table["projects"], table["auc"], yerr=error, fmt="o-", color=theme.ACCENT, capsize=3)
    for n, value in zip(table["projects"], table["auc"], strict=True):
        axes.annotate(f"{value:.3f}", (n, value), xytext=(6, -13), textcoords="offset points", size=9.5)
    axes.set(xscale="log", xlabel="projects learnt from (each step doubles them)", ylabel="AUC on later launches")
    axes.xaxis.set_major_locator(FixedLocator(table["projects"].tolist()))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlim(table["projects"].min() / 1.2, table["projects"].max() * 1.35)
    axes.set_title(finding)
    return Drawing(figure, finding, LEARNING, table)
