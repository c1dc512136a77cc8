"""A project that is not launched yet, as its creator describes it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.categories import canonical, parent_of

LONGEST_CAMPAIGN, LONGEST_PREPARATION, LONGEST_TEXT = 60, 3650, 10_000
KICKSTARTER_OPENED = date(2009, 4, 28)
LIMITS = {"name": 60, "blurb": 135}


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
    duration_days : int
        1 to 60, as Kickstarter allows.
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
        if not isinstance(self.goal, int | float) or not math.isfinite(self.goal) or self.goal <= 0:
            raise Problem(f"{self.goal!r} is no amount above 0", where="goal", remedy="Give the goal as a number")
        if self.goal > 1e12:
            raise Problem(
                f"{self.goal:,.0f} is more than any project asks for", where="goal", remedy="Give a smaller goal"
            )
        # A datetime is a date too, but it does not compare with one.
        if type(self.launched_on) is not date or not KICKSTARTER_OPENED <= self.launched_on <= date(2100, 1, 1):
            what = f"{self.launched_on!r} is no day since Kickstarter opened ({KICKSTARTER_OPENED})"
            raise Problem(what, where="launched_on", remedy="Give the day of the launch")
        self._check_whole("duration_days", 1, LONGEST_CAMPAIGN, "Kickstarter's campaigns last 1 to 60 days")
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
        launched = pd.Timestamp(self.launched_on, tz="UTC")
        category = canonical(self.category)
        return pd.DataFrame(
            {
                "name": [self.name],
                "blurb": [self.blurb or None],
                "category": [category],
                "parent_category": [parent_of(category)],
                "goal_usd": [float(self.goal) * usd_rate],
                "currency": [self.currency.upper()],
                "country": [self.country.strip().upper()],
                "launched_at": [launched],
                "deadline": [launched + timedelta(days=self.duration_days)],
                "created_at": [launched - timedelta(days=self.prelaunch_days)],
                "earlier_projects": [float(self.earlier_projects)],
                "earlier_successes": [float(self.earlier_successes)],
            }
        )
