"""How long the app keeps what visitors ask: ``CROWDWISE_RETENTION_DAYS``, and the purge that holds to it."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout

if TYPE_CHECKING:
    from crowdwise.storage.diaries import Removed

VARIABLE = "CROWDWISE_RETENTION_DAYS"
DEFAULT_DAYS = 365
MOST_DAYS = 36_500
EVERY = timedelta(days=1)

logger = logging.getLogger("crowdwise.app")


def read_retention() -> int:
    """Give how many days a submission is kept; 0 means that nothing is written.

    Raises
    ------
    Problem
        If ``CROWDWISE_RETENTION_DAYS`` is no whole number from 0 to 36500.
    """
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        return DEFAULT_DAYS
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= MOST_DAYS):
        remedy = f"Use a whole number of days from 0 (keep nothing) to {MOST_DAYS}"
        raise Problem(f"{text[:40]!r} is no number of days", where=VARIABLE, remedy=remedy)
    return int(text)


def say_retention(days: int) -> str:
    """Say in a sentence or two what is stored and for how long."""
    if days == 0:
        return "Nothing of what you ask is stored: this list lasts until you close the page."
    return (
        "Stored in this server's database: what you ask here, what you are answered and what you say of games, with "
        f"the time and the model's version, for {days:,} {'day' if days == 1 else 'days'}; not your network address. "
        "Only who has this page's whole address can see, export or delete it: to share a page, leave its unit=… out."
    )


def upgrade(layout: Layout) -> None:
    """Add the tables that a database of an earlier version lacks, if there is a database; a failure is logged.

    The app works without them: it then keeps visitors' histories in memory only.
    """
    from crowdwise.app.sources import open_database
    from crowdwise.storage.database import prepare
    from crowdwise.storage.diaries import has_tables

    try:
        made = open_database(layout)
        try:
            if not has_tables(made):
                prepare(made, layout.profile)
        finally:
            made.dispose()
    except Problem as problem:
        logger.warning("Histories are kept in memory only: %s", problem)


def purge(layout: Layout, days: int, now: datetime | None = None) -> Removed | None:
    """Take away what is older than that many days; give how much that was, or None where it can't be done.

    Parameters
    ----------
    days : int
        0 takes everything away.
    now : datetime, optional
        UTC; the present when left out.
    """
    from crowdwise.app.sources import open_database
    from crowdwise.storage import diaries

    moment = (now or datetime.now(UTC)).replace(tzinfo=None)
    try:
        made = open_database(layout)
        try:
            removed = diaries.purge(made, moment - timedelta(days=days)) if diaries.has_tables(made) else None
        finally:
            made.dispose()
    except Problem as problem:
        logger.warning("No old histories were removed: %s", problem)
        return None
    if removed and (removed.submissions or removed.reactions):
        logger.info("%d submissions and %d reactions are removed, older than %d days", *_counts(removed), days)
    return removed


def _counts(removed: Removed) -> tuple[int, int]:
    return removed.submissions, removed.reactions


def keep_purging(layout: Layout, days: int) -> None:
    """Purge now and once a day, beside the server's own work, for as long as its loop runs."""
    from tornado.ioloop import IOLoop, PeriodicCallback

    loop = IOLoop.current()

    async def once() -> None:
        await loop.run_in_executor(None, purge, layout, days)

    loop.add_callback(once)
    PeriodicCallback(once, EVERY).start()
