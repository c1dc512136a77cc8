"""What a page remembers of its visitor: what was asked, what was answered, and what the visitor made of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

REACTIONS = ("not for me", "own", "")  # to a game; the empty one takes back what was said before


@dataclass(frozen=True)
class Entry:
    """One submission: a tab's state, as its model's `get` gave it, and what was answered.

    Parameters
    ----------
    entry_id : str
    system : str
        ``steam`` or ``kickstarter``.
    made_at : datetime
        UTC.
    state, answer : mapping
        What JSON can hold.
    """

    entry_id: str
    system: str
    made_at: datetime
    state: Mapping[str, Any]
    answer: Mapping[str, Any]


@dataclass(frozen=True)
class Reaction:
    """What the visitor made of an item, one of `REACTIONS`, and when (UTC)."""

    system: str
    item_id: str
    reaction: str
    made_at: datetime


class Diary(Protocol):
    """Where submissions and reactions of one visitor are kept."""

    def submit(
        self,
        system: str,
        state: Mapping[str, Any],
        answer: Mapping[str, Any],
        *,
        games: Sequence[tuple[str, float]] = (),
        arm: str = "",
    ) -> str:
        """Keep a submission with its answer, and the games shown with their scores, best first; give its id."""

    def react(self, system: str, item_id: str, reaction: str) -> None:
        """Keep what the visitor made of an item: one of `REACTIONS`."""

    def reactions(self, system: str) -> dict[str, str]:
        """Give the standing reaction to each item that has one."""

    def entries(self, system: str) -> list[Entry]:
        """Give the submissions, newest first."""


class Archive(Diary, Protocol):
    """A diary that can be looked through and taken away as a whole: what a page keeps of its visitor."""

    lasting: bool  # whether it outlives the page

    @property
    def last(self) -> dict[str, str]:
        """The id of a system's last entry on this page."""

    def entry(self, entry_id: str) -> Entry | None:
        """Give one submission of this visitor; None if there is none of that id."""

    def log(self) -> list[Reaction]:
        """Give all that the visitor made of items, oldest first."""

    def forget(self) -> int:
        """Take everything away; give how many submissions and reactions that were."""


@dataclass
class MemoryDiary:
    """A diary that lasts as long as its page: what there is without a database."""

    lasting: bool = field(default=False, init=False)
    last: dict[str, str] = field(default_factory=dict, init=False)
    _entries: list[Entry] = field(default_factory=list)
    _log: list[Reaction] = field(default_factory=list)

    def submit(
        self,
        system: str,
        state: Mapping[str, Any],
        answer: Mapping[str, Any],
        *,
        games: Sequence[tuple[str, float]] = (),
        arm: str = "",
    ) -> str:
        """Keep a submission with its answer; give its id."""
        entry = Entry(secrets.token_hex(8), system, datetime.now(UTC), dict(state), dict(answer))
        self._entries.append(entry)
        self.last[system] = entry.entry_id
        return entry.entry_id

    def react(self, system: str, item_id: str, reaction: str) -> None:
        """Keep what the visitor made of an item: one of `REACTIONS`."""
        if reaction not in REACTIONS:
            raise ValueError(f"{reaction!r} is none of {REACTIONS}")
        self._log.append(Reaction(system, item_id, reaction, datetime.now(UTC)))

    def reactions(self, system: str) -> dict[str, str]:
        """Give the standing reaction to each item that has one."""
        return standing(self._log, system)

    def entries(self, system: str) -> list[Entry]:
        """Give the submissions, newest first."""
        return [entry for entry in reversed(self._entries) if entry.system == system]

    def entry(self, entry_id: str) -> Entry | None:
        """Give one submission; None if there is none of that id."""
        return next((entry for entry in self._entries if entry.entry_id == entry_id), None)

    def log(self) -> list[Reaction]:
        """Give all that the visitor made of items, oldest first."""
        return list(self._log)

    def forget(self) -> int:
        """Take everything away; give how many submissions and reactions that were."""
        held = len(self._entries) + len(self._log)
        self._entries.clear()
        self._log.clear()
        self.last.clear()
        return held


def standing(log: Sequence[Reaction], system: str) -> dict[str, str]:
    """Give the last reaction to each item of a system, from reactions in the order they were made.

    Items stand in the order of their last reaction; one that was taken back is left out.
    """
    last: dict[str, str] = {}
    for said in log:
        if said.system == system:
            last.pop(said.item_id, None)
            if said.reaction:
                last[said.item_id] = said.reaction
    return last
