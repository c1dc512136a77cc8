"""The difference between two arms, with its error, interval and p-value: what every method of analysis gives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from crowdwise.base.errors import Problem

_ROUNDING = 1e-13  # of a mean: a smaller error is that of adding up equal values, not of units that differ


@dataclass(frozen=True)
class Effect:
    """Treatment minus control.

    Parameters
    ----------
    control, treatment : float
        Each arm's estimate, adjusted where the method adjusts.
    control_variance, treatment_variance, covariance : float
        Of those estimates, in the population that the units are drawn from.
    error : float
        Standard error of the difference, which an adjusting method gives for the units at hand.
    freedom : float
        Degrees of freedom of its t; infinite for a normal one.
    low, high : float
        The interval of the difference at confidence `level`.
    p_value : float
        Two-sided, of no difference.
    """

    method: str
    control: float
    treatment: float
    difference: float
    error: float
    freedom: float
    low: float
    high: float
    p_value: float
    level: float
    n_control: int
    n_treatment: int
    control_variance: float
    treatment_variance: float
    covariance: float = 0.0

    def non_inferiority(self, margin: float, direction: Literal["increase", "decrease"] = "increase") -> float:
        """Give the one-sided p-value of being worse by `margin` or more (ICH E9, 1998).

        Parameters
        ----------
        margin : float
            Above 0, in the outcome's unit.
        direction : str
            What is better.
        """
        check_margin(margin)
        better = self.difference if direction == "increase" else -self.difference
        if self.error == 0:
            return 0.0 if better > -margin else 1.0
        return _tail((better + margin) / self.error, self.freedom)


def give_effect(
    method: str,
    means: tuple[float, float],
    variances: tuple[float, float],
    counts: tuple[int, int],
    *,
    freedom: float,
    level: float,
    shared: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> Effect:
    """Give the effect from each arm's estimate, control first, by Student's t.

    `shared` are the variances and the covariance that both estimates have from the covariates' means, to which both
    are adjusted. A difference does not feel them, a ratio does.

    Raises
    ------
    Problem
        If the arms differ while neither varies, so that there is no error to compare with.
    """
    check_level(level)
    control, treatment = means
    difference = treatment - control
    error = math.sqrt(variances[0] + variances[1])
    rounding = _ROUNDING * max(abs(control), abs(treatment))
    if error <= rounding:
        error = 0.0
        difference = 0.0 if abs(difference) <= rounding else difference
        if difference != 0:
            what = f"the outcome is {control:g} in the whole control arm and {treatment:g} in the whole other one"
            raise Problem(what, where=method, remedy="Look for an outcome that the assignment itself decides")
        p = 1.0
    else:
        p = 2 * _tail(abs(difference) / error, freedom)
    half = quantile(level, freedom) * error
    return Effect(
        method, control, treatment, difference, error, freedom, difference - half, difference + half,
        min(1.0, p), level, counts[0], counts[1], variances[0] + shared[0], variances[1] + shared[1], shared[2],
    )  # fmt: skip


def satterthwaite(variances: tuple[float, float], freedoms: tuple[float, float]) -> float:
    """Give the degrees of freedom of a sum of two variances (Satterthwaite 1946; Welch 1947)."""
    total = variances[0] + variances[1]
    if total == 0:
        return freedoms[0] + freedoms[1]
    shares = (variances[0] / total, variances[1] / total)
    return 1.0 / (shares[0] ** 2 / freedoms[0] + shares[1] ** 2 / freedoms[1])


def quantile(level: float, freedom: float) -> float:
    """Give the two-sided quantile of t, or of the normal where `freedom` is infinite."""
    return float(stats.norm.isf((1 - level) / 2) if math.isinf(freedom) else stats.t.isf((1 - level) / 2, freedom))


def check_arms(outcome: ArrayLike, treated: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Give one outcome a unit as floats and who is treated as booleans, or say what is wrong with them."""
    y, t = np.asarray(outcome, dtype=np.float64), np.asarray(treated)
    if t.dtype != np.bool_:
        if not np.isin(t, (0, 1)).all():
            raise Problem("treated is neither true nor false for some units", where="treated", remedy="Give booleans")
        t = t.astype(np.bool_)
    if y.ndim != 1 or y.shape != t.shape:
        what = f"outcome has shape {y.shape} and treated {t.shape}"
        raise Problem(what, where="outcome", remedy="Give one value a unit in both")
    if bad := count_not_finite(y):
        raise Problem(
            f"{bad:,} of {len(y):,} outcomes are missing or infinite",
            where="outcome",
            remedy="Say in the plan how a missing one counts: zero, excluded, or failure",
        )
    n_treatment = int(np.count_nonzero(t))
    if min(n_treatment, len(y) - n_treatment) < 2:
        what = f"{len(y) - n_treatment} units are in the control arm and {n_treatment} in the other"
        raise Problem(what, where="treated", remedy="Wait until each arm has two units or more")
    return y, t


def count_not_finite(values: np.ndarray) -> int:
    """Give how many values are missing or infinite; a finite sum, which is quicker, says that none is."""
    if np.isfinite(values.sum()):
        return 0
    return values.size - int(np.count_nonzero(np.isfinite(values)))


def check_level(level: float) -> None:
    """Refuse a confidence that is none."""
    if not 0 < level < 1:
        raise Problem(f"the level is {level}", where="level", remedy="Give a share between 0 and 1, as in 0.95")


def check_margin(margin: float) -> None:
    """Refuse a margin that is none."""
    if not (math.isfinite(margin) and margin > 0):
        raise Problem(f"the margin is {margin}", where="margin", remedy="Give a number above 0, in the outcome's unit")


def _tail(distance: float, freedom: float) -> float:
    return float(stats.norm.sf(distance) if math.isinf(freedom) else stats.t.sf(distance, freedom))
