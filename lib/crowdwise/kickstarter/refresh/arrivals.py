"""Which months a source offers, and which of them are new."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.acquisition import PUBLISHED
from crowdwise.kickstarter.held import crawl_of
from crowdwise.kickstarter.madeup.months import MARK
from crowdwise.kickstarter.months import date_of
from crowdwise.kickstarter.records import PATTERNS
from crowdwise.storage.address import without_credentials
from crowdwise.storage.fetch import find
from crowdwise.storage.webpage import read_links

MONTH = re.compile(r"Kickstarter_\d{4}-\d{2}-\d{2}T\d{2}_\d{2}_\d{2}_\d{3}Z\.(?:json\.gz|zip)")
UNDATED = "unknown"


@dataclass(frozen=True)
class Offer:
    """A month that a source has: its file's name, where it is, and the day of the crawl by its name."""

    name: str
    origin: str
    date: str


@dataclass(frozen=True)
class Choice:
    """What is to be taken in now.

    Attributes
    ----------
    chosen : tuple of Offer
        Oldest first.
    waiting : int
        New months that are left for a later run.
    undated : int
        Files left out since their names hold no date.
    after : str
        The day that new months are later than, or not earlier than where one was asked for.
    """

    chosen: tuple[Offer, ...]
    waiting: int
    undated: int
    after: str


def list_offers(source: str, page: str) -> list[Offer]:
    """Give the months of a source, oldest first; of a crawl in several forms the JSON one.

    Parameters
    ----------
    source : str
        ``published`` (then `page` is read), a folder, or ``s3://bucket/prefix``.
    page : str
        The address of the publisher's page.

    Raises
    ------
    Problem
        If the source can't be read, or the page links no month.
    """
    origins = _published(page) if source == PUBLISHED else find(source, PATTERNS)
    offers: dict[str, Offer] = {}
    for origin in origins:
        name = origin.rpartition("/")[2] if "://" in origin else Path(origin).name
        if name != MARK and (crawl_of(name) not in offers or ".json" in name):
            offers[crawl_of(name)] = Offer(name, origin, date_of(name))
    return sorted(offers.values(), key=lambda offer: (offer.date, offer.name))


def _published(page: str) -> list[str]:
    if not page:
        raise Problem("no page is named", where="params: refresh: page", remedy="Give the publisher's page of months")
    links = read_links(page)
    months = [link for link in links if MONTH.fullmatch(link.rpartition("/")[2])]
    if not months:
        what = f"none of the page's {len(links)} links leads to a month (has the page changed?)"
        remedy = "Open the page, and add the month to `months` in params/full/kickstarter.yaml by hand"
        raise Problem(what, where=without_credentials(page), remedy=remedy)
    return months


def choose_new(offers: Sequence[Offer], held: Collection[str], *, since: str = "", most: int = 1) -> Choice:
    """Choose the months to take in: not held, later than the newest held, oldest first, at most so many.

    Parameters
    ----------
    offers : sequence of Offer
        Oldest first.
    held : collection of str
        The names of months that are here already.
    since : str
        The earliest day to take (``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``) in place of the newest held.
    most : int
        How many at once.

    Raises
    ------
    Problem
        If `since` is no date or `most` is below 1.
    """
    if since and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", since):
        raise Problem(f"{since!r} is no date", where="since", remedy="Write a year, month or day, as in 2023-07")
    if most < 1:
        raise Problem(f"{most} is below 1", where="most", remedy="Say how many months to take in at most")
    crawls = {crawl_of(name) for name in held}
    newest = max((date for date in map(date_of, held) if date != UNDATED), default="")
    missing = [offer for offer in offers if crawl_of(offer.name) not in crawls]
    dated = [offer for offer in missing if offer.date != UNDATED]
    new = [offer for offer in dated if (offer.date >= since if since else offer.date > newest)]
    return Choice(tuple(new[:most]), max(0, len(new) - most), len(missing) - len(dated), since or newest)
