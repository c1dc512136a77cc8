"""How long a test takes, and what it can detect after how long."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Enrolment:
    """How units come into a test and when their outcome is known.

    A unit is assigned when it is first seen and its outcome is measured over a window of the same length for all, so
    a longer test has more units, never longer windows (which would change the metric and its variance).

    Parameters
    ----------
    per_day : float
        New eligible units a day, in both arms together.
    maturity_days : float
        Days from assignment until the outcome is known.
    eligible : float, optional
        All eligible units there are: enrolment ends with them.
    """

    per_day: float
    maturity_days: float
    eligible: float = math.inf

    def __post_init__(self) -> None:
        if not (math.isfinite(self.per_day) and self.per_day > 0):
            raise ValueError(f"{self.per_day} units a day: without new units a test never ends")
        if not (math.isfinite(self.maturity_days) and self.maturity_days >= 0):
            raise ValueError(f"an outcome is known after 0 days or more, not {self.maturity_days}")
        if not self.eligible > 0:
            raise ValueError(f"{self.eligible} units are eligible: there is nobody to test")

    def matured(self, days: float) -> float:
        """Give the units whose outcome is known after some days, in both arms together."""
        return min(max(0.0, days - self.maturity_days) * self.per_day, self.eligible)

    def information(self, days: float, total: float) -> float:
        """Give the share of a planned `total` of units whose outcome is known after some days: a look's information."""
        if not (math.isfinite(total) and total > 0):
            raise ValueError(f"{total} units are planned: it must be above 0")
        return self.matured(days) / total

    def days(self, total: float, *, whole_weeks: bool = True) -> int:
        """Give the days until the outcomes of `total` units are known.

        Enrolment lasts whole weeks, so that each weekday weighs the same (Kohavi, Tang & Xu 2020, chapter 2).

        Raises
        ------
        ValueError
            If more units are asked for than are eligible.
        """
        if not 0 < total <= self.eligible:
            raise ValueError(
                f"the test needs {total:,.0f} units and {self.eligible:,.0f} are eligible: "
                "accept a larger detectable effect, lower the variance, or widen who is eligible"
            )
        enrolling = math.ceil(total / self.per_day - 1e-9)
        if whole_weeks:
            enrolling = 7 * math.ceil(enrolling / 7)
        return enrolling + math.ceil(self.maturity_days)
