"""From raw lines to records: Python literals, read one by one, each one kept or counted as rejected."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.storage.lines import read_lines

QUOTED = 60


@dataclass(frozen=True)
class Reject:
    """A line, or a part of one, that could not be read: where it stands, why, and how it begins."""

    line: int
    why: str
    quote: str


@dataclass
class Tally:
    """What became of the units of one file: `read` = `kept` + all that was `dropped`, by reason.

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
    dropped: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)

    @property
    def balances(self) -> bool:
        """Whether nothing was lost without a reason."""
        return self.read == self.kept + sum(self.dropped.values())

    def reject(self, line: int, why: str, quote: object) -> None:
        """Drop a unit that could not be read, and keep its line's number and its first characters."""
        self.dropped[f"unreadable: {why}"] += 1
        text = quote if isinstance(quote, str) else repr(quote)
        self.rejects.append(Reject(line, why, text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"))

    def refuse(self, path: Path, max_share: float) -> None:
        """Raise if nothing was read, or if more than `max_share` of it could not be read.

        Raises
        ------
        Problem
            Names the file, how much is unreadable, and the first of it.
        """
        if self.read == 0 and self.unit == "lines":
            raise Problem("the file holds no line", where=path, remedy="Fetch it again, or name another source")
        if len(self.rejects) > max_share * max(self.read, 1):
            first = self.rejects[0]
            share = f"{len(self.rejects):,} of {self.read:,} {self.unit} can't be read (at most {max_share:.2%} may be)"
            raise Problem(
                f"{share}; first, line {first.line}, {first.why}: {first.quote}",
                where=path,
                remedy="Check that this is the publisher's file, or raise max_reject_share",
            )


def read_records(path: Path, required: Mapping[str, type], tally: Tally) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give each line's number (from 1) and its record, and tally the lines that hold none.

    A record is a Python literal (`ast.literal_eval`): a dict with at least the keys of `required`, each of its type.
    Every caller adds to ``tally.kept`` or ``tally.dropped`` what it does with a record it was given.

    Raises
    ------
    Problem
        If the file is missing, or a truncated or corrupt gzip.
    """
    for number, line in enumerate(read_lines(path), start=1):
        tally.read += 1
        if not line.strip():
            tally.dropped["blank line"] += 1
            continue
        try:
            record = ast.literal_eval(line.decode("utf-8"))
        except UnicodeDecodeError:
            tally.reject(number, "not UTF-8", line.decode("utf-8", "replace"))
            continue
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            tally.reject(number, "not a Python literal", line.decode("utf-8"))
            continue
        if why := _lacks(record, required):
            tally.reject(number, why, line.decode("utf-8"))
            continue
        yield number, record


def _lacks(record: object, required: Mapping[str, type]) -> str:
    if not isinstance(record, dict):
        return "not a record"
    for name, kind in required.items():
        if name not in record:
            return f"without {name}"
        if not isinstance(record[name], kind):
            return f"{name} is not a {kind.__name__}"
    return ""


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
