"""Weights that give each cell of the crawl the success rate that somebody else counted."""

from __future__ import annotations

import numpy as np
import pandas as pd

MOST = 10.0  # times that one project may count, so that a cell with few failures does not rest on them alone


def weigh_to_reference(
    projects: pd.DataFrame, outcome: np.ndarray, reference: pd.DataFrame, *, most: float = MOST
) -> np.ndarray:
    """Give training rows' weights under which each sub-category and year of launch has its reference success rate.

    A success counts as the reference rate over the crawl's, a failure as the one's complement over the other's
    (post-stratification on the outcome; Elkan 2001 for a changed base rate). A cell that the reference does not name,
    or that holds one outcome only, keeps weight 1: nothing can be made of failures that were never caught.

    Parameters
    ----------
    projects : DataFrame
        With ``category, parent_category, launched_at``; a row a training row.
    outcome : ndarray of bool, shape (projects,)
    reference : DataFrame
        As `crowdwise.kickstarter.reference.read_reference` gives: ``category, rate``; a sub-category's own rate goes
        before its parent's.
    most : float
        The highest weight, and its inverse the lowest.

    Returns
    -------
    ndarray, shape (projects,)
        With mean 1.
    """
    rates = reference.set_index("category")["rate"]
    wanted = projects["category"].map(rates).fillna(projects["parent_category"].map(rates)).to_numpy(float)
    table = pd.DataFrame({"won": np.asarray(outcome, dtype=float)}, index=projects.index)
    years = projects["launched_at"].dt.year.to_numpy()
    rate = table.groupby([projects["category"].to_numpy(), years])["won"].transform("mean").to_numpy(float)
    weight = np.ones(len(table))
    told = ~np.isnan(wanted) & (rate > 0) & (rate < 1)
    up, down = wanted[told] / rate[told], (1 - wanted[told]) / (1 - rate[told])
    weight[told] = np.where(np.asarray(outcome, dtype=bool)[told], up, down).clip(1 / most, most)
    return weight / weight.mean()
