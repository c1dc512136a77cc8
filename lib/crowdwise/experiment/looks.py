"""A look at an experiment that may stop early: where its bound is, whether it stops, and what it says if it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from crowdwise.base.errors import Problem
from crowdwise.experiment.effect import quantile
from crowdwise.experiment.findings import Finding
from crowdwise.experiment.plan import Plan
from crowdwise.experiment.sequential import (
    Adjusted,
    Bounds,
    Spending,
    adjust,
    anytime_bounds,
    anytime_p_value,
    bounds_by_spending,
)
from crowdwise.experiment.size import Alternative

RHO = 2.0  # Kim & DeMets' exponent: between O'Brien-Fleming's type and Pocock's
NEAR = 0.05  # of the planned information: a look that misses its planned time by less is still that look
_SPENDING: dict[str, Spending] = {"obrien-fleming": "obrien-fleming", "pocock": "pocock", "kim-demets": "power"}
_SMALLEST = 1e-12  # a level whose interval a computer still tells from a certain one; nothing is spent below it


@dataclass(frozen=True)
class Look:
    """One look, before the data are read.

    Parameters
    ----------
    bounds : Bounds
        Of the looks so far, this one last.
    final : bool
        Whether the test ends here whatever is found.
    alpha : float
        The two-sided level at which this look is read: its bound's nominal p-value. Metrics that do not stop the test
        are read at it too, for at the plan's own alpha they would err more often (Hung, Wang & O'Neill 2007).
    """

    bounds: Bounds
    final: bool
    alpha: float

    @property
    def number(self) -> int:
        """Which look it is, from 1."""
        return len(self.bounds.information)

    @property
    def information(self) -> float:
        """The share of the planned information, at this look."""
        return self.bounds.information[-1]


@dataclass(frozen=True)
class Reading:
    """What a look says of the primary metric.

    Parameters
    ----------
    z : float
        Its distance from the null hypothesis in standard errors, on the normal scale.
    crosses : bool
        Whether the bound is reached, in either direction.
    stops : bool
        Whether the test ends: no look is left, or the bound is reached and nothing keeps the rule from deciding.
    naive_low, naive_high : float
        The interval of somebody who forgets the looks, at the plan's level.
    adjusted : Adjusted, optional
        Once the test has ended: median-unbiased, in the stage-wise order (Tsiatis, Rosner & Mehta 1984). Of an
        always-valid sequence, or where the test went on beyond a bound, the plain estimate in the interval that holds
        at all looks together, without a p-value for the latter. Until the end none: nothing is to be reported.
    words : str
        All this in a sentence or two.
    """

    look: Look
    finding: Finding
    z: float
    crosses: bool
    stops: bool
    naive_low: float
    naive_high: float
    adjusted: Adjusted | None
    words: str


def take_look(plan: Plan, units: int, information: Sequence[float] | None = None, *, final: bool = False) -> Look:
    """Give the look that is due.

    Parameters
    ----------
    units : int
        Those analysed at this look.
    information : sequence of float, optional
        The share of the planned information at each look so far, this one last. By default this look's is `units` over
        the plan's, and the looks planned before it were held; within a twentieth of a planned look it is that look.
    final : bool
        Whether this is the last look there will be. One with all of the planned information always is.

    Raises
    ------
    Problem
        If the plan does not say how many units it needs and no information is given, or it does not increase.
    """
    planned = plan.looks.information
    if information is None:
        if plan.looks.units is None:
            what = f"the plan has {len(planned)} looks and does not say how many units the last one has"
            raise Problem(what, where=plan.name, remedy="Give the information at the looks so far, this one last")
        now = units / plan.looks.units
        information = (*(share for share in planned if share < now - NEAR), now)
        final = final or now >= 1 - NEAR
    last = final or (len(information) > 0 and information[-1] >= 1)
    alternative = _alternative(plan)
    alpha = plan.alpha if alternative == "two-sided" else plan.alpha / 2
    try:
        if plan.looks.spending == "always-valid":
            bounds = anytime_bounds(information, alpha=alpha, alternative=alternative)
        else:
            bounds = bounds_by_spending(
                information,
                alpha=alpha,
                alternative=alternative,
                spending=_SPENDING[plan.looks.spending],
                rho=RHO,
                final=last,
            )
    except ValueError as error:
        raise Problem(str(error), where=f"{plan.name}, looks", remedy="Give rising shares, one a look") from None
    return Look(bounds, last, max(2 * float(stats.norm.sf(bounds.critical[-1])), _SMALLEST))


def read_look(
    plan: Plan, look: Look, finding: Finding, *, waits: Sequence[str] = (), crossed_before: bool = False
) -> Reading:
    """Hold the primary metric's planned finding against the bound.

    Parameters
    ----------
    waits : sequence of str
        Guardrails that are not shown to hold at this look. A bound that is reached upwards does not stop the test for
        these: what ships must cross and hold at one look, which keeps either error (intersection-union; Berger 1982).
    crossed_before : bool
        Whether it went on so at an earlier look. The stage-wise order no longer holds then.
    """
    effect, metric = finding.effect, finding.metric
    null = 0.0
    if metric.margin is not None:
        null = -metric.margin if metric.direction == "increase" else metric.margin
    z, error = _standardise(finding, null)
    crosses = bool(finding.p_value <= look.alpha)
    hoped = metric.margin is not None or (effect.difference > 0) == (metric.direction == "increase")
    stops = look.final or (crosses and not (waits and hoped))
    half = quantile(1 - plan.alpha, effect.freedom) * effect.error
    adjusted = None
    if stops and plan.looks.spending == "always-valid":
        p = float(anytime_p_value(z, look.information, alpha=plan.alpha))
        adjusted = Adjusted(p, effect.difference, effect.low, effect.high, 1 - plan.alpha)
    elif stops and crossed_before:
        adjusted = Adjusted(np.nan, effect.difference, effect.low, effect.high, 1 - plan.alpha)
    elif stops and error > 0:
        found = adjust(look.bounds, effect.difference - null, error, level=1 - plan.alpha)
        moved = {name: getattr(found, name) + null for name in ("estimate", "low", "high")}
        adjusted = replace(found, **moved)
    reading = Reading(
        look, finding, z, crosses, stops, effect.difference - half, effect.difference + half, adjusted, ""
    )
    return replace(reading, words=_words(plan, reading, waits))


def _alternative(plan: Plan) -> Alternative:
    """Give the side that counts: a margin is a bound on one side, a difference may be on either."""
    metric = next(metric for metric in plan.metrics if metric.role == "primary")
    if metric.margin is None:
        return "two-sided"
    return "larger" if metric.direction == "increase" else "smaller"


def _standardise(finding: Finding, null: float) -> tuple[float, float]:
    """Give Z by the finding's own p-value, and the standard error that makes this Z of its difference.

    So a t's heavier tails and a score test's own error come along (Jennison & Turnbull 2000, section 3.8).
    """
    effect, distance = finding.effect, finding.effect.difference - null
    if effect.error == 0 or distance == 0:
        return 0.0, effect.error
    if not 1e-200 < finding.p_value < 1:  # too small to tell from 0; or beyond the margin, where it is cut at 1
        return distance / effect.error, effect.error
    z = float(np.copysign(stats.norm.isf(finding.p_value / 2), distance))
    return z, distance / z


def _words(plan: Plan, reading: Reading, waits: Sequence[str]) -> str:
    look, adjusted = reading.look, reading.adjusted
    planned = len(plan.looks.information)
    start = (
        f"Look {look.number} of {max(planned, look.number)}, at {look.information:.0%} of the planned information: "
        f"{reading.finding.metric.name} is {abs(reading.z):.2f} standard errors from the null hypothesis, and "
        f"{look.bounds.critical[-1]:.2f} stop the test."
    )
    if reading.crosses and not reading.stops:
        return f"{start} They do, but it goes on: {' and '.join(waits)} can't be told to hold yet."
    if not reading.stops:
        return f"{start} It goes on: no estimate is reported yet."
    end = "It stops here." if reading.crosses else "It ends here, without a bound being reached."
    if adjusted is None:
        return f"{start} {end}"
    return (
        f"{start} {end} Allowing for the looks the difference is {adjusted.estimate:+.4g} "
        f"({100 * adjusted.level:g}% interval {adjusted.low:.4g} to {adjusted.high:.4g}; unadjusted "
        f"{reading.finding.effect.difference:+.4g}, {reading.naive_low:.4g} to {reading.naive_high:.4g})."
    )
