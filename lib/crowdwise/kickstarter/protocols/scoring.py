"""Every score of every model in every protocol, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from crowdwise.kickstarter.comparison import Score, score_probabilities
from crowdwise.kickstarter.protocols.averages import mean_over, spread_over
from crowdwise.kickstarter.protocols.protocol import ROLLING
from crowdwise.kickstarter.protocols.running import Judged
from crowdwise.kickstarter.scores import accuracy_gain

MEAN, LAST = "mean over cuts", "last cut"
SHARES = ("auc", "brier", "accuracy")
AVERAGED = ("auc", "brier", "log_loss", "calibration_error", "accuracy", "accuracy_gain")


def score_judged(judged: Sequence[Judged], *, seed: int, level: float, resamples: int) -> list[Score]:
    """Score what models said in protocols.

    Returns
    -------
    list of Score
        `split` is the protocol's name, `slice` the part's (``all`` where it has none), or ``within sub-category and
        year`` where only pairs of projects of one cell count; of the parts of a rolling test also ``mean over cuts``.
        ``accuracy_gain`` is over always saying the commoner outcome of the projects learnt from.
    """
    scores: list[Score] = []
    for each in judged:
        for model, probability in each.found.items():
            settings: dict[str, Any] = {"seed": seed, "level": level, "resamples": resamples}
            found = score_probabilities(each.outcome, probability, each.cells, **settings)
            gain = accuracy_gain(each.outcome, probability, each.training_rate, **settings)[1]
            named = [("accuracy_gain", "all", gain), *found]
            for name, where, estimate in named:
                part = " ".join(filter(None, [each.part, "" if where == "all" and each.part else where]))
                scores.append(Score(name, model, each.protocol, part, estimate))
    return scores + _means(scores, judged)


def cuts_table(scores: Sequence[Score], model: str, name: str = "auc") -> pd.DataFrame:
    """Give one model's score in each cut of the rolling test, then their mean, then what another year may bring.

    Columns ``cut, judged, value, low, high, interval of``.
    """
    own = [s for s in scores if (s.split, s.model, s.name) == (ROLLING, model, name)]
    cuts = {s.slice: s.estimate for s in own if s.slice[:4].isdigit() and " " not in s.slice}
    rows = [(cut, e.n, e.value, e.low, e.high, "other projects of this year") for cut, e in cuts.items()]
    if cuts:
        mean, spread = mean_over(list(cuts.values())), spread_over(list(cuts.values()), share=name in SHARES)
        rows.append((MEAN, mean.n, mean.value, mean.low, mean.high, "other projects of these years"))
        rows.append(("another year", 0, spread.value, spread.low, spread.high, "years like these"))
    return pd.DataFrame(rows, columns=["cut", "judged", "value", "low", "high", "interval of"])


def _means(scores: Sequence[Score], judged: Sequence[Judged]) -> list[Score]:
    cuts = [each.part for each in judged if each.protocol == ROLLING]
    found = []
    for model in dict.fromkeys(s.model for s in scores if s.split == ROLLING):
        for name in AVERAGED:
            own = {s.slice: s.estimate for s in scores if (s.split, s.model, s.name) == (ROLLING, model, name)}
            found.append(Score(name, model, ROLLING, MEAN, mean_over([own[cut] for cut in cuts])))
    return found
