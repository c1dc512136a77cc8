"""From many observations of a project to one row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.months import Month
from crowdwise.kickstarter.schema import PROJECTS, check_table
from crowdwise.kickstarter.vocabulary import CURRENCIES, FAILURES, FINISHED

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
        One row a month: its name, date, records, fields, mended texts, and currencies that Kickstarter has never used.
    """

    projects: pd.DataFrame
    card: pd.DataFrame
    months: pd.DataFrame


def unite(months: Sequence[Month], failures: Iterable[str] = ("failed",)) -> Union:
    """Keep one row a project: the latest observation of a finished state, or the latest at all if it never finished.

    What does not change and the kept observation lacks (creator, place, creation, blurb, country) is taken from the
    latest observation that has it. A project's `outcome` is true if it was successful, false if it failed or its state
    is one of `failures`, else null; `first_seen_in` is the earliest month it stood in, `months_seen` their number.

    Parameters
    ----------
    months : sequence of Month
    failures : iterable of str
        States that count as failure: ``failed`` always, ``canceled`` and ``suspended`` where named.

    Raises
    ------
    Problem
        If there is no month, two are the same one, or a state can't count as failure.
    """
    if not months:
        raise Problem("there is no month to read", remedy="Name a folder or URLs with months in the params' `acquire`")
    refuse_failures(failures)
    _refuse_twice(months)
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
    seen = every.groupby("project_id", sort=True)["_month"].agg(["min", "nunique"])
    kept["first_seen_in"] = seen["min"].map(dict(enumerate(month.date for month in ordered))).astype("str")
    kept["months_seen"] = seen["nunique"].astype("int64")
    kept["outcome"] = outcome_of(kept["state"], failures)
    lasting = (
        every.sort_values(["_month", "_line"], kind="stable").groupby("project_id", sort=True)[list(LASTING)].last()
    )
    for name in LASTING:
        kept[name] = kept[name].where(kept[name].notna(), lasting[name].reindex(kept.index))
    late = kept["created_at"] > kept["launched_at"]
    kept["created_at"] = kept["created_at"].where(~late)
    projects = kept.reset_index(drop=True).sort_values(["launched_at", "project_id"], kind="stable", ignore_index=True)
    projects = projects[list(PROJECTS.columns)]
    fates = pd.Series("kept", index=every.index).mask(~last, "the same project is kept from another month")
    fates = fates.mask(~last & again, "the same project stands again in the month")
    return Union(check_table(projects, PROJECTS), _card(ordered, every["_month"], fates), _months(ordered))


def outcome_of(states: pd.Series, failures: Iterable[str]) -> pd.Series:
    """Give each state's outcome: true, false, or null where it is neither success nor failure."""
    outcome = pd.Series(pd.NA, states.index, dtype="boolean")
    outcome[states == "successful"] = True
    outcome[states.isin(["failed", *failures])] = False
    return outcome


def outcome_counts(projects: pd.DataFrame) -> pd.DataFrame:
    """Give the outcome rule at work: ``state, projects, outcome``."""
    found = projects.groupby("state", sort=False).agg(projects=("state", "size"), outcome=("outcome", "first"))
    words = found["outcome"].map({True: "success", False: "failure"}).astype(object).where(found["outcome"].notna(), "")
    return found.assign(outcome=words).sort_values("projects", ascending=False, kind="stable").reset_index()


def refuse_failures(failures: Iterable[str]) -> None:
    """Raise if a state can't count as failure.

    Raises
    ------
    Problem
        Naming it and those that can.
    """
    if isinstance(failures, str) or not isinstance(failures, Iterable):
        raise Problem(f"failures is {failures!r}", where="params: acquire", remedy='Write a list, as in ["failed"]')
    if wrong := [state for state in failures if state not in FAILURES]:
        what = f"the state {wrong[0]!r} can't count as failure"
        raise Problem(what, where="params: acquire: failures", remedy=f"Name some of {', '.join(FAILURES)}")


def _refuse_twice(months: Sequence[Month]) -> None:
    """Raise if a crawl is there twice: it would be counted as two months."""
    remedy = "Keep one of them"
    for one, other in combinations(sorted(months, key=lambda month: month.name), 2):
        if one.name == other.name:
            raise Problem("two months have the same name", where=one.name, remedy="Name each month's file once")
        if _crawl(one.name) == _crawl(other.name):
            raise Problem(f"this is the same crawl as {one.name}", where=other.name, remedy=remedy)
        if one.date == other.date and set(one.rows["project_id"]) == set(other.rows["project_id"]):
            what = f"this holds the same projects as {one.name}, of the same day"
            raise Problem(what, where=other.name, remedy=remedy)


def _crawl(name: str) -> str:
    return re.sub(r"(\.json\.gz|\.json|\.zip)$", "", name)


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
        (
            *(m.date, m.name, m.read, len(m.rejects), len(m.fields), m.mended, m.broken),
            *(m.rows["time_precision"].iloc[0], _unknown_currencies(m.rows["currency"])),
        )
        for m in months
    ]
    names = ["month", "file", "records", "left_out", "fields", "mended_texts", "broken_texts", "time_precision"]
    names.append("unknown_currencies")
    return pd.DataFrame(rows, columns=names)


def _unknown_currencies(currencies: pd.Series) -> str:
    """Name those Kickstarter has never used, with their rows: kept, since each row has its own rate."""
    counts = currencies[~currencies.isin(CURRENCIES)].value_counts().sort_index()
    return ", ".join(f"{code}: {n:,}" for code, n in counts.items())


def rejected_lines(months: Sequence[Month], most: int = 20) -> pd.DataFrame:
    """Give the first rejected rows with their lines, to look at in the files."""
    rows = [(month.name, reject.line, reject.reason) for month in months for reject in month.rejects]
    return pd.DataFrame(rows, columns=["file", "line", "reason"]).head(most)
