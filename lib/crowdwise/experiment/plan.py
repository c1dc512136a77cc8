"""The plan of an experiment: everything that is decided before the first unit is assigned.

A plan is written as YAML, read by `crowdwise.experiment.plan_text.read_plan`, hashed when the experiment starts
(`crowdwise.experiment.plan_change.hash_plan`), and held to by the analysis. The first arm is the control.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from crowdwise.base.errors import Problem

Role = Literal["primary", "secondary", "guardrail"]
Kind = Literal["mean", "proportion", "ratio", "count"]
Direction = Literal["increase", "decrease"]
Nulls = Literal["refuse", "zero", "excluded", "failure"]
Correction = Literal["holm", "benjamini-hochberg"]


@dataclass(frozen=True)
class Unit:
    """Who is assigned: the column that names one, and the word for many."""

    column: str
    name: str


@dataclass(frozen=True)
class Arm:
    """An arm and its share of the units, as a weight beside the other arms' weights."""

    name: str
    weight: float


@dataclass(frozen=True)
class Hypothesis:
    """What is expected, in words, and the metric that will tell."""

    statement: str
    metric: str


@dataclass(frozen=True)
class Covariate:
    """A column known before assignment, used to lower the variance.

    `nulls` is ``refuse``, or ``indicator``: a missing value counts as 0 beside a column that says it was missing
    (Zhao & Ding 2024).
    """

    column: str
    nulls: Literal["refuse", "indicator"] = "refuse"


@dataclass(frozen=True)
class Metric:
    """What is measured, and how it is compared.

    Parameters
    ----------
    role : str
        ``primary`` metrics decide, ``guardrail`` metrics must not get worse by more than `margin`, ``secondary`` ones
        explain.
    kind : str
        ``mean``, ``count`` (a mean of whole numbers), ``proportion`` (0 or 1), or ``ratio`` (sum of `column` over sum
        of `denominator`).
    direction : str
        What is better: ``increase`` or ``decrease``.
    margin : float, optional
        In the metric's own unit, above 0. With a margin the metric is tested for non-inferiority, without for a
        difference.
    cap : float, optional
        Larger values count as this one.
    cap_share : float, optional
        Values above this quantile of all arms together count as the quantile.
    nulls : str
        How a missing value counts: ``refuse`` (an error), ``zero``, ``excluded`` (the unit is left out of this metric),
        or ``failure`` (a proportion's worse value).
    """

    name: str
    role: Role
    kind: Kind
    direction: Direction
    column: str
    denominator: str | None = None
    margin: float | None = None
    cap: float | None = None
    cap_share: float | None = None
    nulls: Nulls = "refuse"
    covariates: tuple[Covariate, ...] = ()

    def __post_init__(self) -> None:
        where = f"metric {self.name!r}"
        if (self.denominator is not None) != (self.kind == "ratio"):
            wanted = "needs a denominator" if self.kind == "ratio" else "has no denominator"
            raise Problem(f"a {self.kind} {wanted}", where=where, remedy="Give one to ratio metrics, and to no other")
        if self.margin is not None and not (math.isfinite(self.margin) and self.margin > 0):
            raise Problem(f"margin is {self.margin}", where=where, remedy="Give a margin above 0, or none")
        if self.role == "guardrail" and self.margin is None:
            raise Problem("a guardrail has no margin", where=where, remedy="Say how much worse is still accepted")
        if self.cap is not None and self.cap_share is not None:
            raise Problem("both cap and cap_share are given", where=where, remedy="Keep one of them")
        if (self.cap is not None or self.cap_share is not None) and self.kind not in ("mean", "count"):
            raise Problem(f"a {self.kind} can't be capped", where=where, remedy="Cap means and counts only")
        if self.cap_share is not None and not 0.5 < self.cap_share < 1:
            raise Problem(f"cap_share is {self.cap_share}", where=where, remedy="Give a share above 0.5 and below 1")
        if self.nulls == "failure" and self.kind != "proportion":
            raise Problem(f"nulls of a {self.kind} can't be failures", where=where, remedy="Use zero, or excluded")
        if self.covariates and self.kind == "ratio":
            raise Problem("a ratio is not adjusted for covariates", where=where, remedy="Take the covariates away")


@dataclass(frozen=True)
class Looks:
    """When the data are looked at, as shares of the planned information, and how alpha is spent over the looks.

    Parameters
    ----------
    spending : str
        ``none``; a spending function of O'Brien-Fleming's or Pocock's type, or Kim & DeMets' (exponent 2); or
        ``always-valid``: a confidence sequence, which allows any number of looks, at the price of wider intervals.
    stopping : str
        ``fixed`` (read once, at the end) or ``efficacy`` (stop when a bound is crossed).
    units : float, optional
        Units of all arms together that are the planned information.
    """

    information: tuple[float, ...] = (1.0,)
    spending: Literal["none", "obrien-fleming", "pocock", "kim-demets", "always-valid"] = "none"
    stopping: Literal["fixed", "efficacy"] = "fixed"
    units: float | None = None

    def __post_init__(self) -> None:
        times = self.information
        if not times or times[-1] != 1 or times[0] <= 0 or any(b <= a for a, b in pairwise(times)):
            raise Problem(
                f"information is {list(times)}", where="looks", remedy="Give rising shares above 0 that end with 1"
            )
        several = len(times) > 1
        if several == (self.spending == "none") or several == (self.stopping == "fixed"):
            raise Problem(
                f"{len(times)} looks don't go with spending {self.spending!r} and stopping {self.stopping!r}",
                where="looks",
                remedy="One look: none and fixed; several: a spending function and efficacy",
            )
        if self.units is not None and not (math.isfinite(self.units) and self.units >= 1):
            raise Problem(f"units is {self.units}", where="looks", remedy="Give all arms' units, 1 or more")


