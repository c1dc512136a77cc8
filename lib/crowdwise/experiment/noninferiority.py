"""Is a treatment not worse than a control by more than a margin? Sizes, powers and margins.

A margin is positive: the loss that would still be accepted, in the metric's own unit (proportions) or in standard
deviations (means). The question has one side, so alpha is that of one side: .025 unless told otherwise.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from crowdwise.experiment.means import means_effect, means_power, means_size
from crowdwise.experiment.size import Size, check_count, check_proportion, check_request, solve


def restricted_proportions(
    control: ArrayLike, treatment: ArrayLike, difference: ArrayLike, ratio: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Give the likeliest proportions that differ by exactly `difference` (Farrington & Manning 1990, appendix).

    Parameters
    ----------
    control, treatment : array_like
        Observed (or assumed) proportions, in [0, 1].
    difference : array_like
        Treatment minus control under the null, in (-1, 1).
    ratio : float
        Treatment units a control unit.

    Returns
    -------
    control, treatment : ndarray
        Maximum likelihood under the restriction: a root of a cubic, in closed form.
    """
    p0, p1 = np.asarray(control, dtype=np.float64), np.asarray(treatment, dtype=np.float64)
    delta, theta = np.asarray(difference, dtype=np.float64), 1 / ratio
    a = 1 + theta
    b = -(1 + theta + p1 + theta * p0 + delta * (theta + 2))
    c = delta**2 + delta * (2 * p1 + theta + 1) + p1 + theta * p0
    d = -p1 * delta * (1 + delta)
    v = (b / (3 * a)) ** 3 - b * c / (6 * a**2) + d / (2 * a)
    u = np.where(v < 0, -1.0, 1.0) * np.sqrt(np.maximum((b / (3 * a)) ** 2 - c / (3 * a), 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        angle = np.where(u == 0, 0.0, np.clip(v / u**3, -1.0, 1.0))
    w = (np.pi + np.arccos(angle)) / 3
    p1 = np.clip(2 * u * np.cos(w) - b / (3 * a), np.maximum(0, delta), np.minimum(1, 1 + delta))
    return p1 - delta, p1


def noninferiority_proportions_size(
    control: float,
    treatment: float,
    margin: float,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    ratio: float = 1.0,
    higher_is_better: bool = True,
) -> Size:
    """Give the size that shows a proportion to be no worse by the margin, with its variance as the null restricts it.

    Farrington & Manning (1990), their third method; R's gsDesign::nBinomial gives the same.

    Parameters
    ----------
    control, treatment : float
        The proportions that are expected, in (0, 1); usually the same.

    Raises
    ------
    ValueError
        If the expected treatment is itself worse by the margin or more, or the margin reaches beyond 0 or 1.
    """
    check_request(alpha, power, ratio)
    room, null, actual = _distance(control, treatment, margin, ratio, higher_is_better)
    if room <= 0:
        raise ValueError(
            f"the expected treatment ({treatment:g}) is worse than the control ({control:g}) by the margin "
            f"({margin:g}) or more, so no number of units can show that it is not"
        )
    n = ((stats.norm.isf(alpha) * null + stats.norm.ppf(power) * actual) / room) ** 2
    return Size(float(n), float(n * ratio))


def noninferiority_proportions_power(
    control: float,
    treatment: float,
    margin: float,
    n: float,
    *,
    alpha: float = 0.025,
    ratio: float = 1.0,
    higher_is_better: bool = True,
) -> float:
    """Give the chance to show it with `n` units in the control arm (see `noninferiority_proportions_size`)."""
    check_request(alpha, None, ratio)
    check_count(n)
    room, null, actual = _distance(control, treatment, margin, ratio, higher_is_better)
    return float(stats.norm.cdf((room * math.sqrt(n) - stats.norm.isf(alpha) * null) / actual))


def noninferiority_proportions_margin(
    control: float,
    treatment: float,
    n: float,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    ratio: float = 1.0,
    higher_is_better: bool = True,
) -> float:
    """Give the smallest margin that `n` units in the control arm can show (see `noninferiority_proportions_size`).

    Raises
    ------
    ValueError
        If not even a margin that reaches to 0 or 1 can be shown.
    """
    check_request(alpha, power, ratio)
    check_proportion("control", control)
    check_proportion("treatment", treatment)
    worse = control - treatment if higher_is_better else treatment - control
    widest = control if higher_is_better else 1 - control

    def missing(margin: float) -> float:
        reached = noninferiority_proportions_power(
            control, treatment, margin, n, alpha=alpha, ratio=ratio, higher_is_better=higher_is_better
        )
        return reached - power

    least, most = max(worse, 0.0) + 1e-9, widest - 1e-9
    if most <= least or missing(most) < 0:
        raise ValueError(f"{n:g} units in the control arm show no margin from {control:g}; take more units")
    return solve(missing, least, most)


def _distance(
    control: float, treatment: float, margin: float, ratio: float, higher_is_better: bool
) -> tuple[float, float, float]:
    """Give the distance from the null, and the sd of the difference a control unit, under the null and as it is."""
    check_proportion("control", control)
    check_proportion("treatment", treatment)
    if not (math.isfinite(margin) and margin > 0):
        raise ValueError(f"the margin is {margin}: it must be a positive loss that would be accepted")
    delta = -margin if higher_is_better else margin
    if not 0 < control + delta < 1:
        raise ValueError(f"a margin of {margin:g} from a control of {control:g} reaches beyond 0 or 1: nothing to show")
    p0, p1 = restricted_proportions(control, treatment, delta, ratio)
    null = math.sqrt(float(p0 * (1 - p0) + p1 * (1 - p1) / ratio))
    actual = math.sqrt(control * (1 - control) + treatment * (1 - treatment) / ratio)
    room = treatment - control - delta
    return (room if higher_is_better else -room), null, actual


def noninferiority_means_size(
    effect: float, margin: float, *, alpha: float = 0.025, power: float = 0.8, ratio: float = 1.0
) -> Size:
    """Give the size that shows a mean to be no worse by the margin (one-sided t; Julious 2004).

    Parameters
    ----------
    effect : float
        The difference that is expected, in standard deviations, positive where the treatment is better; usually 0.
    margin : float
        In standard deviations, positive.
    """
    return means_size(_room(effect, margin), alpha=alpha, power=power, ratio=ratio, alternative="larger")


def noninferiority_means_power(
    effect: float, margin: float, n: float, *, alpha: float = 0.025, ratio: float = 1.0
) -> float:
    """Give the chance to show it with `n` units in the control arm (see `noninferiority_means_size`)."""
    return means_power(_room(effect, margin), n, alpha=alpha, ratio=ratio, alternative="larger")


def noninferiority_means_margin(
    effect: float, n: float, *, alpha: float = 0.025, power: float = 0.8, ratio: float = 1.0
) -> float:
    """Give the smallest margin, in standard deviations, that `n` units in the control arm can show.

    Raises
    ------
    ValueError
        If that is no loss: so many units show the treatment to be better.
    """
    margin = means_effect(n, alpha=alpha, power=power, ratio=ratio, alternative="larger") - effect
    if margin <= 0:
        raise ValueError(
            f"with {n:g} units in the control arm an effect of {effect:g} is shown to be better: no margin"
        )
    return margin


def _room(effect: float, margin: float) -> float:
    if not (math.isfinite(margin) and margin > 0):
        raise ValueError(f"the margin is {margin}: it must be a positive loss that would be accepted")
    if effect + margin <= 0:
        raise ValueError(f"the expected effect ({effect:g}) is a loss of the margin ({margin:g}) or more")
    return effect + margin
