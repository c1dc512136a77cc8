"""Confidence sequences: intervals that hold at all looks together, however many and whenever, and for any reason.

The normal mixture of Robbins (1970) in its asymptotic form (Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2021; Howard,
Ramdas, McAuliffe & Sekhon 2021). Asymptotic means: begin when the normal approximation holds, which for heavy tails
is some hundreds of units an arm, not some tens.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from crowdwise.experiment.sequential.bounds import Bounds
from crowdwise.experiment.size import Alternative, looked_for


def anytime_critical(
    information: ArrayLike, *, alpha: float = 0.05, alternative: Alternative = "two-sided"
) -> np.ndarray:
    """Give the standard errors that an interval reaches on each side, at any information.

    With v the information times rho^2, two-sided: sqrt((1 + 1/v) log((1 + v) / alpha^2)); one-sided: sqrt(2 (1 + 1/v)
    log(1 + sqrt(1 + v) / (2 alpha))).

    Parameters
    ----------
    information : array_like
        As a fraction of that at which the interval is tuned to be narrowest (`tuned_rho`), above 0.

    Raises
    ------
    ValueError
        If an information is not positive.
    """
    t = np.asarray(information, dtype=np.float64)
    if not (np.isfinite(t).all() and (t > 0).all()):
        raise ValueError("information is a positive fraction of the one that the interval is tuned to")
    looked_for(0.0, alternative)
    v = t * tuned_rho(alpha if alternative == "two-sided" else 2 * alpha) ** 2
    if alternative == "two-sided":
        return np.sqrt((1 + 1 / v) * np.log((1 + v) / alpha**2))
    return np.sqrt(2 * (1 + 1 / v) * np.log1p(np.sqrt(1 + v) / (2 * alpha)))


def tuned_rho(alpha: float) -> float:
    """Give rho for which the two-sided interval is narrowest at information 1 (Waudby-Smith et al. 2021).

    For a one-sided alpha that of the two-sided interval with twice the alpha is near enough.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha} over both sides: it must be between 0 and 1")
    return math.sqrt(-special.lambertw(-(alpha**2) / math.e, -1).real - 1)


def anytime_bounds(
    information: Sequence[float], *, alpha: float = 0.05, alternative: Alternative = "two-sided"
) -> Bounds:
    """Give a confidence sequence's bounds at given looks, to compute what it costs there."""
    return Bounds.at(
        information, anytime_critical(information, alpha=alpha, alternative=alternative), alpha, alternative
    )


def confidence_sequence(
    estimates: ArrayLike,
    standard_errors: ArrayLike,
    planned_error: float,
    *,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
) -> tuple[np.ndarray, np.ndarray]:
    """Give the interval at each look; all of them hold together with probability 1 - alpha.

    Parameters
    ----------
    estimates, standard_errors : array_like of shape (looks,)
        The difference at each look and its standard error, of all units so far.
    planned_error : float
        The standard error at the horizon: where the interval is to be narrowest.

    Returns
    -------
    low, high : ndarray of shape (looks,)
        In the estimates' unit; infinite on the side that a one-sided alternative leaves open.

    Raises
    ------
    ValueError
        If a standard error is not positive.
    """
    middle, errors = np.asarray(estimates, dtype=np.float64), np.asarray(standard_errors, dtype=np.float64)
    if not (planned_error > 0 and (errors > 0).all()):
        raise ValueError("standard errors are positive: an interval can't begin before outcomes differ")
    half = errors * anytime_critical((planned_error / errors) ** 2, alpha=alpha, alternative=alternative)
    open_side = np.full_like(middle, np.inf)
    low = -open_side if alternative == "smaller" else middle - half
    return low, open_side if alternative == "larger" else middle + half


def anytime_p_value(z: ArrayLike, information: ArrayLike, *, alpha: float = 0.05) -> np.ndarray:
    """Give the p-value that may be read at any look: the alpha at which the two-sided interval touches 0.

    sqrt(1 + v) exp(-z^2 v / (2 (1 + v))), at most 1 (the mixture sequential ratio test: Robbins 1970; Johari, Pekelis
    & Walsh 2015). `alpha` tunes rho only.
    """
    v = np.asarray(information, dtype=np.float64) * tuned_rho(alpha) ** 2
    return np.minimum(1.0, np.sqrt(1 + v) * np.exp(-(np.asarray(z) ** 2) * v / (2 * (1 + v))))
