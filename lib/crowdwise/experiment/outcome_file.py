"""Outcomes from a CSV file: each row held to the plan, to the assignment and to time, read as a stream.

The file has a row a unit, metric and time, in four columns: ``unit, metric, value, measured_at``. `metric` is a column
of the plan; `value` is the unit's total by then, not what was added since the last row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from crowdwise.base.errors import Problem
from crowdwise.experiment.outcome_rejects import Rejects
from crowdwise.experiment.outcome_values import READERS, Labels, as_mask, read_times
from crowdwise.experiment.plan_columns import PlanColumn

COLUMNS = ("unit", "metric", "value", "measured_at")
BLOCK = 1 << 24  # bytes read at once
DECIMAL = r"^[0-9]+[.,]0+$|^[0-9][.,]?[0-9]*[eE]\+[0-9]+$"  # what a spreadsheet makes of an id


@dataclass(frozen=True)
class Measured:
    """Rows as arrays of one length.

    Parameters
    ----------
    unit, metric : ndarray of int
        Places in the units that were assigned, and in the plan's columns.
    value : ndarray of float
        Of a time, seconds since 1970; of a text, its place in `labels`.
    moment : ndarray of int
        When it was measured: microseconds since 1970 in UTC.
    row : ndarray of int
        The row of the file, the header being 1; 0 for what the database holds.
    """

    unit: np.ndarray
    metric: np.ndarray
    value: np.ndarray
    moment: np.ndarray
    row: np.ndarray

    @classmethod
    def join(cls, parts: list[Measured]) -> Measured:
        """Give several as one."""
        names = ("unit", "metric", "value", "moment", "row")
        kinds = (np.int32, np.int16, np.float64, np.int64, np.int64)
        empty = [np.empty(0, dtype=kind) for kind in kinds]
        whole = [
            np.concatenate([none, *(getattr(p, name) for p in parts)]) for none, name in zip(empty, names, strict=True)
        ]
        return cls(*whole)

    def take(self, rows: np.ndarray) -> Measured:
        """Give some of the rows."""
        return Measured(self.unit[rows], self.metric[rows], self.value[rows], self.moment[rows], self.row[rows])


@dataclass(frozen=True)
class Held:
    """What rows are held to: the units and when each was assigned (microseconds), the plan's columns, the present."""

    units: pa.Array
    assigned_at: np.ndarray
    columns: Mapping[str, PlanColumn]
    now: datetime  # with its zone


def read_outcomes(path: Path, held: Held, labels: Labels, rejects: Rejects) -> Measured:
    """Give the rows of a file that can be taken; the others go to `rejects` with their reason.

    Raises
    ------
    Problem
        If the file is missing, empty, is not UTF-8, or lacks a column.
    """
    parts = []
    for numbers, texts in _batches(path, rejects):
        parts.append(_take(numbers, texts, held, labels, rejects))
    if not rejects.rows:
        raise Problem("the file holds no row", where=path, remedy=f"Give rows of {', '.join(COLUMNS)}")
    return Measured.join(parts)


