"""What a test detects by how long it runs, when units come back and their totals grow.

A metric that is added up from a unit's first visit until the test ends is another metric each day: more units are seen,
but ever fewer of them new, and totals grow ever more unequal, for frequent visitors pull away. Both are measured from
what units did before, or follow from a model of visits. The square root of time, which would hold if each day brought
new units only, is shown beside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from crowdwise.experiment.comparison import Comparison
from crowdwise.experiment.visits import Per, Returning, Visits


def tabulate_horizons(
    comparison: Comparison, source: Visits | Returning, days: Iterable[int], per: Per = "unit"
) -> pd.DataFrame:
    """Give the smallest difference that is found by how many days the test runs.

    Parameters
    ----------
    comparison : Comparison
        How the arms are compared; its baseline and sd are replaced by those of each horizon.
    source : Visits or Returning
        What units did before, or a model of it.

    Returns
    -------
    DataFrame
        ``days``; ``units`` seen, in both arms; ``mean`` and ``sd`` of the metric over so many days; ``difference`` in
        the metric's unit; ``relative`` to the mean; ``relative by root of time``, what the first row's would become if
        only the number of units changed, and all were new.

    Raises
    ------
    ValueError
        If a horizon has no mean to be relative to, or too few units to find anything.
    """
    rows = []
    for day in days:
        base = source.at(day, per)
        if base.mean == 0:
            raise ValueError(f"the mean over {day} days is 0, so nothing is relative to it")
        here = replace(comparison, baseline=base.mean, sd=base.sd)
        difference = here.smallest_difference(base.n * (1 - comparison.treatment_share))
        rows.append((day, base.n, base.mean, base.sd, difference, difference / base.mean))
    table = pd.DataFrame(rows, columns=["days", "units", "mean", "sd", "difference", "relative"])
    first = table.iloc[0]
    return table.assign(**{"relative by root of time": first["relative"] * np.sqrt(first["days"] / table["days"])})


def horizon_for(table: pd.DataFrame, relative: float) -> int | None:
    """Give the first of a table's days by which a relative difference is found; None if it is not within them.

    Not every longer test finds more: where totals grow unequal faster than units come, a longer one finds less.
    """
    found = table.loc[table["relative"].abs() <= abs(relative), "days"]
    return int(found.iloc[0]) if len(found) else None
