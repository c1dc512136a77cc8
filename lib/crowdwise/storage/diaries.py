"""What visitors of the app asked, were shown and made of it: kept by the hash of a token, and taken away again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, Row, Table, delete, func, inspect, select, update

from crowdwise.base.errors import Problem
from crowdwise.storage.database import explained, shown
from crowdwise.storage.schema import exposures, reactions, recommendations_shown, submissions

TABLES = (submissions, recommendations_shown, reactions)
LONGEST_ID = 64  # characters of a game's id
BATCH = 500  # submissions that one transaction of a purge takes away: others write in between


@dataclass(frozen=True)
class Submission:
    """One thing that was asked, and its answer.

    Parameters
    ----------
    submission_id : str
        Drawn by who writes it.
    made_at : datetime
        In UTC, without a zone, as the database holds it.
    state, answer : str
        JSON.
    model_version : str
        From the model's card.
    experiment, arm : str or None
        Of the test that the answer was part of, if any.
    """

    submission_id: str
    system: str
    made_at: datetime
    state: str
    answer: str
    model_version: str = ""
    experiment: str | None = None
    arm: str | None = None


@dataclass(frozen=True)
class StoredReaction:
    """What an owner made of an item, and when (in UTC, without a zone)."""

    system: str
    item_id: str
    reaction: str
    made_at: datetime
    model_version: str = ""


@dataclass(frozen=True)
class Removed:
    """How many rows were taken away."""

    submissions: int = 0
    shown: int = 0
    reactions: int = 0


def has_tables(engine: Engine) -> bool:
    """Say whether a database holds the tables of this module."""
    with explained(engine), engine.connect() as connection:
        return set(inspect(connection).get_table_names()) >= {table.name for table in TABLES}


def add_submission(engine: Engine, owner: str, submission: Submission, games: Sequence[tuple[str, float]] = ()) -> None:
    """Write a submission and the games it was answered by, best first, with their scores: all of it or nothing.

    Parameters
    ----------
    owner : str
        The hash of a token.

    Raises
    ------
    Problem
        If the database is gone or can't be written to, or an id can't be kept.
    """
    _look(engine)
    rows = [
        {"submission_id": submission.submission_id, "rank": rank, "game_id": _checked(game_id), "score": float(score)}
        for rank, (game_id, score) in enumerate(games, 1)
    ]
    with explained(engine), engine.begin() as connection:
        connection.execute(submissions.insert().values(owner=owner, **vars(submission)))
        if rows:
            connection.execute(recommendations_shown.insert(), rows)


def add_reaction(engine: Engine, owner: str, reaction_id: str, reaction: StoredReaction) -> None:
    """Write what was made of an item; earlier reactions stay, the last one stands.

    Raises
    ------
    Problem
        As `add_submission`.
    """
    _look(engine)
    _checked(reaction.item_id)
    with explained(engine), engine.begin() as connection:
        connection.execute(reactions.insert().values(reaction_id=reaction_id, owner=owner, **vars(reaction)))


def read_submissions(engine: Engine, owner: str, system: str = "") -> list[Submission]:
    """Give an owner's submissions (in a system), newest first."""
    query = select(submissions).where(submissions.c.owner == owner)
    if system:
        query = query.where(submissions.c.system == system)
    return [_as_submission(row) for row in _read(engine, query.order_by(submissions.c.made_at.desc()))]


def read_submission(engine: Engine, owner: str, submission_id: str) -> Submission | None:
    """Give one of an owner's submissions; None if there is none of that id, or it is another's."""
    query = select(submissions).where(submissions.c.submission_id == submission_id, submissions.c.owner == owner)
    rows = _read(engine, query)
    return _as_submission(rows[0]) if rows else None


def read_reactions(engine: Engine, owner: str) -> list[StoredReaction]:
    """Give all that an owner made of items, oldest first."""
    query = select(*reactions.c["system", "item_id", "reaction", "made_at", "model_version"])
    query = query.where(reactions.c.owner == owner).order_by(reactions.c.made_at, reactions.c.reaction_id)
    return [StoredReaction(*row) for row in _read(engine, query)]


def remove_owner(engine: Engine, owner: str) -> Removed:
    """Take all away that is kept of an owner, in one transaction.

    What the log of an experiment holds under this hash loses what was shown, which is the owner's; that somebody was
    assigned and exposed stays. Without it the arms' sizes would tell who asked to be forgotten.
    """
    _look(engine)
    mine = select(submissions.c.submission_id).where(submissions.c.owner == owner)
    with explained(engine), engine.begin() as connection:
        shown_rows = _delete(connection, recommendations_shown, recommendations_shown.c.submission_id.in_(mine))
        asked = _delete(connection, submissions, submissions.c.owner == owner)
        said = _delete(connection, reactions, reactions.c.owner == owner)
        connection.execute(update(exposures).where(exposures.c.unit == owner).values(shown="{}"))
    return Removed(asked, shown_rows, said)


def purge(engine: Engine, before: datetime) -> Removed:
    """Take away what was written before a time (UTC, without a zone), a few hundred submissions at a time."""
    _look(engine)
    asked = shown_rows = 0
    old = select(submissions.c.submission_id).where(submissions.c.made_at < before).limit(BATCH)
    with explained(engine):
        while True:
            with engine.connect() as connection:
                batch = list(connection.scalars(old))
            with engine.begin() as connection:  # anew: SQLite refuses a reader that turns writer beside another one
                shown_rows += _delete(
                    connection, recommendations_shown, recommendations_shown.c.submission_id.in_(batch)
                )
                asked += _delete(connection, submissions, submissions.c.submission_id.in_(batch))
            if len(batch) < BATCH:
                break
        with engine.begin() as connection:
            said = _delete(connection, reactions, reactions.c.made_at < before)
    return Removed(asked, shown_rows, said)


def count_rows(engine: Engine, owner: str) -> Removed:
    """Give how many rows are kept of an owner."""
    mine = select(submissions.c.submission_id).where(submissions.c.owner == owner)
    asked = select(func.count()).select_from(submissions).where(submissions.c.owner == owner)
    games = select(func.count()).where(recommendations_shown.c.submission_id.in_(mine))
    said = select(func.count()).select_from(reactions).where(reactions.c.owner == owner)
    with explained(engine), engine.connect() as connection:
        return Removed(*(int(connection.scalar(query) or 0) for query in (asked, games, said)))


def _delete(connection: Connection, table: Table, which: object) -> int:
    return int(connection.execute(delete(table).where(which)).rowcount)  # type: ignore[arg-type]


def _read(engine: Engine, query: object) -> Sequence[Row]:
    _look(engine)
    with explained(engine), engine.connect() as connection:
        return connection.execute(query).all()  # type: ignore[call-overload]


def _as_submission(row: Row) -> Submission:
    return Submission(
        *(row.submission_id, row.system, row.made_at, row.state, row.answer, row.model_version),
        *(row.experiment, row.arm),
    )


def _look(engine: Engine) -> None:
    """See that an SQLite file is still there: to open a missing one makes it, and to write to a removed one is lost."""
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and not file.startswith((":", "file:")) and not Path(file).exists():
        raise Problem("the database is gone", where=shown(engine.url), remedy="Restore it, or run `make ingest`")


def _checked(item_id: str) -> str:
    """Give an id that every database can hold."""
    whole = item_id.isprintable() and 0 < len(item_id) <= LONGEST_ID
    if not whole:
        raise Problem(f"{item_id[:40]!r} is no id of a game", remedy=f"Give 1 to {LONGEST_ID} printable characters")
    return item_id
