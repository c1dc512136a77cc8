"""One month of the crawl: its rows in one form, and what was left out and why."""

from __future__ import annotations

import html
import logging
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.categories import canonical, parent_of
from crowdwise.kickstarter.records import Reject, read_records
from crowdwise.kickstarter.repair import Unrepairable, read_nested
from crowdwise.kickstarter.schema import COLUMNS, STATES

log = logging.getLogger("crowdwise.kickstarter")

NEEDED = (
    *("id", "name", "category", "goal", "pledged", "state", "currency", "static_usd_rate"),
    *("launched_at", "deadline", "backers_count"),
)
NESTED = ("category", "creator", "location", "profile")
LONGEST_DAYS = 100  # Kickstarter allowed 90 days until June 2011, 60 since.
DAY = 86_400
EARLIEST = 1_230_768_000  # 2009-01-01, the year Kickstarter opened.


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
        The different fields the month's records have, sorted.
    """

    name: str
    date: str
    rows: pd.DataFrame
    read: int
    rejects: tuple[Reject, ...]
    mended: int
    broken: int
    fields: tuple[str, ...]


class _Unusable(ValueError):
    pass


def date_of(name: str) -> str:
    """Give the crawl's date by a month file's name."""
    found = re.search(r"\d{4}-\d{2}(-\d{2})?", name)
    return found.group() if found else "unknown"


def read_month(path: Path) -> Month:
    """Read a month's file into rows of one form.

    Raises
    ------
    Problem
        If the file can't be read to its end, holds no usable row, or lacks a field that every project needs.
    """
    rows: list[tuple[Any, ...]] = []
    rejects: list[Reject] = []
    counts: Counter[str] = Counter()
    fields: set[str] = set()
    read = 0
    for line, found in read_records(path):
        read += 1
        if isinstance(found, Reject):
            rejects.append(found)
            continue
        fields.update(found)
        try:
            rows.append(_observation(found, counts))
        except _Unusable as error:
            rejects.append(Reject(line, str(error)))
    missing = [name for name in NEEDED if name not in fields]
    if fields and missing:
        raise Problem(f"the month has no field {', '.join(missing)}", where=path, remedy="Use a month that has it")
    if not rows:
        reason = Counter(reject.reason for reject in rejects).most_common(1)
        what = f"no row of the month can be used ({reason[0][0]})" if reason else "the month holds no row"
        raise Problem(what, where=path, remedy="Remove the file and fetch it again, or use another month")
    log.info("%s: %d rows read, %d left out", path.name, read, len(rejects))
    table = _frame(rows, date_of(path.name))
    return Month(
        path.name,
        date_of(path.name),
        table,
        read,
        tuple(rejects),
        counts["mended"],
        counts["broken"],
        tuple(sorted(fields)),
    )


def _observation(data: dict[str, Any], counts: Counter[str]) -> tuple[Any, ...]:
    nested = {name: _nested(data.get(name), counts) for name in NESTED}
    state = data.get("state")
    if state not in STATES:
        raise _Unusable("state is none of Kickstarter's (a shifted row)")
    identity = str(data.get("id"))
    if not re.fullmatch(r"\d+", identity):
        raise _Unusable("id is not a number (a shifted row)")
    name, slug = _text(data.get("name")), _slug(nested["category"])
    if name is None:
        raise _Unusable("name is missing")
    if not slug:
        raise _Unusable("category is missing or can't be read")
    goal, rate = _number(data, "goal"), _number(data, "static_usd_rate")
    pledged, backers = _number(data, "pledged"), _number(data, "backers_count")
    if goal <= 0 or rate <= 0:
        raise _Unusable("goal or rate is not above 0")
    if pledged < 0 or backers < 0:
        raise _Unusable("pledged or backers_count is below 0")
    launched, deadline = int(_number(data, "launched_at")), int(_number(data, "deadline"))
    if launched < EARLIEST or not 0 <= deadline - launched <= LONGEST_DAYS * DAY:
        raise _Unusable(f"dates are impossible (deadline before launch, or more than {LONGEST_DAYS} days after it)")
    created = int(_number(data, "created_at")) if data.get("created_at") is not None else None
    currency = data.get("currency")
    if not isinstance(currency, str) or not re.fullmatch(r"[A-Z]{3}", currency):
        raise _Unusable("currency is no three-letter code (a shifted row)")
    category = canonical(slug)
    return (
        *(identity, name, _text(data.get("blurb")), category, parent_of(category), goal * rate, pledged * rate),
        *(currency, _text(data.get("country")), state, launched, deadline),
        created if created is not None and EARLIEST <= created <= launched else None,
        *(_identity(nested["creator"]), _identity(nested["location"]), _truth(data.get("staff_pick")), int(backers)),
        rate,
    )


def _nested(value: Any, counts: Counter[str]) -> dict[str, Any]:
    if isinstance(value, str) and value.strip():
        try:
            found, mended = read_nested(value)
        except Unrepairable:
            counts["broken"] += 1
            return {}
        counts["mended"] += mended
        return found
    return value if isinstance(value, dict) else {}


def _slug(category: dict[str, Any]) -> str:
    slug = category.get("slug") or category.get("name")
    return slug.strip() if isinstance(slug, str) else ""


def _text(value: Any) -> str | None:
    """Give text with the doubled quotes and entities of earlier exports undone, or None when nothing stands there."""
    if not isinstance(value, str):
        return None
    while '""' in value and re.fullmatch(r'"(?:[^"]|"")*"', value, re.DOTALL):
        value = value[1:-1].replace('""', '"')
    value = " ".join(html.unescape(value).split())
    return value or None


def _number(data: dict[str, Any], name: str) -> float:
    value = data.get(name)
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise _Unusable(
            f"{name} is not a number (a shifted row)" if value is not None else f"{name} is missing"
        ) from None
    if number != number or abs(number) == float("inf"):
        raise _Unusable(f"{name} is not a finite number")
    return number


def _identity(value: dict[str, Any]) -> str | None:
    identity = value.get("id")
    return str(identity) if isinstance(identity, int | str) and str(identity) else None


def _truth(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return bool(value) if isinstance(value, bool | int) else None


def _frame(rows: list[tuple[Any, ...]], date: str) -> pd.DataFrame:
    names = [name for name in COLUMNS if name not in ("time_precision", "seen_in")] + ["usd_rate"]
    table = pd.DataFrame(rows, columns=names)
    exact = ((table["launched_at"] % DAY != 0) | (table["deadline"] % DAY != 0)).mean() > 0.01
    table["time_precision"] = "second" if exact else "day"
    table["seen_in"] = date
    for name in ("launched_at", "deadline", "created_at"):
        seconds = table[name].astype("Int64")
        table[name] = pd.to_datetime(seconds, unit="s", utc=True).astype("datetime64[us, UTC]")
    for name in ("project_id", "name", "blurb", "category", "parent_category", "currency", "country", "state"):
        table[name] = table[name].astype("str")
    for name in ("creator_id", "place_id", "time_precision", "seen_in"):
        table[name] = table[name].astype("str")
    return table.astype({"staff_pick": "boolean", "backers_count": "int64"})[[*COLUMNS, "usd_rate"]]
