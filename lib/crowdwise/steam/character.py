"""What the lists of each model are like, whether or not they hit: how novel, how diverse, how true to the player."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crowdwise.base.statistics import Estimate, mean_interval
from crowdwise.steam.contents import build_contents
from crowdwise.steam.evaluation import Evaluation
from crowdwise.steam.measures import diversity, miscalibration, novelty
from crowdwise.steam.trial import HEADLINE

BETTER = {"novelty": None, "diversity": None, "miscalibration": False}


def characterise(evaluation: Evaluation, games: pd.DataFrame) -> dict[tuple[str, str], Estimate]:
    """Measure the first holdout's lists of every model: by (measure, model), the mean over players.

    Novelty is in bits, diversity is 1 less the mean cosine of tags and genres, miscalibration is the divergence (nats)
    of a list's genres from those of the library. Players of whose games too little is known are left out of a mean.

    Parameters
    ----------
    games : DataFrame
        The table of games.
    """
    trial = evaluation.first
    genres, _ = build_contents(games, trial.whole.game_ids, ["genres"])
    contents, _ = build_contents(games, trial.whole.game_ids, ["genres", "tags"])
    owners = np.bincount(trial.train.owned.indices, minlength=trial.train.shape[1])
    found = {}
    for model in evaluation.models:
        ranked = evaluation.lists[model][HEADLINE]
        values = {
            "novelty": novelty(ranked.games, owners, trial.train.shape[0]),
            "diversity": diversity(ranked.games, contents),
            "miscalibration": miscalibration(ranked.games, trial.train.owned[ranked.rows], genres),
        }
        for name, each in values.items():
            known = each[np.isfinite(each)]
            if len(known):
                found[name, model] = mean_interval(known, seed=evaluation.seed, level=evaluation.level)
    return found


def tabulate_character(found: dict[tuple[str, str], Estimate]) -> pd.DataFrame:
    """Give a table to read: a row a model, a column a measure, ``value [low, high]``."""
    rows: dict[str, dict[str, str]] = {}
    for (name, model), e in found.items():
        rows.setdefault(model, {})[name] = f"{e.value:.2f} [{e.low:.2f}, {e.high:.2f}]"
    return pd.DataFrame.from_dict(rows, orient="index", columns=None).rename_axis("model").reset_index()
