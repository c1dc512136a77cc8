"""Players with fewer games than the trial asks for: too few to be tested with the others, so they are told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.base.seeds import derive
from crowdwise.base.statistics import Estimate, mean_interval
from crowdwise.steam.interactions import Interactions, build_interactions, hold_out
from crowdwise.steam.measures import Slice, per_player, rank
from crowdwise.steam.models import Model
from crowdwise.steam.trial import Trial

FEWEST = 2
METRICS = ("auc", "ndcg_at_10", "recall_at_10")


def measure_small(
    models: Sequence[Model],
    trial: Trial,
    owned: pd.DataFrame,
    protocol: Mapping[str, Any],
    *,
    seed: int,
    level: float,
) -> dict[tuple[str, str], Estimate]:
    """Measure fitted models on the players with 2 to ``min_games - 1`` games, none of whom they have learnt from.

    Of their ownerships of the trial's games a `share` is held out; who keeps no game, or has none held out that was
    played, is not measured.

    Parameters
    ----------
    owned : DataFrame
        The table of owned games, of all players.
    protocol : mapping
        Its ``share`` and ``min_games``, as in ``params/``.

    Returns
    -------
    dict
        By (metric, model), on held-out played games. Empty where there is no such player.
    """
    share, min_games = float(protocol["share"]), int(protocol["min_games"])
    counts = owned.groupby("player_id")["game_id"].transform("size")
    some = owned[(counts >= FEWEST) & (counts < min_games) & owned["game_id"].isin(trial.whole.game_ids)]
    if some.empty:
        return {}
    shown, held = hold_out(_in_order(some, trial), share=share, seed=derive(seed, "small libraries"))
    known = np.flatnonzero(np.diff(shown.owned.indptr) > 0)
    shown, held = shown.take(known), held.take(known)
    wanted = {"played": Slice(held.signal("played"), np.ones(trial.whole.shape[1], dtype=bool))}
    found = {}
    for model in models:
        each = per_player(rank(model.scores, shown, wanted)["played"])
        for metric in METRICS if len(each) else ():
            found[metric, model.name] = mean_interval(each[metric], seed=seed, level=level)
    return found


def tabulate_small(found: dict[tuple[str, str], Estimate]) -> pd.DataFrame:
    """Give a table to read: a row a model, a column a metric, and how many players it is of."""
    rows: dict[str, dict[str, object]] = {}
    for (metric, model), e in found.items():
        rows.setdefault(model, {"players": e.n})[metric] = f"{e.value:.3f} [{e.low:.3f}, {e.high:.3f}]"
    return pd.DataFrame.from_dict(rows, orient="index")


def _in_order(owned: pd.DataFrame, trial: Trial) -> Interactions:
    """Give the interactions of other players with the trial's games, in the trial's order."""
    mine = build_interactions(owned)
    place = {game: k for k, game in enumerate(mine.game_ids)}
    games = len(mine.game_ids)
    columns = np.array([place.get(game, games) for game in trial.whole.game_ids])
    matrices = []
    for matrix in (mine.owned, mine.minutes):
        wide = matrix.copy()
        wide.resize(matrix.shape[0], games + 1)
        placed = wide[:, columns].tocsr()
        placed.sort_indices()
        matrices.append(placed)
    return Interactions(mine.player_ids, trial.whole.game_ids, matrices[0], matrices[1], trial.whole.features)
