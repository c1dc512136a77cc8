"""An experiment's analysis: by its plan, as assigned first, with the decision in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.experiment.balance import tabulate_balance
from crowdwise.experiment.compliance import ComplierEffect, measure_compliers
from crowdwise.experiment.decision import Decision, Verdict, decide, judge
from crowdwise.experiment.findings import PLANNED, Finding, find_all, find_metric_cap
from crowdwise.experiment.looks import Look, Reading, read_look, take_look
from crowdwise.experiment.outcomes import Outcome, take_covariates, take_numbers, take_outcome
from crowdwise.experiment.plan import Metric, Plan
from crowdwise.experiment.plan_change import hash_plan, refuse_changed
from crowdwise.experiment.sample import ARM, Sample, Step, take_sample
from crowdwise.experiment.sequential import Adjusted
from crowdwise.experiment.srm import sample_ratio


@dataclass(frozen=True)
class ComplierFinding:
    """The effect of a primary metric on those who took an arm's treatment up."""

    metric: str
    arm: str
    effect: ComplierEffect


@dataclass(frozen=True, eq=False)
class Analysis:
    """What an experiment found.

    Parameters
    ----------
    alpha : float
        At which it was read: the plan's, or this look's.
    steps : tuple of Step
        How the units came down to those analysed.
    balance : DataFrame
        The arms before the experiment, as `tabulate_balance` gives it; empty without covariates.
    findings : tuple of Finding
        As assigned: the planned estimate of each metric and arm, and the views beside it.
    verdicts : tuple of Verdict
        On the planned ones, each within its family.
    compliers : tuple of ComplierFinding
        Second to the findings: they rest on more than the randomisation.
    reading : Reading, optional
        Where the plan has several looks: what this one says, adjusted for the looks once the test has ended. The
        findings' intervals then are those of the look's own level, which hold at all looks together (repeated
        confidence intervals: Jennison & Turnbull 1989).
    """

    plan: Plan
    plan_hash: str
    alpha: float
    steps: tuple[Step, ...]
    balance: pd.DataFrame
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    compliers: tuple[ComplierFinding, ...]
    decision: Decision
    reading: Reading | None = None

    def table(self) -> pd.DataFrame:
        """Give the findings, a row each, planned ones with their corrected p-value and verdict.

        What allows for the looks follows, and compliers are last.
        """
        verdicts = {id(verdict.finding): verdict for verdict in self.verdicts}
        rows = [_row(finding, verdicts.get(id(finding))) for finding in self.findings]
        if self.reading is not None and self.reading.adjusted is not None:
            rows.append(_adjusted_row(self.reading, self.reading.adjusted))
        for item in self.compliers:
            effect = item.effect
            role = next(metric.role for metric in self.plan.metrics if metric.name == item.metric)
            rows.append(
                {
                    "metric": item.metric,
                    "role": role,
                    "arm": item.arm,
                    "view": "compliers",
                    "method": "two-stage least squares",
                    "difference": effect.effect,
                    "error": effect.error,
                    "low": effect.low,
                    "high": effect.high,
                    "level": effect.level,
                }
            )
        return pd.DataFrame(rows)


def analyse(
    plan: Plan,
    data: pd.DataFrame,
    *,
    started_hash: str,
    started_plan: Plan | None = None,
    now: datetime | None = None,
    information: Sequence[float] | None = None,
    final: bool = False,
    crossed_before: bool = False,
) -> Analysis:
    """Analyse an experiment by the plan it was started with.

    Parameters
    ----------
    data : DataFrame
        A row a unit that was assigned, whether or not it was seen again: the plan's columns, and ``arm``.
    started_hash : str
        The plan's hash as it was logged at the start (see `hash_plan`).
    started_plan : Plan, optional
        The plan that was logged, to say what changed if it did.
    now : datetime, optional
        When outcomes were read; needed where the plan has a maturity rule.
    information : sequence of float, optional
        Where the plan has several looks, the share of the planned information at each look so far, this one last. By
        default that of the units analysed over the plan's, after looks that were held as planned.
    final : bool
        Whether no further look will follow though the information fell short of the plan.
    crossed_before : bool
        Whether a bound was reached at an earlier look, and the test went on for a guardrail.

    Raises
    ------
    Problem
        If the plan changed, the sample ratio is off, units are immature or doubled, or values are missing where the
        plan does not say how they count.
    """
    refuse_changed(plan, started_hash, started_plan)
    sample = take_sample(plan, data, now)
    look = _look(plan, len(sample.data), information, final)
    read_at = plan.alpha if look is None else look.alpha
    findings: list[Finding] = []
    compliers: list[ComplierFinding] = []
    took = None if plan.compliance is None else _took(plan, sample)
    for metric in plan.metrics:
        outcome = take_outcome(metric, sample.data)
        _check_kept(plan, metric, outcome, sample)
        covariates = take_covariates(metric.covariates, sample.data) if metric.covariates else None
        cap = find_metric_cap(metric, outcome.counted if outcome.kept.all() else outcome.counted[outcome.kept])
        for place, arm in enumerate(plan.treatments, start=1):
            rows = _rows(sample.arms, place, outcome.kept)
            treated = sample.arms[rows] == place
            values = outcome.counted[rows]
            findings += find_all(
                plan,
                metric,
                arm,
                values,
                treated,
                denominator=None if outcome.denominator is None else outcome.denominator[rows],
                covariates=None if covariates is None else covariates[rows],
                cap=cap,
                missing=outcome.missing,
                level=1 - read_at,
            )
            if took is not None and metric.role == "primary" and metric.kind != "ratio":
                capped = values if cap is None else np.minimum(values, cap)
                effect = measure_compliers(capped, treated, took[rows], level=1 - read_at)
                compliers.append(ComplierFinding(metric.name, arm, effect))
    verdicts = judge(plan, findings, read_at)
    reading = None
    if look is not None:
        waits = [v.finding.metric.name for v in verdicts if v.finding.metric.role == "guardrail" and not v.succeeds]
        reading = read_look(plan, look, _primary(findings), waits=waits, crossed_before=crossed_before)
    return Analysis(
        plan,
        hash_plan(plan),
        read_at,
        sample.steps,
        _balance(plan, sample),
        tuple(findings),
        verdicts,
        tuple(compliers),
        decide(plan, verdicts, reading),
        reading,
    )