def _batches(path: Path, rejects: Rejects) -> Iterator[tuple[np.ndarray, pa.RecordBatch]]:
    """Give the file's rows as text, stripped, with their numbers; rows of another width are rejected."""
    odd: list[int] = []

    def note(row: pa.csv.InvalidRow) -> str:
        odd.append(row.number)
        if opened:  # what the look at the header met is met again
            rejects.add(row.number, f"has {row.actual_columns} values in {row.expected_columns} columns", row.text)
        return "skip"

    opened = False
    reading = pa.csv.ReadOptions(use_threads=False, block_size=BLOCK)
    parsing = pa.csv.ParseOptions(invalid_row_handler=note, ignore_empty_lines=False)
    kinds = dict.fromkeys(COLUMNS, pa.string())
    try:
        with pa.csv.open_csv(path, reading, parsing) as head:
            _check_header(path, head.schema.names)
        odd, opened, following = [], True, 2
        how = pa.csv.ConvertOptions(column_types=kinds, include_columns=list(COLUMNS), strings_can_be_null=False)
        with pa.csv.open_csv(path, reading, parsing, how) as batches:
            for batch in batches:
                n = len(batch)
                wide = np.arange(following, following + n + len(odd))
                numbers = np.setdiff1d(wide, odd, assume_unique=True)[:n]
                if n:
                    following = int(numbers[-1]) + 1
                    odd = [number for number in odd if number >= following]
                stripped = [pc.utf8_trim_whitespace(batch.column(name)) for name in COLUMNS]
                yield numbers, pa.RecordBatch.from_arrays(stripped, list(COLUMNS))
    except pa.ArrowInvalid as error:
        cause = str(error).splitlines()[0]
        if "Empty CSV" in cause:
            raise Problem("the file is empty", where=path, remedy=f"Give rows of {', '.join(COLUMNS)}") from None
        raise Problem(f"this is no CSV file in UTF-8 ({cause})", where=path, remedy="Export it again") from error
    except OSError as error:
        cause = (error.strerror or str(error)).splitlines()[0]
        raise Problem(f"this can't be read ({cause})", where=path, remedy="Name a CSV file in CSV=file") from error


def _check_header(path: Path, names: list[str]) -> None:
    lacking = [name for name in COLUMNS if names.count(name) != 1]
    if lacking:
        there = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
        what = f"{', '.join(lacking)} must stand once in the first line, which has {there}"
        raise Problem(what, where=path, remedy=f"Give a row a unit, metric and time: {', '.join(COLUMNS)}")


def _take(numbers: np.ndarray, texts: pa.RecordBatch, held: Held, labels: Labels, rejects: Rejects) -> Measured:
    unit, metric, value, measured_at = (texts.column(name) for name in COLUMNS)
    full = ~np.logical_and.reduce([as_mask(pc.equal(column, "")) for column in (unit, metric, value, measured_at)])
    rejects.rows += int(full.sum())
    place = _places(unit, held.units)
    names = list(held.columns)
    which = _places(metric, pa.array(names, pa.string()))
    at, timed = read_times(measured_at)
    assigned = held.assigned_at[place] if len(held.assigned_at) else np.zeros(len(unit), dtype=np.int64)
    number, wrong_value = np.full(len(unit), np.nan), np.zeros(len(unit), dtype=bool)
    outcome, before = np.zeros(len(unit), dtype=bool), np.zeros(len(unit), dtype=bool)
    for k, column in enumerate(held.columns.values()):
        rows = np.flatnonzero(which == k)
        if len(rows):
            number[rows], wrong_value[rows] = READERS[column.holds](value.take(pa.array(rows)), labels)
            outcome[rows], before[rows] = column.known == "after", column.known == "before"
    faults = (
        (as_mask(pc.equal(unit, "")), "the unit is empty"),
        (
            as_mask(pc.match_substring_regex(unit, DECIMAL)) & (place < 0),
            "the unit has decimals: digits of its id are lost",
        ),
        (place < 0, "the unit was not assigned"),
        (which < 0, "the metric is no column that the plan takes from a file"),
        (wrong_value, "the value is not what the metric can be"),
        (~timed, "measured_at is no time as in 2026-03-01T12:00:00Z"),
        (at > held.now.timestamp() * 1e6, "measured_at is later than now"),
        (outcome & (at < assigned), "an outcome was measured before the unit was assigned"),
        (before & (at > assigned), "what must be known before the assignment was measured after it"),
    )
    fine = full
    for mask, why in faults:
        rows = np.flatnonzero(mask & fine)
        rejects.add_all(numbers[rows], why, texts.take(pa.array(rows[: rejects.room])))
        fine = fine & ~mask
    chosen = np.flatnonzero(fine)
    return Measured(
        place[chosen].astype(np.int32), which[chosen].astype(np.int16), number[chosen], at[chosen], numbers[chosen]
    )


def _places(texts: pa.Array, among: pa.Array) -> np.ndarray:
    """Give each text's place in a list of texts, -1 where it is not in it."""
    return pc.fill_null(pc.index_in(texts, value_set=among), -1).to_numpy(zero_copy_only=False)
