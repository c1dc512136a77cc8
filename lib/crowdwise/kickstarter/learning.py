"""How much more projects would help: a model's AUC against the number it learnt from."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from crowdwise.base.seeds import generator
from crowdwise.base.statistics import auc_interval
from crowdwise.kickstarter.evaluation import Study, fit_design, view_for
from crowdwise.kickstarter.models import Model
from crowdwise.kickstarter.scores import auc_difference
from crowdwise.kickstarter.splits import Split

log = logging.getLogger("crowdwise.kickstarter")
SHARES, FEWEST = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0), 20


def nested_samples(train: np.ndarray, shares: Sequence[float], seed: int) -> list[np.ndarray]:
    """Give samples of training rows, each holding the one before it; sorted row numbers.

    Parameters
    ----------
    train : ndarray of int
    shares : sequence of float
        Above 0 and at most 1, rising.
    """
    order = generator(seed, "learning curve").permutation(train)
    return [np.sort(order[: max(1, round(share * len(train)))]) for share in shares]


def learning_curve(
    study: Study,
    split: Split,
    name: str,
    make: Callable[[], Model],
    *,
    seed: int,
    shares: Sequence[float] = SHARES,
    level: float = 0.95,
) -> pd.DataFrame:
    """Give a model's AUC on the same test rows, learnt from ever larger samples of the training rows.

    Parameters
    ----------
    study : Study
    split : Split
    name : str
        The model's name: it decides which columns it may see.
    make : callable
        Makes the model. Encoder and text space are fitted anew on each sample.
    shares : sequence of float
        Of the training rows, rising. A sample with fewer than 20 projects of either outcome is left out.

    Returns
    -------
    DataFrame
        ``projects, auc, low, high, gain, gain_low, gain_high``: `gain` is over the row before, on the same test rows
        (DeLong et al. 1988); missing in the first row. Intervals speak of the test rows, not of another sample to learn
        from.
    """
    outcome, rows, before = study.outcome[split.test], [], None
    for sample in nested_samples(split.train, shares, seed):
        won = int(study.outcome[sample].sum())
        if min(won, len(sample) - won) < FEWEST:
            continue
        log.info("fitting %s on %d projects for the learning curve", name, len(sample))
        fitted = fit_design(study, Split(sample, split.test))
        model = make().fit(view_for(name, fitted.train), study.outcome[sample])
        told = model.probability(view_for(name, fitted.test))
        auc = auc_interval(outcome, told, level=level)
        gain = (np.nan,) * 3
        if before is not None:
            more = auc_difference(outcome, told, before, level=level)
            gain = (more.value, more.low, more.high)
        rows.append((len(sample), auc.value, auc.low, auc.high, *gain))
        before = told
    return pd.DataFrame(rows, columns=["projects", "auc", "low", "high", "gain", "gain_low", "gain_high"])
