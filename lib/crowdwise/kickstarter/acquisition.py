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
from crowdwise.kickstarter.months import Month, read_month
from crowdwise.kickstarter.records import PATTERNS
from crowdwise.kickstarter.schema import CATEGORIES, COUNTRIES, PARENTS, check_table
from crowdwise.kickstarter.union import Union, unite
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
) -> Acquired:
    """Bring the months of a source home and write the tables projects, categories, parents, countries and rates.

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

    Raises
    ------
    Problem
        If the source is not given, is missing or holds something that is no month.
    """
    raw = layout.raw("kickstarter")
    files = _bring(raw, source, months, projects=projects, leak=leak, seed=seed)
    read = tuple(read_month(file.path) for file in files)
    union = unite(read)
    table = union.projects
    categories = list_categories(table)
    countries = table.groupby("country", sort=True).size().rename("projects").reset_index()
    rates = _rates(read)
    write_table(table, layout.table("kickstarter", "projects"))
    write_table(check_table(categories, CATEGORIES), layout.table("kickstarter", "categories"))
    write_table(check_table(list_parents(categories), PARENTS), layout.table("kickstarter", "parents"))
    write_table(check_table(countries, COUNTRIES), layout.table("kickstarter", "countries"))
    write_table(rates, layout.table("kickstarter", "rates"))
    kind = {MADE_UP: "made up", PUBLISHED: "published"}.get(source, "local")
    provenance = write_provenance(layout.tables("kickstarter"), kind, files)
    return Acquired(files, read, union, categories, countries, provenance)


def _bring(
    raw: Path, source: str, months: Sequence[Mapping[str, Any]], *, projects: int, leak: bool, seed: int
) -> tuple[Fetched, ...]:
    if source == MADE_UP:
        paths, _ = make_months(raw, projects=projects, seed=seed, leak=leak)
        return tuple(_made(path) for path in paths)
    if not source:
        remedy = "Give `make report RAW=FOLDER`, whose folder kickstarter/ holds months"
        raise Problem("no source is named", where="params: acquire: source", remedy=remedy)
    # Real months may stand where made-up ones stood; the mark would call them made up.
    (raw / MARK).unlink(missing_ok=True)
    if source == PUBLISHED:
        if not months:
            raise Problem("no month is named", where="params: acquire: months", remedy="List url, size and md5 of each")
        return tuple(fetch(str(m["url"]), raw, size=m.get("size"), md5=m.get("md5")) for m in months)
    return tuple(fetch(origin, raw) for origin in find(source, PATTERNS) if Path(origin).name != MARK)


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
