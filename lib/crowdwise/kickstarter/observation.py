"""One record of a month becomes one row of the table, or is unusable for a reason.

This is what every row is held to. `crowdwise.kickstarter.chunks` does the same to the usual rows, many at once.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import Any

from crowdwise.kickstarter.categories import canonical, parent_of
from crowdwise.kickstarter.repair import Unrepairable, read_nested
from crowdwise.kickstarter.vocabulary import STATES

NESTED = ("category", "creator", "location", "profile")
LONGEST_DAYS = 100  # Kickstarter allowed 90 days until June 2011, 60 since.
DAY = 86_400
EARLIEST = 1_230_768_000  # 2009-01-01, the year Kickstarter opened.
ABSURD_USD = 1e9  # No project on Kickstarter ever collected a tenth of it.
MOST_BACKERS = 2**31 - 1


class Unusable(ValueError):
    """Says why a record is no row."""


def observe(data: dict[str, Any], counts: Counter[str]) -> tuple[Any, ...]:
    """Give a record's row, in the order of `crowdwise.kickstarter.chunks.OBSERVED`; times are in seconds.

    Parameters
    ----------
    data : dict
        The record, numbers as numbers or text, nested fields as objects or JSON text.
    counts : Counter
        ``mended`` and ``broken`` nested texts are counted in it.

    Raises
    ------
    Unusable
        With the reason.
    """
    nested = {name: _nested(data.get(name), counts) for name in NESTED}
    state = data.get("state")
    if state not in STATES:
        raise Unusable("state is none of Kickstarter's (a shifted row)")
    identity = str(data.get("id"))
    if not re.fullmatch(r"\d+", identity):
        raise Unusable("id is not a number (a shifted row)")
    name, slug = clean_text(data.get("name")), _slug(nested["category"])
    if name is None:
        raise Unusable("name is missing")
    category = canonical(slug)
    if not parent_of(category):
        raise Unusable("category is missing or can't be read")
    goal, rate = _number(data, "goal"), _number(data, "static_usd_rate")
    pledged, backers = _number(data, "pledged"), _number(data, "backers_count")
    if goal <= 0 or rate <= 0:
        raise Unusable("goal or rate is not above 0")
    if pledged < 0 or backers < 0:
        raise Unusable("pledged or backers_count is below 0")
    if goal * rate >= ABSURD_USD:
        raise Unusable(f"goal is absurd ({ABSURD_USD:,.0f} US dollars or more)")
    if pledged * rate >= ABSURD_USD or backers > MOST_BACKERS:
        raise Unusable("pledged or backers_count is absurd")
    launched, deadline = int(_number(data, "launched_at")), int(_number(data, "deadline"))
    if launched < EARLIEST or not 0 <= deadline - launched <= LONGEST_DAYS * DAY:
        raise Unusable(f"dates are impossible (deadline before launch, or more than {LONGEST_DAYS} days after it)")
    created = int(_number(data, "created_at")) if data.get("created_at") is not None else None
    currency = data.get("currency")
    if not isinstance(currency, str) or not re.fullmatch(r"[A-Z]{3}", currency):
        raise Unusable("currency is no three-letter code (a shifted row)")
    row = (
        *(identity, name, clean_text(data.get("blurb")), category, parent_of(category), goal * rate, pledged * rate),
        *(currency, clean_text(data.get("country")), state, launched, deadline),
        created if created is not None and EARLIEST <= created <= launched else None,
        *(_identity(nested["creator"]), _identity(nested["location"]), truth_of(data.get("staff_pick")), int(backers)),
        rate,
    )
    try:
        "".join(value for value in row if isinstance(value, str)).encode()
    except UnicodeEncodeError:
        raise Unusable("a text holds half of a surrogate pair, which is no character") from None
    return row


def clean_text(value: Any) -> str | None:
    """Give text with the doubled quotes and entities of earlier exports undone, or None when nothing stands there."""
    if not isinstance(value, str):
        return None
    while '""' in value and re.fullmatch(r'"(?:[^"]|"")*"', value, re.DOTALL):
        value = value[1:-1].replace('""', '"')
    if "&" in value:
        value = html.unescape(value)
    value = " ".join(value.split())
    return value or None


def truth_of(value: Any) -> bool | None:
    """Give what JSON or CSV says is true or false, and None for anything else."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return bool(value) if isinstance(value, bool | int) else None


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


def _number(data: dict[str, Any], name: str) -> float:
    value = data.get(name)
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        number = float("inf")
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
