"""Players from a table of who owns what: Parquet or CSV, ids as text or whole numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from crowdwise.base.errors import Problem
from crowdwise.steam.lines import KEPT, Tally
from crowdwise.storage.inputs import record

IDS = ("player_id", "game_id")
MINUTES = "minutes_total"
DECIMAL = r"^[0-9]+[.,]0+$|^[0-9][.,]?[0-9]*[eE]\+[0-9]+$"  # what a spreadsheet makes of an id


def read_parquet(path: Path) -> tuple[pa.Array, pa.Array, Tally]:
    """Give the players and games of a Parquet table's rows as two columns of text, and a tally of its rows.

    Raises
    ------
    Problem
        If a column is missing, or ids are numbers with decimals.
    """
    schema = pq.read_schema(record(path))
    names = _columns(path, schema.names)
    for name in IDS:
        kind = schema.field(name).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            remedy = "Write the ids as text where the table is made"
            raise Problem(
                f"{name} holds numbers with decimals ({kind}): digits of ids are lost", where=path, remedy=remedy
            )
        if not (pa.types.is_integer(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            raise Problem(
                f"{name} is neither text nor whole numbers, but {kind}", where=path, remedy="Write ids as text"
            )
    table = pq.read_table(path, columns=names)
    columns = {name: table[name].cast(pa.string()).combine_chunks() for name in IDS}
    minutes = table[MINUTES].combine_chunks() if MINUTES in names else None
    return _checked(path, columns, minutes, Tally(path.name, "rows", "owned games"), np.arange(1, len(table) + 1))


def read_csv(path: Path) -> tuple[pa.Array, pa.Array, Tally]:
    """Give the players and games of a CSV's rows as two columns of text, and a tally of its lines after the first.

    Raises
    ------
    Problem
        If a column is missing.
    """
    tally = Tally(path.name, "lines", "owned games")

    odd: list[int] = []  # lines that are no rows

    def note(row: csv.InvalidRow) -> str:
        odd.append(row.number)
        tally.read += 1
        tally.reject(row.number, f"{row.actual_columns} values in {row.expected_columns} columns", row.text)
        return "skip"

    record(path)
    reading = csv.ReadOptions(use_threads=False, encoding="utf8")
    parsing = csv.ParseOptions(invalid_row_handler=note, ignore_empty_lines=False)
    with csv.open_csv(path, reading, parsing) as head:
        names = _columns(path, head.schema.names)
    odd, tally = [], Tally(path.name, "lines", "owned games")  # what the look at the columns met is met again
    converting = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), include_columns=names, strings_can_be_null=False
    )
    table = csv.read_csv(path, reading, parsing, converting)
    columns = {name: table[name].combine_chunks() for name in names}
    minutes = columns.pop(MINUTES, None)
    numbers = np.setdiff1d(np.arange(2, len(table) + len(odd) + 2), odd, assume_unique=True)
    return _checked(path, columns, minutes, tally, numbers)


def _columns(path: Path, names: list[str]) -> list[str]:
    lacking = [name for name in IDS if name not in names]
    if lacking:
        there = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
        what = f"there is no column {' or '.join(lacking)} among {there}"
        raise Problem(what, where=path, remedy="Bring a table of player_id and game_id, a row an owned game")
    return [*IDS, *([MINUTES] if MINUTES in names else [])]


def _checked(
    path: Path, columns: dict[str, pa.Array], minutes: pa.Array | None, tally: Tally, numbers: np.ndarray
) -> tuple[pa.Array, pa.Array, Tally]:
    """Reject the rows whose ids are empty or have decimals, or whose minutes are none, by their `numbers`."""
    faults: list[tuple[np.ndarray, str]] = []
    for name in IDS:
        text = pc.fill_null(columns[name], "")
        faults.append((_as_mask(pc.equal(pc.utf8_trim_whitespace(text), "")), f"{name} is empty"))
        faults.append(
            (_as_mask(pc.match_substring_regex(text, DECIMAL)), f"{name} has decimals: digits of it are lost")
        )
    if minutes is not None:
        faults.append((_are_no_minutes(minutes), f"{MINUTES} is not a number of minutes"))
    n = len(columns[IDS[0]])
    tally.read += n
    wrong = faults[0][0] & faults[2][0]  # both ids
    if wrong.any():
        tally.dropped["the line is empty"] += int(wrong.sum())
    for mask, why in faults:
        rows = np.flatnonzero(mask & ~wrong)
        for row in rows[:KEPT].tolist():
            tally.reject(int(numbers[row]), why, ", ".join(str(columns[name][row]) for name in IDS))
        if more := len(rows[KEPT:]):
            tally.unreadable += more
            tally.dropped[f"unreadable: {why}"] += more
        wrong |= mask
    if n == 0 and not tally.unreadable:
        raise Problem("the table holds no row", where=path, remedy="Bring one with a row an owned game")
    tally.kept = int((~wrong).sum())
    fine = pa.array(~wrong)
    players, games = (pc.utf8_trim_whitespace(columns[name].filter(fine)) for name in IDS)
    return players, games, tally


def _are_no_minutes(minutes: pa.Array) -> np.ndarray:
    """Say where a column holds no number from 0 on; nothing at all means that it is not known."""
    if pa.types.is_string(minutes.type):
        numeric = r"^\s*[0-9]+(\.[0-9]*)?\s*$"
        return ~_as_mask(
            pc.or_(pc.equal(pc.utf8_trim_whitespace(minutes), ""), pc.match_substring_regex(minutes, numeric))
        )
    if not (pa.types.is_integer(minutes.type) or pa.types.is_floating(minutes.type)):
        return np.ones(len(minutes), dtype=bool)
    values = pc.fill_null(minutes.cast(pa.float64()), 0.0).to_numpy(zero_copy_only=False)
    return ~((values >= 0) & np.isfinite(values))


def _as_mask(values: pa.Array) -> np.ndarray:
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=bool)
