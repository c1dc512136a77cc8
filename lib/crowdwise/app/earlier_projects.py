"""A creator's earlier projects as the form takes them, and the two counts that a model knows of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from crowdwise.base.errors import Problem

MOST = 30  # more than nearly any creator has, and few enough to type


@dataclass(frozen=True)
class EarlierProject:
    """One of a creator's projects that has ended: when it was launched, if that is known, and whether it was funded."""

    launched_on: date | None = None
    funded: bool = True


def count_as_of(projects: Sequence[EarlierProject], launched_on: date | None) -> tuple[int, int]:
    """Give how many projects came before a launch, and how many of these were funded.

    One without a date is taken to have come before.
    """
    came_before = [one for one in projects if not _is_later(one, launched_on)]
    return len(came_before), sum(one.funded for one in came_before)


def _is_later(project: EarlierProject, launched_on: date | None) -> bool:
    return project.launched_on is not None and launched_on is not None and project.launched_on >= launched_on


def tell_count(projects: Sequence[EarlierProject], launched_on: date | None) -> str:
    """Say what the model is told of these projects, and which of them it is not told of."""
    if not projects:
        return ""
    n, funded = count_as_of(projects, launched_on)
    later = len(projects) - n
    told = f"Taken as {n} earlier, {funded} of them funded; the model knows these two numbers only."
    if later:
        told += f" {later} launched on the day of this launch or after it: not counted."
    return told


def check_earlier(projects: Sequence[EarlierProject], today: date) -> None:
    """Refuse earlier projects that can't be.

    Raises
    ------
    Problem
        If there are too many, or one was launched before Kickstarter opened or lies ahead.
    """
    from crowdwise.kickstarter.draft import KICKSTARTER_OPENED

    if len(projects) > MOST:
        raise Problem(f"there are {len(projects)} of them", where="Earlier projects", remedy=f"Give {MOST} at most")
    for k, one in enumerate(projects, 1):
        if one.launched_on is not None and not KICKSTARTER_OPENED <= one.launched_on <= today:
            what = f"{one.launched_on} is no day from {KICKSTARTER_OPENED}, when Kickstarter opened, to today"
            raise Problem(what, where=f"Earlier project {k}", remedy="Correct its launch date, or clear it")


def pack(projects: Sequence[EarlierProject]) -> list[list[Any]]:
    """Give projects as JSON holds them: ``[["2021-05-01", true], [null, false]]``."""
    return [[one.launched_on.isoformat() if one.launched_on else None, one.funded] for one in projects]


def unpack(state: Mapping[str, Any]) -> tuple[EarlierProject, ...]:
    """Take the projects out of a state: as `pack` gave them, or as the two counts of an older state.

    Raises
    ------
    KeyError, TypeError, ValueError
        If neither stands there.
    """
    if "earlier" in state:
        return tuple(
            EarlierProject(None if day is None else date.fromisoformat(day), bool(funded))
            for day, funded in state["earlier"]
        )
    n, funded = int(state["earlier_projects"]), int(state["earlier_successes"])
    if not 0 <= funded <= n <= MOST:
        raise ValueError(f"{funded} of {n} projects can't be shown")
    return tuple(EarlierProject(funded=k < funded) for k in range(n))