def _look(plan: Plan, units: int, information: Sequence[float] | None, final: bool) -> Look | None:
    if len(plan.looks.information) > 1:
        return take_look(plan, units, information, final=final)
    if information is not None or final:
        what = "the plan has one look, and information at looks is given"
        raise Problem(what, where=plan.name, remedy="Leave information and final out")
    return None


def _primary(findings: Sequence[Finding]) -> Finding:
    """Give the one finding that several looks are planned for (`Plan` allows no more)."""
    return next(f for f in findings if f.metric.role == "primary" and f.view == PLANNED)


def _rows(arms: np.ndarray, place: int, kept: np.ndarray) -> np.ndarray | slice:
    """Give which rows are of the control or of one other arm; a slice of all of them saves a copy."""
    wanted = ((arms == 0) | (arms == place)) & kept
    return slice(None) if wanted.all() else wanted


def _check_kept(plan: Plan, metric: Metric, outcome: Outcome, sample: Sample) -> None:
    """Refuse a metric whose missing values are more common in one arm: who is left is no longer comparable."""
    if outcome.kept.all():
        return
    counts = np.bincount(sample.arms[outcome.kept], minlength=len(plan.arms))
    units = {arm.name: int(count) for arm, count in zip(plan.arms, counts, strict=True)}
    if not sum(units.values()):
        raise Problem("all values are missing", where=f"metric {metric.name!r}", remedy="Import the outcomes")
    where = f"metric {metric.name!r}, missing values excluded"
    sample_ratio(units, plan.weights).refuse(plan.sample_ratio_threshold, where=where)


def _took(plan: Plan, sample: Sample) -> np.ndarray:
    assert plan.compliance is not None
    where = f"compliance {plan.compliance!r}"
    took = take_numbers(sample.data[plan.compliance], where)
    if not ((took == 0) | (took == 1)).all():
        raise Problem("a value is missing, or neither true nor false", where=where, remedy="Give true or false")
    return took


def _balance(plan: Plan, sample: Sample) -> pd.DataFrame:
    names = dict.fromkeys(covariate.column for metric in plan.metrics for covariate in metric.covariates)
    return tabulate_balance(sample.data, list(names), ARM, plan.control)


def _adjusted_row(reading: Reading, adjusted: Adjusted) -> dict[str, object]:
    finding = reading.finding
    return {
        "metric": finding.metric.name,
        "role": finding.metric.role,
        "arm": finding.arm,
        "view": "adjusted for the looks",
        "method": "stage-wise order",
        "difference": adjusted.estimate,
        "low": adjusted.low,
        "high": adjusted.high,
        "level": adjusted.level,
        "p_value": adjusted.p_value,
    }


def _row(finding: Finding, verdict: Verdict | None) -> dict[str, object]:
    effect, lift, exact, posterior = finding.effect, finding.lift, finding.lift_fieller, finding.posterior
    return {
        "metric": finding.metric.name,
        "role": finding.metric.role,
        "arm": finding.arm,
        "view": finding.view,
        "method": effect.method,
        "control": effect.control,
        "treatment": effect.treatment,
        "difference": effect.difference,
        "error": effect.error,
        "low": effect.low,
        "high": effect.high,
        "level": effect.level,
        "p_value": finding.p_value,
        "p_adjusted": verdict.p_adjusted if verdict else np.nan,
        "succeeds": verdict.succeeds if verdict else None,
        "lift": lift.value if lift else np.nan,
        "lift_low": lift.low if lift else np.nan,
        "lift_high": lift.high if lift else np.nan,
        "lift_fieller_low": exact.low if exact else np.nan,
        "lift_fieller_high": exact.high if exact else np.nan,
        "chance_larger": posterior.chance_better if posterior else np.nan,
        "n_control": effect.n_control,
        "n_treatment": effect.n_treatment,
        "cap": np.nan if finding.cap is None else finding.cap,
        "missing": finding.missing,
    }
