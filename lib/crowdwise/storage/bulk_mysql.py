"""Bulk load for MySQL and MariaDB: LOAD DATA from a pipe, in the order of each table's key, in one transaction.

No statement here defines a table: that would commit what came before.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Table, text

from crowdwise.storage.database import refusal, writing
from crowdwise.storage.rows import Rows, delimited

log = logging.getLogger("crowdwise.storage")

HOW = (
    "CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '' LINES TERMINATED BY '\\n'"
)


@contextmanager
def load_mysql(to: Engine, system: str, tables: Sequence[Table]) -> Iterator[Callable[[Table, Rows], int]]:
    """Give a function that loads one table's rows; all tables' rows are replaced when the block ends well."""
    with writing(to, system) as connection:
        files = bool(connection.scalar(text("SELECT @@GLOBAL.local_infile")))
        if not files:
            log.info("local_infile is off on the server: rows go in by INSERT, which takes several times longer")
        # Rows have been held to their references as they were read. Both hold for this connection, which ends here.
        connection.execute(text("SET SESSION foreign_key_checks = 0, unique_checks = 0"))
        for table in reversed(tables):
            connection.execute(table.delete())
        yield lambda table, rows: (_load if files else _insert)(connection, table, rows)


def _load(connection: Connection, table: Table, rows: Rows) -> int:
    read, write = os.pipe()
    pump = _Pump(rows, write)
    columns = ", ".join(_quoted(connection, table))
    statement = f"LOAD DATA LOCAL INFILE '/dev/fd/{read}' INTO TABLE {table.name} {HOW} ({columns})"
    pump.start()
    try:
        loaded = connection.exec_driver_sql(statement.replace("%", "%%")).rowcount
    finally:
        os.close(read)  # so that the pump ends, whatever happened
        pump.join()
    if pump.failure is not None:
        raise pump.failure
    # From a client's file the server takes what it can, and warns of the rest: a key that stands twice, a long value.
    warning = connection.exec_driver_sql("SHOW WARNINGS LIMIT 1").first()
    if warning is not None or loaded != pump.count:
        cause = warning[2] if warning else f"{loaded} of {pump.count} rows went into {table.name}"
        raise refusal(connection.engine, cause, spoilt=True)
    return pump.count


def _insert(connection: Connection, table: Table, rows: Rows) -> int:
    columns = _quoted(connection, table)
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"
    count = 0
    for batch in rows:
        count += len(batch)
        values = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        connection.exec_driver_sql(statement, list(values))
    return count


def _quoted(connection: Connection, table: Table) -> list[str]:
    return [connection.dialect.identifier_preparer.quote(column.name) for column in table.columns]


class _Pump(threading.Thread):
    """Writes rows into a pipe while the driver reads them from it: rows are parsed as they are loaded."""

    def __init__(self, rows: Rows, to: int):
        super().__init__(daemon=True)
        self.rows = rows
        self.to = to
        self.count = 0
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            with open(self.to, "wb") as pipe:  # noqa: PTH123 - a descriptor, no path
                for batch in self.rows:
                    pipe.write(delimited(batch, "NULL"))
                    self.count += len(batch)
        except BrokenPipeError:
            pass  # the server refused: its error says why
        except Exception as failure:
            self.failure = failure
