"""Every number of the model notebook, in the form in which metrics are noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from crowdwise.base.statistics import Estimate, mean_interval
from crowdwise.steam.character import BETTER
from crowdwise.steam.evaluation import Evaluation, Score
from crowdwise.steam.trial import HEADLINE

NEWCOMERS = "players never seen"
FEW = "players with few games"
SPLIT = "holdout"


def list_numbers(
    evaluation: Evaluation,
    scores: Sequence[Score],
    deployed: str,
    *,
    ratios: Mapping[tuple[str, str], Estimate],
    character: Mapping[tuple[str, str], Estimate],
    newcomers: pd.DataFrame,
    few: Mapping[tuple[str, str], Estimate],
) -> Iterator[dict[str, Any]]:
    """Give the arguments of one metric after the other: ``name, value, model, split, slice, higher_is_better``."""
    for score in scores:
        better = score.metric != "gini"
        yield _number(score.metric, score.estimate, score.model, score.slice, better)
    for metric, values in newcomers.items():
        estimate = mean_interval(values, seed=evaluation.seed, level=evaluation.level)
        yield _number(str(metric), estimate, deployed, NEWCOMERS, True)
    for (other, slice_), ratio in ratios.items():
        yield _number("ndcg_at_10_ratio", ratio, f"{deployed} to {other}", slice_, True)
    for (name, model), estimate in few.items():
        yield _number(name, estimate, model, FEW, True)
    for (name, model), estimate in character.items():
        yield _number(name, estimate, model, HEADLINE, BETTER[name])
    for metric in ("auc", "ndcg_at_10"):
        for other in evaluation.models:
            if other != deployed:
                difference = evaluation.difference(metric, deployed, other)
                yield _number(f"{metric}_difference", difference, f"{deployed} less {other}", HEADLINE, True)
    tested = evaluation.estimate("auc", deployed).n
    yield {"name": "players_tested", "value": float(tested), "unit": "players", "split": SPLIT}


def _number(name: str, value: Estimate, model: str, slice_: str, better: bool | None) -> dict[str, Any]:
    return {"name": name, "value": value, "model": model, "split": SPLIT, "slice": slice_, "higher_is_better": better}
