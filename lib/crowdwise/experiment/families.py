"""P-values of several tests that are one family."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from crowdwise.base.errors import Problem
from crowdwise.base.statistics import holm
from crowdwise.experiment.plan import Correction


def correct(p_values: ArrayLike, correction: Correction) -> np.ndarray:
    """Give the adjusted p-values of one family: compare each with alpha as it is.

    Parameters
    ----------
    correction : str
        ``holm`` bounds the chance of any false finding (Holm 1979); ``benjamini-hochberg`` the expected share of false
        ones among the findings (Benjamini & Hochberg 1995).

    Raises
    ------
    Problem
        If a p-value is not in [0, 1].
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise Problem("a p-value is not between 0 and 1", where="family", remedy="Give one p-value a test")
    if correction == "holm":
        return holm(p)
    if correction == "benjamini-hochberg":
        return benjamini_hochberg(p)
    raise Problem(f"the correction is {correction!r}", where="family", remedy="Give holm or benjamini-hochberg")


def benjamini_hochberg(p_values: ArrayLike) -> np.ndarray:
    """Give p-values adjusted by the step-up method of Benjamini & Hochberg (1995)."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(-p, kind="stable")
    ranks = np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.minimum.accumulate(p[order] * len(p) / ranks), 1.0) if len(p) else p
    return adjusted
