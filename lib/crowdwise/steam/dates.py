"""Dates as Steam writes them, each with the precision it really has."""

from __future__ import annotations

import datetime as dt
import re

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january", "январь"),
            ("feb", "february", "февраль"),
            ("mar", "march", "март"),
            ("apr", "april", "апрель"),
            ("may", "май"),
            ("jun", "june", "июнь"),
            ("jul", "july", "июль"),
            ("aug", "august", "август"),
            ("sep", "sept", "september", "сентябрь"),
            ("oct", "october", "октябрь"),
            ("nov", "november", "ноябрь"),
            ("dec", "december", "декабрь"),
        ),
        start=1,
    )
    for name in names
}
MONTH = r"(?P<month>[^\W\d]+)"
YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
DAY = r"(?P<day>[0-9]{1,2})"
NUMBER = r"(?P<number>[0-9]{1,2})"
QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
DAY_FORMS = [
    re.compile(rf"{YEAR}-{NUMBER}-{DAY}"),
    re.compile(rf"{DAY}\.{NUMBER}\.{YEAR}"),
    re.compile(rf"{DAY} {MONTH},? {YEAR}"),
    re.compile(rf"{MONTH} {DAY},? {YEAR}"),
]
MONTH_FORMS = [re.compile(rf"{MONTH},? {YEAR}"), re.compile(rf"{YEAR}年{NUMBER}月")]
QUARTER_FORMS = [
    re.compile(rf"\bq(?P<quarter>[1-4])\b\D*{YEAR}"),
    re.compile(rf"{YEAR}\D*\bq(?P<quarter>[1-4])\b"),
    re.compile(rf"\b(?P<quarter>first|second|third|fourth|1st|2nd|3rd|4th) quarter\D*{YEAR}"),
]
LONE_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
POSTED = re.compile(rf"posted {MONTH} {DAY}(?:, {YEAR})?\.?")


def parse_release(text: object) -> tuple[dt.date | None, str]:
    """Give the first day of the period a release date names, and how long that period is.

    ``2018-01-04`` is a ``day``, ``Jun 2009`` a ``month``, ``Q2 2017`` a ``quarter``; a text in which just one year
    stands (``2018``, ``Winter 2018``, ``TBA 2018``) is a ``year``; all else (``Soon..``, ``14 July``) is ``none``.

    Returns
    -------
    first_day : date or None
    precision : {"day", "month", "quarter", "year", "none"}
    """
    if not isinstance(text, str):
        return None, "none"
    words = text.strip().lower()
    for form in DAY_FORMS:
        if (match := form.fullmatch(words)) and (date := _date(match, int(match["day"]))):
            return date, "day"
    for form in MONTH_FORMS:
        if (match := form.fullmatch(words)) and (date := _date(match, 1)):
            return date, "month"
    years = set(LONE_YEAR.findall(words))
    if len(years) != 1:
        return None, "none"
    for form in QUARTER_FORMS:
        if match := form.search(words):
            quarter = QUARTERS.get(match["quarter"]) or int(match["quarter"])
            return dt.date(int(match["year"]), 3 * quarter - 2, 1), "quarter"
    return dt.date(int(years.pop()), 1, 1), "year"


def parse_posted(text: object) -> tuple[dt.date | None, str]:
    """Give the day a review was posted.

    ``Posted November 5, 2011.`` is a ``day``. ``Posted July 10.`` has no year (Steam leaves out the year in which the
    page was read, which is not known here): the date is None and the precision ``month_day``.

    Returns
    -------
    day : date or None
    precision : {"day", "month_day", "none"}
    """
    match = POSTED.fullmatch(text.strip().lower()) if isinstance(text, str) else None
    if match is None or match["month"] not in MONTHS:
        return None, "none"
    if match["year"] is None:
        return None, "month_day"
    date = _date(match, int(match["day"]))
    return (date, "day") if date else (None, "none")


def _date(match: re.Match[str], day: int) -> dt.date | None:
    parts = match.groupdict()
    month = int(parts["number"]) if "number" in parts else MONTHS.get(parts["month"])
    if month is None:
        return None
    try:
        return dt.date(int(parts["year"]), month, day)
    except ValueError:
        return None
