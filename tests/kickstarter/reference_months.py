"""A month read row by row with the standard library alone: what the streaming reader must equal."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from crowdwise.kickstarter.categories import canonical, parent_of
from crowdwise.kickstarter.months import date_of
from crowdwise.kickstarter.repair import Unrepairable, read_nested
from crowdwise.kickstarter.vocabulary import COLUMNS, STATES

NESTED = ("category", "creator", "location", "profile")
LONGEST_DAYS, DAY, EARLIEST = 100, 86_400, 1_230_768_000


class Unusable(ValueError):
    pass


def read_reference(path: Path) -> tuple[pd.DataFrame, list[tuple[int, str]], Counter[str], int, set[str]]:
    """Give a month's rows, what was left out, the mended and broken texts, the rows read and the fields."""
    rows, rejects, read = [], [], 0
    counts: Counter[str] = Counter()
    fields: set[str] = set()
    for line, data in _records(path):
        read += 1
        if isinstance(data, str):
            rejects.append((line, data))
            continue
        fields.update(data)
        try:
            rows.append(_observation(data, counts))
        except Unusable as error:
            rejects.append((line, str(error)))
    return _frame(rows, date_of(path.name)), rejects, counts, read, fields


def _records(path: Path) -> Iterator[tuple[int, Any]]:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            for member in sorted(archive.namelist()):
                rows = csv.reader(io.StringIO(archive.read(member).decode("utf-8-sig"), newline=""))
                header = next(rows)
                for row in rows:
                    if len(row) == len(header):
                        yield rows.line_num, {n: v if v != "" else None for n, v in zip(header, row, strict=True)}
                    elif row:
                        yield rows.line_num, f"row has {len(row)} fields where the header has {len(header)}"
        return
    content = path.read_bytes()
    content = gzip.decompress(content) if path.name.endswith(".gz") else content
    if content.lstrip().startswith(b"["):
        for number, found in enumerate(json.loads(content), start=1):
            yield number, _data(found)
        return
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.strip():
            try:
                yield number, _data(json.loads(line))
            except ValueError:
                yield number, "line is not JSON"


def _data(found: Any) -> Any:
    data = found.get("data", found) if isinstance(found, dict) else found
    return data if isinstance(data, dict) else "record is not an object"


def _observation(data: dict[str, Any], counts: Counter[str]) -> tuple[Any, ...]:
    nested = {name: _nested(data.get(name), counts) for name in NESTED}
    state = data.get("state")
    if state not in STATES:
        raise Unusable("state is none of Kickstarter's (a shifted row)")
    identity = str(data.get("id"))
    if not re.fullmatch(r"\d+", identity):
        raise Unusable("id is not a number (a shifted row)")
    name, slug = _text(data.get("name")), _slug(nested["category"])
    if name is None:
        raise Unusable("name is missing")
    if not slug:
        raise Unusable("category is missing or can't be read")
    goal, rate = _number(data, "goal"), _number(data, "static_usd_rate")
    pledged, backers = _number(data, "pledged"), _number(data, "backers_count")
    if goal <= 0 or rate <= 0:
        raise Unusable("goal or rate is not above 0")
    if pledged < 0 or backers < 0:
        raise Unusable("pledged or backers_count is below 0")
    if goal * rate >= 1e9:
        raise Unusable("goal is absurd (1,000,000,000 US dollars or more)")
    if pledged * rate >= 1e9 or backers >= 2**31:
        raise Unusable("pledged or backers_count is absurd")
    launched, deadline = int(_number(data, "launched_at")), int(_number(data, "deadline"))
    if launched < EARLIEST or not 0 <= deadline - launched <= LONGEST_DAYS * DAY:
        raise Unusable(f"dates are impossible (deadline before launch, or more than {LONGEST_DAYS} days after it)")
    created = int(_number(data, "created_at")) if data.get("created_at") is not None else None
    currency = data.get("currency")
    if not isinstance(currency, str) or not re.fullmatch(r"[A-Z]{3}", currency):
        raise Unusable("currency is no three-letter code (a shifted row)")
    category = canonical(slug)
    row = (
        *(identity, name, _text(data.get("blurb")), category, parent_of(category), goal * rate, pledged * rate),
        *(currency, _text(data.get("country")), state, launched, deadline),
        created if created is not None and EARLIEST <= created <= launched else None,
        *(_identity(nested["creator"]), _identity(nested["location"]), _truth(data.get("staff_pick")), int(backers)),
        rate,
    )
    if any("\ud800" <= character <= "\udfff" for value in row if isinstance(value, str) for character in value):
        raise Unusable("a text holds half of a surrogate pair, which is no character")
    return row


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
        raise Unusable(
            f"{name} is not a number (a shifted row)" if value is not None else f"{name} is missing"
        ) from None
    if number != number or abs(number) == float("inf"):
        raise Unusable(f"{name} is not a finite number")
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
