"""Load a system's Parquet tables into the database: all of them in one transaction, or none.

Run as ``python -m crowdwise.storage.ingest --profile sample --system steam``.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Sequence

from crowdwise.base import logs
from crowdwise.base.errors import Problem
from crowdwise.base.layout import SYSTEMS, Layout
from crowdwise.storage.bulk_mysql import load_mysql
from crowdwise.storage.bulk_postgresql import load_postgresql
from crowdwise.storage.bulk_sqlite import load_sqlite
from crowdwise.storage.database import engine, explained, prepare, shown
from crowdwise.storage.documents import read_json, write_json
from crowdwise.storage.rows import read_rows
from crowdwise.storage.schema import TABLES
from crowdwise.storage.whole import JOURNAL

log = logging.getLogger("crowdwise.storage")

LOADING = {"sqlite": load_sqlite, "postgresql": load_postgresql, "mysql": load_mysql}


def ingest(layout: Layout, system: str) -> dict[str, int]:
    """Replace a system's rows in the profile's database by those of its Parquet tables, and give the rows a table.

    A second run leaves the same rows; a reader sees the old rows until all new ones are there; a failure leaves the
    old ones.

    Raises
    ------
    Problem
        If a table is missing, lacks a column or breaks a key, or the database can't be used or holds another profile.
    """
    to = engine(layout, bulk=True)
    loading = LOADING[to.dialect.name]
    tables = TABLES[system]
    rows = {table.name: read_rows(layout, system, table, to.dialect.name) for table in tables}
    written = {}
    try:
        prepare(to, layout.profile)
        start = time.perf_counter()
        with explained(to), loading(to, system, tables) as load:
            for table in tables:
                begin = time.perf_counter()
                written[table.name] = load(table, rows[table.name])
                seconds = time.perf_counter() - begin
                log.info("%s: %s rows in %.1f s", table.name, f"{written[table.name]:,}", seconds)
    finally:
        to.dispose()
    seconds = time.perf_counter() - start
    log.info("%s of profile %s is in %s after %.1f s", system, layout.profile, shown(to.url), seconds)
    return written


def is_wanted(layout: Layout, system: str) -> bool:
    """Say whether the system's acquire section asks for its rows in the database: ``ingest: false`` declines.

    Raises
    ------
    Problem
        If the section was not handed over yet, or its value is neither true nor false.
    """
    path = layout.reports / "params" / f"{system}-1-acquire.json"
    wanted = read_json(path).get("ingest", True)
    if not isinstance(wanted, bool):
        remedy = f"Write `ingest: true` or `ingest: false` in {layout.relative(layout.params(system))}"
        raise Problem(f"ingest is {wanted!r}", where=path, remedy=remedy)
    return wanted


def fill_database(layout: Layout, system: str, *, wanted: bool) -> None:
    """Load a notebook's tables if they are wanted in the database and the notebook is run by hand.

    Under make they are not in their place yet: make loads them when they are.
    """
    if wanted and not os.environ.get(JOURNAL):
        ingest(layout, system)


def main(arguments: Sequence[str] | None = None) -> int:
    """Ingest what the command line names, and note its rows in ``ingested.json`` for make; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m crowdwise.storage.ingest", description="Load the database.")
    parser.add_argument("--profile", required=True)
    parser.add_argument("--system", required=True, choices=SYSTEMS)
    parser.add_argument("--if-wanted", action="store_true", help="do nothing if the acquire section says ingest: false")
    given = parser.parse_args(arguments)
    try:
        logs.set_up()
        layout = Layout(given.profile)
        rows = {}
        if given.if_wanted and not is_wanted(layout, given.system):
            params = layout.relative(layout.params(given.system))
            log.warning("%s says ingest: false: the database stays as it is (`make ingest` fills it)", params)
        else:
            rows = ingest(layout, given.system)
        write_json(rows, layout.tables(given.system).parent / "ingested.json")
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
