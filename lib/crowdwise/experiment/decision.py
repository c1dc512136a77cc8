"""What the plan's rule makes of the findings, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crowdwise.experiment.families import correct
from crowdwise.experiment.findings import PLANNED, Finding
from crowdwise.experiment.looks import Reading
from crowdwise.experiment.plan import Plan, Role


@dataclass(frozen=True)
class Verdict:
    """A planned finding, its p-value within its family, whether it succeeds, and the sentence that says so."""

    finding: Finding
    p_adjusted: float
    succeeds: bool
    words: str


@dataclass(frozen=True)
class Decision:
    """The arms that the rule ships (none: keep the control), the paragraph that says why, and if the test has ended."""

    arms: tuple[str, ...]
    words: str
    ended: bool = True


def judge(plan: Plan, findings: Sequence[Finding], alpha: float) -> tuple[Verdict, ...]:
    """Give a verdict on each planned finding, corrected within its role's family over all metrics and arms.

    A test of difference succeeds if its corrected p-value is at most `alpha` and the difference is in the planned
    direction; a test of non-inferiority if twice its one-sided p-value is.
    """
    verdicts = {}
    for role in ("primary", "guardrail", "secondary"):
        family = [finding for finding in findings if finding.view == PLANNED and finding.metric.role == role]
        for finding, p in zip(family, _corrected(plan, role, family), strict=True):
            verdicts[id(finding)] = _verdict(plan, finding, p, alpha)
    return tuple(verdicts[id(finding)] for finding in findings if id(finding) in verdicts)


def decide(plan: Plan, verdicts: Sequence[Verdict], reading: Reading | None = None) -> Decision:
    """Apply the plan's rule to each arm: enough primary metrics succeed and all guardrails hold.

    At a look that does not stop the test nothing is decided, whatever the metrics say.
    """
    if reading is not None and not reading.stops:
        return Decision((), f"{reading.words} Decision: none yet.", False)
    shipped, paragraphs = [], [reading.words] if reading is not None else []
    enough = all if plan.decision.success == "all" else any
    for arm in plan.treatments:
        own = [verdict for verdict in verdicts if verdict.finding.arm == arm]
        primary = [verdict for verdict in own if verdict.finding.metric.role == "primary"]
        guardrails = [verdict for verdict in own if verdict.finding.metric.role == "guardrail"]
        succeeds = enough(verdict.succeeds for verdict in primary)
        holds = all(verdict.succeeds for verdict in guardrails)
        if succeeds and holds:
            shipped.append(arm)
        why = " ".join(verdict.words for verdict in (*primary, *guardrails))
        need = f"{plan.decision.success} of the primary metrics must succeed" if len(primary) > 1 else ""
        if guardrails:
            need += (" and " if need else "the primary metric must succeed and ") + "every guardrail must hold"
        rule = f" ({need})" if need else ""
        met = "The rule is met" if succeeds and holds else "The rule is not met"
        paragraphs.append(f"{arm} against {plan.control}: {why} {met}{rule}.")
    done = plan.decision.ship if shipped else plan.decision.otherwise
    arms = f" ({', '.join(shipped)})" if shipped and len(plan.treatments) > 1 else ""
    return Decision(tuple(shipped), " ".join(paragraphs) + f" Decision: {done}{arms}.")


def _corrected(plan: Plan, role: Role, family: Sequence[Finding]) -> list[float]:
    p = [finding.p_value for finding in family]
    if role == "guardrail" or not p:
        return p
    correction = plan.multiplicity.primary if role == "primary" else plan.multiplicity.secondary
    return [float(value) for value in correct(p, correction)]


def _verdict(plan: Plan, finding: Finding, p: float, alpha: float) -> Verdict:
    metric, effect = finding.metric, finding.effect
    rose = effect.difference > 0
    found = p <= alpha
    interval = f"{effect.difference:+.4g} ({100 * effect.level:.4g}% interval {effect.low:.4g} to {effect.high:.4g}"
    interval += f"; lift {finding.lift.value:+.1%})" if finding.lift else ")"
    if metric.margin is not None:
        words = "is not worse by the margin" if found else "is not shown to be within the margin"
        words = f"{metric.name} {words} of {metric.margin:g}: {interval}, one-sided p {p / 2:.2g}."
        return Verdict(finding, p, found, words)
    better = rose == (metric.direction == "increase")
    if not found:
        words = f"no difference in {metric.name} was found"
    else:
        words = f"{metric.name} {'rose' if rose else 'fell'}, {'as' if better else 'against what was'} hoped"
    return Verdict(finding, p, found and better, f"{words}: {interval}, p {p:.2g}.")
