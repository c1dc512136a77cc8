"""The SQL database: one a profile, SQLite unless ``SQLALCHEMY_DATABASE_URI`` names a server."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zlib import crc32

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.storage.schema import EXTENDED, VERSION, meta, metadata

VARIABLE = "SQLALCHEMY_DATABASE_URI"
WAIT = 20  # seconds that a short write waits for another writer
PAGE = 16_384  # bytes of an SQLite page: a bulk load takes a fifth less time than with 4,096
BULK_WAIT = 1800  # seconds that a bulk load waits for another: both systems may load at once
DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "mariadb+pymysql": "mysql+pymysql",
}


def address(layout: Layout) -> URL:
    """Give the database's URL: ``SQLALCHEMY_DATABASE_URI``, or the profile's own SQLite file.

    Raises
    ------
    Problem
        If the variable holds no such URL. It is not quoted: it may hold a password.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if not named:
        return URL.create("sqlite", database=str(layout.database))
    try:
        url = make_url(named)
    except (ArgumentError, ValueError) as error:
        remedy = "Write it as in postgresql://user:password@host/name or sqlite:///file.db"
        raise Problem("this is no database URL", where=VARIABLE, remedy=remedy) from error
    url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
    if file := _file(url):
        url = url.set(database=str(layout.root / file))
    if url.get_backend_name() == "mysql":
        url = url.update_query_dict({"charset": "utf8mb4"})
    return url


def shown(url: URL) -> str:
    """Give a URL for logs and messages, with the password left out."""
    return url.render_as_string(hide_password=True)


def engine(layout: Layout, bulk: bool = False) -> Engine:
    """Give the engine of a profile's database. It connects when it is first used.

    Parameters
    ----------
    layout : Layout
    bulk : bool
        Whether it may load files (MySQL lets the server ask for them: only whoever loads should grant that).

    Raises
    ------
    Problem
        If ``SQLALCHEMY_DATABASE_URI`` is no URL, or its driver is not installed.
    """
    url = address(layout)
    remedy = "Use sqlite, postgresql or mysql (mariadb) URLs"
    server = url.get_backend_name()
    with_files = {"local_infile": True} if bulk and server == "mysql" else {}
    try:
        made = create_engine(url, hide_parameters=True, pool_pre_ping=server != "sqlite", connect_args=with_files)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        what = f"there is no driver for {url.drivername}"
        raise Problem(what, where=VARIABLE, remedy=remedy) from error
    except (ArgumentError, TypeError, ValueError) as error:
        raise Problem("this is no database URL that can be used", where=VARIABLE, remedy=remedy) from error
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", _set_up_sqlite)
        event.listen(made, "begin", _begin_sqlite)
    return made


def _file(url: URL) -> Path | None:
    """Give an SQLite database's file; None for a server or a database in memory."""
    held = url.get_backend_name() == "sqlite" and url.database and not url.database.startswith((":", "file:"))
    return Path(str(url.database)) if held else None


def _set_up_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {WAIT * 1000}")
    cursor.execute(f"PRAGMA page_size = {PAGE}")  # of a new file; one that is there keeps its own
    if cursor.execute("PRAGMA journal_mode").fetchone()[0] not in ("wal", "memory"):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")  # readers go on while one writes
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise  # locked: another process is at it, and the mode stays with the file
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    bulk = connection.get_execution_options().get("bulk", False)
    connection.exec_driver_sql(f"PRAGMA foreign_keys = {'OFF' if bulk else 'ON'}")  # a bulk load looks at its end
    wait = BULK_WAIT if bulk else connection.get_execution_options().get("wait", WAIT)
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {1000 * wait}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if bulk else "BEGIN")


@contextmanager
def explained(where: Engine) -> Iterator[None]:
    """Turn a database's error into a Problem that names the database and never its password."""
    driver: Any = where.dialect.dbapi  # its own errors come through where its own calls are made (COPY)
    try:
        yield
    except (SQLAlchemyError, driver.Error) as error:
        origin = getattr(error, "orig", None) or error
        spoilt = isinstance(origin, (driver.IntegrityError, driver.DataError))
        raise refusal(where, str(origin) or type(origin).__name__, spoilt) from error


