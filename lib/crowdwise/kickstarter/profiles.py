"""What if one field of a draft were another: which values to try, and what is said of them.

A profile is an individual conditional expectation (Goldstein et al. 2015): the model's answer along one field, all else
as it is. It shows what the model has learnt from other projects, not what would happen if a creator changed a draft.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.draft import LIMITS, READ_FOR, Draft, longest_campaign
from crowdwise.kickstarter.explanation import Change, Profile
from crowdwise.kickstarter.facts import Facts

BLURB_LENGTH = "blurb_length"
"""Tried like a field: the blurb's words are kept, its length and number of words are not."""
FIELDS = (*(field.name for field in fields(Draft)), BLURB_LENGTH)
TRIED = ("goal", "duration_days", "prelaunch_days", "launched_on", BLURB_LENGTH)
# The measure that says in which range a field was seen.
SEEN_AS = {name: name for name in ("duration_days", "prelaunch_days", "earlier_projects", BLURB_LENGTH)}
LEAST_POINTS = 0.05
_DAYS = (1, 7, 10, 14, 15, 20, 21, 25, 28, 30, 31, 35, 40, 45, 50, 55, 60)
_PREPARATION = (0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365, 540, 730)
_STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
_LOWEST_SHARE = 0.5


@dataclass(frozen=True)
class Variant:
    """A draft with one field changed, and what to set among its features afterwards."""

    draft: Draft
    features: dict[str, float]


def vary(draft: Draft, field: str, value: Any) -> Variant:
    """Give a draft with another value of one field.

    Raises
    ------
    Problem
        If the field can't have that value.
    """
    if field != BLURB_LENGTH:
        return Variant(replace(draft, **{field: value}), {})
    longest = max(LIMITS["blurb"], len(draft.blurb))
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= longest:
        what = f"{value!r} is no length from 0 to {longest} letters"
        raise Problem(what, where=field, remedy="Give a whole number")
    words, length = len(draft.blurb.split()), len(draft.blurb)
    usual = words / length if words else 1 / 6
    return Variant(draft, {"blurb_length": float(value), "blurb_words": float(round(value * usual))})


def present_value(draft: Draft, field: str) -> Any:
    """Give a draft's own value of a field."""
    return len(draft.blurb) if field == BLURB_LENGTH else getattr(draft, field)


def values_to_try(draft: Draft, field: str, facts: Facts, usd_rate: float) -> list[Any]:
    """Give the values of a profile in order, the draft's own among them, within what was seen and what is allowed."""
    own = present_value(draft, field)
    if field == "launched_on":
        months = [pd.Timestamp(own) + pd.DateOffset(months=k) for k in range(12)]
        return [month.date() for month in months if month.date() <= date(2100, 1, 1)]
    low, high = seen_range(field, facts, usd_rate) or (-np.inf, np.inf)
    if field == "goal":
        tens = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))))
        tried = [float(f"{step * 10.0**ten:.12g}") for ten in tens for step in _STEPS] + [own / 2]
    elif field == "duration_days":
        tried = [days for days in _DAYS if days <= longest_campaign(draft.launched_on)]
    elif field == "prelaunch_days":
        tried = list(_PREPARATION)
    else:
        tried = list(range(0, LIMITS["blurb"] + 1, 9))
    return sorted({*(value for value in tried if low <= value <= high), own})


def seen_range(field: str, facts: Facts, usd_rate: float) -> tuple[float, float] | None:
    """Give the 1st and 99th percentile of a field among past projects, a goal's in the draft's currency."""
    if field == "goal":
        _, low, high, _ = facts.seen["goal_usd"]
        return low / usd_rate, high / usd_rate
    if field not in SEEN_AS:
        return None
    _, low, high, _ = facts.seen[SEEN_AS[field]]
    return low, high


def is_extrapolated(
    value: Any, seen: tuple[float, float] | None, levels: Sequence[str] | None, last_launch: str | None = None
) -> bool:
    """Say whether a value was not seen: it is outside the range, not among the levels, or after the last launch."""
    if levels is not None:
        return value not in levels
    if last_launch is not None:
        return bool(value.isoformat() > last_launch)
    return seen is not None and not seen[0] <= value <= seen[1]


def best_changes(
    draft: Draft, profiles: Sequence[Profile], most: int = 3, *, today: date | None = None
) -> tuple[Change, ...]:
    """Give the changes that a creator could make with the most points gained, at most one a field.

    A goal is lowered to half at most, preparation only made longer, a launch put off by less than a year and, where
    today is given, to no day that has passed; values beyond what was seen are left out.
    """
    found = []
    for profile in profiles:
        own, start = profile.tried[profile.present], profile.probabilities[profile.present]
        gains = [
            (100 * (p - start), -k)
            for k, (value, p, beyond) in enumerate(
                zip(profile.tried, profile.probabilities, profile.extrapolated, strict=True)
            )
            if (not beyond or profile.field == "launched_on") and _is_open(profile.field, value, own, today)
        ]
        points, place = max(gains, default=(0.0, 0))
        if points >= LEAST_POINTS:
            value = profile.tried[-place]
            found.append(Change(profile.field, value, _tell(draft, profile.field, value), points))
    return tuple(sorted(found, key=lambda change: -change.points)[:most])


def reads(field: str) -> tuple[str, ...]:
    """Give the features that a field is looked at for.

    Raises
    ------
    Problem
        If there is no such field.
    """
    if field not in FIELDS:
        raise Problem(f"{field!r} is no field of a draft", where="field", remedy=f"Use one of {', '.join(FIELDS)}")
    return ("blurb_length", "blurb_words") if field == BLURB_LENGTH else READ_FOR[field]


def _is_open(field: str, value: Any, own: Any, today: date | None) -> bool:
    if field == "goal":
        return bool(_LOWEST_SHARE * own <= value <= own)
    if field == "launched_on":
        return today is None or bool(value >= today)
    return bool(value >= own) if field == "prelaunch_days" else True


def _tell(draft: Draft, field: str, value: Any) -> str:
    own, currency = present_value(draft, field), draft.currency.upper()
    return {
        "goal": lambda: f"a goal of {value:,.10g} {currency} instead of {own:,.10g}",
        "duration_days": lambda: f"{value} days to reach it instead of {own}",
        "prelaunch_days": lambda: f"{value} days from draft to launch instead of {own}",
        "launched_on": lambda: f"a launch in {value:%B %Y} instead of {own:%B %Y}",
        BLURB_LENGTH: lambda: f"a blurb of {value} letters instead of {own}",
    }[field]()
