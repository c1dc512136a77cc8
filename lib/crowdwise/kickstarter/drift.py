"""How months differ: in success, in what was asked for, and in which categories and countries they hold."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from crowdwise.base.statistics import holm
from crowdwise.kickstarter.distance import (
    LARGE,
    MODERATE,
    rate_difference,
    rate_p_value,
    stability_index,
    standardised_difference,
    total_variation,
)
from crowdwise.kickstarter.features import UNKNOWN

SMALLEST = 200
NUMBERS = {
    "goal, log10": lambda part: np.log10(part["goal_usd"]),
    "days of campaign": lambda part: part["duration_days"],
    "days of preparation, log": lambda part: np.log1p(part["prelaunch_days"]),
}
SHARES = {"parent category": "parent_category", "sub-category": "category", "country": "country"}


def pairs_of_months(decided: pd.DataFrame, smallest: int = SMALLEST) -> list[tuple[str, str]]:
    """Give the pairs of months with at least `smallest` projects each, earlier before later; the largest pair first."""
    counts = decided["seen_in"].value_counts()
    months = sorted(str(month) for month in counts.index[counts >= smallest])
    pairs = list(itertools.combinations(months, 2))
    return sorted(pairs, key=lambda pair: (-min(counts[pair[0]], counts[pair[1]]), pair))


def measure_drift(decided: pd.DataFrame, *, smallest: int = SMALLEST, level: float = 0.95) -> pd.DataFrame:
    """Measure how each pair of months differs.

    Returns
    -------
    DataFrame
        ``earlier, later, of, measure, value, low, high, differs``: the difference of success rates; standardised
        differences of goal, duration and preparation; total variation and population stability index of categories and
        countries (no interval). `differs` (hardly, somewhat, much) goes by rules of thumb: 0.1 and 0.3 of a standard
        deviation (after Austin 2009), 0.1 and 0.25 of the index (Siddiqi 2006), 5 and 15 points of the other two.
    """
    rows = []
    for earlier, later in pairs_of_months(decided, smallest):
        new, old = (decided[decided["seen_in"] == month] for month in (later, earlier))
        found = rate_difference(_counts(new["success"]), _counts(old["success"]), level)
        rows.append((earlier, later, "success", "difference of shares", *found, _words(found[0], 0.05, 0.15)))
        for name, take in NUMBERS.items():
            values, before = (take(part).dropna().to_numpy(float) for part in (new, old))
            if min(len(values), len(before)) > 1:
                found = standardised_difference(values, before, level)
                words = _words(found[0], 0.1, 0.3)
                rows.append((earlier, later, name, "standardised difference", *found, words))
        for name, column in SHARES.items():
            table = pd.crosstab(decided[column].fillna(UNKNOWN), decided["seen_in"])
            both = table.loc[table[[later, earlier]].sum(axis=1) > 0, [later, earlier]].to_numpy(float).T
            tv, psi = total_variation(*both), stability_index(*both)
            rows.append((earlier, later, name, "total variation", tv, np.nan, np.nan, _words(tv, 0.05, 0.15)))
            rows.append((earlier, later, name, "stability index", psi, np.nan, np.nan, _words(psi, MODERATE, LARGE)))
    return pd.DataFrame(rows, columns=["earlier", "later", "of", "measure", "value", "low", "high", "differs"])


def compare_parents(
    decided: pd.DataFrame, earlier: str, later: str, *, fewest: int = 30, level: float = 0.95
) -> pd.DataFrame:
    """Compare the success rate of each parent category in two months.

    Returns
    -------
    DataFrame
        ``parent_category, earlier, later`` (shares)``, difference, low, high, p_holm`` (two shares, chi-squared, Holm),
        largest difference first; parents with at least `fewest` projects in both months.
    """
    rows = []
    for parent, part in decided.groupby("parent_category", sort=True):
        cells = [part.loc[part["seen_in"] == month, "success"] for month in (later, earlier)]
        if min(map(len, cells)) < fewest:
            continue
        new, old = map(_counts, cells)
        rates = (old[0] / old[1], new[0] / new[1])
        rows.append((str(parent), *rates, *rate_difference(new, old, level), rate_p_value(new, old)))
    names = ["parent_category", "earlier", "later", "difference", "low", "high", "p_holm"]
    table = pd.DataFrame(rows, columns=names)
    table["p_holm"] = holm(table["p_holm"])
    return table.sort_values("difference", key=np.abs, ascending=False, kind="stable", ignore_index=True)


def _counts(success: pd.Series) -> tuple[int, int]:
    return int(success.sum()), len(success)


def _words(value: float, little: float, much: float) -> str:
    size = abs(value)
    return "hardly" if size < little else ("somewhat" if size < much else "much")
