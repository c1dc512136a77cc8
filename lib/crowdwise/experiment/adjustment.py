"""Two means compared with less noise, by what was known of the units before they were assigned."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from crowdwise.base.errors import Problem
from crowdwise.experiment.effect import Effect, check_arms, count_not_finite, give_effect
from crowdwise.experiment.welch import compare_means

_SAME = 1e-10  # share of a covariate's variance that is left by the others, below which it tells nothing new


def cuped(outcome: ArrayLike, treated: ArrayLike, covariates: ArrayLike, *, level: float = 0.95) -> Effect:
    """Compare two means after taking away what covariates explain, with one slope for all units.

    CUPED (Deng, Xu, Kohavi & Walker 2013): Welch's comparison of ``outcome - (covariate - its mean) * theta``, with
    theta from least squares over both arms together.

    Parameters
    ----------
    outcome : array-like of float, shape (n,)
    treated : array-like of bool, shape (n,)
    covariates : array-like of float, shape (n,) or (n, k)
        Known before assignment, or the result is biased.

    Raises
    ------
    Problem
        If a value is missing or infinite, or an arm has fewer than two units.
    """
    y, t = check_arms(outcome, treated)
    x = _centred(covariates, len(y))
    n = len(y)
    if x.shape[1] == 1:
        explained = x[:, 0]
        explained *= _product(explained, y) / _product(explained, explained)
    else:
        explained = x @ np.linalg.solve(x.T @ x, x.T @ y)
    shared = _product(explained, explained) / (n - 1) / n
    return compare_means(y - explained, t, level=level, method="cuped", shared=shared)


def lin(outcome: ArrayLike, treated: ArrayLike, covariates: ArrayLike, *, level: float = 0.95) -> Effect:
    """Compare two means by regression on the arm, the centred covariates, and their products (Lin 2013).

    Each arm has slopes of its own, so that the adjustment can't lose precision in large samples, whatever the arms'
    sizes. Errors are heteroskedasticity-robust, HC2 (MacKinnon & White 1985), with n - 2 - 2k degrees of freedom; they
    are for the units at hand, with the covariates' means taken as known.

    Parameters
    ----------
    outcome : array-like of float, shape (n,)
    treated : array-like of bool, shape (n,)
    covariates : array-like of float, shape (n,) or (n, k)
        Known before assignment. Those that are constant or follow from the others are left out.

    Raises
    ------
    Problem
        If a value is missing or infinite, an arm has too few units for the covariates, or they don't vary in it.
    """
    y, t = check_arms(outcome, treated)
    x = _centred(covariates, len(y))
    x /= np.sqrt(np.einsum("ij,ij->j", x, x) / len(y))  # in standard deviations, so that no unit of theirs matters
    k = x.shape[1]
    means, variances, counts, slopes = [], [], [], []
    for rows, name in ((np.flatnonzero(~t), "control"), (np.flatnonzero(t), "treatment")):
        mean, variance, slope = _arm_mean(y[rows], x[rows], name)
        means.append(mean)
        variances.append(variance)
        counts.append(len(rows))
        slopes.append(slope)
    spread = x.T @ x / (len(y) - 1) / len(y)
    shared = [float(slopes[i] @ spread @ slopes[j]) for i, j in ((0, 0), (1, 1), (0, 1))]
    return give_effect(
        "lin",
        (means[0], means[1]),
        (variances[0], variances[1]),
        (counts[0], counts[1]),
        freedom=len(y) - 2 - 2 * k,
        level=level,
        shared=(shared[0], shared[1], shared[2]),
    )


def _arm_mean(y: np.ndarray, x: np.ndarray, name: str) -> tuple[float, float, np.ndarray]:
    """Give an arm's mean at the covariates' overall means, its HC2 variance, and the slopes.

    The regression with all products is one regression in each arm. With the covariates centred within the arm, a
    unit's weight in the adjusted mean is ``1/n - shift' S^-1 (x - mean)`` and its leverage ``1/n`` and a square.
    """
    n, k = x.shape
    if n < k + 2:
        what = f"{n} units in the {name} arm are too few for {k} covariates"
        raise Problem(what, where="lin", remedy="Take fewer covariates, or wait for more units")
    shift = x.mean(axis=0)
    inner = x - shift
    moments = inner.T @ inner
    if k and (np.diag(moments) <= _SAME * n * np.maximum(1.0, shift**2)).any():
        what = f"a covariate does not vary in the {name} arm"
        raise Problem(what, where="lin", remedy="Leave it out of the plan's covariates")
    if k and np.linalg.eigvalsh(moments / n)[0] <= _SAME:
        what = f"the covariates follow from each other in the {name} arm"
        raise Problem(what, where="lin", remedy="Leave one out of the plan's covariates")
    inverse = np.linalg.inv(moments)
    centred = y - y.mean()
    slopes = inverse @ (inner.T @ centred)
    residuals = centred - inner @ slopes
    weights = 1 / n - inner @ (inverse @ shift)
    leverage = 1 / n + ((inner @ inverse) * inner).sum(axis=1)
    if leverage.max() > 1 - 1e-10:
        what = f"one unit of the {name} arm alone decides a covariate's slope"
        raise Problem(what, where="lin", remedy="Leave that covariate out, or wait for more units")
    variance = float((weights**2 * residuals**2 / (1 - leverage)).sum())
    return float(y.mean() - shift @ slopes), variance, slopes


def _product(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.einsum("i,i->", a, b))  # quicker than BLAS on long columns


def _centred(covariates: ArrayLike, n: int) -> np.ndarray:
    """Give covariates less their means, a column each, without those that tell nothing new."""
    x = np.asarray(covariates, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or len(x) != n:
        what = f"covariates have shape {x.shape} and there are {n} units"
        raise Problem(what, where="covariates", remedy="Give one row a unit")
    if count_not_finite(x):
        bad = int(n - np.isfinite(x).all(axis=1).sum())
        raise Problem(
            f"{bad:,} of {n:,} units lack a covariate",
            where="covariates",
            remedy="Say in the plan how it counts (nulls: indicator), or leave the covariate out",
        )
    means = x.mean(axis=0)
    x = x - means
    spread = np.sqrt(np.einsum("ij,ij->j", x, x) / n)
    varies = spread > 1e-10 * np.maximum(np.abs(means), 1e-300)
    x = x if varies.all() else x[:, varies]
    if x.shape[1] < 2:
        return x
    scaled = x / np.sqrt((x**2).sum(axis=0))
    kept: list[int] = []
    for column in range(x.shape[1]):  # few columns: each is judged by what the kept ones leave of it
        tried = [*kept, column]
        moments = scaled[:, tried].T @ scaled[:, tried]
        if np.linalg.eigvalsh(moments)[0] > _SAME:
            kept = tried
    return x[:, kept]
