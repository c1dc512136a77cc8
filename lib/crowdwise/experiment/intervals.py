"""Two proportions: score intervals, Newcombe's interval, and the tests that go with them.

A proportion is given as ``(successes, units)``, and differences are treatment minus control.
"""

from __future__ import annotations

import math
from typing import Literal

from scipy import optimize, stats

from crowdwise.base.errors import Problem
from crowdwise.base.statistics import proportion_interval
from crowdwise.experiment.effect import Effect, check_level, check_margin

Count = tuple[int, int]
Method = Literal["farrington-manning", "miettinen-nurminen", "newcombe"]


def compare_proportions(
    control: Count, treatment: Count, *, level: float = 0.95, method: Method = "farrington-manning"
) -> Effect:
    """Compare two proportions: the interval of their difference and the p-value of none.

    Parameters
    ----------
    control, treatment : (int, int)
        Successes and units.
    method : str
        ``farrington-manning``: the differences that the score test does not refuse (Mee 1984; Farrington & Manning
        1990). ``miettinen-nurminen``: the same with the variance times N / (N - 1) (Miettinen & Nurminen 1985).
        ``newcombe``: from each arm's Wilson interval (Newcombe 1998, method 10). The p-value is the score test's,
        which for no difference is the pooled normal test.

    Raises
    ------
    Problem
        If an arm has no unit, or fewer units than successes.
    """
    check_level(level)
    _check(control, treatment)
    (x, m), (y, n) = control, treatment
    p, q = x / m, y / n
    z = float(stats.norm.isf((1 - level) / 2))
    if method == "newcombe":
        low, high = _newcombe(control, treatment, level)
    elif method in ("farrington-manning", "miettinen-nurminen"):
        low, high = _score_interval(control, treatment, z, method)
    else:
        raise Problem(f"the method is {method!r}", where="interval", remedy="Give farrington-manning, or another here")
    score = _score(control, treatment, 0.0, "farrington-manning" if method == "newcombe" else method)
    variances = p * (1 - p) / m, q * (1 - q) / n
    return Effect(
        method, p, q, q - p, math.sqrt(sum(variances)), math.inf, low, high,
        2 * float(stats.norm.sf(abs(score))), level, m, n, *variances,
    )  # fmt: skip


def reject_inferiority(
    control: Count,
    treatment: Count,
    margin: float,
    *,
    direction: Literal["increase", "decrease"] = "increase",
    method: Literal["farrington-manning", "miettinen-nurminen"] = "farrington-manning",
) -> float:
    """Give the one-sided p-value of the treatment being worse by `margin` or more (Farrington & Manning 1990).

    The variance is that of the most likely proportions that differ by just the margin.

    Parameters
    ----------
    direction : str
        What is better: a larger proportion (``increase``) or a smaller one.
    """
    check_margin(margin)
    _check(control, treatment)
    if margin >= 1:
        raise Problem(f"the margin is {margin}", where="margin", remedy="Give a difference of proportions below 1")
    if direction == "increase":
        return float(stats.norm.sf(_score(control, treatment, -margin, method)))
    return float(stats.norm.cdf(_score(control, treatment, margin, method)))


def restricted_proportions(control: Count, treatment: Count, difference: float) -> tuple[float, float]:
    """Give the most likely proportions, control first, among those that differ by `difference`.

    The likelihood's cubic in closed form (Miettinen & Nurminen 1985, appendix I; Farrington & Manning 1990).
    """
    (x, m), (y, n) = control, treatment
    total, yes, d = m + n, x + y, difference
    if d == 0:
        return yes / total, yes / total
    a = (n + 2 * m) * d - total - yes
    b = (m * d - total - 2 * x) * d + yes
    c = x * d * (1 - d)
    q = (a / (3 * total)) ** 3 - a * b / (6 * total**2) + c / (2 * total)
    spread = math.sqrt(max(0.0, (a / (3 * total)) ** 2 - b / (3 * total)))
    turn = math.copysign(spread, q)
    if turn == 0:
        base = -a / (3 * total)
    else:
        angle = (math.pi + math.acos(max(-1.0, min(1.0, q / turn**3)))) / 3
        base = 2 * turn * math.cos(angle) - a / (3 * total)
    base = min(max(base, max(0.0, -d)), min(1.0, 1 - d))
    return base, base + d


def _score(control: Count, treatment: Count, difference: float, method: str) -> float:
    """Give the score statistic of a difference; infinite where it can't be and is not the one seen."""
    (x, m), (y, n) = control, treatment
    p, q = restricted_proportions(control, treatment, difference)
    variance = p * (1 - p) / m + q * (1 - q) / n
    if method == "miettinen-nurminen":
        variance *= (m + n) / (m + n - 1)
    gap = y / n - x / m - difference
    if abs(gap) < 1e-14:
        return 0.0
    return gap / math.sqrt(variance) if variance > 1e-300 else math.copysign(math.inf, gap)


def _score_interval(control: Count, treatment: Count, z: float, method: str) -> tuple[float, float]:
    """Give the differences whose score is within z of 0; the score falls as the difference grows."""
    seen = treatment[0] / treatment[1] - control[0] / control[1]
    ends = []
    for end, sign in ((-1.0, 1.0), (1.0, -1.0)):
        inner = seen
        outer = end * (1 - 1e-13)

        def beyond(difference: float, sign: float = sign) -> float:
            return sign * max(-1e6, min(1e6, _score(control, treatment, difference, method))) - z

        if abs(seen - end) < 1e-13 or beyond(outer) <= 0:
            ends.append(end)
        else:
            ends.append(float(optimize.brentq(beyond, inner, outer, xtol=1e-14, rtol=1e-13, maxiter=500)))
    return ends[0], ends[1]


def _newcombe(control: Count, treatment: Count, level: float) -> tuple[float, float]:
    base, other = (proportion_interval(*count, level=level) for count in (control, treatment))
    seen = other.value - base.value
    low = seen - math.hypot(other.value - other.low, base.high - base.value)
    high = seen + math.hypot(other.high - other.value, base.value - base.low)
    return low, high


def _check(control: Count, treatment: Count) -> None:
    for name, (yes, units) in (("control", control), ("treatment", treatment)):
        if units < 1 or not 0 <= yes <= units or int(yes) != yes or int(units) != units:
            remedy = "Give whole numbers: successes from 0 to units, and units from 1"
            raise Problem(f"there are {yes} successes of {units} units", where=name, remedy=remedy)
