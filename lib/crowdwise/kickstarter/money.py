"""Money asked, raised and given, in US dollars."""

from __future__ import annotations

import numpy as np
import pandas as pd

MULTIPLES = (1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)


def raised_beyond(decided: pd.DataFrame) -> pd.DataFrame:
    """Give the share of successes that raised at least a multiple of their goal: ``multiple, projects, share``."""
    funded = decided.loc[decided["success"], "funded"]
    counts = [int((funded >= multiple).sum()) for multiple in MULTIPLES]
    # A goal and what was raised are turned into dollars apart: a goal met to the cent can come out just short.
    counts[0] = len(funded)
    shares = [count / max(1, len(funded)) for count in counts]
    return pd.DataFrame({"multiple": MULTIPLES, "projects": counts, "share": shares})


def pledge_per_backer(decided: pd.DataFrame) -> pd.Series:
    """Give each success's mean pledge in US dollars; a success without a counted backer is left out."""
    won = decided[decided["success"] & (decided["backers_count"] > 0)]
    return won["pledged_usd"] / won["backers_count"]


def pledges_by_parent(decided: pd.DataFrame, fewest: int = 20) -> pd.DataFrame:
    """Give what the successes of each parent category raised from how many: medians, and quartiles of the mean pledge.

    Columns ``parent_category, successes, raised, backers, pledge, lower_quartile, upper_quartile``, the smallest pledge
    first; parents with at least `fewest` successes.
    """
    each = pledge_per_backer(decided)
    won = decided.loc[each.index].assign(pledge=each)
    table = won.groupby("parent_category", sort=True).agg(
        successes=("pledge", "size"),
        raised=("pledged_usd", "median"),
        backers=("backers_count", "median"),
        pledge=("pledge", "median"),
        lower_quartile=("pledge", lambda values: values.quantile(0.25)),
        upper_quartile=("pledge", lambda values: values.quantile(0.75)),
    )
    return table[table["successes"] >= fewest].sort_values("pledge", kind="stable").reset_index()


def asked_and_raised(decided: pd.DataFrame) -> pd.DataFrame:
    """Give ``outcome, projects, goal, raised`` (medians) and ``raised_nothing`` (a share) of successes and failures."""
    rows = []
    for outcome, part in (
        ("successful", decided[decided["success"]]),
        ("failed", decided[~decided["success"]]),
    ):
        if len(part):
            medians = (float(np.median(part[name])) for name in ("goal_usd", "pledged_usd"))
            rows.append((outcome, len(part), *medians, float((part["pledged_usd"] == 0).mean())))
    return pd.DataFrame(rows, columns=["outcome", "projects", "goal", "raised", "raised_nothing"])
