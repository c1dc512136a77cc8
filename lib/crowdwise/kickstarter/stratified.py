"""Success of one group beside another, within strata such as sub-category and year of launch.

Within a stratum a crawl that catches successes more readily than failures is a case-control sample: rates and their
differences are wrong there, odds ratios are not (Cornfield 1951). A stratum whose projects all ended alike carries no
information on an odds ratio, and drops out by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from crowdwise.base.statistics import Estimate

STRATA = ("category", "year")


@dataclass(frozen=True)
class Association:
    """Whether groups differ within strata at all.

    Attributes
    ----------
    statistic : float
        Of the generalised Cochran-Mantel-Haenszel test; chi-squared with `degrees` of freedom if no group differs.
    p_value : float
    informative : int
        Projects in strata that hold both outcomes and more than one group.
    """

    statistic: float
    degrees: int
    p_value: float
    informative: int


def strata_of(decided: pd.DataFrame, columns: tuple[str, ...] = STRATA) -> np.ndarray:
    """Give each project's stratum as a number."""
    return decided.groupby(list(columns), sort=True, observed=True).ngroup().to_numpy()


def odds_ratio(
    outcome: np.ndarray, exposed: np.ndarray, strata: np.ndarray | None = None, *, level: float = 0.95
) -> Estimate | None:
    """Give the odds of success of the exposed as a multiple of the others', pooled over strata.

    The pooling is Mantel and Haenszel's (1959), the interval that of Robins, Breslow and Greenland (1986).

    Parameters
    ----------
    outcome, exposed : ndarray of bool, shape (n,)
    strata : ndarray of int, shape (n,), optional
        Without it all projects are one stratum.

    Returns
    -------
    Estimate or None
        `n` counts the projects of informative strata; None where no stratum tells the two apart.
    """
    strata = np.zeros(len(outcome), dtype=np.int64) if strata is None else strata
    cell = strata * 4 + 2 * exposed.astype(np.int64) + outcome.astype(np.int64)
    d, c, b, a = np.bincount(cell, minlength=4 * (int(strata.max(initial=0)) + 1)).reshape(-1, 4).astype(float).T
    n = np.maximum(a + b + c + d, 1)
    r, s = a * d / n, b * c / n
    told = (a + b > 0) & (c + d > 0) & (a + c > 0) & (b + d > 0)
    if r.sum() == 0 or s.sum() == 0:
        return None
    p, q = (a + d) / n, (b + c) / n
    variance = (p * r).sum() / (2 * r.sum() ** 2) + (p * s + q * r).sum() / (2 * r.sum() * s.sum())
    variance += (q * s).sum() / (2 * s.sum() ** 2)
    half = stats.norm.ppf((1 + level) / 2) * np.sqrt(variance)
    ratio = r.sum() / s.sum()
    return Estimate(float(ratio), float(ratio * np.exp(-half)), float(ratio * np.exp(half)), level, int(n[told].sum()))


def association(outcome: np.ndarray, groups: pd.Categorical, strata: np.ndarray) -> Association:
    """Test whether success differs between groups within strata (generalised Cochran-Mantel-Haenszel; Landis 1978).

    Projects without a group are left out.
    """
    known = groups.codes >= 0
    _, stratum = np.unique(strata[known], return_inverse=True)
    _, code = np.unique(groups.codes[known], return_inverse=True)
    won, kinds = outcome[known].astype(float), int(code.max(initial=-1)) + 1
    if kinds < 2:
        return Association(0.0, 0, 1.0, 0)
    where, cells = stratum * kinds + code, (int(stratum.max()) + 1, kinds)
    counts = np.bincount(where, minlength=cells[0] * kinds).reshape(cells).astype(float)
    wins = np.bincount(where, weights=won, minlength=cells[0] * kinds).reshape(cells)
    n, m = counts.sum(axis=1), wins.sum(axis=1)
    told = (m > 0) & (m < n) & ((counts > 0).sum(axis=1) > 1)
    counts, wins, n, m = counts[told], wins[told], n[told], m[told]
    excess = (wins - counts * (m / n)[:, None]).sum(axis=0)
    weight = m * (n - m) / (n * n * (n - 1))
    spread = np.diag((weight * n) @ counts) - (counts * weight[:, None]).T @ counts
    used = np.flatnonzero(np.diag(spread) > 0)
    # The excesses of all groups add up to nothing, so the matrix has one rank less than it has rows.
    inverse = np.linalg.pinv(spread[np.ix_(used, used)], hermitian=True)
    statistic, degrees = float(excess[used] @ inverse @ excess[used]), max(len(used) - 1, 0)
    p_value = float(stats.chi2.sf(statistic, degrees)) if degrees else 1.0
    return Association(statistic, degrees, p_value, int(n.sum()))


def compare_groups(
    decided: pd.DataFrame, groups: pd.Categorical, reference: str, *, level: float = 0.95
) -> pd.DataFrame:
    """Give each group's odds of success as a multiple of a reference group's: over all, within sub-category and year.

    Parameters
    ----------
    decided : DataFrame
        With ``success`` and the columns of STRATA.
    groups : Categorical
        One a project; projects without a group are left out.
    reference : str
        The group that the others are compared with.

    Returns
    -------
    DataFrame
        A row a group that occurs, in order: ``cell, raw, raw_low, raw_high, within, within_low, within_high,
        informative`` (projects that the last three rest on); NaN where nothing tells the two apart.
    """
    outcome, strata = decided["success"].to_numpy(bool), strata_of(decided)
    of, rows = np.asarray(groups.astype(object)), []
    for cell in [cell for cell in groups.categories if (of == cell).any()]:
        pair = (of == cell) | (of == reference)
        found: list[Estimate | None] = [None, None]
        if cell != reference:
            exposed = of[pair] == cell
            found = [
                odds_ratio(outcome[pair], exposed, level=level),
                odds_ratio(outcome[pair], exposed, strata[pair], level=level),
            ]
        ends = [(e.value, e.low, e.high) if e else ((1.0,) * 3 if cell == reference else (np.nan,) * 3) for e in found]
        rows.append((cell, *ends[0], *ends[1], found[1].n if found[1] else 0))
    names = ["cell", "raw", "raw_low", "raw_high", "within", "within_low", "within_high", "informative"]
    return pd.DataFrame(rows, columns=names)
