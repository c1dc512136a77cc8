"""The database's tables: the same names, columns and keys on SQLite, PostgreSQL and MySQL or MariaDB."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

VERSION = "5"
EXTENDED = ("3", "4")  # versions that lack tables and differ in nothing else: making those is all it takes
SEARCHED = 255  # characters of a name that can be searched for

metadata = MetaData()


class Listed(Text):
    """A list of strings, held as JSON text."""


def _key(length: int = 64) -> TypeEngine[str]:
    """Give a short text that is compared byte by byte everywhere (MySQL would take A for a, PostgreSQL sort it so)."""
    bytewise = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return String(length).with_variant(bytewise, "mysql").with_variant(String(length, collation="C"), "postgresql")


def _moment() -> TypeEngine[Any]:
    """Give a time in UTC to the microsecond (MySQL's own keeps whole seconds)."""
    return DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")


def _document() -> TypeEngine[str]:
    """Give a text of any length (MySQL's own ends at 64 KB)."""
    return Text().with_variant(mysql.MEDIUMTEXT(), "mysql")


def _table(name: str, *parts: SchemaItem) -> Table:
    several = sum(isinstance(part, Column) and part.primary_key for part in parts) > 1
    how: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"}
    return Table(name, metadata, *parts, sqlite_with_rowid=not several, **how)  # a long key is not held twice


meta = _table("meta", Column("key", _key(), primary_key=True), Column("value", Text, nullable=False))

games = _table(
    "games",
    Column("game_id", _key(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("search_name", _key(SEARCHED), nullable=False, index=True),  # case-folded: the same search everywhere
    Column("genres", Listed),
    Column("tags", Listed),
    Column("developer", Text),
    Column("publisher", Text),
    Column("price", Double),
    Column("price_meaning", String(16)),
    Column("price_text", Text),
    Column("released_on", Date),
    Column("release_precision", String(16)),
    Column("early_access", Boolean),
    Column("metascore", Double),
    Column("in_catalogue", Boolean, nullable=False),
    Column("owners", Integer, nullable=False),
    Column("players", Integer, nullable=False),
    Column("twin_of", _key()),
    Column("is_game", Boolean, nullable=False),
)

players = _table(
    "players",
    Column("player_id", _key(), primary_key=True),
    Column("user_id", _key(), nullable=False, index=True),
    Column("games", Integer, nullable=False, index=True),
    Column("games_played", Integer, nullable=False),
    Column("minutes_total", BigInteger, nullable=False),
)

owned = _table(
    "owned",
    Column("player_id", _key(), ForeignKey("players.player_id"), primary_key=True),
    Column("game_id", _key(), ForeignKey("games.game_id"), primary_key=True, index=True),
    Column("minutes_total", Integer, nullable=False),
    Column("minutes_two_weeks", Integer, nullable=False),
)

reviews = _table(
    "reviews",
    Column("review_id", Integer, primary_key=True, autoincrement=False),  # its row in the Parquet table, from 0
    Column("player_id", _key(), ForeignKey("players.player_id"), index=True),
    Column("user_id", _key(), nullable=False),
    Column("game_id", _key(), nullable=False, index=True),
    Column("recommend", Boolean, nullable=False),
    Column("posted_on", Date),
    Column("posted_precision", String(16)),
)

bundles = _table(
    "bundles",
    Column("bundle_id", _key(), primary_key=True),
    Column("game_id", _key(), primary_key=True, index=True),
    Column("bundle_name", Text, nullable=False),
    Column("game_name", Text),
    Column("price", Double),
    Column("final_price", Double),
)

parents = _table(
    "parents",
    Column("parent_category", _key(128), primary_key=True),
    Column("categories", Integer, nullable=False),
    Column("projects", Integer, nullable=False),
)

categories = _table(
    "categories",
    Column("category", _key(128), primary_key=True),
    Column("parent_category", _key(128), ForeignKey("parents.parent_category"), nullable=False),
    Column("projects", Integer, nullable=False),
)

countries = _table(
    "countries",
    Column("country", _key(16), primary_key=True),
    Column("projects", Integer, nullable=False),
)

projects = _table(
    "projects",
    Column("project_id", _key(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("blurb", Text),
    Column("category", _key(128), ForeignKey("categories.category"), nullable=False, index=True),
    Column("parent_category", _key(128), nullable=False),
    Column("goal_usd", Double, nullable=False),
    Column("pledged_usd", Double),
    Column("currency", String(16)),
    Column("country", _key(16), ForeignKey("countries.country"), index=True),
    Column("state", String(32), nullable=False),
    Column("launched_at", DateTime, nullable=False, index=True),  # UTC, as all times
    Column("deadline", DateTime, nullable=False),
    Column("created_at", DateTime),
    Column("time_precision", String(16)),
    Column("creator_id", _key(), index=True),
    Column("place_id", _key()),
    Column("staff_pick", Boolean),
    Column("backers_count", Integer),
    Column("seen_in", String(64)),
    Column("outcome", Boolean),  # null where a project neither succeeded nor counts as failed
    Column("first_seen_in", String(64)),
    Column("months_seen", Integer),
)

experiments = _table(
    "experiments",
    Column("experiment", _key(128), primary_key=True),  # the plan's name
    Column("system", _key(16), nullable=False),
    Column("started_at", _moment(), nullable=False),
    Column("ended_at", _moment()),  # null while it runs
    Column("plan", _document(), nullable=False),  # canonical JSON
    Column("plan_hash", _key(), nullable=False),
    Column("looks", _document(), nullable=False, default="[]"),  # JSON: the looks held so far
)

assignments = _table(
    "assignments",
    Column("experiment", _key(128), ForeignKey("experiments.experiment"), primary_key=True),
    Column("unit", _key(128), primary_key=True),
    Column("arm", _key(128), nullable=False),
    Column("assigned_at", _moment(), nullable=False),
)

exposures = _table(
    "exposures",
    Column("exposure_id", _key(), primary_key=True),  # drawn by who logs it, so that a retry is no second exposure
    Column("experiment", _key(128), nullable=False),
    Column("unit", _key(128), nullable=False),
    Column("arm", _key(128), nullable=False),
    Column("exposed_at", _moment(), nullable=False),
    Column("shown", _document(), nullable=False),  # JSON: the ids of games, or the draft and its probability
    Column("model_version", _key(), nullable=False),
    ForeignKeyConstraint(["experiment", "unit"], ["assignments.experiment", "assignments.unit"]),
    Index("ix_exposures_unit", "experiment", "unit"),
)

outcomes = _table(
    "outcomes",
    Column("experiment", _key(128), primary_key=True),
    Column("unit", _key(128), primary_key=True),
    Column("metric", _key(128), primary_key=True),  # a column of the plan
    Column("measured_at", _moment(), primary_key=True),  # the latest one counts
    Column("value", Double),  # in the plan's unit; of a time, seconds since 1970 in UTC
    Column("label", Text),  # instead of a value where the plan names text
    Column("source", Text, nullable=False),  # the file it came from
    ForeignKeyConstraint(["experiment", "unit"], ["assignments.experiment", "assignments.unit"]),
)

submissions = _table(
    "submissions",
    Column("submission_id", _key(), primary_key=True),
    Column("owner", _key(), nullable=False),  # the hash of a token: the token alone opens a history
    Column("made_at", _moment(), nullable=False, index=True),
    Column("system", _key(16), nullable=False),
    Column("state", _document(), nullable=False),  # JSON: what was asked
    Column("answer", _document(), nullable=False),  # JSON
    Column("model_version", _key(), nullable=False),
    Column("experiment", _key(128)),  # null where the answer was part of no test
    Column("arm", _key(128)),
    Index("ix_submissions_owner", "owner", "made_at"),
)

recommendations_shown = _table(
    "recommendations_shown",
    Column("submission_id", _key(), ForeignKey("submissions.submission_id"), primary_key=True),
    Column("rank", Integer, primary_key=True, autoincrement=False),  # from 1
    Column("game_id", _key(), nullable=False),
    Column("score", Double, nullable=False),
)

reactions = _table(
    "reactions",
    Column("reaction_id", _key(), primary_key=True),
    Column("owner", _key(), nullable=False),
    Column("made_at", _moment(), nullable=False, index=True),
    Column("system", _key(16), nullable=False),
    Column("item_id", _key(), nullable=False),
    Column("reaction", _key(32), nullable=False),  # the last one of an item stands; an empty one takes back
    Column("model_version", _key(), nullable=False),
    Index("ix_reactions_owner", "owner", "made_at"),
)

# A system's tables, those first that others point to. Tables of the app and of experiments must not point to these:
# they are emptied and filled anew by each ingestion.
TABLES: dict[str, tuple[Table, ...]] = {
    "steam": (games, players, owned, reviews, bundles),
    "kickstarter": (parents, categories, countries, projects),
}
NUMBERED = {"reviews": "review_id"}


def searched(name: str | None) -> str:
    """Give a name in the form it is searched in: lower case in every script, cut to what a key can hold."""
    return (name or "").casefold()[:SEARCHED]
