"""Success rates that somebody else published, and whether the crawl's agree with them, cell by cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from crowdwise.base.errors import Problem
from crowdwise.base.statistics import holm, proportion_interval
from crowdwise.kickstarter.categories import SUBCATEGORIES, canonical
from crowdwise.storage.tables import read_csv

NEEDED, OPTIONAL = ("category", "rate", "source"), "n"
NONE_GIVEN = (
    "No reference rates were given. To test the crawl against some, write a CSV file with the columns "
    "category, rate, n, source (n may be empty) and name it as `reference` under `explore` in params/"
)


def read_reference(path: Path, *, where: str = "") -> pd.DataFrame:
    """Read reference rates from a CSV file.

    Parameters
    ----------
    path : Path
        With the columns ``category`` (a parent as in ``games``, or ``games/video games``), ``rate`` (a share between 0
        and 1), ``source`` (who says so), and, optionally, ``n`` (how many projects the rate was counted over).
    where : str, optional
        What to call the file in a problem; its path if nothing is given.

    Returns
    -------
    DataFrame
        ``category`` (canonical), ``rate`` (float64), ``n`` (float64, NaN where not given), ``source``.

    Raises
    ------
    Problem
        If the file can't be read, lacks a column, or a row names an unknown category or one twice, a rate that is not a
        share, a count that is not a whole number above 0, or no source.
    """
    name = where or str(path)
    table = read_csv(Path(path), where=name)
    for column in NEEDED:
        if column not in table:
            remedy = f"Give it the columns {', '.join(NEEDED)} and, if known, {OPTIONAL}"
            raise Problem(f"there is no column {column!r}", where=name, remedy=remedy)
    if table.empty:
        raise Problem("it holds no rate", where=name, remedy='Give one a line, or set `reference` to ""')
    rows = []
    lines: dict[str, int] = {}
    for line, row in zip(table.index, table.to_dict("records"), strict=True):
        place = f"{name}, line {line}"
        category = _category(row["category"], place)
        if category in lines:
            what = f"{category} stands twice, first on line {lines[category]}"
            raise Problem(what, where=place, remedy="Keep one of them")
        lines[category] = line
        if not row["source"]:
            raise Problem("no source is given", where=place, remedy="Say where the rate comes from")
        rows.append((category, _rate(row["rate"], place), _count(row.get(OPTIONAL, ""), place), row["source"]))
    return pd.DataFrame(rows, columns=["category", "rate", "n", "source"]).astype({"rate": float, "n": float})


def compare_with_reference(
    decided: pd.DataFrame, reference: pd.DataFrame, *, alpha: float = 0.05, level: float = 0.95
) -> pd.DataFrame:
    """Test the crawl's success rates against reference rates.

    Where a reference says how many projects it counts, two shares are compared (Fisher 1935, exact); where not, its
    rate is taken as exact (binomial test). Both are two-sided, with Holm's correction for the number of cells.

    Parameters
    ----------
    reference : DataFrame
        As `read_reference` gives; a parent category stands for all of its projects.

    Returns
    -------
    DataFrame
        A row a reference, in its order: ``category, projects, rate, low, high`` (of the crawl, NaN if it has none)``,
        reference_rate, reference_low, reference_high`` (equal where no count is given)``, n, p_holm, finding, source``.
    """
    rows = []
    for category, rate, n, source in reference[["category", "rate", "n", "source"]].itertuples(index=False):
        column = "category" if "/" in category else "parent_category"
        outcome = decided.loc[decided[column] == category, "success"]
        projects, won = len(outcome), int(outcome.sum())
        theirs = (rate, rate)
        if not np.isnan(n):
            interval = proportion_interval(round(rate * n), int(n), level=level)
            theirs = (min(interval.low, rate), max(interval.high, rate))
        if projects == 0:
            rows.append((category, 0, np.nan, np.nan, np.nan, rate, *theirs, n, np.nan, source))
            continue
        ours = proportion_interval(won, projects, level=level)
        if np.isnan(n):
            p = float(stats.binomtest(won, projects, rate).pvalue)
        else:
            counted = round(rate * n)
            p = float(stats.fisher_exact([[won, projects - won], [counted, int(n) - counted]]).pvalue)
        rows.append((category, projects, ours.value, ours.low, ours.high, rate, *theirs, n, p, source))
    names = ["category", "projects", "rate", "low", "high", "reference_rate", "reference_low", "reference_high"]
    table = pd.DataFrame(rows, columns=[*names, "n", "p_holm", "source"])
    tested = table["p_holm"].notna()
    table.loc[tested, "p_holm"] = holm(table.loc[tested, "p_holm"])
    finding = np.where(table["rate"] > table["reference_rate"], "higher in the crawl", "lower in the crawl")
    finding = np.where(table["p_holm"] < alpha, finding, "no difference shown")
    table.insert(len(table.columns) - 1, "finding", np.where(tested, finding, "not in the crawl"))
    return table


def reference_table(decided: pd.DataFrame, name: str, root: Path, *, level: float = 0.95) -> pd.DataFrame | None:
    """Read the reference rates that a parameter names, from the project's root, and test the crawl's against them.

    Gives None if the name is empty; raises and gives else as `read_reference` and `compare_with_reference` do.
    """
    return compare_with_reference(decided, read_reference(root / name, where=name), level=level) if name else None


def _category(text: str, place: str) -> str:
    category = canonical(text)
    parent, _, child = category.partition("/")
    if parent not in SUBCATEGORIES or (child and child not in SUBCATEGORIES[parent]):
        remedy = "Write a parent category such as games, or one of its own such as games/video games"
        raise Problem(f"there is no category {text!r}", where=place, remedy=remedy)
    return category


def _rate(text: str, place: str) -> float:
    remedy = "Write a share between 0 and 1, as in 0.43"
    try:
        rate = float(text.removesuffix("%"))
    except ValueError:
        raise Problem(f"the rate {text!r} is not a number", where=place, remedy=remedy) from None
    if text.endswith("%") or 1 < rate <= 100:
        remedy = f"Write it as a share, {rate / 100:.6g}"
        raise Problem(f"the rate {text!r} looks like a percentage", where=place, remedy=remedy)
    if not 0 <= rate <= 1:
        raise Problem(f"the rate {text!r} is not between 0 and 1", where=place, remedy=remedy)
    return rate


def _count(text: str, place: str) -> float:
    if not text:
        return np.nan
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        remedy = "Write how many projects were counted, or leave it empty"
        raise Problem(f"n is {text!r}, not a whole number above 0", where=place, remedy=remedy)
    return float(int(text))
