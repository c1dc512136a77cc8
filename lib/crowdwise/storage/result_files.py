"""Where answers to a whole file are written: Parquet, CSV or JSON lines, whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq

from crowdwise.base.errors import Problem
from crowdwise.storage.whole import whole_file

ENDINGS = (".parquet", ".csv", ".jsonl")
REMEDY = "Name a place that can be written to in OUT=..."
ROWS = 50_000  # turned into JSON at once


def check_out(out: Path, asked: Path, of: str) -> None:
    """Look before the work is done whether its result can be written.

    Parameters
    ----------
    out : Path
    asked : Path
        The file that is answered.
    of : str
        What that is a file of.

    Raises
    ------
    Problem
        If the name's ending is none of the three, it is a folder or the file that is answered, or its folder is none
        that can be written to.
    """
    if out.suffix.lower() not in ENDINGS:
        remedy = "End it in .parquet, .csv or .jsonl"
        raise Problem(f"{out.suffix or 'no ending'} is no form of table that is written here", where=out, remedy=remedy)
    if out.is_dir():
        raise Problem("this is a folder", where=out, remedy="Name a file in it in OUT=...")
    if asked.exists() and out.resolve() == asked.resolve():
        raise Problem(f"this is the file of {of} itself", where=out, remedy="Name another in OUT=...")
    above = next(folder for folder in out.absolute().parents if folder.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        what = "is a folder that can't be written to" if above.is_dir() else "is no folder"
        raise Problem(f"{above} {what}", where=out, remedy=REMEDY)


def write_result(table: pa.Table, out: Path) -> None:
    """Write a table in the form that the name's ending says.

    Raises
    ------
    Problem
        If it can't be written.
    """
    try:
        with whole_file(out, at_once=True) as new:
            if out.suffix.lower() == ".parquet":
                pq.write_table(table, new, compression="zstd")
            elif out.suffix.lower() == ".csv":
                csv.write_csv(table, new)
            else:
                with new.open("w", encoding="utf-8") as lines:
                    for batch in table.to_batches(ROWS):
                        lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in batch.to_pylist())
    except OSError as error:
        raise Problem(f"this can't be written ({error.strerror or error})", where=out, remedy=REMEDY) from error