def refusal(where: Engine, cause: str, spoilt: bool = False) -> Problem:
    """Give the Problem of a database that refuses: because rows are `spoilt`, or because of its own state."""
    remedy = f"See that the server runs, and what {VARIABLE} and its rights are"
    if spoilt:
        remedy = "Run `make acquire` again; what was there before is still there"
    elif where.dialect.name == "sqlite":
        remedy = "See that nothing else writes to it and the disk is not full"
    return Problem(f"the database refuses ({cause.strip().splitlines()[0]})", where=shown(where.url), remedy=remedy)


@contextmanager
def writing(to: Engine, lock: str) -> Iterator[Connection]:
    """Give a connection for a bulk load: one transaction, beside which no other writer of the same `lock` runs.

    Raises
    ------
    Problem
        If another writer holds the lock for longer than half an hour.
    """
    with to.connect().execution_options(bulk=True) as connection:
        try:
            if to.dialect.name == "mysql":
                asked = {"name": f"crowdwise.{to.url.database}.{lock}"[:64], "wait": BULK_WAIT}
                if connection.scalar(text("SELECT GET_LOCK(:name, :wait)"), asked) != 1:
                    raise Problem("another process writes to it", where=shown(to.url), remedy="Try again when it ends")
                connection.commit()
            with connection.begin():
                if to.dialect.name == "postgresql":
                    connection.execute(text(f"SET LOCAL lock_timeout = '{BULK_WAIT}s'"))
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": crc32(lock.encode())})
                yield connection
        finally:
            if to.dialect.name == "mysql":
                connection.invalidate()  # its lock ends with the connection


def prepare(to: Engine, profile: str) -> None:
    """Make the tables that are missing, and take the database for a profile.

    A database of a version that only lacks tables becomes one of this version; its rows stay as they are.

    Raises
    ------
    Problem
        If the database can't be used, holds another profile, or was made by another version.
    """
    if file := _file(to.url):
        file.parent.mkdir(parents=True, exist_ok=True)
    with explained(to), writing(to, "schema") as connection:
        metadata.create_all(connection)
        known = {row.key: row.value for row in connection.execute(select(meta))}
        for key, value in (("profile", profile), ("schema", VERSION)):
            if key not in known:
                connection.execute(meta.insert().values(key=key, value=value))
        if known.get("profile") == profile and known.get("schema") in EXTENDED:
            connection.execute(meta.update().where(meta.c.key == "schema").values(value=VERSION))
    check(to, profile)


def check(of: Engine, profile: str, older: bool = False) -> None:
    """See that a database is there and holds this profile.

    Parameters
    ----------
    older : bool
        Whether an earlier version will do that lacks tables and differs in nothing else.

    Raises
    ------
    Problem
        If it can't be used, is not made yet, holds another profile, or was made by another version.
    """
    where = shown(of.url)
    found: dict[str, str] = {}
    file = _file(of.url)
    if file is None or file.exists():  # to look into a missing file would make it
        with explained(of), of.connect() as connection:
            if inspect(connection).has_table("meta"):
                found = {row.key: row.value for row in connection.execute(select(meta))}
    if "profile" not in found:
        raise Problem("the database is not made yet", where=where, remedy=f"Run `make ingest PROFILE={profile}`")
    if found["profile"] != profile:
        what = f"this database holds profile {found['profile']}, not {profile}"
        raise Problem(what, where=where, remedy=f"Give each profile a database of its own ({VARIABLE})")
    enough = (VERSION, *EXTENDED) if older else (VERSION,)
    if found.get("schema") not in enough:
        what = f"its tables are of version {found.get('schema')}, not {VERSION}"
        remedy = f"Run `make ingest PROFILE={profile}`"
        if found.get("schema") not in EXTENDED:
            remedy = f"{remedy} on a new database, and keep this one if experiments were logged in it"
        raise Problem(what, where=where, remedy=remedy)
