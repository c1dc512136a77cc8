"""Does an analysis find what is there? Its results beside the truth, which only a simulation knows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.experiment.analysis import Analysis
from crowdwise.experiment.compliance import ComplierEffect
from crowdwise.experiment.effect import Effect
from crowdwise.experiment.findings import PLANNED
from crowdwise.experiment.outcomes import take_outcome
from crowdwise.experiment.plan import Metric
from crowdwise.experiment.ratios import compare_ratios
from crowdwise.experiment.welch import welch


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
        ``metric, estimate, low, high, level, truth, n, holds``: whether the interval holds the truth. A test that ended
        at one of several looks has its primary metric once more, adjusted for them.
    """
    rows = []
    for finding in analysis.findings:
        if finding.view == PLANNED:
            effect = finding.effect
            truth = find_truth(finding.metric, untreated, treated, finding.cap)
            n = effect.n_control + effect.n_treatment
            rows.append((finding.metric.name, effect.difference, effect.low, effect.high, effect.level, truth, n))
            reading = analysis.reading
            if reading is not None and reading.finding is finding and reading.adjusted is not None:
                best = reading.adjusted
                name = f"{finding.metric.name}, adjusted for the looks"
                rows.append((name, best.estimate, best.low, best.high, best.level, truth, n))
    return _held(rows, "metric")


def tabulate_contrasts(
    contrasts: Mapping[str, tuple[Effect | ComplierEffect, float]], name: str = "comparison"
) -> pd.DataFrame:
    """Give comparisons, by what they compare, beside the truth that each is taken for: as `tabulate_recovery` does."""
    rows = []
    for words, (effect, truth) in contrasts.items():
        if isinstance(effect, ComplierEffect):
            rows.append((words, effect.effect, effect.low, effect.high, effect.level, truth, effect.n))
        else:
            n = effect.n_control + effect.n_treatment
            rows.append((words, effect.difference, effect.low, effect.high, effect.level, truth, n))
    return _held(rows, name)


def tabulate_takers(
    analysis: Analysis, data: pd.DataFrame, untreated: pd.DataFrame, treated: pd.DataFrame
) -> pd.DataFrame:
    """Give the effect of taking a treatment up: by units that take it up beside the others, and as randomised.

    The first is what is read off a dashboard; both are taken for the difference that the treatment makes to those who
    take it up. Of the primary metric, for two arms.

    Parameters
    ----------
    data : DataFrame
        A row a unit, as it was analysed, before exclusions; in the order of `untreated` and `treated`.

    Raises
    ------
    Problem
        If the plan names no column of compliance.
    """
    plan, found = analysis.plan, analysis.compliers
    if plan.compliance is None or not found:
        raise Problem("who took the treatment up is not known", where=plan.name, remedy="Plan compliance")
    metric = next(metric for metric in plan.metrics if metric.name == found[0].metric)
    offered = (data["arm"] == plan.treatments[0]).to_numpy()
    took = data[plan.compliance].to_numpy(dtype=bool)
    outcome = take_outcome(metric, data[offered]).counted
    truth = find_truth(metric, untreated[took], treated[took])
    rest = f"{plan.unit.name} who take it up beside the others"
    return tabulate_contrasts(
        {
            f"{metric.name}: {rest}": (welch(outcome, took[offered]), truth),
            f"{metric.name}: as randomised, among compliers": (found[0].effect, truth),
        }
    )


def tabulate_holdout(
    analysis: Analysis,
    data: pd.DataFrame,
    untreated: pd.DataFrame,
    treated: pd.DataFrame,
    metric: str,
    others: tuple[str, str],
) -> pd.DataFrame:
    """Give what being shown does to a ratio: by what was shown beside all else, and beside what was held back.

    Parameters
    ----------
    metric : str
        A ratio of what is eligible, shown in one arm and held back in the other.
    others : (str, str)
        Numerator and denominator of all else, which no chance set apart.
    """
    finding = next(f for f in analysis.findings if f.metric.name == metric and f.view == PLANNED)
    shown = data[data["arm"] == finding.arm]
    columns = (finding.metric.column, str(finding.metric.denominator))
    sums = [np.concatenate([shown[other], shown[mine]]) for other, mine in zip(others, columns, strict=True)]
    beside = compare_ratios(sums[0], sums[1], np.repeat([False, True], len(shown)))
    truth = find_truth(finding.metric, untreated, treated)
    return tabulate_contrasts(
        {
            f"{metric}: shown beside all else": (beside, truth),
            f"{metric}: as randomised, shown beside held back": (finding.effect, truth),
        }
    )


def _held(rows: list[tuple[str, float, float, float, float, float, int]], name: str) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[name, "estimate", "low", "high", "level", "truth", "n"])
    return table.assign(holds=[bool(held) for held in table["truth"].between(table["low"], table["high"])])
