"""How the models compare, for whom the better one is better, and what a recommendation looks like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from crowdwise.base import theme
from crowdwise.base.statistics import Estimate
from crowdwise.steam.evaluation import Evaluation, Score
from crowdwise.steam.figures.labels import capitalised, label_ends, plain_ticks
from crowdwise.steam.recommender import Recommendation, Recommender
from crowdwise.steam.trial import HEADLINE

PANELS = {"auc": "AUC", "ndcg_at_10": "NDCG@10", "recall_at_10": "recall@10"}


def draw_models(evaluation: Evaluation, scores: Sequence[Score], gate: float) -> tuple[Figure, str]:
    """Draw each model's AUC, NDCG@10 and recall@10 with intervals on held-out played games, and give the finding.

    Models whose paired difference from the best may be 0 are best with it.
    """
    table: dict[str, dict[str, Estimate]] = {metric: {} for metric in PANELS}
    for score in scores:
        if score.slice == HEADLINE and score.metric in table and isinstance(score.estimate, Estimate):
            table[score.metric][score.model] = score.estimate
    models = sorted(table["ndcg_at_10"], key=lambda model: table["ndcg_at_10"][model].value)
    figure, panels = plt.subplots(1, len(PANELS), figsize=(9.6, 0.42 * len(models) + 1.5), sharey=True)
    for axes, (metric, words) in zip(panels, PANELS.items(), strict=True):
        values = [table[metric][model] for model in models]
        best = evaluation.best(metric)
        for place, (model, estimate) in enumerate(zip(models, values, strict=True)):
            colour = theme.ACCENT if model in best else theme.INK
            axes.plot([estimate.low, estimate.high], [place, place], color=colour, linewidth=2)
            axes.plot(estimate.value, place, "o", color=colour, markersize=5)
            where = {"xytext": (0, 6), "textcoords": "offset points", "ha": "center", "fontsize": 8.5, "color": colour}
            axes.annotate(f"{estimate.value:.3f}", (estimate.value, place), **where)
        axes.set_xlabel(f"{words} (higher is better)")
        axes.set_yticks(range(len(models)), models)
        axes.set_ylim(-0.5, len(models) - 0.2)
        axes.margins(x=0.16)
        axes.grid(visible=False, axis="y")
    panels[0].axvline(gate, color=theme.ALARM, linestyle="--", linewidth=1)
    panels[0].text(gate, -0.42, f" gate {gate:g}", color=theme.ALARM, fontsize=8.5, ha="left", va="bottom")
    lists, order = (evaluation.best(metric) for metric in ("ndcg_at_10", "auc"))
    makes = f"{' and '.join(lists)} {'make' if len(lists) > 1 else 'makes'} the best lists"
    finding = f"{makes} and the best order" if lists == order else f"{makes}, {' and '.join(order)} the best order"
    finding = capitalised(finding)
    figure.suptitle(finding, x=0.01, ha="left", fontsize=12.5, fontweight="bold")
    return figure, finding


def draw_by_library(
    evaluation: Evaluation, models: Sequence[str], *, metric: str = "ndcg_at_10", parts: int = 8
) -> tuple[Figure, str]:
    """Draw a metric by the size of the library a model learnt from, and give the finding.

    Parameters
    ----------
    models : sequence of str
        The first is the one the finding is about, the last is what it is compared with.
    """
    sizes = np.diff(evaluation.first.train.owned.indptr)
    first = evaluation.players[models[0]][HEADLINE]
    group = np.asarray(pd.qcut(sizes[first.index], parts, duplicates="drop", labels=False))
    middle = pd.Series(sizes[first.index]).groupby(group).median().to_numpy()
    figure, axes = plt.subplots()
    means = {}
    colours = theme.PALETTE[: len(models)]
    for model, colour in zip(models, colours, strict=True):
        values = evaluation.players[model][HEADLINE][metric].groupby(group).agg(["mean", "sem"])
        low, high = values["mean"] - 1.96 * values["sem"], values["mean"] + 1.96 * values["sem"]
        axes.fill_between(middle, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.plot(middle, values["mean"], "o-", color=colour, markersize=4)
        means[model] = values["mean"].to_numpy()
    axes.set(xscale="log", xlabel="games to learn from (log scale)", ylabel=PANELS[metric], ylim=(0, None))
    plain_ticks(axes.xaxis)
    axes.set_xlim(axes.get_xlim()[0], axes.get_xlim()[1] * 3.5)
    label_ends(axes, {model: (middle[-1], values[-1]) for model, values in means.items()}, colours)
    better = int((means[models[0]] > means[models[-1]]).sum())
    finding = capitalised(f"{models[0]} beats {models[-1]} in {better} of {len(middle)} groups of library size")
    axes.set_title(finding)
    return figure, finding


def draw_differences(evaluation: Evaluation, model: str, other: str, *, metric: str = "auc") -> tuple[Figure, str]:
    """Draw the paired differences between two models, player by player, and give the finding."""
    mine, theirs = (evaluation.players[name][HEADLINE][metric] for name in (model, other))
    difference = (mine - theirs).to_numpy()
    edge = float(np.quantile(np.abs(difference), 0.99)) or 0.01
    figure, axes = plt.subplots()
    counts, edges = np.histogram(np.clip(difference, -edge, edge), bins=61, range=(-edge, edge))
    axes.stairs(counts, edges, fill=True, color=theme.ACCENT)
    axes.axvline(0, color=theme.INK, linewidth=1)
    better, worse = float((difference > 0).mean()), float((difference < 0).mean())
    for x, words in ((0.97, f"{model} better:\n{better:.0%} of players"), (0.03, f"{other} better:\n{worse:.0%}")):
        axes.text(x, 0.93, words, transform=axes.transAxes, ha="right" if x > 0.5 else "left", va="top")
    axes.set(xlabel=f"difference in {PANELS[metric]}, {model} less {other} (end bars: all beyond)", ylabel="players")
    axes.set_ylim(0, counts.max() * 1.15)
    finding = capitalised(f"{model} beats {other} for {better:.0%} of players")
    axes.set_title(finding)
    return figure, finding


def list_recommendations(recommendations: Sequence[Recommendation]) -> pd.DataFrame:
    """Give recommendations as a table to read: ``game, score, because``."""
    rows = [
        (one.name, round(one.score, 2), ", ".join(f"{why.name} ({why.share:.0%})" for why in one.reasons))
        for one in recommendations
    ]
    return pd.DataFrame(rows, columns=pd.Index(["play next", "score", "because of"]))


def list_similar(recommender: Recommender, games: int = 4, alike: int = 5) -> pd.DataFrame:
    """Give the games most like the best known one, and ever less known ones (places 1, 5, 25...): a column a game."""
    known = recommender.games[recommender.shown]
    known = known.iloc[[place for k in range(games) if (place := 5**k - 1) < len(known)]]
    columns = zip(known["game_id"], known["name"], strict=True)
    return pd.DataFrame({name: [one.name for one in recommender.similar(game, alike)] for game, name in columns})
