"""A check's finding, the table of them, and what a severe one does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import pandas as pd

from crowdwise.base.errors import Problem


class Severity(StrEnum):
    """How much a finding matters; a severe one fails the stage unless it is waived."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    SEVERE = "severe"


RANK = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True)
class Check:
    """What is looked for: its code, its title, from where on it is found, and what to do then."""

    code: str
    title: str
    threshold: str
    remedy: str

    def found(self, severity: Severity, finding: str) -> Finding:
        """Give a finding of this check, in words with numbers and without a full stop."""
        return Finding(self, severity, finding)

    def skipped(self, why: str) -> Finding:
        """Give the note that it could not be looked for."""
        return Finding(self, Severity.NOTE, f"not checked: {why}")


@dataclass(frozen=True)
class Finding:
    """What a check found; `waiver` is the reason why a severe one is let pass, empty if it isn't."""

    check: Check
    severity: Severity
    finding: str
    waiver: str = ""


def grade(value: float, warning: float, severe: float) -> Severity:
    """Give the severity of a value that should be low: a warning from `warning` on, severe from `severe` on."""
    return Severity.SEVERE if value >= severe else Severity.WARNING if value >= warning else Severity.OK


def findings_table(findings: Sequence[Finding]) -> pd.DataFrame:
    """Give the findings to read, the worst first.

    Columns ``code, check, severity, finding, threshold, remedy, waived because``.
    """
    ordered = sorted(findings, key=lambda each: (-RANK[each.severity], each.check.code))
    rows = [
        (f.check.code, f.check.title, str(f.severity), f.finding, f.check.threshold, f.check.remedy, f.waiver)
        for f in ordered
    ]
    names = ["code", "check", "severity", "finding", "threshold", "remedy", "waived because"]
    return pd.DataFrame(rows, columns=names)


def waive(findings: Sequence[Finding], waivers: Mapping[str, str]) -> list[Finding]:
    """Give the findings with the reasons that the parameters give; only severe ones need and keep one.

    Raises
    ------
    Problem
        If a waiver's code is no check's, or its reason is empty.
    """
    codes = {each.check.code for each in findings}
    for code, reason in waivers.items():
        if code not in codes:
            remedy = f"Use one of {', '.join(sorted(codes))}"
            raise Problem("there is no such check", where=f"parameter waivers, {code}", remedy=remedy)
        if not isinstance(reason, str) or not reason.strip():
            remedy = "Say why the finding may stand, or remove the waiver"
            raise Problem("it gives no reason", where=f"parameter waivers, {code}", remedy=remedy)
    return [
        replace(each, waiver=waivers.get(each.check.code, "").strip()) if each.severity is Severity.SEVERE else each
        for each in findings
    ]


def refuse_severe(findings: Sequence[Finding], waivers: Mapping[str, str]) -> list[Finding]:
    """Give the findings with their waivers' reasons, or stop at a severe one that has none.

    Raises
    ------
    Problem
        Naming the first such finding's code, what it found and what to do; or as `waive` does.
    """
    waived = waive(findings, waivers)
    for each in waived:
        if each.severity is Severity.SEVERE and not each.waiver:
            code, title = each.check.code, each.check.title
            remedy = f"{each.check.remedy}; or waive it with a reason: `waivers: {{{code}: ...}}` in params/"
            raise Problem(f"{title}: {each.finding}", where=f"check {code}", remedy=remedy)
    return waived
