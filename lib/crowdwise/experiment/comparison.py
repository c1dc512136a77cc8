"""One metric compared between two arms, with everything its design rests on in one place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.experiment.baseline import Baseline
from crowdwise.experiment.duration import Enrolment
from crowdwise.experiment.means import means_effect, means_power, means_size
from crowdwise.experiment.proportions import proportions_effect, proportions_power, proportions_size
from crowdwise.experiment.size import Alternative, Size


@dataclass(frozen=True)
class Comparison:
    """A metric, and how its two arms are to be compared.

    Differences are treatment minus control, in the metric's own unit, among those who take the treatment up.

    Parameters
    ----------
    metric : str
        What is counted, as in ``games bought``.
    unit : str
        Who is assigned, in the plural, as in ``players``.
    baseline : float
        The metric's mean (or proportion) without treatment.
    sd : float, optional
        Its standard deviation between units; None for a proportion.
    alpha, power : float
        The error that is accepted, and the chance to find the difference that is there.
    treatment_share : float
        Share of the units in the treatment arm, in (0, 1).
    uptake : float
        Share of the treatment arm that takes the treatment up, in (0, 1].
    takers : str
        Who they are, as in ``who look``.
    variance_factor : float
        How many times as many units are needed: below 1 with a covariate (`variance_factor`), above it in clusters
        (their `design_effect`) or with looks before the end (`inflation`).
    """

    metric: str
    unit: str
    baseline: float
    sd: float | None = None
    alpha: float = 0.05
    power: float = 0.8
    treatment_share: float = 0.5
    uptake: float = 1.0
    alternative: Alternative = "two-sided"
    takers: str = "who take it up"
    variance_factor: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.treatment_share < 1:
            raise ValueError(f"treatment_share is {self.treatment_share}: both arms need units")
        if not 0 < self.variance_factor < math.inf:
            raise ValueError(f"variance_factor is {self.variance_factor}: it must be above 0")
        if not 0 < self.uptake <= 1:
            raise ValueError(f"uptake is {self.uptake}: a share in (0, 1] of the arm must take the treatment up")

    @property
    def among(self) -> str:
        """Among whom a difference is told, as in " among the 60% who look"; nothing if all take the treatment up."""
        return "" if self.uptake == 1 else f" among the {self.uptake:.0%} {self.takers}"

    @property
    def ratio(self) -> float:
        """Treatment units a control unit."""
        return self.treatment_share / (1 - self.treatment_share)

    def size(self, difference: float) -> Size:
        """Give the whole units in each arm that find a difference."""
        if self.sd is None:
            treated = self.baseline + difference
            size = proportions_size(
                self.baseline,
                treated,
                alpha=self.alpha,
                power=self.power,
                ratio=self.ratio,
                alternative=self.alternative,
            )
        else:
            effect = difference / self.sd
            size = means_size(
                effect, alpha=self.alpha, power=self.power, ratio=self.ratio, alternative=self.alternative
            )
        return size.scaled(self.variance_factor).inflated(self.uptake).rounded()

    def power_of(self, difference: float, control: float) -> float:
        """Give the chance to find a difference with `control` units in the control arm."""
        n = control * self.uptake**2 / self.variance_factor
        if self.sd is None:
            treated = self.baseline + difference
            return proportions_power(
                self.baseline, treated, n, alpha=self.alpha, ratio=self.ratio, alternative=self.alternative
            )
        return means_power(difference / self.sd, n, alpha=self.alpha, ratio=self.ratio, alternative=self.alternative)

    def smallest_difference(self, control: float) -> float:
        """Give the smallest difference that `control` units in the control arm find with the asked power.

        Raises
        ------
        ValueError
            If they find none.
        """
        n = control * self.uptake**2 / self.variance_factor
        if self.sd is None:
            return proportions_effect(
                self.baseline, n, alpha=self.alpha, power=self.power, ratio=self.ratio, alternative=self.alternative
            )
        effect = means_effect(n, alpha=self.alpha, power=self.power, ratio=self.ratio, alternative=self.alternative)
        return effect * self.sd

    def days(self, difference: float, enrolment: Enrolment) -> int:
        """Give the days until the outcomes of all units that find a difference are known."""
        return enrolment.days(self.size(difference).total)


def tabulate_power(comparison: Comparison, differences: Mapping[str, float], points: int = 41) -> pd.DataFrame:
    """Give the power for several differences by size: a column ``control`` (units in that arm) and one a difference.

    Sizes run to one and a half times what the middle difference needs.
    """
    needed = sorted(comparison.size(difference).control for difference in differences.values())
    sizes = np.unique(np.ceil(np.linspace(needed[0] / 20, 1.5 * needed[len(needed) // 2], points)))
    sizes = sizes[sizes * comparison.uptake**2 / comparison.variance_factor >= 2]
    curves = {words: [comparison.power_of(difference, n) for n in sizes] for words, difference in differences.items()}
    return pd.DataFrame({"control": sizes, **curves})


def tabulate_duration(comparison: Comparison, enrolment: Enrolment, weeks: int = 26) -> pd.DataFrame:
    """Give the smallest difference that is found by the number of weeks.

    Returns
    -------
    DataFrame
        ``weeks``; ``units`` whose outcome is known by then, in both arms; ``difference`` in the metric's unit, and
        ``relative`` to the baseline. Weeks in which nothing can be found yet are left out.
    """
    rows = []
    for week in range(1, weeks + 1):
        units = enrolment.matured(7 * week)
        try:
            difference = comparison.smallest_difference(units * (1 - comparison.treatment_share))
        except ValueError:
            continue  # no outcome is known yet, or too few
        rows.append((week, units, difference, difference / comparison.baseline))
    return pd.DataFrame(rows, columns=["weeks", "units", "difference", "relative"])


def vary(comparison: Comparison, changes: Mapping[str, Mapping[str, Any] | Baseline]) -> dict[str, Comparison]:
    """Give a comparison and what becomes of it if something else holds, by words that say what.

    Parameters
    ----------
    changes : mapping of str to mapping or Baseline
        Fields of the comparison and their other values; a baseline gives its mean and sd.
    """
    varied = {comparison.metric: comparison}
    for words, change in changes.items():
        fields = {"baseline": change.mean, "sd": change.sd} if isinstance(change, Baseline) else change
        varied[f"{comparison.metric}, {words}"] = replace(comparison, **fields)
    return varied


def tabulate_sizes(cases: Mapping[str, tuple[Comparison, float]], enrolment: Enrolment) -> pd.DataFrame:
    """Give what each case needs: its baseline, difference, units an arm, and days (empty if too few are eligible).

    ``difference`` is that among those who take the treatment up; ``difference between arms`` that of the arms as
    assigned.
    """
    rows = []
    for words, (comparison, difference) in cases.items():
        size = comparison.size(difference)
        days = comparison.days(difference, enrolment) if size.total <= enrolment.eligible else None
        between = difference * comparison.uptake
        rows.append((words, comparison.baseline, difference, between, size.control, size.treatment, days))
    columns = ["case", "baseline", "difference", "difference between arms", "control", "treatment", "days"]
    return pd.DataFrame(rows, columns=columns).astype({"control": "int64", "treatment": "int64", "days": "Int64"})
