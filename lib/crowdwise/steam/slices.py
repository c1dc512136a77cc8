"""For which games a model's lists find what is to be found: recall by popularity and by genre."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.base.statistics import Estimate, mean_interval
from crowdwise.steam.contents import build_contents
from crowdwise.steam.evaluation import Evaluation
from crowdwise.steam.measures import Ranked
from crowdwise.steam.trial import HEADLINE

BANDS = ((0, 20), (20, 100), (100, 500), (500, 10**9))


def recall_by_group(
    evaluation: Evaluation, models: Sequence[str], games: pd.DataFrame
) -> dict[str, dict[str, Estimate]]:
    """Give both of the below: by band of popularity and by genre."""
    return recall_by_popularity(evaluation, models) | recall_by_genre(evaluation, models, games)


def recall_by_popularity(evaluation: Evaluation, models: Sequence[str]) -> dict[str, dict[str, Estimate]]:
    """Give recall@10 on held-out played games by the owners of the game: by band, then by model."""
    train = evaluation.first.train
    owners = np.bincount(train.owned.indices, minlength=train.shape[1])
    names = [f"{low:,} to {high - 1:,} owners" if high < 10**9 else f"{low:,} owners or more" for low, high in BANDS]
    groups = sparse.csr_matrix(np.column_stack([(owners >= low) & (owners < high) for low, high in BANDS]))
    return _recalls(evaluation, models, groups, names)


def recall_by_genre(
    evaluation: Evaluation, models: Sequence[str], games: pd.DataFrame, *, most: int = 8
) -> dict[str, dict[str, Estimate]]:
    """Give recall@10 on held-out played games of a genre, for the genres with most of these: by genre, by model."""
    trial = evaluation.first
    genres, names = build_contents(games, trial.whole.game_ids, ["genres"])
    wanted = np.asarray(trial.slices[HEADLINE].target.sum(axis=0)).ravel() @ genres
    best = np.argsort(-wanted, kind="stable")[:most]
    return _recalls(evaluation, models, sparse.csr_matrix(genres[:, best] > 0), [names[k] for k in best])


def tabulate_recalls(recalls: dict[str, dict[str, Estimate]]) -> pd.DataFrame:
    """Give a table to read: a row a group with its players, a column a model, ``value [low, high]``."""
    rows = {
        group: {"players": next(iter(models.values())).n}
        | {model: f"{e.value:.3f} [{e.low:.3f}, {e.high:.3f}]" for model, e in models.items()}
        for group, models in recalls.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def _recalls(
    evaluation: Evaluation, models: Sequence[str], groups: sparse.csr_matrix, names: Sequence[str]
) -> dict[str, dict[str, Estimate]]:
    found: dict[str, dict[str, Estimate]] = {}
    target = evaluation.first.slices[HEADLINE].target
    for model in models:
        for name, values in zip(names, _recall(evaluation.lists[model][HEADLINE], target, groups), strict=True):
            if len(values):
                estimate = mean_interval(values, seed=evaluation.seed, level=evaluation.level)
                found.setdefault(name, {})[model] = estimate
    return found


def _recall(ranked: Ranked, target: sparse.csr_matrix, groups: sparse.csr_matrix) -> list[np.ndarray]:
    """Give, for each group of games, the recall of each player who has any of it to be found."""
    wanted = (target[ranked.rows] != 0).astype(np.float64) @ groups.astype(np.float64)
    places = np.where(ranked.hits, ranked.games, 0)
    membership = groups.toarray()
    hits = (membership[places] & ranked.hits[:, :, None]).sum(axis=1)
    counts = np.asarray(wanted.todense())
    return [hits[counts[:, k] > 0, k] / counts[counts[:, k] > 0, k] for k in range(groups.shape[1])]
