"""What one metric says of one arm against the control: the planned estimate, and other views beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crowdwise.experiment.adjustment import cuped, lin
from crowdwise.experiment.effect import Effect
from crowdwise.experiment.intervals import compare_proportions, reject_inferiority
from crowdwise.experiment.lift import Lift, lift_by_fieller, lift_by_log
from crowdwise.experiment.plan import Metric, Plan
from crowdwise.experiment.posterior import Comparison, compare_posteriors
from crowdwise.experiment.ratios import compare_ratios
from crowdwise.experiment.welch import compare_active, compare_logs, find_cap, welch

PLANNED = "as planned"


@dataclass(frozen=True)
class Finding:
    """One estimate.

    Parameters
    ----------
    arm : str
        Which is compared with the control.
    view : str
        ``as planned``, which alone is tested and decides, or what it is beside it: ``raw mean`` (not capped),
        ``unadjusted``, ``log``, ``share active``.
    lift, lift_fieller : Lift, optional
        Where both arms' estimates are above 0.
    posterior : Comparison, optional
        Of a proportion that is not adjusted, with a flat prior.
    p_value : float
        Two-sided; of a non-inferiority test, twice its one-sided p-value, so that all are compared with alpha.
    cap : float, optional
        At which values were capped.
    missing : int
        Values that were missing, in all arms, and counted as the plan says.
    """

    metric: Metric
    arm: str
    view: str
    effect: Effect
    lift: Lift | None
    lift_fieller: Lift | None
    posterior: Comparison | None
    p_value: float
    cap: float | None
    missing: int


def find_all(
    plan: Plan,
    metric: Metric,
    arm: str,
    values: np.ndarray,
    treated: np.ndarray,
    *,
    denominator: np.ndarray | None = None,
    covariates: np.ndarray | None = None,
    cap: float | None = None,
    missing: int = 0,
    level: float = 0.95,
) -> list[Finding]:
    """Give the planned estimate first, then those beside it.

    Parameters
    ----------
    values, treated, denominator : ndarray, shape (n,)
        Of the units in the control and in `arm` only.
    covariates : ndarray, shape (n, k), optional
    cap : float, optional
        The value of the metric's cap, found in all arms together.
    """
    capped = values if cap is None else np.minimum(values, cap)
    effects: dict[str, Effect] = {}
    lifts: dict[str, Lift] = {}
    posterior = None
    plain = "unadjusted" if covariates is not None else PLANNED
    if covariates is not None:
        adjust = cuped if plan.adjustment == "cuped" else lin
        effects[PLANNED] = adjust(capped, treated, covariates, level=level)
    if metric.kind == "ratio":
        assert denominator is not None
        effects[plain] = compare_ratios(values, denominator, treated, level=level)
    elif metric.kind == "proportion":
        control, treatment = count_successes(values, treated)
        effects[plain] = compare_proportions(control, treatment, level=level)
        posterior = compare_posteriors(control, treatment)
    else:
        effects[plain] = welch(capped, treated, level=level)
        if cap is not None:
            effects["raw mean"] = welch(values, treated, level=level)
        if metric.role == "primary" and values.min() >= 0:
            effects["log"], lifts["log"] = compare_logs(values, treated, level=level)
            effects["share active"] = compare_active(values, treated, level=level)
    found = []
    for view, effect in effects.items():
        tested = view in (PLANNED, plain)
        positive = view != "log" and min(effect.control, effect.treatment) > 0
        found.append(
            Finding(
                metric,
                arm,
                view,
                effect,
                lift_by_log(effect) if positive else lifts.get(view),
                lift_by_fieller(effect) if positive else None,
                posterior if view == plain else None,
                _p_value(metric, effect, values, treated, view == plain) if tested else effect.p_value,
                None if view in ("raw mean", "log", "share active") else cap,
                missing,
            )
        )
    return found


def find_metric_cap(metric: Metric, values: np.ndarray) -> float | None:
    """Give the value of a metric's cap, as planned or as its share of all arms' values has it."""
    if metric.cap_share is not None:
        return find_cap(values, metric.cap_share)
    return metric.cap


def count_successes(values: np.ndarray, treated: np.ndarray) -> tuple[tuple[int, int], tuple[int, int]]:
    """Give successes and units, control first."""
    n = int(np.count_nonzero(treated))
    hits, all_hits = int(values[treated].sum()), int(values.sum())
    return (all_hits - hits, len(values) - n), (hits, n)


def _p_value(metric: Metric, effect: Effect, values: np.ndarray, treated: np.ndarray, plain: bool) -> float:
    if metric.margin is None:
        return effect.p_value
    if metric.kind == "proportion" and plain:
        control, treatment = count_successes(values, treated)
        return min(1.0, 2 * reject_inferiority(control, treatment, metric.margin, direction=metric.direction))
    return min(1.0, 2 * effect.non_inferiority(metric.margin, metric.direction))
