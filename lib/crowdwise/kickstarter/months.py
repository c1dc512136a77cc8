"""One month of the crawl: its rows in one form, and what was left out and why."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.chunks import OBSERVED, UNUSUAL, Kept, convert, pick
from crowdwise.kickstarter.records import Record, read_records
from crowdwise.kickstarter.rejects import KEPT, Reject
from crowdwise.kickstarter.vocabulary import COLUMNS

log = logging.getLogger("crowdwise.kickstarter")

NEEDED = (
    *("id", "name", "category", "goal", "pledged", "state", "currency", "static_usd_rate"),
    *("launched_at", "deadline", "backers_count"),
)
CHUNK = 16_384  # rows that are converted at once


@dataclass(frozen=True)
class Month:
    """A month as read.

    Attributes
    ----------
    name : str
        The file's name.
    date : str
        The day of the crawl by the file's name (``YYYY-MM-DD``, ``YYYY-MM``, or ``unknown``).
    rows : DataFrame
        One row an observation, columns as in the projects table, and ``usd_rate``.
    read : int
        Records the file held.
    rejects : tuple of Reject
        Rows left out, with their lines.
    mended, broken : int
        Malformed nested texts that were mended, and that were not (their fields are null).
    fields : tuple of str
        The names of the fields that the month's records have, sorted.
    """

    name: str
    date: str
    rows: pd.DataFrame
    read: int
    rejects: tuple[Reject, ...]
    mended: int
    broken: int
    fields: tuple[str, ...]


def date_of(name: str) -> str:
    """Give the crawl's date by a month file's name."""
    found = re.search(r"\d{4}-\d{2}(-\d{2})?", name)
    return found.group() if found else "unknown"


def read_month(path: Path) -> Month:
    """Read a month's file into rows of one form.

    A chunk of rows is held at a time beside the finished ones, so memory grows with the rows that are kept, not with
    the file.

    Raises
    ------
    Problem
        If the file can't be read to its end, holds no usable row, lacks a field that every project needs, or is of
        another site.
    """
    path = Path(path)
    tables, read = [], 0
    rejects: list[Reject] = []
    counts: Counter[str] = Counter()
    fields: set[str] = set()
    for lines, rows, picked in _chunks(read_records(path), fields):
        read += len(rows)
        table, left_out = convert(lines, rows, picked, counts)
        tables.append(table)
        # Of a month of another site every row is left out: their texts would fill the memory.
        room = max(0, KEPT - len(rejects))
        rejects += [*left_out[:room], *(replace(one, text=None) for one in left_out[room:])]
    _look_for_needed(fields, path)
    whole = pa.concat_tables(tables) if tables else OBSERVED.empty_table()
    if len(whole) == 0:
        reason = Counter(reject.reason for reject in rejects).most_common(1)
        what = f"no row of the month can be used ({reason[0][0]})" if reason else "the month holds no row"
        raise Problem(what, where=path, remedy="Remove the file and fetch it again, or use another month")
    log.info("%s: %d rows read, %d left out", path.name, read, len(rejects))
    date = date_of(path.name)
    found = tuple(sorted(fields))
    return Month(path.name, date, _frame(whole, date), read, tuple(rejects), counts["mended"], counts["broken"], found)


def _chunks(records: Iterable[Record | Reject], fields: set[str]) -> Iterator[tuple[list[int], list[Kept], list[Any]]]:
    """Give the lines, rows and what was picked of them, a chunk at a time, and note the fields' names.

    Whole records would take several times the memory of their text, from which they can be read again. And what is
    held is no object that Python's collector of garbage has to look at.
    """
    lines: list[int] = []
    rows: list[Kept] = []
    picked: list[Any] = []
    for row in records:
        lines.append(row.line)
        if isinstance(row, Record):
            fields.update(row.data)
            picked.extend(pick(row))
            rows.append(row if row.raw is None else row.raw)
        else:
            picked.extend(UNUSUAL)
            rows.append(row)
        if len(rows) == CHUNK:
            yield lines, rows, picked
            lines, rows, picked = [], [], []
    if rows:
        yield lines, rows, picked


def _look_for_needed(fields: set[str], path: Path) -> None:
    missing = [name for name in NEEDED if name not in fields]
    if fields and len(missing) > len(NEEDED) / 2:
        shown = ", ".join(sorted(fields)[:6])
        what = f"these are no Kickstarter projects: the records have {shown}, but no {', '.join(missing)}"
        raise Problem(what, where=path, remedy="Name a folder that holds months of Kickstarter alone")
    if fields and missing:
        raise Problem(f"the month has no field {', '.join(missing)}", where=path, remedy="Use a month that has it")


def _frame(rows: pa.Table, date: str) -> pd.DataFrame:
    for name in ("launched_at", "deadline", "created_at"):
        times = pc.multiply(rows[name], 1_000_000).cast(pa.timestamp("us", "UTC"))
        rows = rows.set_column(rows.schema.get_field_index(name), name, times)
    table = rows.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)
    day = pd.Timedelta(days=1)
    whole_days = table["launched_at"].dt.floor(day).eq(table["launched_at"]) & table["deadline"].dt.floor(day).eq(
        table["deadline"]
    )
    table["time_precision"] = pd.Series("second" if (~whole_days).mean() > 0.01 else "day", table.index, dtype="str")
    table["seen_in"] = pd.Series(date, table.index, dtype="str")
    return table[[*COLUMNS, "usd_rate"]]
