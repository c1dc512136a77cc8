"""Figures of the model notebook: discrimination, calibration, importance, one prediction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from crowdwise.base import theme
from crowdwise.kickstarter.comparison import CROSS_VALIDATION, TEMPORAL, WITHIN, Score, pick
from crowdwise.kickstarter.evaluation import CHOSEN, LEAK_PROBE
from crowdwise.kickstarter.figures.drawing import Drawing
from crowdwise.kickstarter.predictor import Prediction
from crowdwise.kickstarter.scores import reliability


def draw_discrimination(scores: Sequence[Score], gate: float) -> Drawing:
    """Draw each model's AUC with its interval: the charter's, the temporal one, and within sub-category and year."""
    kinds = ((CROSS_VALIDATION, "all"), (TEMPORAL, "all"), (CROSS_VALIDATION, WITHIN))
    words = (
        "cross-validation (the charter's)",
        "later launches (temporal)",
        "cross-validation, within sub-category and year",
    )
    models = list(dict.fromkeys(score.model for score in scores))
    found = {(s.model, s.split, s.slice): s.estimate for s in scores if s.name == "auc"}
    whole, within = (pick(scores, "auc", CHOSEN, CROSS_VALIDATION, kind).value for kind in ("all", WITHIN))
    later = pick(scores, "auc", CHOSEN, TEMPORAL).value
    probe = pick(scores, "auc", LEAK_PROBE, CROSS_VALIDATION).value
    finding = (
        f"{CHOSEN}: {within:.3f} within sub-category and year, {later:.3f} on later launches; the charter's "
        f"{whole:.3f} stands beside {probe:.3f} for sub-category and launch day alone"
    )
    figure, axes = plt.subplots(figsize=(7.4, 1.8 + 0.52 * len(models)))
    for k, ((split, part), label) in enumerate(zip(kinds, words, strict=True)):
        places = [(y, found[m, split, part]) for y, m in enumerate(models) if (m, split, part) in found]
        y = np.array([place for place, _ in places]) + 0.3 * (k - 1)
        value, low, high = (np.array([getattr(e, name) for _, e in places]) for name in ("value", "low", "high"))
        colour, mark = theme.PALETTE[(0, 2, 3)[k]], "os^"[k]
        axes.errorbar(value, y, xerr=[value - low, high - value], fmt=mark, color=colour, label=label, capsize=2, ms=6)
        for place, number, end in zip(y, value, high, strict=True):
            axes.annotate(
                f"{number:.3f}",
                (end, place),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                size=9,
                bbox={"fc": "white", "ec": "none", "pad": 0.6},
            )
    axes.axvline(gate, color=theme.INK, lw=1, ls="--")
    axes.annotate(f"gate {gate:g}", (gate, -0.62), xytext=(5, 0), textcoords="offset points", va="center", size=9)
    axes.set_yticks(range(len(models)), models)
    axes.set(
        xlim=(min(0.42, min(e.low for e in found.values()) - 0.02), 1.05),
        ylim=(len(models) - 0.4, -0.8),
        xlabel="AUC (0.5: no better than chance)",
        title=finding,
    )
    axes.grid(axis="y", visible=False)
    figure.legend(loc="outside lower left", ncols=1, fontsize=9)
    rows = [(model, *where, e.value, e.low, e.high, e.n) for (model, *where), e in found.items()]
    table = pd.DataFrame(rows, columns=["model", "split", "slice", "auc", "low", "high", "projects"])
    return Drawing(figure, finding, "Points with intervals: AUC of each model, on three grounds", table)


def draw_reliability(outcome: np.ndarray, found: dict[str, np.ndarray]) -> Drawing:
    """Draw observed against predicted success, with intervals, above how many projects got which probability.

    Parameters
    ----------
    outcome : ndarray of bool
    found : dict
        Name and probabilities; the last is the one that counts.
    """
    curves = {name: reliability(outcome, probability) for name, probability in found.items()}
    name, last = list(curves.items())[-1]
    furthest = 100 * (last["observed"] - last["predicted"]).abs().max()
    finding = f"{name[0].upper()}{name[1:]}: no bin is further than {furthest:.1f} points off"
    figure, (axes, below) = plt.subplots(2, 1, figsize=(7.2, 6.2), sharex=True, height_ratios=(4, 1))
    axes.plot([0, 1], [0, 1], color=theme.PALE, lw=1)
    for k, (label, curve) in enumerate(curves.items()):
        error = np.clip([curve["observed"] - curve["low"], curve["high"] - curve["observed"]], 0, 1)
        look = {"fmt": "os"[k % 2] + "-", "ms": 4, "lw": 1, "capsize": 2}
        axes.errorbar(curve["predicted"], curve["observed"], yerr=error, color=theme.PALETTE[k], label=label, **look)
    below.hist(found[name], bins=list(np.linspace(0, 1, 41)), color=theme.PALETTE[len(curves) - 1])
    below.yaxis.set_major_formatter("{x:,.0f}")
    axes.set(ylabel="share that succeeded", title=finding, ylim=(-0.02, 1.02))
    below.set(xlabel="predicted probability", ylabel="projects", xlim=(-0.02, 1.02))
    axes.legend(loc="upper left")
    return Drawing(figure, finding, "Observed share of success against predicted probability, above counts", last)


def draw_importance(importance: pd.DataFrame, moved: pd.DataFrame) -> Drawing:
    """Draw two answers beside each other: the AUC lost without a group of features, and how far it moves predictions.

    Parameters
    ----------
    importance, moved : DataFrame
        As `crowdwise.kickstarter.importance.permutation_importance` and `shap_importance` give.
    """
    table = importance.merge(moved, on="group")
    first, second = table["group"].iloc[0], table["group"].iloc[1]
    most = table["group"].iloc[int(table["log_odds"].to_numpy().argmax())]
    finding = f"The model rests most on {first}, then on {second}"
    finding += f"; {most} moves predictions furthest" if most != first else ", and the first moves predictions furthest"
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 4), sharey=True)
    panels = (
        (left, "auc_lost", "low", "high", ".3f", theme.ACCENT),
        (right, "log_odds", "log_odds_low", "log_odds_high", ".2f", theme.PALETTE[1]),
    )
    for axes, name, low, high, form, colour in panels:
        error = np.clip([table[name] - table[low], table[high] - table[name]], 0, None)
        axes.barh(table["group"], table[name], xerr=error, color=colour, error_kw={"lw": 1})
        for y, value in enumerate(table[name]):
            words, end = format(value, f"z{form}").replace("-", "−"), max(float(table[high].iloc[y]), 0)
            axes.annotate(words, (end, y), xytext=(5, 0), textcoords="offset points", va="center", size=9.5)
        axes.margins(x=0.2)
        axes.grid(axis="y", visible=False)
    left.invert_yaxis()
    left.set(xlabel="AUC lost when shuffled")
    right.set(xlabel="mean size of the contribution,\nlog-odds")
    figure.suptitle(finding, x=0.01, ha="left", weight="bold", size=12.5)
    return Drawing(figure, finding, "Bars for each group of features: AUC lost, and size of contributions", table)


def draw_prediction(prediction: Prediction) -> tuple[Figure, str]:
    """Draw the steps from the base rate to a draft's probability."""
    points = np.array([c.points for c in prediction.contributions])
    start = 100 * prediction.base_rate + np.r_[0, np.cumsum(points)[:-1]]
    finding = f"From the base rate of {prediction.base_rate:.0%} to {prediction.probability:.0%}"
    figure, axes = plt.subplots(figsize=(8.4, 4.2))
    colours = [theme.PALETTE[2] if p >= 0 else theme.ALARM for p in points]
    axes.barh(range(len(points)), points, left=start, color=colours)
    axes.axvline(100 * prediction.base_rate, color=theme.PALE, lw=1, ls="--")
    for y, (p, left) in enumerate(zip(points, start, strict=True)):
        axes.annotate(
            f"{p:+.1f}", (max(left, left + p), y), xytext=(4, 0), textcoords="offset points", va="center", size=9
        )
    axes.set_yticks(range(len(points)), [c.words for c in prediction.contributions])
    axes.invert_yaxis()
    axes.margins(x=0.1)
    axes.grid(axis="y", visible=False)
    axes.set(xlabel="probability of success, %", title=finding)
    return figure, finding
