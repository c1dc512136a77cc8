"""A project that is not launched yet, as its creator describes it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.categories import canonical, parent_of
from crowdwise.kickstarter.features import CRAWLED, GROUPS

LONGEST_CAMPAIGN, LONGEST_PREPARATION, LONGEST_TEXT = 60, 3650, 10_000
KICKSTARTER_OPENED = date(2009, 4, 28)
# Campaigns could run for longer until this day: the crawls hold none of more than 60 days that was launched on it or
# soon after.
SHORTENED_ON, LONGEST_BEFORE = date(2011, 6, 17), 91
LIMITS = {"name": 60, "blurb": 135}
# What each field of a draft is looked at for. A field that nothing in a model reads is not asked for.
READ_FOR: dict[str, tuple[str, ...]] = {
    **{text: (*(name for name in GROUPS["text"] if name.startswith(f"{text}_")), "text") for text in ("name", "blurb")},
    "category": ("category", "parent_category", *CRAWLED, "text"),  # words weigh by parent category
    "goal": ("goal_log", "goal_digits", "goal_relative"),
    "currency": ("goal_log", "goal_digits", "goal_relative", "currency"),
    "country": ("country",),
    "launched_on": ("launch_time", "launch_month", "launch_weekday"),
    "duration_days": ("duration_days",),
    "prelaunch_days": ("prelaunch_log",),
    "earlier_projects": ("earlier_projects",),
    "earlier_successes": ("earlier_successes",),
}


@dataclass(frozen=True)
class Draft:
    """What is known of a project at its launch.

    Parameters
    ----------
    name, blurb : str
        As on its page; a blurb may be empty.
    category : str
        As in ``food/cookbooks``; any spelling that months use.
    goal : float
        In `currency`, above 0.
    currency : str
        Three letters, as in ``USD``.
    country : str
        Two letters, as in ``US``.
    launched_on : date
        Since 28 April 2009, when Kickstarter opened, and until 2100; a day that has passed is allowed.
    duration_days : int
        1 to 60, as Kickstarter allows; to 91 for launches before 17 June 2011, as it allowed then.
    prelaunch_days : int
        From the first saved draft to the launch, 0 to 3,650.
    earlier_projects, earlier_successes : int
        The creator's finished projects, and those of them that reached their goals.

    Raises
    ------
    Problem
        If a value can't be.
    """

    name: str
    blurb: str
    category: str
    goal: float
    currency: str
    country: str
    launched_on: date
    duration_days: int
    prelaunch_days: int
    earlier_projects: int = 0
    earlier_successes: int = 0

    def __post_init__(self) -> None:
        self._check_texts()
        numeric = isinstance(self.goal, int | float) and not isinstance(self.goal, bool)
        if not numeric or not math.isfinite(self.goal) or self.goal <= 0:
            raise Problem(f"{self.goal!r} is no amount above 0", where="goal", remedy="Give the goal as a number")
        if self.goal > 1e12:
            raise Problem(
                f"{self.goal:,.0f} is more than any project asks for", where="goal", remedy="Give a smaller goal"
            )
        # A datetime is a date too, but it does not compare with one.
        if type(self.launched_on) is not date or not KICKSTARTER_OPENED <= self.launched_on <= date(2100, 1, 1):
            given = self.launched_on if isinstance(self.launched_on, date) else repr(self.launched_on)
            what = f"{given} is no day since Kickstarter opened ({KICKSTARTER_OPENED})"
            raise Problem(what, where="launched_on", remedy="Give the day of the launch")
        longest = longest_campaign(self.launched_on)
        self._check_whole("duration_days", 1, longest, f"Kickstarter's campaigns last 1 to {longest} days")
        self._check_whole("prelaunch_days", 0, LONGEST_PREPARATION, "Give the days from first draft to launch")
        self._check_whole("earlier_projects", 0, 10_000, "Give how many of the creator's projects have ended")
        self._check_whole("earlier_successes", 0, self.earlier_projects, "Give at most as many as earlier projects")

    def _check_texts(self) -> None:
        for name in ("name", "blurb", "category", "currency", "country"):
            value = getattr(self, name)
            if not isinstance(value, str):
                raise Problem(f"{value!r} is not text", where=name, remedy="Give text")
            if len(value) > LONGEST_TEXT:
                what = f"it has {len(value):,} characters, more than {LONGEST_TEXT:,}"
                raise Problem(what, where=name, remedy="Shorten it")
            if name not in ("blurb",) and not value.strip():
                raise Problem("it is empty", where=name, remedy="Fill it in")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isalpha():
            raise Problem(
                f"{self.currency!r} is no currency's code", where="currency", remedy="Give three letters, as USD"
            )
        country = self.country.strip()
        if len(country) != 2 or not country.isascii() or not country.isalpha():
            raise Problem(f"{self.country!r} is no country's code", where="country", remedy="Give two letters, as US")

    def _check_whole(self, name: str, low: int, high: int, remedy: str) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Problem(f"{value!r} is not a whole number from {low} to {high:,}", where=name, remedy=remedy)

    def row(self, usd_rate: float) -> pd.DataFrame:
        """Give the draft as one row with the projects table's launch columns.

        Parameters
        ----------
        usd_rate : float
            US dollars for one unit of the draft's currency.
        """
        return table_of([self], {self.currency.upper(): usd_rate})


def longest_campaign(launched_on: date) -> int:
    """Give the most days that Kickstarter allowed a campaign launched on that day."""
    return LONGEST_BEFORE if launched_on < SHORTENED_ON else LONGEST_CAMPAIGN


def table_of(drafts: Sequence[Draft], usd_rates: Mapping[str, float]) -> pd.DataFrame:
    """Give drafts as rows with the projects table's launch columns, and their creators' record.

    Parameters
    ----------
    drafts : sequence of Draft
    usd_rates : mapping
        US dollars for one unit of each currency that occurs.
    """
    category = [canonical(draft.category) for draft in drafts]
    launched = np.array([draft.launched_on for draft in drafts], dtype="datetime64[s]")
    duration, preparation = (
        np.array([getattr(draft, name) for draft in drafts], dtype="timedelta64[D]")
        for name in ("duration_days", "prelaunch_days")
    )
    return pd.DataFrame(
        {
            "name": [draft.name for draft in drafts],
            "blurb": [draft.blurb or None for draft in drafts],
            "category": category,
            "parent_category": [parent_of(name) for name in category],
            "goal_usd": [float(draft.goal) * usd_rates[draft.currency.upper()] for draft in drafts],
            "currency": [draft.currency.upper() for draft in drafts],
            "country": [draft.country.strip().upper() for draft in drafts],
            "launched_at": pd.DatetimeIndex(launched, tz="UTC"),
            "deadline": pd.DatetimeIndex(launched + duration, tz="UTC"),
            "created_at": pd.DatetimeIndex(launched - preparation, tz="UTC"),
            "earlier_projects": [float(draft.earlier_projects) for draft in drafts],
            "earlier_successes": [float(draft.earlier_successes) for draft in drafts],
        }
    )
