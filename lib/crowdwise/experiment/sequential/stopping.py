"""What a test that could stop early says when it ends: its p-value, estimate and interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

from crowdwise.experiment.sequential.bounds import Bounds
from crowdwise.experiment.sequential.integration import tail_probability
from crowdwise.experiment.size import solve


@dataclass(frozen=True)
class Adjusted:
    """A result that allows for the looks: p-value, median-unbiased estimate, and interval in the estimate's unit."""

    p_value: float
    estimate: float
    low: float
    high: float
    level: float


def adjust(bounds: Bounds, estimate: float, standard_error: float, *, level: float | None = None) -> Adjusted:
    """Give what a test says at the look it ended with, in the stage-wise order of outcomes.

    The plain estimate exaggerates, for a test stops early when chance helps. This one is above the truth in half of
    all tests, and the interval holds it in `level` of them; it leaves out 0 where the bound was crossed (Tsiatis,
    Rosner & Mehta 1984; Kim & DeMets 1987). It depends on the looks so far only.

    Parameters
    ----------
    bounds : Bounds
        Those of the looks up to the one that ended the test, which is the last: see `Bounds.until`.
    estimate, standard_error : float
        The difference as estimated at that look, and its standard error.
    level : float, optional
        Of the two-sided interval; by default 1 - alpha, or 1 - 2 alpha for a one-sided test.

    Raises
    ------
    ValueError
        If the standard error is not positive, a number is not finite, or the level is not in (0, 1).
    """
    if not (math.isfinite(estimate) and math.isfinite(standard_error) and standard_error > 0):
        raise ValueError(f"an estimate {estimate} with standard error {standard_error} can't be adjusted")
    two = bounds.alternative == "two-sided"
    level = (1 - bounds.alpha if two else 1 - 2 * bounds.alpha) if level is None else level
    if not 0 < level < 1:
        raise ValueError(f"level is {level}: it must be between 0 and 1")
    z, root = estimate / standard_error, math.sqrt(bounds.information[-1])
    above = tail_probability(bounds, z)
    p_value = {"two-sided": 2 * min(above, 1 - above), "larger": above, "smaller": 1 - above}[bounds.alternative]

    reach = (abs(z) + 12) * math.sqrt(bounds.information[-1] / bounds.information[0])  # decides at the first look

    def difference(chance: float) -> float:
        """Give the difference under which an outcome as far up as this has that chance."""

        def missing(shift: float) -> float:
            return tail_probability(bounds, z, shift / root) - chance

        return solve(missing, -reach, reach, precision=1e-9) * standard_error

    low, middle, high = (difference(chance) for chance in ((1 - level) / 2, 0.5, (1 + level) / 2))
    return Adjusted(min(p_value, 1.0), middle, low, high, level)
