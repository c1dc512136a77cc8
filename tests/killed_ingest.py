"""Runs an ingestion of the sample profile that is killed (SIGKILL) at a point: ``killed_ingest.py SYSTEM POINT``."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager

from crowdwise.base.layout import Layout
from crowdwise.storage import bulk_mysql, bulk_postgresql, bulk_sqlite, ingest, rows

POINTS = ("while emptied", "after the first table", "in the middle of a table", "after all rows", "at the commit")


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arrange(point: str) -> None:
    """Put the end of the process where `point` says."""
    read, loading = ingest.read_rows, dict(ingest.LOADING)
    rows.BATCH = 1  # so that a table takes several

    def read_until(layout, system, table, dialect):
        for number, batch in enumerate(read(layout, system, table, dialect)):
            if (table.name, number, point) in (("players", 0, POINTS[1]), ("owned", 2, POINTS[2])):
                die()
            yield batch

    @contextmanager
    def load_until(to, system, tables):
        with loading[to.dialect.name](to, system, tables) as load:
            if point == POINTS[0]:
                die()
            yield load
            if point == POINTS[3]:
                die()

    ingest.read_rows = read_until
    ingest.LOADING = dict.fromkeys(loading, load_until)
    if point == POINTS[4]:
        tell, exchange, load = bulk_sqlite._Loader.tell, bulk_postgresql._exchange, bulk_mysql._load
        bulk_sqlite._Loader.tell = lambda self, **what: die() if "commit" in what else tell(self, **what)
        bulk_postgresql._exchange = lambda *what: exchange(*what) and die()
        bulk_mysql._load = lambda to, table, *what: (load(to, table, *what), table.name == "bundles" and die())[0]


if __name__ == "__main__":
    arrange(sys.argv[2])
    ingest.ingest(Layout("sample"), sys.argv[1])
