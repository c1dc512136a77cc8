"""From raw lines to batches of records: each line is kept or counted as rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crowdwise.base.errors import Problem
from crowdwise.steam.literals import Form, parse
from crowdwise.storage.lines import read_blocks

QUOTED = 60
KEPT = 1000  # rejects of a file whose text is kept; all are counted


@dataclass(frozen=True)
class Reject:
    """A line, or a part of one, that could not be read: where it stands, why, and what stands there."""

    line: int
    why: str
    text: str

    @property
    def quote(self) -> str:
        """How it begins."""
        return self.text if len(self.text) <= QUOTED else self.text[: QUOTED - 1] + "…"


class Refused(Problem):
    """Too much of a file can't be read; `tally` says what."""

    def __init__(self, what: str, *, where: str | Path, remedy: str, tally: Tally) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.tally = tally


@dataclass
class Tally:
    """What became of the units of one file: `read` = `kept` + all that was `dropped`, by reason.

    `odd` counts values that were left out of kept units, because they are not what their field holds.

    Parameters
    ----------
    file : str
        The raw file's name.
    unit : str
        What is counted: lines, or the items of lines.
    into : str
        What a kept unit becomes.
    """

    file: str
    unit: str
    into: str
    read: int = 0
    kept: int = 0
    unreadable: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    odd: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)

    @property
    def balances(self) -> bool:
        """Whether nothing was lost without a reason."""
        return self.read == self.kept + sum(self.dropped.values())

    def reject(self, line: int, why: str, text: str) -> None:
        """Drop a unit that could not be read, and keep its line's number and its text."""
        self.dropped[f"unreadable: {why}"] += 1
        self.unreadable += 1
        if len(self.rejects) < KEPT:
            self.rejects.append(Reject(line, why, text))

    def refuse(self, path: Path, max_share: float) -> None:
        """Raise if nothing was read, or if more than `max_share` of it could not be read.

        Raises
        ------
        Problem
            If the file holds no line.
        Refused
            Names the file, how much is unreadable, and the first of it.
        """
        if self.read == 0 and self.unit == "lines":
            raise Problem("the file holds no line", where=path, remedy="Fetch it again, or name another source")
        if self.unreadable > max_share * max(self.read, 1):
            first = self.rejects[0]
            share = f"{self.unreadable:,} of {self.read:,} {self.unit} can't be read (at most {max_share:.2%} may be)"
            raise Refused(
                f"{share}; first, line {first.line}, {first.why}: {first.quote}",
                where=path,
                remedy="Check that this is the publisher's file, or raise max_reject_share",
                tally=self,
            )


def read_batches(path: Path, form: Form, lines: Tally, parts: Tally | None = None) -> Iterator[pa.RecordBatch]:
    """Give a file's records in batches of the form's schema, and tally the lines that hold none.

    Every caller adds to ``kept`` or ``dropped`` what it does with the records it was given.

    Parameters
    ----------
    path : Path
    form : Form
    lines : Tally
    parts : Tally, optional
        Of the records inside lines, where the form has such: those that can't be read are rejected here.

    Raises
    ------
    Problem
        If the file is missing, or a truncated or corrupt gzip.
    """
    for batch in parse(read_blocks(path), form):
        lines.read += len(batch)
        if batch["why"].null_count < len(batch):
            for row in batch.filter(pc.is_valid(batch["why"])).select(["line", "why", "raw"]).to_pylist():
                if row["raw"] is None:
                    lines.dropped[row["why"]] += 1
                else:
                    lines.reject(row["line"], row["why"], row["raw"].decode("utf-8", "replace"))
            batch = batch.filter(pc.is_null(batch["why"]))
        if batch["faults"].null_count < len(batch):
            for row in batch.filter(pc.is_valid(batch["faults"])).select(["line", "faults"]).to_pylist():
                for fault in row["faults"]:
                    _note(row["line"], fault, form, lines, parts)
        yield batch


def _note(line: int, fault: dict[str, str], form: Form, lines: Tally, parts: Tally | None) -> None:
    if parts is not None and fault["field"] == form.records:
        parts.read += 1
        parts.reject(line, fault["why"], fault["text"])
    else:
        lines.odd[fault["why"]] += 1


def reconcile(tallies: list[Tally]) -> pd.DataFrame:
    """Give one row a file and unit: read, kept, dropped by reason, and whether these balance.

    Returns
    -------
    DataFrame
        Columns ``file, unit, read, into, kept, dropped, reasons, balances``.
    """
    rows = [
        {
            "file": tally.file,
            "unit": tally.unit,
            "read": tally.read,
            "into": tally.into,
            "kept": tally.kept,
            "dropped": sum(tally.dropped.values()),
            "reasons": "; ".join(f"{reason}: {count:,}" for reason, count in sorted(tally.dropped.items())),
            "balances": tally.balances,
        }
        for tally in tallies
    ]
    return pd.DataFrame(rows)
