"""Rows of a Parquet table in the types of a database, checked, a batch at a time and never as Python objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Double, Integer, String, Table

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.storage.inputs import record
from crowdwise.storage.schema import NUMBERED, Listed, searched
from crowdwise.storage.whole import current

BATCH = 65_536
REMEDY = "Run `make acquire` again"

Rows = Iterator[pa.RecordBatch]


def read_rows(layout: Layout, system: str, table: Table, dialect: str) -> Rows:
    """Give a Parquet table's rows in batches that hold the database table's columns in their order.

    The file is looked at before the first batch is asked for, so that a Problem comes before anything is written.
    Each batch is held to what the database's table asks for: types, lengths, what must not be missing, and that what
    a row points to is in the other table's file. So no database needs to look at each row as it comes. A table with
    a key of several columns comes in the order of its key, in which every database loads fastest; it is held in memory
    for that, at most 100 bytes a row while it is sorted, and half of it where the file has that order already.

    Parameters
    ----------
    layout, system : Layout, str
    table : Table
        The database's table. Columns that only the Parquet file has are left out.
    dialect : str
        ``sqlite``, ``postgresql`` or ``mysql``.

    Raises
    ------
    Problem
        If the file is missing, is no Parquet file, lacks a column, or a value is not what its column can hold.
    """
    path = layout.table(system, table.name)
    keys = [column.name for column in table.primary_key] if len(table.primary_key) > 1 else []
    file = _open(path, keys)
    made = {NUMBERED.get(table.name), "search_name"}
    wanted = [column.name for column in table.columns if column.name not in made]
    if missing := [name for name in wanted if name not in file.schema_arrow.names]:
        file.close()
        raise Problem(f"the table lacks {', '.join(missing)}", where=path, remedy=REMEDY)
    known = {}
    for column in table.columns:
        for key in column.foreign_keys:
            with _open(layout.table(system, key.column.table.name)) as other:
                known[column.name] = other.read([key.column.name]).column(0)
    return _batches(file, path, table, wanted, known, dialect)


def delimited(batch: pa.RecordBatch, missing: str) -> pa.Buffer:
    """Give a batch as CSV: text in quotes, quotes in it doubled, and what is missing as `missing` without quotes."""
    to = pa.BufferOutputStream()
    options = pyarrow.csv.WriteOptions(include_header=False, null_string=missing)
    pyarrow.csv.write_csv(batch, to, options)
    return to.getvalue()


def _open(path: Path, coded: list[str] | None = None) -> pq.ParquetFile:
    record(path)
    place = current(path)
    if not place.is_file():
        raise Problem("this table is not made yet", where=path, remedy="Run `make acquire` (or `make report`) first")
    try:
        return pq.ParquetFile(place, read_dictionary=coded)
    except (pa.ArrowInvalid, OSError) as error:
        raise Problem(f"this is no table that can be read ({error})", where=path, remedy=REMEDY) from error


def _batches(
    file: pq.ParquetFile, path: Path, table: Table, wanted: list[str], known: dict[str, pa.ChunkedArray], dialect: str
) -> Rows:
    number = 0
    with file:
        several = len(table.primary_key) > 1
        for batch in _by_key(file, table, wanted) if several else file.iter_batches(BATCH, columns=wanted):
            values: dict[str, pa.Array] = {}
            for column in table.columns:
                if column.name == NUMBERED.get(table.name):
                    values[column.name] = pa.array(np.arange(number, number + len(batch), dtype=np.int32))
                elif column.name == "search_name":
                    values[column.name] = pa.array(map(searched, batch.column("name").to_pylist()), pa.string())
                else:
                    try:
                        values[column.name] = _values(batch.column(column.name), column, dialect)
                    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                        what = f"column {column.name} holds what {table.name}.{column.name} can't ({error})"
                        raise Problem(what, where=path, remedy=REMEDY) from error
                _check(values[column.name], column, known.get(column.name), path)
            number += len(batch)
            yield pa.RecordBatch.from_pydict(values)


def _by_key(file: pq.ParquetFile, table: Table, wanted: list[str]) -> Iterator[pa.RecordBatch]:
    """Give a table's rows in the order of its key, compared byte by byte as the databases do."""
    rows = file.read(wanted).unify_dictionaries()
    place = np.zeros(len(rows), dtype=np.int64)
    for column in table.primary_key:
        keys = rows.column(column.name)
        if not pa.types.is_dictionary(keys.type):
            keys = keys.dictionary_encode()
        keys = keys.combine_chunks()
        keys = keys.chunk(0) if isinstance(keys, pa.ChunkedArray) else keys
        if keys.null_count:
            break  # refused later, with its name
        rank = np.empty(len(keys.dictionary), dtype=np.int64)
        rank[pc.sort_indices(keys.dictionary).to_numpy()] = np.arange(len(rank))
        place = place * len(rank) + rank[keys.indices.to_numpy()]
    if np.any(place[1:] < place[:-1]):
        rows = rows.take(pa.array(np.argsort(place, kind="stable")))
    del place
    yield from rows.to_batches(BATCH)


def _values(array: pa.Array, column: Column, dialect: str) -> pa.Array:
    kind = column.type
    if isinstance(kind, Listed):
        lists = array.to_pylist()
        written = [None if value is None else json.dumps(value, ensure_ascii=False) for value in lists]
        return _text(pa.array(written, pa.string()), dialect)
    if isinstance(kind, Boolean):
        flags = array.cast(pa.bool_())
        return flags if dialect == "postgresql" else flags.cast(pa.int8())
    if isinstance(kind, Integer):
        return array.cast(pa.int64() if isinstance(kind, BigInteger) else pa.int32())
    if isinstance(kind, Double):
        numbers = array.cast(pa.float64())
        return pc.if_else(pc.is_nan(numbers), None, numbers)
    if isinstance(kind, Date):
        days = array.cast(pa.date32())
        return days.cast(pa.string()) if dialect == "sqlite" else days
    if isinstance(kind, DateTime):
        times = array.cast(pa.timestamp("us", array.type.tz if pa.types.is_timestamp(array.type) else None))
        times = times.cast(pa.timestamp("us"))  # an instant's time in UTC
        return times.cast(pa.string()) if dialect == "sqlite" else times
    return _text(array.cast(pa.string()), dialect)


def _text(text: pa.Array, dialect: str) -> pa.Array:
    if dialect == "postgresql":
        text = pc.replace_substring(text, "\0", "\ufffd")  # the one character that PostgreSQL's text can't hold
    return text


def _check(values: pa.Array, column: Column, known: pa.ChunkedArray | None, path: Path) -> None:
    """See that a column's values are there, fit and lead somewhere."""
    where = f"{column.table.name}.{column.name}"
    if values.null_count and not column.nullable:
        raise Problem(f"{where} is missing in a row", where=path, remedy=REMEDY)
    length = column.type.length if isinstance(column.type, String) else None
    if length is not None and (pc.max(pc.utf8_length(values)).as_py() or 0) > length:
        raise Problem(f"a value of {where} has more than {length} characters", where=path, remedy=REMEDY)
    if known is not None:
        leads = pc.or_(pc.is_null(values), pc.is_in(values, value_set=known))
        if not pc.all(leads).as_py():
            other = next(iter(column.foreign_keys)).column.table.name
            lost = values.filter(pc.invert(leads))[0].as_py()
            what = f"a row of {column.table.name} names one that is not in {other} ({column.name} {lost!r})"
            raise Problem(what, where=path, remedy=f"{REMEDY}; the earlier rows are still there")
