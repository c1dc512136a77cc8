"""Load a system's Parquet tables into the database: all of them in one transaction, or none.

Run as ``python -m crowdwise.storage.ingest --profile sample --system steam``.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Table

from crowdwise.base import logs
from crowdwise.base.errors import Problem
from crowdwise.base.layout import SYSTEMS, Layout
from crowdwise.storage.database import engine, explained, prepare, shown, writing
from crowdwise.storage.rows import Rows, read_rows
from crowdwise.storage.schema import TABLES
from crowdwise.storage.tables import write_json

log = logging.getLogger("crowdwise.storage")


def ingest(layout: Layout, system: str) -> dict[str, int]:
    """Replace a system's rows in the profile's database by those of its Parquet tables, and give the rows a table.

    A second run leaves the same rows; a reader sees the old rows until all new ones are there; a failure leaves the
    old ones.

    Raises
    ------
    Problem
        If a table is missing, lacks a column or breaks a key, or the database can't be used or holds another profile.
    """
    to = engine(layout)
    tables = TABLES[system]
    rows = {table.name: read_rows(layout.table(system, table.name), table, to.dialect.name) for table in tables}
    written = {}
    try:
        prepare(to, layout.profile)
        with explained(to), writing(to, system) as connection:
            for table in reversed(tables):
                connection.execute(table.delete())
            for table in tables:
                start = time.perf_counter()
                written[table.name] = _load(connection, table, rows[table.name])
                seconds = time.perf_counter() - start
                log.info("%s: %s rows in %.1f s", table.name, f"{written[table.name]:,}", seconds)
            _check_references(connection, tables, shown(to.url))
    finally:
        to.dispose()
    log.info("%s of profile %s is in %s", system, layout.profile, shown(to.url))
    return written


def _load(connection: Connection, table: Table, batches: Iterator[Rows]) -> int:
    dialect = connection.dialect
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.columns)
    count = 0
    if dialect.name == "postgresql":
        driver = connection.connection.driver_connection
        assert driver is not None
        with driver.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as copy:
            for rows in batches:
                count += len(rows)
                for row in rows:
                    copy.write_row(row)
        return count
    mark = "?" if dialect.name == "sqlite" else "%s"
    statement = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({', '.join([mark] * len(table.columns))})"
    for rows in batches:
        count += len(rows)
        connection.exec_driver_sql(statement, rows)
    return count


def _check_references(connection: Connection, tables: Sequence[Table], where: str) -> None:
    """See that no row points to one that is not there: SQLite is not asked to look at each row as it comes."""
    if connection.dialect.name != "sqlite":
        return
    for table in tables:
        broken = connection.exec_driver_sql(f"PRAGMA foreign_key_check({table.name})").first()
        if broken is not None:
            what = f"row {broken[1]} of {table.name} names one that is not in {broken[2]}"
            raise Problem(what, where=where, remedy="Run `make acquire` again; the earlier rows are still there")


def main(arguments: Sequence[str] | None = None) -> int:
    """Ingest what the command line names, and note its rows in ``ingested.json`` for make; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m crowdwise.storage.ingest", description="Load the database.")
    parser.add_argument("--profile", required=True)
    parser.add_argument("--system", required=True, choices=SYSTEMS)
    given = parser.parse_args(arguments)
    try:
        logs.set_up()
        layout = Layout(given.profile)
        rows = ingest(layout, given.system)
        write_json(rows, layout.tables(given.system).parent / "ingested.json")
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
