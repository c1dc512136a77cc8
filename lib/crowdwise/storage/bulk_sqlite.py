"""Bulk load for SQLite: a process of its own loads by ADBC, in one transaction, what this one sends to it.

ADBC brings its own SQLite, and two of these in one process would undo each other's locks on the same file. The loader
commits when it is told to, and never if this process ends before.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pyarrow as pa
from sqlalchemy import Engine, Table
from sqlalchemy.schema import CreateIndex

from crowdwise.base.errors import Problem
from crowdwise.storage.database import BULK_WAIT, refusal, shown
from crowdwise.storage.rows import Rows


@contextmanager
def load_sqlite(to: Engine, system: str, tables: Sequence[Table]) -> Iterator[Callable[[Table, Rows], int]]:
    """Give a function that loads one table's rows; all tables' rows are replaced when the block ends well."""
    if to.url.database in (None, "", ":memory:"):
        remedy = "Name a file, as in sqlite:///file.db"
        raise Problem("a database in memory can't be filled for others", where=shown(to.url), remedy=remedy)
    indexes = [index for table in tables for index in sorted(table.indexes, key=lambda index: str(index.name))]
    loader = _Loader(to)
    try:
        # The first statement takes the lock that keeps other writers out.
        for table in reversed(tables):
            loader.tell(run=f"DELETE FROM {table.name}")
        for index in indexes:
            loader.tell(run=f"DROP INDEX IF EXISTS {index.name}")
        yield loader.load
        for index in indexes:
            loader.tell(run=str(CreateIndex(index).compile(to)))
        loader.tell(commit=True)
    finally:
        loader.end()


class _Loader:
    """The other process, told what to do a line at a time."""

    def __init__(self, to: Engine):
        self.to = to
        command = [sys.executable, "-m", "crowdwise.storage.loader", str(to.url.database), str(1000 * BULK_WAIT)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, **pipes)  # type: ignore[call-overload]

    def tell(self, **what: Any) -> None:
        self._send(what)
        self._hear()

    def load(self, table: Table, rows: Rows) -> int:
        first = next(rows, None)
        if first is None:
            return 0
        count = len(first)
        self._send({"load": table.name})
        try:
            with pa.ipc.new_stream(self.process.stdin, first.schema) as stream:
                stream.write_batch(first)
                for batch in rows:
                    count += len(batch)
                    stream.write_batch(batch)
            self.process.stdin.flush()
        except OSError:
            pass  # it has ended: what it said last tells why
        self._hear()
        return count

    def _send(self, what: dict[str, Any]) -> None:
        try:
            self.process.stdin.write(json.dumps(what).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            pass  # as above

    def _hear(self) -> None:
        line = self.process.stdout.readline()
        said: dict[str, Any] = json.loads(line) if line else {"error": self._last_words()}
        if "error" in said:
            raise refusal(self.to, said["error"], spoilt=said.get("spoilt", False))

    def _last_words(self) -> str:
        lines = self.process.stderr.read().decode(errors="replace").strip().splitlines()
        return f"its loader ended with code {self.process.wait()}: {lines[-1] if lines else 'no word'}"

    def end(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            with suppress(OSError):
                pipe.close()
        self.process.wait()