@dataclass(frozen=True)
class Exclusion:
    """Units left out by something known before assignment: those whose `column` equals a value."""

    column: str
    equals: bool | float | str
    reason: str


@dataclass(frozen=True)
class Maturity:
    """When an outcome is known: `days` after the time in `column`, which must be fixed by the assignment.

    Units that are not mature are refused, or with `immature` ``excluded`` left out: whole cohorts, whatever their arm.
    """

    column: str
    days: float
    immature: Literal["refuse", "excluded"] = "refuse"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.days) and self.days >= 0):
            raise Problem(f"days is {self.days}", where="maturity", remedy="Give 0 or more days")


@dataclass(frozen=True)
class DecisionRule:
    """What is done: `ship` if all (or any) primary metrics succeed and all guardrails hold, or else `otherwise`."""

    success: Literal["all", "any"]
    ship: str
    otherwise: str


@dataclass(frozen=True)
class Multiplicity:
    """How the tests of one role and all arms, which are one family, are corrected.

    Guardrails are not: all must hold, so each is tested at alpha (intersection-union; Berger 1982).
    """

    primary: Correction = "holm"
    secondary: Correction = "benjamini-hochberg"


@dataclass(frozen=True)
class Plan:
    """An experiment as it was planned.

    Parameters
    ----------
    alpha : float
        Two-sided; a non-inferiority test is one-sided at half of it (ICH E9, 1998, section 5.5).
    adjustment : str
        How covariates are used: ``lin`` (Lin 2013) or ``cuped`` (Deng et al. 2013).
    compliance : str, optional
        The column that says whether a unit took its treatment up, for the complier effect.
    sample_ratio_threshold : float
        The p-value of the sample ratio below which the analysis stops.
    """

    name: str
    unit: Unit
    arms: tuple[Arm, ...]
    hypotheses: tuple[Hypothesis, ...]
    metrics: tuple[Metric, ...]
    alpha: float
    decision: DecisionRule
    looks: Looks = Looks()
    multiplicity: Multiplicity = Multiplicity()
    adjustment: Literal["lin", "cuped"] = "lin"
    maturity: Maturity | None = None
    exclusions: tuple[Exclusion, ...] = ()
    compliance: str | None = None
    sample_ratio_threshold: float = 0.001

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 1:
            raise Problem(f"alpha is {self.alpha}", where="alpha", remedy="Give a number between 0 and 1, as in 0.05")
        if not 0 < self.sample_ratio_threshold < 0.5:
            raise Problem(
                f"the threshold is {self.sample_ratio_threshold}",
                where="sample_ratio_threshold",
                remedy="Give a small p-value, as in 0.001",
            )
        if len(self.arms) < 2:
            raise Problem(
                "there are fewer than two arms", where="arms", remedy="Name the control first, then the others"
            )
        for kind, names in (("arm", [a.name for a in self.arms]), ("metric", [m.name for m in self.metrics])):
            for name in names:
                if names.count(name) > 1:
                    raise Problem(f"two {kind}s are named {name!r}", where=f"{kind}s", remedy="Give each its own name")
        check_weights([arm.weight for arm in self.arms])
        primary = {metric.name for metric in self.metrics if metric.role == "primary"}
        if not primary:
            raise Problem("no metric is primary", where="metrics", remedy="Say which metric decides")
        known = {metric.name for metric in self.metrics}
        for number, hypothesis in enumerate(self.hypotheses):
            if hypothesis.metric not in known:
                raise Problem(
                    f"no metric is named {hypothesis.metric!r}",
                    where=f"hypotheses[{number}].metric",
                    remedy=f"Name one of {', '.join(sorted(known))}",
                )
        for name in sorted(primary - {hypothesis.metric for hypothesis in self.hypotheses}):
            raise Problem(
                f"the primary metric {name!r} has no hypothesis", where="hypotheses", remedy="State what it tests"
            )
        if len(self.looks.information) > 1 and len(primary) * (len(self.arms) - 1) > 1:
            raise Problem(
                "the bounds of several looks hold for one test, and the primary family has more",
                where="looks",
                remedy="Plan one look, or one primary metric and two arms",
            )

    @property
    def control(self) -> str:
        """The first arm."""
        return self.arms[0].name

    @property
    def treatments(self) -> tuple[str, ...]:
        """All other arms."""
        return tuple(arm.name for arm in self.arms[1:])

    @property
    def maturity_days(self) -> float:
        """Days until an outcome is known; 0 without a rule."""
        return self.maturity.days if self.maturity else 0.0

    @property
    def weights(self) -> dict[str, float]:
        """The designed share of each arm."""
        return {arm.name: arm.weight for arm in self.arms}


def check_weights(weights: list[float]) -> None:
    """Refuse shares that are not positive or don't add up to 1."""
    if any(not (math.isfinite(weight) and weight > 0) for weight in weights):
        raise Problem(f"the weights are {weights}", where="arms", remedy="Give each arm a weight above 0")
    if abs(math.fsum(weights) - 1) > 1e-9:
        raise Problem(
            f"the weights add up to {math.fsum(weights):g}", where="arms", remedy="Give weights that add up to 1"
        )
