"""A plan as tables to read: what is compared, and by which rules."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from crowdwise.experiment.plan import Metric, Plan


def tabulate_plan(plan: Plan) -> pd.DataFrame:
    """Give the plan's rules, a row each: ``rule, choice``."""
    rows = [(f"hypothesis on {item.metric}", item.statement) for item in plan.hypotheses]
    rows += [("unit", plan.unit.name), ("arms, control first", _listed(f"{a.name} {a.weight:.0%}" for a in plan.arms))]
    rows.append(("alpha, two-sided", f"{plan.alpha:g}"))
    rows.append(("looks", _looks(plan)))
    if plan.maturity is not None:
        m = plan.maturity
        kept = "left out until then" if m.immature == "excluded" else "waited for"
        rows.append(("mature", f"{m.days:g} days after {m.column}; {kept}"))
    for item in plan.exclusions:
        rows.append(("left out", f"{item.column} is {str(item.equals).lower()}: {item.reason}"))
    if plan.compliance is not None:
        rows.append(("complier effect by", plan.compliance))
    rows.append(("sample ratio", f"stops the analysis below p = {plan.sample_ratio_threshold:g}"))
    correction = plan.multiplicity
    rows.append(("several metrics", f"primary by {correction.primary}, secondary by {correction.secondary}"))
    need = f"{plan.decision.success} of the primary metrics succeed and every guardrail holds"
    rows.append(("decision", f"if {need}: {plan.decision.ship}; else: {plan.decision.otherwise}"))
    return pd.DataFrame(rows, columns=["rule", "choice"])


def tabulate_metrics(plan: Plan) -> pd.DataFrame:
    """Give the plan's metrics, a row each."""
    columns = ["metric", "role", "kind", "better is", "margin", "capped at", "missing values", "adjusted for"]
    rows = [
        (
            metric.name,
            metric.role,
            metric.kind,
            "more" if metric.direction == "increase" else "less",
            metric.margin,
            _cap(metric),
            {"refuse": "an error", "zero": "0", "failure": "the worse"}.get(metric.nulls, "left out"),
            _listed(covariate.column for covariate in metric.covariates),
        )
        for metric in plan.metrics
    ]
    return pd.DataFrame(rows, columns=columns)


def _looks(plan: Plan) -> str:
    looks = plan.looks
    if len(looks.information) == 1:
        return "once, at the end"
    shares = _listed(f"{share:.0%}" for share in looks.information)
    whole = f" of {looks.units:,.0f} {plan.unit.name}" if looks.units else " of the planned information"
    return f"at {shares}{whole}; alpha spent by {looks.spending}, stopping for {looks.stopping}"


def _cap(metric: Metric) -> str:
    if metric.cap is not None:
        return f"{metric.cap:g}"
    return "" if metric.cap_share is None else f"quantile {metric.cap_share:g}"


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)
