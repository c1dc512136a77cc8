"""Where the crawl is one-sided: cells of projects without a single failure, and how surprising each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from crowdwise.base.statistics import holm

FEWEST, ALPHA = 30, 0.05
KINDS: Mapping[str, tuple[str, ...]] = {
    "sub-category": ("category",),
    "year": ("year",),
    "sub-category and year": ("category", "year"),
}
ANY = "any of these"


def cells_of(decided: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Give each project's cell as one text, as in ``publishing/fiction 2013``."""
    first, *others = columns
    cells = decided[first].astype("str")
    for name in others:
        cells = cells + " " + decided[name].astype("str")
    return cells


def one_sided_cells(
    decided: pd.DataFrame, columns: Sequence[str], *, fewest: int = FEWEST, alpha: float = ALPHA
) -> pd.DataFrame:
    """Find the cells without a failure that chance does not explain.

    How surprising a cell of n projects without a failure is: the chance of n successes in a row at the success rate of
    all other projects, corrected for the number of cells looked at (Holm 1979). The others hold the other one-sided
    cells too, so their rate is rather too high, and the finding rather too mild.

    Parameters
    ----------
    decided : DataFrame
        With ``success`` and `columns`.
    columns : sequence of str
        What makes a cell, as in ``["category", "year"]``.
    fewest : int
        How many projects a cell needs to be looked at.
    alpha : float
        How likely it may be that a crawl without bias has any cell flagged.

    Returns
    -------
    DataFrame
        A row a cell looked at, the largest without a failure first: ``cell, projects, failures, rate_elsewhere,
        p_value`` (1 where there is a failure)``, p_holm, flagged``.
    """
    counts = decided["success"].groupby(cells_of(decided, columns), sort=True).agg(["size", "sum"])
    counts = counts[counts["size"] >= fewest]
    n, won = (counts[name].to_numpy(np.int64) for name in ("size", "sum"))
    others = len(decided) - n
    elsewhere = np.divide(int(decided["success"].sum()) - won, others, out=np.ones(len(n)), where=others > 0)
    p = np.where(won == n, elsewhere**n, 1.0)
    table = pd.DataFrame(
        {"cell": counts.index, "projects": n, "failures": n - won, "rate_elsewhere": elsewhere, "p_value": p}
    )
    table["p_holm"] = holm(p)
    table["flagged"] = table["p_holm"] < alpha
    without = table["failures"] == 0
    order = np.lexsort((-table["projects"], ~without))
    return table.iloc[order].reset_index(drop=True)


def in_flagged_cells(
    decided: pd.DataFrame, columns: Sequence[str], *, fewest: int = FEWEST, alpha: float = ALPHA
) -> np.ndarray:
    """Tell which projects lie in a flagged cell, as `one_sided_cells` flags them."""
    cells = one_sided_cells(decided, columns, fewest=fewest, alpha=alpha)
    return cells_of(decided, columns).isin(cells.loc[cells["flagged"], "cell"]).to_numpy()


def in_any_flagged_cell(decided: pd.DataFrame) -> np.ndarray:
    """Tell which projects lie in a flagged sub-category, year, or sub-category of a year."""
    return np.any([in_flagged_cells(decided, columns) for columns in KINDS.values()], axis=0)


def parts_by_month(decided: pd.DataFrame, smallest: int = 0) -> dict[str, pd.DataFrame]:
    """Give all projects, and those kept from each month with at least `smallest` of either outcome, in order."""
    parts = {"all months": decided}
    for month, part in decided.groupby("seen_in", sort=True):
        won = int(part["success"].sum())
        if min(won, len(part) - won) >= smallest:
            parts[str(month)] = part.reset_index(drop=True)
    return parts


def survey_cells(decided: pd.DataFrame, *, fewest: int = FEWEST, alpha: float = ALPHA) -> pd.DataFrame:
    """Count one-sided cells of every kind, over all months and in each.

    Returns
    -------
    DataFrame
        ``month, projects, cells_by, cells, without_failure, flagged, share`` (of its projects in flagged cells);
        the kind ``any of these`` counts a project in several flagged cells once.
    """
    rows = []
    for month, part in parts_by_month(decided).items():
        union = np.zeros(len(part), dtype=bool)
        for kind, columns in KINDS.items():
            cells = one_sided_cells(part, columns, fewest=fewest, alpha=alpha)
            inside = in_flagged_cells(part, columns, fewest=fewest, alpha=alpha)
            union |= inside
            without = int((cells["failures"] == 0).sum())
            rows.append(
                (month, len(part), kind, len(cells), without, int(cells["flagged"].sum()), float(inside.mean()))
            )
        rows.append((month, len(part), ANY, 0, 0, 0, float(union.mean())))
    table = pd.DataFrame(
        rows, columns=["month", "projects", "cells_by", "cells", "without_failure", "flagged", "share"]
    )
    counts = ["cells", "without_failure", "flagged"]
    table.loc[table["cells_by"] == ANY, counts] = table.groupby("month", sort=False)[counts].sum().to_numpy()
    return table
