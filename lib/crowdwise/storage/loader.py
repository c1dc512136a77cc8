"""The process that loads an SQLite file by ADBC, as told on its standard input: ``loader FILE MILLISECONDS``.

A line of JSON is one order: ``{"run": "SQL"}``, ``{"load": "table"}`` with an Arrow stream behind it, or
``{"commit": true}``; each is answered by a line of JSON. Without a commit nothing is left in the file.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, BinaryIO

import adbc_driver_sqlite
import pyarrow as pa
from adbc_driver_manager import AdbcConnection, AdbcStatement, Error, IntegrityError

# Runs of rows that fit the processor's cache are sorted beside the reading of the next: indexes in half the time.
SETTINGS = ("temp_store = FILE", "threads = 2", "cache_size = -16000", "synchronous = NORMAL", "foreign_keys = OFF")


def main() -> int:
    """Follow orders until one fails or there are no more; give the exit code."""
    orders, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb", buffering=0)
    try:
        with adbc_driver_sqlite.connect(sys.argv[1]) as database, AdbcConnection(database) as connection:
            for setting in (*SETTINGS, f"busy_timeout = {sys.argv[2]}"):
                _run(connection, f"PRAGMA {setting}")
            connection.set_autocommit(False)
            while line := orders.readline():
                _follow(connection, json.loads(line), orders)
                answers.write(b"{}\n")
    except (Error, pa.ArrowException) as error:
        said = str(error).strip().splitlines()[0]
        answers.write(json.dumps({"error": said, "spoilt": isinstance(error, IntegrityError)}).encode() + b"\n")
        return 1
    return 0


def _follow(connection: AdbcConnection, order: dict[str, Any], orders: BinaryIO) -> None:
    if "run" in order:
        _run(connection, order["run"])
    elif "load" in order:
        with pa.ipc.open_stream(orders) as rows, AdbcStatement(connection) as statement:
            statement.set_options(
                **{"adbc.ingest.target_table": order["load"], "adbc.ingest.mode": "adbc.ingest.mode.append"}
            )
            statement.bind_stream(rows)
            statement.execute_update()
    else:
        connection.commit()


def _run(connection: AdbcConnection, statement: str) -> None:
    with AdbcStatement(connection) as prepared:
        prepared.set_sql_query(statement)
        prepared.execute_update()


if __name__ == "__main__":
    sys.exit(main())
