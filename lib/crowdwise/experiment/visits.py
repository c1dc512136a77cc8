"""Units that come back: what was seen of them day by day, and a model of it that says what longer tests will see."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from crowdwise.experiment.baseline import Baseline, linearised
from crowdwise.experiment.clusters import Clustering

Per = Literal["unit", "visit"]


@dataclass(frozen=True)
class Visits:
    """What was seen of units day by day, added up to one row a unit and day.

    Attributes
    ----------
    unit, day : ndarray of int, shape (rows,)
        Codes from 0; days since the first.
    value : ndarray of float, shape (rows,)
        The metric on that day, 0 if the unit came and did nothing.
    span : int
        Days that were watched.
    """

    unit: np.ndarray
    day: np.ndarray
    value: np.ndarray
    span: int

    @classmethod
    def of(cls, units: ArrayLike, days: ArrayLike, values: ArrayLike) -> Visits:
        """Take rows of unit, day (whole numbers) and value; the days watched are those from the first to the last.

        Raises
        ------
        ValueError
            If there is no row, the columns differ in length, or a day or value is not a finite number.
        """
        unit, day, value = np.asarray(units), np.asarray(days), np.asarray(values, dtype=np.float64)
        if not (unit.ndim == 1 and len(unit) and unit.shape == day.shape == value.shape):
            raise ValueError("visits: one unit, day and value a row, and at least one row")
        if not np.issubdtype(day.dtype, np.integer):
            raise ValueError("days are whole numbers, counted from any day")
        if not np.isfinite(value).all():
            raise ValueError("visits need finite values; decide what a missing one means first")
        _, codes = np.unique(unit, return_inverse=True)
        day = (day - day.min()).astype(np.int64)
        span = int(day.max()) + 1
        cells, places = np.unique(codes * span + day, return_inverse=True)
        return cls(cells // span, cells % span, np.bincount(places, value), span)

    def at(self, days: int, per: Per = "unit") -> Baseline:
        """Give the metric's baseline over the first `days`: the total a unit seen by then, or the mean a visit.

        Raises
        ------
        ValueError
            If the visits were not watched for so long, or fewer than two units came.
        """
        check_per(per)
        if not 1 <= days <= self.span:
            raise ValueError(f"{days} days are asked for and {self.span} were watched; use a model beyond them")
        rows = self.day < days
        visits = np.bincount(self.unit[rows])
        seen = visits > 0
        totals = np.bincount(self.unit[rows], self.value[rows])[seen]
        return Baseline.of(totals if per == "unit" else linearised(totals, visits[seen]))


@dataclass(frozen=True)
class Returning:
    """A model of units that come back: each with its own daily chance to come, and its own level when it does.

    The chances follow a Beta distribution over a closed pool (beta-binomial: Skellam 1948), so that small ones bring
    new units for ever. A unit's level does not depend on its chance; where frequent visitors also do more at each
    visit, totals are more unequal than the model says.

    Attributes
    ----------
    pool : float
        All units that could come.
    a, b : float
        Of the Beta distribution of the chance that a unit comes on a day.
    mean : float
        The metric's mean a visit.
    between, within : float
        Variance of the metric between units' levels, and between the visits of one unit.
    """

    pool: float
    a: float
    b: float
    mean: float
    between: float
    within: float

    def __post_init__(self) -> None:
        if not (self.pool > 0 and self.a > 0 and self.b > 0):
            raise ValueError(f"pool {self.pool}, a {self.a} and b {self.b} must be above 0")
        if not (math.isfinite(self.mean) and self.between >= 0 and self.within >= 0):
            raise ValueError("the mean must be finite, and variances 0 or more")

    @classmethod
    def of(cls, visits: Visits) -> Returning:
        """Fit the model: chances by maximum likelihood among the units seen, levels by analysis of variance.

        Raises
        ------
        ValueError
            If fewer than two days were watched, or no unit came twice: nothing is seen of returning.
        """
        counts = np.bincount(visits.unit)
        if visits.span < 2 or counts.max() < 2:
            raise ValueError("no unit is seen to come back; watch for more days")
        times, units = np.unique(counts, return_counts=True)

        def loss(logs: np.ndarray) -> float:
            a, b = np.exp(logs)
            none = special.betaln(a, b + visits.span) - special.betaln(a, b)
            each = special.betaln(a + times, b + visits.span - times) - special.betaln(a, b)
            return -float(units @ (each - np.log(-np.expm1(none)))) / len(counts)

        limits = [(math.log(1e-3), math.log(1e4)), (math.log(1e-3), math.log(1e6))]
        a, b = np.exp(optimize.minimize(loss, np.log([0.5, 3.0]), bounds=limits, method="L-BFGS-B").x)
        levels = visits.value
        total = float(levels.var())
        if total == 0:
            between, within = 0.0, 0.0
        else:
            icc = max(0.0, Clustering.of(levels, visits.unit).icc)
            deviations = levels - (np.bincount(visits.unit, levels) / counts)[visits.unit]
            within = float(deviations @ deviations) / max(1, len(levels) - len(counts))
            between = icc / (1 - icc) * within if icc < 1 else total
        seen = -math.expm1(special.betaln(a, b + visits.span) - special.betaln(a, b))
        return cls(len(counts) / seen, float(a), float(b), float(levels.mean()), between, within)

    @classmethod
    def matching(
        cls, pool: float, days: int, share: float, totals: Baseline, *, a: float = 0.5, lasting: float = 0.5
    ) -> Returning:
        """Give a model that agrees with one period of which only totals are known, not the days.

        Parameters
        ----------
        days : int
            Of the period.
        share : float
            Of the pool, seen at least once in the period.
        totals : Baseline
            Of the metric's total over the period, among the units seen.
        a, lasting : float
            Assumed, since a single period does not tell: the shape of the chances to come, which is below 1 if most
            units come seldom; and the share of a visit's variance that lies between units.

        Raises
        ------
        ValueError
            If the share is not in (0, 1), or how often units come makes their totals differ more than they do.
        """
        if not 0 < share < 1:
            raise ValueError(f"a share of {share:g} is seen: it must be between 0 and 1")

        def missing(log_b: float) -> float:
            b = math.exp(log_b)
            return float(-math.expm1(special.betaln(a, b + days) - special.betaln(a, b))) - share

        b = math.exp(optimize.brentq(missing, -12.0, 18.0))
        once, twice = _visits(a, b, days, share)
        mean = totals.mean / once
        variance = (totals.sd**2 + totals.mean**2 - twice * mean**2) / (twice * lasting + once * (1 - lasting))
        if variance < 0:
            raise ValueError(f"totals have sd {totals.sd:g}: less than how often units come makes it by itself")
        return cls(pool, a, b, mean, lasting * variance, (1 - lasting) * variance)

    def at(self, days: float, per: Per = "unit") -> Baseline:
        """Give the metric's baseline over `days`, as `Visits.at` does, for any number of days.

        Raises
        ------
        ValueError
            If no day is asked for.
        """
        check_per(per)
        if not (math.isfinite(days) and days >= 1):
            raise ValueError(f"{days} days: a test runs for one or more")
        a, b = self.a, self.b
        seen = -math.expm1(special.betaln(a, b + days) - special.betaln(a, b))
        once, twice = _visits(a, b, days, seen)
        if per == "visit":
            return Baseline(self.mean, math.sqrt(twice * self.between + once * self.within) / once, self.units(days))
        square = twice * (self.mean**2 + self.between) + once * self.within
        mean = self.mean * once
        return Baseline(mean, math.sqrt(max(0.0, square - mean**2)), self.units(days))

    def units(self, days: float) -> int:
        """Give the units seen by then."""
        return round(self.pool * -math.expm1(special.betaln(self.a, self.b + days) - special.betaln(self.a, self.b)))


def _visits(a: float, b: float, days: float, seen: float) -> tuple[float, float]:
    """Give the mean visits of a unit seen, and their mean square."""
    spread = days * a * b * (a + b + days) / ((a + b) ** 2 * (a + b + 1))
    return days * a / (a + b) / seen, (spread + (days * a / (a + b)) ** 2) / seen


def check_per(per: str) -> None:
    """Refuse a metric that is neither a unit's total nor a visit's mean."""
    if per not in ("unit", "visit"):
        raise ValueError(f"per is 'unit' or 'visit', not {per!r}")
