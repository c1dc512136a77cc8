"""Bulk load for PostgreSQL: COPY into new tables, keys and indexes over the whole of them, then the old tables' place.

All of it is one transaction. Readers read the old tables meanwhile, and wait a second at most for the exchange.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from psycopg import Cursor
from psycopg.copy import QueuedLibpqWriter
from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.exc import DBAPIError

from crowdwise.storage.database import writing
from crowdwise.storage.rows import Rows, delimited

log = logging.getLogger("crowdwise.storage")

NEW = "new_"  # begins the names of tables, keys and indexes until they take the old ones' place
PATIENCE = 60  # seconds to wait for readers that stay in a transaction, before rows are moved beside them
MOMENT = "200ms"  # that the exchange may wait for one table: readers wait behind it
BUSY = ("55P03", "40P01")  # a lock was not given in time, or would have been waited for in a circle


@contextmanager
def load_postgresql(to: Engine, system: str, tables: Sequence[Table]) -> Iterator[Callable[[Table, Rows], int]]:
    """Give a function that loads one table's rows; all tables' rows are replaced when the block ends well."""
    with writing(to, system) as connection:
        for table in tables:
            connection.execute(text(f"CREATE TABLE {NEW}{table.name} (LIKE {table.name} INCLUDING DEFAULTS)"))
        yield lambda table, rows: _copy(connection, table, rows)
        for table in tables:
            _add_keys(connection, table)
        if not _exchange(connection, tables):
            log.info("the old tables can not make room yet: their rows are replaced one by one, which takes longer")
            _move_rows(connection, tables)


def _copy(connection: Connection, table: Table, rows: Rows) -> int:
    driver = connection.connection.driver_connection
    assert driver is not None
    columns = ", ".join(column.name for column in table.columns)
    # Frozen rows are seen as soon as the table is: never an empty one, by a snapshot older than it.
    how = r"FORMAT csv, NULL '\N', FREEZE"
    count = 0
    cursor: Cursor = driver.cursor()
    statement = f"COPY {NEW}{table.name} ({columns}) FROM STDIN ({how})".encode()
    with cursor, cursor.copy(statement, writer=QueuedLibpqWriter(cursor)) as copy:
        for batch in rows:
            count += len(batch)
            copy.write(memoryview(delimited(batch, r"\N")))
    return count


def _add_keys(connection: Connection, table: Table) -> None:
    new = f"ALTER TABLE {NEW}{table.name} ADD CONSTRAINT {NEW}{table.name}"
    key = ", ".join(column.name for column in table.primary_key)
    connection.execute(text(f"{new}_pkey PRIMARY KEY ({key})"))
    for index in table.indexes:
        columns = ", ".join(column.name for column in index.columns)
        connection.execute(text(f"CREATE INDEX {NEW}{index.name} ON {NEW}{table.name} ({columns})"))
    for column in table.columns:
        for other in column.foreign_keys:
            there = f"{NEW}{other.column.table.name} ({other.column.name})"
            add = f"{new}_{column.name}_fkey FOREIGN KEY ({column.name}) REFERENCES {there}"
            connection.execute(text(add))


def _exchange(connection: Connection, tables: Sequence[Table]) -> bool:
    """Put the new tables in the old ones' place as soon as nobody reads those; say whether that could be done.

    It can't be while a reader stays in its transaction, or where views or another owner stand in the way. New readers
    are not made to wait for those that are there: the locks are asked for again and again, for a moment each time.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with connection.begin_nested():  # gives up its locks when it fails
                connection.execute(text(f"SET LOCAL lock_timeout = '{MOMENT}'"))
                names = ", ".join(table.name for table in tables)
                connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
                _take_places(connection, tables)
            return True
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            if getattr(error.orig, "sqlstate", None) not in BUSY or time.monotonic() > until:
                return False
            time.sleep(0.5)


def _take_places(connection: Connection, tables: Sequence[Table]) -> None:
    for table in tables:
        for grant in connection.scalars(text(GRANTS), {"old": table.name, "new": NEW + table.name}).all():
            connection.execute(text(grant))
    for table in reversed(tables):
        connection.execute(text(f"DROP TABLE {table.name}"))
    for table in tables:
        for renaming in connection.scalars(text(RENAMINGS), {"new": NEW + table.name, "cut": len(NEW)}).all():
            connection.execute(text(renaming))


def _move_rows(connection: Connection, tables: Sequence[Table]) -> None:
    for table in reversed(tables):
        connection.execute(table.delete())
    for table in tables:
        columns = ", ".join(column.name for column in table.columns)
        connection.execute(text(f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {NEW}{table.name}"))
    for table in reversed(tables):
        connection.execute(text(f"DROP TABLE {NEW}{table.name}"))


GRANTS = """
SELECT format('GRANT %s ON %I TO %s', held.privilege_type, CAST(:new AS text),
              CASE held.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(held.grantee)) END)
FROM pg_class AS old, aclexplode(old.relacl) AS held
WHERE old.oid = to_regclass(:old) AND held.grantee <> old.relowner
"""

RENAMINGS = """
SELECT format('ALTER TABLE %I RENAME CONSTRAINT %I TO %I', CAST(:new AS text), conname, substr(conname, :cut + 1))
FROM pg_constraint WHERE conrelid = to_regclass(:new) AND contype IN ('p', 'f')
UNION ALL
SELECT format('ALTER INDEX %I RENAME TO %I', indexname, substr(indexname, :cut + 1))
FROM pg_indexes WHERE tablename = :new AND schemaname = current_schema() AND indexname NOT LIKE '%\\_pkey'
UNION ALL
SELECT format('ALTER TABLE %I RENAME TO %I', CAST(:new AS text), substr(:new, :cut + 1))
"""
