"""Two curves: what damping popularity costs, and what more players would bring."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from crowdwise.base.seeds import generator
from crowdwise.base.statistics import Estimate, mean_interval
from crowdwise.steam.interactions import Interactions
from crowdwise.steam.measures import measure_exposure, novelty, per_player, rank
from crowdwise.steam.models import Model
from crowdwise.steam.scoring import standard_fame, typical_spread
from crowdwise.steam.trial import HEADLINE, Trial

log = logging.getLogger("crowdwise.steam")

DAMPINGS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25)
Point = dict[str, Estimate]


def damping_curve(
    model: Model, trial: Trial, dampings: Sequence[float] = DAMPINGS, *, seed: int, level: float
) -> dict[float, Point]:
    """Measure a fitted model's lists under more and more damping of popularity, for the tested players.

    Damped scores are scores less the damping times their typical spread times the standardised log of the owners: as
    ``Recommender.recommend`` damps them.

    Returns
    -------
    dict
        By damping: ``ndcg_at_10``, ``auc``, ``novelty`` (bits) and ``coverage_at_10``, on held-out played games.
    """
    train = trial.train
    owners = np.bincount(train.owned.indices, minlength=train.shape[1])
    off = standard_fame(owners) * np.float32(typical_spread(lambda some: model.scores(train.take(some)), train.owned))
    wanted = {HEADLINE: trial.slices[HEADLINE]}
    players = np.flatnonzero(~trial.tuning)
    curve = {}
    for amount in dampings:

        def damped(libraries: Interactions, amount: float = amount) -> np.ndarray:
            return model.scores(libraries) - np.float32(amount) * off

        ranked = rank(damped, train, wanted, players=players)[HEADLINE]
        each = per_player(ranked)
        values = {name: each[name].to_numpy() for name in ("ndcg_at_10", "auc")}
        values["novelty"] = novelty(ranked.games, owners, train.shape[0])
        point = {name: mean_interval(v[np.isfinite(v)], seed=seed, level=level) for name, v in values.items()}
        candidates = wanted[HEADLINE].candidates
        point["coverage_at_10"] = measure_exposure(ranked.games, candidates, seed=seed, level=level).coverage
        curve[amount] = point
    return curve


def learning_curve(
    build: Callable[[], Model], whole: Model, trial: Trial, shares: Sequence[float], *, seed: int, level: float
) -> dict[int, Point]:
    """Measure a model that learns from a share of the players only, drawn at random, larger draws with the smaller.

    The curve ends in `whole`, the same model fitted on all players. Every tested player is ranked for by their training
    library, whether the model has learnt from it or not.

    Returns
    -------
    dict
        By the number of players learnt from: ``ndcg_at_10`` and ``auc`` on held-out played games.
    """
    wanted = {HEADLINE: trial.slices[HEADLINE]}
    players = np.flatnonzero(~trial.tuning)
    order = generator(seed, "steam", "learning").permutation(trial.whole.shape[0])
    curve = {}
    for share in (*shares, 1.0):
        some = np.sort(order[: round(share * len(order))])
        log.info("learning curve: %d players", len(some))
        model = whole if share == 1.0 else build().fit(trial.train.take(some))
        each = per_player(rank(model.scores, trial.train, wanted, players=players)[HEADLINE])
        names = ("ndcg_at_10", "auc")
        curve[len(some)] = {name: mean_interval(each[name], seed=seed, level=level) for name in names}
    return curve


def tabulate_curve(curve: dict[float, Point] | dict[int, Point], name: str) -> pd.DataFrame:
    """Give a curve as a table to read: a row a point, a column a measure, ``value [low, high]``."""
    rows = {
        at: {measure: f"{e.value:.3f} [{e.low:.3f}, {e.high:.3f}]" for measure, e in point.items()}
        for at, point in curve.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(name).reset_index()
