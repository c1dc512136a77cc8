"""From a source of months to the tables: fetched, read, united, written."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.kickstarter.categories import list_categories, list_parents
from crowdwise.kickstarter.madeup.months import MARK, make_months
from crowdwise.kickstarter.months import Month, date_of, read_month
from crowdwise.kickstarter.records import PATTERNS
from crowdwise.kickstarter.rejects import write_rejects
from crowdwise.kickstarter.schema import CATEGORIES, COUNTRIES, PARENTS, check_table
from crowdwise.kickstarter.union import Union, refuse_failures, unite
from crowdwise.storage.fetch import Fetched, fetch, find
from crowdwise.storage.integrity import digest
from crowdwise.storage.provenance import write_provenance
from crowdwise.storage.tables import write_table
from crowdwise.storage.whole import current

log = logging.getLogger("crowdwise.kickstarter")
MADE_UP, PUBLISHED = "made-up", "published"


@dataclass(frozen=True)
class Acquired:
    """What the acquire notebook shows: the files, the months as read, their union, and the provenance."""

    files: tuple[Fetched, ...]
    months: tuple[Month, ...]
    union: Union
    categories: pd.DataFrame
    countries: pd.DataFrame
    provenance: dict[str, Any]


def acquire(
    layout: Layout,
    source: str,
    months: Sequence[Mapping[str, Any]] = (),
    *,
    projects: int = 4000,
    leak: bool = True,
    seed: int = 0,
    failures: Sequence[str] = ("failed",),
    num_splits: int = 0,
    max_reject_share: float = 0.02,
) -> Acquired:
    """Bring the months of a source home and write the tables projects, categories, parents, countries and rates.

    Rows that were left out are written beside them, as ``rejects.jsonl``.

    Parameters
    ----------
    layout : Layout
        Where files and tables go.
    source : str
        ``made-up``, ``published`` (the URLs in `months`), or a folder or ``s3://bucket/prefix`` that holds months.
    months : sequence of mappings
        ``url``, ``size`` and ``md5`` of each published month; None where nothing is pinned.
    projects, leak, seed
        Of made-up months: see `crowdwise.kickstarter.madeup.months.make_months`.
    failures : sequence of str
        States that count as failure: see `crowdwise.kickstarter.union.unite`.
    num_splits : int
        How many months to take, the most recent by the day of their crawl; 0: all.
    max_reject_share : float
        The share of a month's rows that may be left out.

    Raises
    ------
    Problem
        If the source is not given, is missing or holds something that is no month, a month is there twice, or too much
        of one is left out.
    """
    raw = layout.raw("kickstarter")
    refuse_failures(failures)
    files = _bring(raw, source, months, num_splits, projects=projects, leak=leak, seed=seed)
    _refuse_same_bytes(files)
    read = tuple(read_month(file.path) for file in files)
    for month, file in zip(read, files, strict=True):
        _refuse_too_many(month, file.path, max_reject_share, layout)
    union = unite(read, failures)
    table = union.projects
    categories = list_categories(table)
    countries = table.groupby("country", sort=True).size().rename("projects").reset_index()
    rates = _rates(read)
    write_table(table, layout.table("kickstarter", "projects"))
    write_table(check_table(categories, CATEGORIES), layout.table("kickstarter", "categories"))
    write_table(check_table(list_parents(categories), PARENTS), layout.table("kickstarter", "parents"))
    write_table(check_table(countries, COUNTRIES), layout.table("kickstarter", "countries"))
    write_table(rates, layout.table("kickstarter", "rates"))
    write_rejects([(month.name, month.rejects) for month in read], layout.tables("kickstarter") / "rejects.jsonl")
    kind = {MADE_UP: "made up", PUBLISHED: "published"}.get(source, "local")
    provenance = write_provenance(layout.tables("kickstarter"), kind, files)
    return Acquired(files, read, union, categories, countries, provenance)


def most_recent(names: Sequence[str], num_splits: int) -> list[str]:
    """Give the names (or URLs) of the most recent months, in the order given.

    Parameters
    ----------
    names : sequence of str
        Their ends say the day of the crawl.
    num_splits : int
        How many; 0: all. Where there are fewer, all.

    Raises
    ------
    Problem
        If the number is none, or a name has no date to tell by.
    """
    where = "params: acquire: num_splits"
    if not isinstance(num_splits, int) or isinstance(num_splits, bool) or num_splits < 0:
        remedy = "Write 0 for all months, or how many of the most recent"
        raise Problem(f"num_splits is {num_splits!r}", where=where, remedy=remedy)
    if num_splits == 0:
        return list(names)
    dates = {name: date_of(_file_name(name)) for name in names}
    if undated := [name for name, date in dates.items() if date == "unknown"]:
        what = f"the name {_file_name(undated[0])} does not say when that month was crawled"
        raise Problem(what, where=where, remedy="Put the date into the name (Kickstarter_<YYYY-MM-DD>), or write 0")
    chosen = set(sorted(names, key=lambda name: (dates[name], _file_name(name)))[-num_splits:])
    return [name for name in names if name in chosen]


def _file_name(origin: str) -> str:
    return origin.rpartition("/")[2]


def _bring(
    raw: Path,
    source: str,
    months: Sequence[Mapping[str, Any]],
    num_splits: int,
    *,
    projects: int,
    leak: bool,
    seed: int,
) -> tuple[Fetched, ...]:
    if source == MADE_UP:
        paths, _ = make_months(raw, projects=projects, seed=seed, leak=leak)
        wanted = most_recent([path.name for path in paths], num_splits)
        return tuple(_made(path) for path in paths if path.name in wanted)
    if not source:
        remedy = "Give `make report RAW=FOLDER`, whose folder kickstarter/ holds months"
        raise Problem("no source is named", where="params: acquire: source", remedy=remedy)
    # Real months may stand where made-up ones stood; the mark would call them made up.
    (raw / MARK).unlink(missing_ok=True)
    if source == PUBLISHED:
        if not months:
            raise Problem("no month is named", where="params: acquire: months", remedy="List url, size and md5 of each")
        pinned = {str(month["url"]): month for month in months}
        urls = most_recent(list(pinned), num_splits)
        return tuple(fetch(url, raw, size=pinned[url].get("size"), md5=pinned[url].get("md5")) for url in urls)
    origins = [origin for origin in find(source, PATTERNS) if _file_name(origin) != MARK]
    return tuple(fetch(origin, raw) for origin in most_recent(origins, num_splits))


def _refuse_same_bytes(files: Sequence[Fetched]) -> None:
    first: dict[str, str] = {}
    for file in files:
        if file.sha256 in first:
            what = f"this is the same file as {first[file.sha256]}"
            raise Problem(what, where=file.origin, remedy="Keep one of them")
        first[file.sha256] = file.name


def _refuse_too_many(month: Month, path: Path, most: float, layout: Layout) -> None:
    if not isinstance(most, int | float) or not 0 <= most <= 1:
        remedy = "Write a share between 0 and 1, as in 0.01"
        raise Problem(f"max_reject_share is {most!r}", where="params: acquire: max_reject_share", remedy=remedy)
    left_out = len(month.rejects)
    if left_out > most * month.read:
        rejects = layout.reports / "failed" / "kickstarter-rejects.jsonl"
        write_rejects([(month.name, month.rejects)], rejects, at_once=True)
        first = month.rejects[0]
        share = f"{left_out:,} of {month.read:,} rows can't be used (at most {most:.2%} may be left out)"
        what = f"{share}; first, line {first.line}, {first.reason}"
        remedy = f"Read {layout.relative(rejects)}; check that this is the publisher's file, or raise max_reject_share"
        raise Problem(what, where=path, remedy=remedy)


def _made(path: Path) -> Fetched:
    found = digest(current(path))
    return Fetched(path.name, path, "crowdwise.kickstarter.madeup", found.size, found.md5, found.sha256)


def _rates(months: Sequence[Month]) -> pd.DataFrame:
    """Give each currency's median rate in the latest month that has it: US dollars for one unit."""
    every = pd.concat([m.rows.loc[:, ["currency", "usd_rate", "seen_in"]] for m in months], ignore_index=True)
    latest = every["seen_in"] == every.groupby("currency")["seen_in"].transform("max")
    rates = every[latest].groupby("currency", sort=True)["usd_rate"].agg(["median", "size"]).reset_index()
    rates.columns = pd.Index(["currency", "usd_rate", "projects"])
    return rates
