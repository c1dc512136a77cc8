"""How each category stood when learning ended: what a draft's features of its category's past are read from."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crowdwise.kickstarter.categories import parent_of
from crowdwise.kickstarter.history import CATEGORY_PAST, category_past

Standing = dict[str, dict[str, float]]
ALL = ""
"""The category of a draft of which not even the parent was seen."""


def category_standing(projects: pd.DataFrame) -> Standing:
    """Give what `category_past` would give a project launched after all of these, by category and by parent.

    Parameters
    ----------
    projects : DataFrame
        As `crowdwise.kickstarter.history.category_past` takes them, with ``creator_id`` or without.
    """
    categories = sorted({ALL, *projects["category"], *projects["parent_category"]})
    after = projects["deadline"].max() + pd.Timedelta(days=1)
    asked = pd.DataFrame(
        {
            "category": categories,
            "parent_category": [parent_of(name) for name in categories],
            "launched_at": after,
            "deadline": after,
            "outcome": pd.array([pd.NA] * len(categories), dtype="boolean"),
            # A goal of the day itself is not of the past: its amount changes nothing.
            "goal_usd": 1.0,
        }
    )
    times = dict.fromkeys(("launched_at", "deadline"), projects["launched_at"].dtype)
    together = pd.concat([projects[list(asked)], asked.astype(times)], ignore_index=True)
    found = category_past(together).tail(len(categories))[list(CATEGORY_PAST)]
    rows = zip(categories, found.to_dict("records"), strict=True)
    return {name: {str(column): float(value) for column, value in row.items()} for name, row in rows}


def standing_of(projects: pd.DataFrame, standing: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """Give projects' categories' past, on the same index; an unseen category's is its parent's, or that of all."""
    found = []
    for category in projects["category"]:
        known = next(name for name in (category, parent_of(category), ALL) if name in standing)
        found.append(standing[known])
    return pd.DataFrame(found, index=projects.index, columns=list(CATEGORY_PAST))
