"""How much of alpha may be spent by when (Lan & DeMets 1983)."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

Spending = Literal["obrien-fleming", "pocock", "power"]


def spend(
    times: ArrayLike, alpha: float = 0.025, *, spending: Spending = "obrien-fleming", rho: float = 3.0
) -> np.ndarray:
    """Give the alpha spent up to each time: 0 at time 0, all of it from time 1 on.

    Parameters
    ----------
    times : array_like
        Fractions of the planned information, or of the planned calendar time, of any shape.
    alpha : float
        The error on one side, all of it.
    spending : str
        ``obrien-fleming``: 2 - 2 Phi(z_(alpha/2) / sqrt(t)), hardly anything early (Lan & DeMets 1983).
        ``pocock``: alpha log(1 + (e - 1) t), nearly evenly (the same). ``power``: alpha t^rho (Kim & DeMets 1987).
    rho : float
        The exponent of ``power``: 1 spends evenly, 3 is near O'Brien & Fleming.

    Raises
    ------
    ValueError
        If a time is negative or not finite, alpha is not in (0, 1), or rho is not positive.
    """
    t = np.asarray(times, dtype=np.float64)
    if not (np.isfinite(t).all() and (t >= 0).all()):
        raise ValueError("times are fractions of what is planned: finite, and 0 or more")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha}: it must be between 0 and 1")
    t = np.minimum(t, 1.0)
    if spending == "obrien-fleming":
        with np.errstate(divide="ignore"):
            return 2 * stats.norm.sf(stats.norm.isf(alpha / 2) / np.sqrt(t))
    if spending == "pocock":
        return alpha * np.log1p((np.e - 1) * t)
    if spending == "power":
        if not (np.isfinite(rho) and rho > 0):
            raise ValueError(f"rho is {rho}: alpha is spent by a positive power of time")
        return alpha * t**rho
    raise ValueError(f"spending is 'obrien-fleming', 'pocock' or 'power', not {spending!r}")
