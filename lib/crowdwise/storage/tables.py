"""Parquet and CSV tables on disk: whole when written, noted when read, the same bytes for the same rows."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crowdwise.base.errors import Problem
from crowdwise.storage.inputs import record
from crowdwise.storage.whole import current, whole_file


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a frame as Parquet (zstd), whole or not at all; the index is left out."""
    with whole_file(Path(path)) as new:
        arrow = pa.Table.from_pandas(table, preserve_index=False)
        pq.write_table(arrow, new, compression="zstd")


def read_table(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a Parquet table, or the named columns of it.

    Raises
    ------
    Problem
        If the file is missing or is no Parquet file.
    """
    path = Path(path)
    record(path)
    place = current(path)
    if not place.exists():
        raise Problem("this table is not made yet", where=path, remedy="Run `make acquire` (or `make report`) first")
    try:
        return pd.read_parquet(place, columns=columns)
    except pa.ArrowInvalid as error:
        remedy = "Remove it and run `make acquire` again"
        raise Problem(f"this is no table that can be read ({error})", where=path, remedy=remedy) from error


def read_csv(path: Path, *, where: str = "") -> pd.DataFrame:
    """Read a CSV file as stripped text; empty lines are passed over.

    Raises
    ------
    Problem
        If the file is missing, is not UTF-8 text, names a column twice, or has a line with more or fewer cells than its
        head. `where` is what the file is called then.
    """
    path, name = Path(path), where or str(path)
    record(path)
    if not path.is_file():
        raise Problem("there is no such file", where=name, remedy="Name a CSV file that is there")
    remedy = "Save it as comma-separated text in UTF-8, its first line the names of the columns"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            rows = [(lines.line_num, [cell.strip() for cell in cells]) for cells in lines if any(cells)]
    except (csv.Error, UnicodeDecodeError) as error:
        raise Problem(f"this is not a CSV file that can be read ({error})", where=name, remedy=remedy) from error
    if not rows:
        raise Problem("this file is empty", where=name, remedy=remedy)
    (_, head), *rest = rows
    if len(set(head)) < len(head):
        raise Problem(f"two columns have one name: {', '.join(head)}", where=name, remedy=remedy)
    for line, cells in rest:
        if len(cells) != len(head):
            what = f"it has {len(cells)} cells, not {len(head)} as the first line"
            raise Problem(what, where=f"{name}, line {line}", remedy="Put quotes around a cell that holds a comma")
    return pd.DataFrame([cells for _, cells in rest], columns=head, index=[line for line, _ in rest], dtype=str)
