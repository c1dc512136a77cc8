"""Two proportions in Bayes' terms: the chance that the treatment is better, and what a wrong choice costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from crowdwise.base.errors import Problem

_MOST_TERMS = 100_000  # beyond it the sum of many logs loses the digits that the loss, a small difference, needs
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)

Beta = tuple[float, float]


@dataclass(frozen=True)
class Comparison:
    """What two posteriors say of the choice between the arms.

    Parameters
    ----------
    chance_better : float
        That the treatment's proportion is larger.
    loss_of_treatment : float
        How much proportion is given up on average by choosing the treatment: mean of max(control - treatment, 0).
    loss_of_control : float
        The same for choosing the control.
    """

    chance_better: float
    loss_of_treatment: float
    loss_of_control: float


def compare_posteriors(control: tuple[int, int], treatment: tuple[int, int], *, prior: Beta = (1.0, 1.0)) -> Comparison:
    """Compare two proportions by their beta posteriors, in closed form (Miller 2015; Stucchio 2015).

    Parameters
    ----------
    control, treatment : (int, int)
        Successes and units.
    prior : (float, float)
        Successes and failures that both arms are thought to have had before; (1, 1) is flat.

    Raises
    ------
    Problem
        If a count or the prior is none.
    """
    for name, (yes, units) in (("control", control), ("treatment", treatment)):
        if not 0 <= yes <= units:
            raise Problem(f"there are {yes} successes of {units} units", where=name, remedy="Give 0 to units successes")
    if not (min(prior) > 0 and np.isfinite(prior).all()):
        raise Problem(f"the prior is {prior}", where="prior", remedy="Give two numbers above 0; (1, 1) is flat")
    a = (prior[0] + control[0], prior[1] + control[1] - control[0])
    b = (prior[0] + treatment[0], prior[1] + treatment[1] - treatment[0])
    return Comparison(chance_larger(b, a), mean_excess(a, b), mean_excess(b, a))


def chance_larger(first: Beta, second: Beta) -> float:
    """Give the chance that the first of two beta variables is larger (Miller 2015).

    With a whole first parameter it is a sum of as many positive terms, taken by their logs; else an integral.
    """
    (a, b), (c, d) = first, second
    if _is_countable(a, first, second):
        return _sum(a, b, c, d)
    if _is_countable(d, first, second):  # 1 - X and 1 - Y are betas with their parameters exchanged
        return _sum(d, c, b, a)
    return _integral(first, second, density=True)


def mean_excess(first: Beta, second: Beta) -> float:
    """Give the mean of ``max(first - second, 0)`` of two beta variables (Stucchio 2015).

    It is ``E(X) P(X' > Y) - E(Y) P(X > Y')``, where a dash adds one to the first parameter; for large counts, where
    the two nearly cancel, the integral of ``P(Y < x) P(X > x)``, which is the same.
    """
    (a, b), (c, d) = first, second
    if _is_countable(a, first, second):
        gained = a / (a + b) * _sum(a + 1, b, c, d)
        return max(0.0, gained - c / (c + d) * _sum(a, b, c + 1, d))
    return _integral(first, second, density=False)


def _is_countable(terms: float, *betas: Beta) -> bool:
    return terms == int(terms) and terms < _MOST_TERMS and sum(map(sum, betas)) < 10 * _MOST_TERMS


def _sum(a: float, b: float, c: float, d: float) -> float:
    """Give P(X > Y) for X ~ Beta(a, b), Y ~ Beta(c, d) and whole a.

    All terms are positive, so a small chance keeps its digits.
    """
    i = np.arange(int(a), dtype=np.float64)
    logs = special.betaln(c + i, b + d) - np.log(b + i) - special.betaln(1 + i, b) - special.betaln(c, d)
    return min(1.0, float(np.exp(special.logsumexp(logs))))


def _integral(first: Beta, second: Beta, *, density: bool) -> float:
    """Integrate P(Y < x) against X's density, or against P(X > x), on the logit scale (Gauss-Legendre).

    There neither end is singular, whatever the parameters. Pieces end at quantiles of both, tails included.
    """
    (a, b), (c, d) = first, second
    tails = np.concatenate([[1e-300, 1e-100, 1e-30, 1e-16, 1e-8, 1e-4], np.linspace(0, 1, 21)[1:10]])
    ends = [0.0]
    for p, q in (first, second):
        ends += [*_logit(p, q, tails), *-_logit(q, p, tails), *_logit(p, q, np.array([0.5]))]
    edges = np.unique(np.clip(ends, -690.0, 690.0))
    middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    s = (middle[:, None] + half[:, None] * _NODES).ravel()
    weights = (half[:, None] * _WEIGHTS).ravel()
    x, rest = special.expit(s), special.expit(-s)
    below = np.where(s < 0, special.betainc(c, d, x), special.betaincc(d, c, rest))
    if density:
        logs = a * special.log_expit(s) + b * special.log_expit(-s) - special.betaln(a, b)
        return min(1.0, float(weights @ (np.exp(logs) * below)))
    above = np.where(s < 0, special.betaincc(a, b, x), special.betainc(b, a, rest))
    return float(weights @ (above * below * x * rest))


def _logit(a: float, b: float, tails: np.ndarray) -> np.ndarray:
    """Give the logits of a beta's lower quantiles."""
    low = np.fmax(special.betaincinv(a, b, tails), 1e-300)  # far out SciPy gives up on some with NaN
    return np.log(low) - np.log1p(-np.minimum(low, 1 - 1e-16))
