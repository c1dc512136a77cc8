"""A diary in the database: it outlives its page, is found by a token alone, and gives way to memory when it fails."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Engine

from crowdwise.app.diary import Entry, MemoryDiary, Reaction, standing
from crowdwise.app.participation import hash_token
from crowdwise.base.errors import Problem
from crowdwise.storage import diaries

LOST = (
    "The server's database cannot be used any more. The page goes on, but what you ask and say from now on is kept "
    "only until you close it."
)
T = TypeVar("T")
logger = logging.getLogger("crowdwise.app")


@dataclass
class StoredDiary:
    """A visitor's diary in the database.

    The first failure is logged and told once; from then on what this page has seen is kept in its memory.

    Parameters
    ----------
    engine : Engine
    token : str
        The visitor's key; the database holds its hash.
    versions : mapping
        A system's model version.
    experiments : mapping
        The name of the experiment that runs in a system, where one does.
    tell : callable
        Shows the visitor a sentence.
    """

    engine: Engine
    token: str = field(repr=False)
    versions: Mapping[str, str] = field(default_factory=dict)
    experiments: Mapping[str, str] = field(default_factory=dict)
    tell: Callable[[str], None] = lambda sentence: None
    lasting: bool = field(default=True, init=False)
    _page: MemoryDiary = field(default_factory=MemoryDiary, init=False)

    def open(self, token: str) -> None:
        """Turn to another visitor's pages; what this one did so far stays with the former token."""
        if token != self.token:
            self.token, self._page = token, MemoryDiary()

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
        entry_id = self._page.submit(system, state, answer)
        row = diaries.Submission(
            *(entry_id, system, _now(), write_document(state), write_document(answer)),
            model_version=self.versions.get(system, "")[:64],
            experiment=self.experiments.get(system) if arm else None,
            arm=arm or None,
        )
        self._try(lambda: diaries.add_submission(self.engine, self.owner, row, games))
        return entry_id

    def react(self, system: str, item_id: str, reaction: str) -> None:
        """Keep what the visitor made of an item: one of `REACTIONS`."""
        self._page.react(system, item_id, reaction)
        row = diaries.StoredReaction(system, item_id, reaction, _now(), self.versions.get(system, "")[:64])
        self._try(lambda: diaries.add_reaction(self.engine, self.owner, secrets.token_hex(16), row))

    def reactions(self, system: str) -> dict[str, str]:
        """Give the standing reaction to each item that has one."""
        return standing(self.log(), system)

    def log(self) -> list[Reaction]:
        """Give all that the visitor made of items, oldest first."""
        rows = self._try(lambda: diaries.read_reactions(self.engine, self.owner))
        if rows is None:
            return self._page.log()
        return [Reaction(row.system, row.item_id, row.reaction, row.made_at.replace(tzinfo=UTC)) for row in rows]

    def entries(self, system: str) -> list[Entry]:
        """Give the submissions, newest first."""
        rows = self._try(lambda: diaries.read_submissions(self.engine, self.owner, system))
        return self._page.entries(system) if rows is None else [_as_entry(row) for row in rows]

    def entry(self, entry_id: str) -> Entry | None:
        """Give one submission of this visitor; None if there is none of that id."""
        row = self._try(lambda: diaries.read_submission(self.engine, self.owner, entry_id))
        return self._page.entry(entry_id) if row is None else _as_entry(row)

    def forget(self) -> int:
        """Take everything away; give how many submissions and reactions that were.

        Raises
        ------
        Problem
            If the database can't be written to: then nothing was taken away, here neither.
        """
        removed = diaries.remove_owner(self.engine, self.owner)
        self._page.forget()
        return removed.submissions + removed.reactions

    @property
    def last(self) -> dict[str, str]:
        """The id of a system's last entry on this page."""
        return self._page.last

    @property
    def owner(self) -> str:
        """What the database knows the visitor by."""
        return hash_token(self.token)

    def _try(self, work: Callable[[], T]) -> T | None:
        if not self.lasting:
            return None
        try:
            return work()
        except Problem as problem:
            self.lasting = False
            logger.warning("This page's history is kept in its memory from now on: %s", problem)
            self.tell(LOST)
            return None


def write_document(document: Mapping[str, Any]) -> str:
    """Give a document as JSON in ASCII: no database stumbles over a NUL, an emoji or half of one.

    A number that is none (NaN, infinity) becomes null, as JSON has no word for it.
    """
    text = json.dumps(document, default=_plain)
    if "NaN" in text or "Infinity" in text:  # perhaps in a name only; this tells
        text = json.dumps(json.loads(text, parse_constant=lambda _: None))
    return text


def _plain(value: Any) -> Any:
    """Give NumPy's numbers and arrays as Python's, anything else as words."""
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _as_entry(row: diaries.Submission) -> Entry:
    made_at = row.made_at.replace(tzinfo=UTC)
    return Entry(row.submission_id, row.system, made_at, _read_document(row.state), _read_document(row.answer))


def _read_document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        return {}  # spoilt by hand: the entry is listed, and opens as one without a state
    return document if isinstance(document, dict) else {}


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
