"""What a creator decides, in the groups that the explore notebook compares."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from crowdwise.kickstarter.exploration import cut_at, cut_evenly
from crowdwise.kickstarter.features import build_features
from crowdwise.kickstarter.history import RECORD


@dataclass(frozen=True)
class Grouping:
    """How projects are put into groups.

    Attributes
    ----------
    what : str
        What the groups are of, for axes and findings.
    cut : callable
        Gives each decided project's group, ordered; none where it is not known.
    reference : str
        The group that the others are compared with; the first if empty.
    """

    what: str
    cut: Callable[[pd.DataFrame], pd.Series | pd.Categorical]
    reference: str = ""


def group(decided: pd.DataFrame, name: str) -> tuple[pd.Categorical, str]:
    """Give each project's group of one grouping, and the group to compare with: the first that occurs if not named."""
    grouping = GROUPINGS[name]
    groups = pd.Categorical(grouping.cut(decided)).remove_unused_categories()
    there = list(groups.categories)
    return groups, grouping.reference if grouping.reference in there else (str(there[0]) if there else "")


def _at(column: str, edges: Sequence[float], names: Sequence[str]) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda decided: cut_at(decided[column], edges, names)


def _feature(name: str, edges: Sequence[float], names: Sequence[str]) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda decided: cut_at(build_features(decided, decided[list(RECORD)], [name])[name], edges, names)


def _named(values: pd.Series, names: Sequence[str]) -> pd.Categorical:
    return pd.Categorical(values, list(names), ordered=True)


def _goal(decided: pd.DataFrame) -> pd.Series:
    parts = cut_evenly(decided["goal_usd"], 8)
    names = list(parts.cat.categories)
    if len(names) < 2:
        return parts
    # The ends are the smallest and largest goals anybody ever had.
    ends = {names[0]: f"under {names[0].split(' up to ')[1]}", names[-1]: f"{names[-1].split(' to ')[0]} and more"}
    return parts.cat.rename_categories(ends)


def _hours(decided: pd.DataFrame) -> pd.Series:
    exact = decided["launched_at"].dt.hour.where(decided["time_precision"] == "second")
    return cut_at(exact, range(0, 24, 4), [f"{hour:02d} to {hour + 3:02d}" for hour in range(0, 24, 4)])


def _record(decided: pd.DataFrame) -> pd.Series:
    won = decided["earlier_successes"].mask(decided["earlier_projects"] == 0, -1).where(decided["creator_id"].notna())
    return cut_at(won, [-1, 0, 1, 2, 3], ["first project", "earlier, none successful", "1", "2", "3 and more"])


def _exclaims(decided: pd.DataFrame) -> pd.Series:
    counts = build_features(decided, decided[list(RECORD)], ["name_exclaims", "blurb_exclaims"]).sum(axis=1)
    return cut_at(counts, [0, 1, 2], ["none", "one", "more"])


def _staff_pick(decided: pd.DataFrame) -> pd.Categorical:
    return _named(decided["staff_pick"].astype("boolean").map({True: "picked", False: "not picked"}), _PICKED)


_PICKED = ("not picked", "picked")
GROUPINGS: dict[str, Grouping] = {
    "goal": Grouping("goal in US dollars", _goal),
    "duration": Grouping(
        "days of campaign",
        _at(
            "duration_days",
            [0, 15, 30, 31, 45, 60],
            ["under 15", "15 to 29", "30", "31 to 44", "45 to 59", "60 and more"],
        ),
        "30",
    ),
    "weekday": Grouping("day of launch", lambda decided: _named(decided["weekday"], list(calendar.day_name))),
    "month": Grouping(
        "month of launch",
        lambda decided: _named(decided["launched_at"].dt.month_name(), list(calendar.month_name)[1:]),
    ),
    "hour": Grouping("hour of launch, UTC", _hours),
    "preparation": Grouping(
        "days from draft to launch",
        _at(
            "prelaunch_days",
            [0, 1, 7, 30, 90, 365],
            ["0", "1 to 6", "7 to 29", "30 to 89", "90 to 364", "365 and more"],
        ),
    ),
    "record": Grouping("earlier successes", _record),
    "staff pick": Grouping("staff pick, given during the campaign", _staff_pick),
    "name length": Grouping(
        "letters of name", _feature("name_length", [0, 15, 30, 45], ["under 15", "15 to 29", "30 to 44", "45 and more"])
    ),
    "blurb length": Grouping(
        "letters of blurb",
        _feature("blurb_length", [0, 60, 90, 120], ["under 60", "60 to 89", "90 to 119", "120 and more"]),
    ),
    "capitals": Grouping(
        "capitals in the name",
        _feature(
            "name_capitals",
            [0, 0.1, 0.2, 0.5],
            ["under 10%", "10 to 19%", "20 to 49%", "half and more"],
        ),
    ),
    "exclamation marks": Grouping("exclamation marks", _exclaims),
}
FORM = ("name length", "blurb length", "capitals", "exclamation marks")
