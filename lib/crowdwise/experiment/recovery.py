"""Does an analysis find what is there? Its results beside the truth, which only a simulation knows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crowdwise.experiment.analysis import Analysis
from crowdwise.experiment.compliance import ComplierEffect
from crowdwise.experiment.effect import Effect
from crowdwise.experiment.findings import PLANNED
from crowdwise.experiment.plan import Metric


def find_truth(metric: Metric, untreated: pd.DataFrame, treated: pd.DataFrame, cap: float | None = None) -> float:
    """Give the true difference between all units treated and all untreated, counted as the plan counts.

    Parameters
    ----------
    untreated, treated : DataFrame, shape (n, outcomes)
        Both outcomes of each unit.
    cap : float, optional
        As the analysis found it.
    """
    means = []
    for outcomes in (untreated, treated):
        values = outcomes[metric.column].to_numpy(dtype=np.float64)
        if metric.nulls == "excluded":
            values = values[~np.isnan(values)]
        worse = 1.0 if metric.nulls == "failure" and metric.direction == "decrease" else 0.0
        values = np.where(np.isnan(values), worse, values)
        if metric.denominator is not None:
            means.append(float(values.sum() / outcomes[metric.denominator].sum()))
        else:
            means.append(float((values if cap is None else np.minimum(values, cap)).mean()))
    return means[1] - means[0]


def tabulate_recovery(analysis: Analysis, untreated: pd.DataFrame, treated: pd.DataFrame) -> pd.DataFrame:
    """Give each planned result beside the truth, for an experiment of two arms.

    Returns
    -------
    DataFrame
        ``metric, estimate, low, high, level, truth, holds``: whether the interval holds the truth. A test that ended
        at one of several looks has its primary metric once more, adjusted for them.
    """
    rows = []
    for finding in analysis.findings:
        if finding.view == PLANNED:
            effect = finding.effect
            truth = find_truth(finding.metric, untreated, treated, finding.cap)
            rows.append((finding.metric.name, effect.difference, effect.low, effect.high, effect.level, truth))
            reading = analysis.reading
            if reading is not None and reading.finding is finding and reading.adjusted is not None:
                best = reading.adjusted
                name = f"{finding.metric.name}, adjusted for the looks"
                rows.append((name, best.estimate, best.low, best.high, best.level, truth))
    return _held(rows, "metric")


def tabulate_contrasts(
    contrasts: Mapping[str, tuple[Effect | ComplierEffect, float]], name: str = "comparison"
) -> pd.DataFrame:
    """Give comparisons, by what they compare, beside the truth that each is taken for: as `tabulate_recovery` does."""
    rows = []
    for words, (effect, truth) in contrasts.items():
        estimate = effect.effect if isinstance(effect, ComplierEffect) else effect.difference
        rows.append((words, estimate, effect.low, effect.high, effect.level, truth))
    return _held(rows, name)


def _held(rows: list[tuple[str, float, float, float, float, float]], name: str) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[name, "estimate", "low", "high", "level", "truth"])
    return table.assign(holds=[bool(held) for held in table["truth"].between(table["low"], table["high"])])
