"""The probe model: how far sub-category and launch day alone tell success from failure, in each month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdwise.base.seeds import derive
from crowdwise.base.statistics import Estimate, auc_interval
from crowdwise.kickstarter.bias import in_any_flagged_cell, parts_by_month
from crowdwise.kickstarter.design import Design, Encoder
from crowdwise.kickstarter.evaluation import PROBE
from crowdwise.kickstarter.features import build_features
from crowdwise.kickstarter.history import RECORD
from crowdwise.kickstarter.models import Boosted
from crowdwise.kickstarter.splits import stratified_folds

TREES, SMALLEST = 150, 50
EVERY, OUTSIDE = "all projects", "outside flagged cells"


@dataclass(frozen=True)
class Probe:
    """The probe's AUC on the projects of one month: on all of them, or only on those outside flagged cells."""

    month: str
    rows: str
    auc: Estimate


def probe_auc(decided: pd.DataFrame, *, seed: int, folds: int = 5, trees: int = TREES, level: float = 0.95) -> Estimate:
    """Give the cross-validated AUC of a LightGBM model that sees sub-category and launch day only.

    Parameters
    ----------
    decided : DataFrame
        As `crowdwise.kickstarter.exploration.decided_projects` gives.

    Raises
    ------
    Problem
        If one of the outcomes has fewer projects than there are folds.
    """
    features = build_features(decided, decided[list(RECORD)], PROBE)
    outcome, found = decided["success"].to_numpy(dtype=bool), np.empty(len(decided))
    for split in stratified_folds(outcome, folds, derive(seed, "probe")):
        encoder = Encoder.fit(features.iloc[split.train])
        categories = {place: len(encoder.levels[encoder.names[place]]) for place in encoder.categorical}
        train, test = (
            Design(encoder.matrix(features.iloc[rows]), encoder.names, categories) for rows in (split.train, split.test)
        )
        model = Boosted(trees=trees, seed=derive(seed, "probe", "trees")).fit(train, outcome[split.train])
        found[split.test] = model.probability(test)
    return auc_interval(outcome, found, level=level)


def probe_months(
    decided: pd.DataFrame, *, seed: int, level: float = 0.95, smallest: int = SMALLEST, trees: int = TREES
) -> list[Probe]:
    """Probe all months together and each month, with and without the projects in flagged cells.

    Parameters
    ----------
    smallest : int
        How many projects of either outcome a month needs; months with fewer are left out.
    """
    probes = []
    for month, part in parts_by_month(decided, smallest).items():
        flagged = in_any_flagged_cell(part)
        kept = part[~flagged].reset_index(drop=True)
        probes.append(Probe(month, EVERY, probe_auc(part, seed=seed, level=level, trees=trees)))
        if flagged.any() and min(kept["success"].sum(), (~kept["success"]).sum()) >= smallest:
            probes.append(Probe(month, OUTSIDE, probe_auc(kept, seed=seed, level=level, trees=trees)))
    return probes
