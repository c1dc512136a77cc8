"""From many observations of a project to one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.months import Month
from crowdwise.kickstarter.schema import COLUMNS, FINISHED, PROJECTS, check_table

LASTING = ("created_at", "creator_id", "place_id", "blurb", "country")


@dataclass(frozen=True)
class Union:
    """The projects table, and where each row that was read has gone.

    Attributes
    ----------
    projects : DataFrame
        One row a project, as `crowdwise.kickstarter.schema.PROJECTS` says.
    card : DataFrame
        One row a month and fate (``what``, ``rows``); the rows of a month add up to what it held.
    months : DataFrame
        One row a month: its name, date, records, fields and mended texts.
    """

    projects: pd.DataFrame
    card: pd.DataFrame
    months: pd.DataFrame


def unite(months: Sequence[Month]) -> Union:
    """Keep one row a project: the latest observation of a finished state, or the latest at all if it never finished.

    What does not change and the kept observation lacks (creator, place, creation, blurb, country) is taken from the
    latest observation that has it.

    Raises
    ------
    Problem
        If there is no month, or two have one name.
    """
    if not months:
        raise Problem("there is no month to read", remedy="Name a folder or URLs with months in the params' `acquire`")
    if len({month.name for month in months}) < len(months):
        raise Problem("two months have the same name", remedy="Name each month's file once")
    ordered = sorted(months, key=lambda month: (month.date, month.name))
    every = pd.concat(
        [month.rows.assign(_month=k, _line=range(len(month.rows))) for k, month in enumerate(ordered)],
        ignore_index=True,
    )
    every["_finished"] = every["state"].isin(FINISHED)
    every = every.sort_values(["project_id", "_finished", "_month", "_line"], kind="stable", ignore_index=True)
    last = ~every.duplicated("project_id", keep="last")
    # A full month lists a project once a listing it stood in; the last one is kept.
    again = every.duplicated(["project_id", "_month"], keep="last")
    kept = every[last].set_index("project_id", drop=False)
    lasting = (
        every.sort_values(["_month", "_line"], kind="stable").groupby("project_id", sort=True)[list(LASTING)].last()
    )
    for name in LASTING:
        kept[name] = kept[name].where(kept[name].notna(), lasting[name].reindex(kept.index))
    late = kept["created_at"] > kept["launched_at"]
    kept["created_at"] = kept["created_at"].where(~late)
    projects = kept.reset_index(drop=True).sort_values(["launched_at", "project_id"], kind="stable", ignore_index=True)
    projects = projects[list(COLUMNS)]
    fates = pd.Series("kept", index=every.index).mask(~last, "the same project is kept from another month")
    fates = fates.mask(~last & again, "the same project stands again in the month")
    return Union(check_table(projects, PROJECTS), _card(ordered, every["_month"], fates), _months(ordered))


def _card(months: Sequence[Month], month_of: pd.Series, fates: pd.Series) -> pd.DataFrame:
    rows = []
    for k, month in enumerate(months):
        counts = fates[month_of == k].value_counts()
        counts = pd.concat([counts, pd.Series([r.reason for r in month.rejects], dtype=object).value_counts()])
        rows += [(month.date, month.name, what, int(n)) for what, n in counts.items()]
    card = pd.DataFrame(rows, columns=["month", "file", "what", "rows"])
    read = sum(month.read for month in months)
    if card["rows"].sum() != read:
        raise ValueError(f"the fates of rows add up to {card['rows'].sum()}, but {read} were read")
    return card


def _months(months: Sequence[Month]) -> pd.DataFrame:
    rows = [
        (m.date, m.name, m.read, len(m.rejects), len(m.fields), m.mended, m.broken, m.rows["time_precision"].iloc[0])
        for m in months
    ]
    names = ["month", "file", "records", "left_out", "fields", "mended_texts", "broken_texts", "time_precision"]
    return pd.DataFrame(rows, columns=names)


def rejected_lines(months: Sequence[Month], most: int = 20) -> pd.DataFrame:
    """Give the first rejected rows with their lines, to look at in the files."""
    rows = [(month.name, reject.line, reject.reason) for month in months for reject in month.rejects]
    return pd.DataFrame(rows, columns=["file", "line", "reason"]).head(most)
