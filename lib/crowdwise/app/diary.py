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


@dataclass
class MemoryDiary:
    """A diary that lasts as long as its page: what there is without a database."""

    _entries: list[Entry] = field(default_factory=list)
    _reactions: dict[tuple[str, str], str] = field(default_factory=dict)

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
        return entry.entry_id

    def react(self, system: str, item_id: str, reaction: str) -> None:
        """Keep what the visitor made of an item: one of `REACTIONS`."""
        if reaction not in REACTIONS:
            raise ValueError(f"{reaction!r} is none of {REACTIONS}")
        self._reactions.pop((system, item_id), None)
        if reaction:
            self._reactions[system, item_id] = reaction

    def reactions(self, system: str) -> dict[str, str]:
        """Give the standing reaction to each item that has one."""
        return {item: reaction for (where, item), reaction in self._reactions.items() if where == system}

    def entries(self, system: str) -> list[Entry]:
        """Give the submissions, newest first."""
        return [entry for entry in reversed(self._entries) if entry.system == system]
