"""What looking early costs, and what it saves: each rule beside the test that looks once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from crowdwise.experiment.sequential.anytime import anytime_bounds
from crowdwise.experiment.sequential.bounds import Bounds, bounds_by_shape, bounds_by_spending, unadjusted_bounds
from crowdwise.experiment.sequential.integration import crossing, drift_for_power, power
from crowdwise.experiment.sequential.spending import Spending
from crowdwise.experiment.size import Alternative, critical


def rules_of(
    information: Sequence[float], *, alpha: float = 0.05, alternative: Alternative = "two-sided"
) -> dict[str, Bounds]:
    """Give the bounds of every rule at the same looks, by its name."""
    share = critical(alpha / len(information), alternative)

    def spending(kind: Spending) -> Bounds:
        return bounds_by_spending(information, alpha=alpha, alternative=alternative, spending=kind, rho=2, final=True)

    def shape(kind: Literal["obrien-fleming", "pocock"]) -> Bounds:
        return bounds_by_shape(information, alpha=alpha, alternative=alternative, shape=kind)

    return {
        "one look at the end": unadjusted_bounds(information[-1:], alpha=alpha, alternative=alternative),
        "O'Brien-Fleming spending": spending("obrien-fleming"),
        "Kim-DeMets spending, rho 2": spending("power"),
        "Pocock spending": spending("pocock"),
        "O'Brien-Fleming shape": shape("obrien-fleming"),
        "Pocock shape": shape("pocock"),
        "confidence sequence": anytime_bounds(information, alpha=alpha, alternative=alternative),
        "Bonferroni over looks": Bounds.at(information, [share] * len(information), alpha, alternative),
        "peeking, unadjusted": unadjusted_bounds(information, alpha=alpha, alternative=alternative),
    }


def tabulate_price(rules: Mapping[str, Bounds], *, power_asked: float = 0.8) -> pd.DataFrame:
    """Give what each rule costs and saves, by numerical integration: no simulation.

    Returns
    -------
    DataFrame
        A row a rule, indexed by its name. ``error``: the chance to reject without a difference. ``power``: the chance
        to find the difference that one look at the end finds with `power_asked`, with the same largest size.
        ``largest size``: times that of one look which the rule needs for `power_asked`. ``expected size`` and
        ``expected size without difference``: the mean then, on the same scale. A rule whose error is above alpha has
        no fair power or size; its row says how it misleads.
    """
    rows = {}
    for name, bounds in rules.items():
        reference, needed, scaled = _drifts(bounds, power_asked)
        null, largest = crossing(scaled), (needed / reference) ** 2
        rows[name] = (
            null.total,
            power(scaled, reference),
            largest,
            largest * crossing(scaled, needed).expected_information,
            largest * null.expected_information,
        )
    columns = ["error", "power", "largest size", "expected size", "expected size without difference"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("rule")


def inflation(bounds: Bounds, *, power_asked: float = 0.8) -> float:
    """Give how many times the units of one look these bounds take at most, for `Size.scaled`.

    The constant R of Jennison & Turnbull (2000), tables 2.2 and 2.4.
    """
    reference, needed, _ = _drifts(bounds, power_asked)
    return (needed / reference) ** 2


def _drifts(bounds: Bounds, power_asked: float) -> tuple[float, float, Bounds]:
    """Give the drift that one look finds, the one that the bounds find, and the bounds with their last look at 1."""
    once = drift_for_power(unadjusted_bounds([1.0], alpha=bounds.alpha, alternative=bounds.alternative), power_asked)
    information = tuple((np.asarray(bounds.information) / bounds.information[-1]).tolist())
    scaled = Bounds(information, bounds.lower, bounds.upper, bounds.alpha, bounds.alternative)
    return once, drift_for_power(scaled, power_asked), scaled


def tabulate_bounds(bounds: Bounds) -> pd.DataFrame:
    """Give a row a look: information, bound, its nominal p-value, and the alpha spent there and until then."""
    null = crossing(bounds)
    spent = null.upper + null.lower
    sides = 2 if bounds.alternative == "two-sided" else 1
    return pd.DataFrame(
        {
            "look": range(1, len(spent) + 1),
            "information": bounds.information,
            "bound": bounds.critical,
            "nominal p": sides * stats.norm.sf(bounds.critical),
            "spent here": spent,
            "spent so far": np.cumsum(spent),
        }
    )
