"""Rows of a Parquet table as tuples a database driver takes, a batch at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Boolean, Column, Date, DateTime, Double, Integer, Table

from crowdwise.base.errors import Problem
from crowdwise.storage.inputs import record
from crowdwise.storage.schema import NUMBERED, Listed, searched
from crowdwise.storage.whole import current

BATCH = 20_000
REMEDY = "Run `make acquire` again"

Rows = list[tuple[Any, ...]]


def read_rows(path: Path, table: Table, dialect: str) -> Iterator[Rows]:
    """Give a Parquet table's rows in batches, each a tuple in the order of the database table's columns.

    The file is looked at before the first batch is asked for, so that a Problem comes before anything is written.

    Parameters
    ----------
    path : Path
    table : Table
        The database's table. Columns that only the Parquet file has are left out.
    dialect : str
        ``sqlite``, ``postgresql`` or ``mysql``.

    Raises
    ------
    Problem
        If the file is missing, is no Parquet file, lacks a column, or a value is not of its column's type.
    """
    record(path)
    place = current(path)
    if not place.is_file():
        raise Problem("this table is not made yet", where=path, remedy="Run `make acquire` (or `make report`) first")
    try:
        file = pq.ParquetFile(place)
    except (pa.ArrowInvalid, OSError) as error:
        raise Problem(f"this is no table that can be read ({error})", where=path, remedy=REMEDY) from error
    made = {NUMBERED.get(table.name), "search_name"}
    wanted = [column for column in table.columns if column.name not in made]
    missing = [column.name for column in wanted if column.name not in file.schema_arrow.names]
    if missing:
        raise Problem(f"the table lacks {', '.join(missing)}", where=path, remedy=REMEDY)
    return _batches(file, path, table, wanted, dialect)


def _batches(file: pq.ParquetFile, path: Path, table: Table, wanted: list[Column], dialect: str) -> Iterator[Rows]:
    number = 0
    with file:
        for batch in file.iter_batches(BATCH, columns=[column.name for column in wanted]):
            values: dict[str, Any] = {}
            for column in wanted:
                try:
                    values[column.name] = _values(batch.column(column.name), column, dialect)
                except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                    what = f"column {column.name} holds what {table.name}.{column.name} can't ({error})"
                    raise Problem(what, where=path, remedy=REMEDY) from error
            if table.name in NUMBERED:
                values[NUMBERED[table.name]] = range(number, number + len(batch))
            if "search_name" in table.columns:
                values["search_name"] = [searched(name) for name in values["name"]]
            number += len(batch)
            yield list(zip(*(values[column.name] for column in table.columns), strict=True))


def _values(array: pa.Array, column: Column, dialect: str) -> list[Any]:
    kind = column.type
    if isinstance(kind, Listed):
        lists = array.to_pylist()
        return [None if value is None else json.dumps(value, ensure_ascii=False) for value in lists]
    if isinstance(kind, Boolean):
        return array.cast(pa.bool_()).to_pylist()
    if isinstance(kind, Integer):
        return array.cast(pa.int64()).to_pylist()
    if isinstance(kind, Double):
        numbers = array.cast(pa.float64())
        return pc.if_else(pc.is_nan(numbers), None, numbers).to_pylist()
    if isinstance(kind, Date):
        days = array.cast(pa.date32())
        return (days.cast(pa.string()) if dialect == "sqlite" else days).to_pylist()
    if isinstance(kind, DateTime):
        times = array.cast(pa.timestamp("us", array.type.tz if pa.types.is_timestamp(array.type) else None))
        times = times.cast(pa.timestamp("us"))  # an instant's time in UTC
        return (times.cast(pa.string()) if dialect == "sqlite" else times).to_pylist()
    text = array.cast(pa.string())
    if dialect == "postgresql":
        text = pc.replace_substring(text, "\0", "\ufffd")  # the one character that PostgreSQL's text can't hold
    return text.to_pylist()
