"""Rows of a file of outcomes that can't be taken: counted by reason, listed in a file, too many of them refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from crowdwise.base.errors import Problem
from crowdwise.storage.whole import whole_file

KEPT = 10_000  # rejects that are listed; all are counted


@dataclass
class Rejects:
    """What was rejected of `rows` rows (empty lines are none): how many for each reason, and the first ones whole."""

    rows: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    listed: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many rows were rejected."""
        return sum(self.reasons.values())

    @property
    def room(self) -> int:
        """How many more can be listed."""
        return KEPT - len(self.listed)

    def add(self, row: int, why: str, text: str) -> None:
        """Reject a row that has another form than the others."""
        self.rows += 1
        self.reasons[why] += 1
        if self.room:
            self.listed.append((row, why, text.strip()))

    def add_all(self, rows: np.ndarray, why: str, texts: pa.RecordBatch | None = None) -> None:
        """Reject rows, which `rows` counts already, for one reason; `texts` holds the first of them."""
        if not len(rows):
            return
        self.reasons[why] += len(rows)
        shown = [""] * self.room if texts is None else [", ".join(row.values()) for row in texts.to_pylist()]
        self.listed += [(int(row), why, text) for row, text in zip(rows[: self.room], shown, strict=False)]

    def refuse(self, path: Path, max_share: float, listed_in: Path) -> None:
        """Raise if more than `max_share` of the rows were rejected.

        Raises
        ------
        Problem
            Names how many, why, and the first.
        """
        if self.total > max_share * self.rows:
            why = "; ".join(f"{count:,} times {reason}" for reason, count in self.reasons.most_common())
            row, _, text = min(self.listed)
            first = f"row {row}" + (f" ({text[:80]})" if text else "")
            what = f"{self.total:,} of {self.rows:,} rows can't be taken (at most {max_share:.2%} may be): {why}"
            remedy = f"Nothing was written. See {listed_in}, mend the file, or raise MAX_REJECT_SHARE"
            raise Problem(f"{what}; the first is {first}", where=path, remedy=remedy)

    def write(self, path: Path) -> None:
        """List the rejects in a CSV file of ``row, reason, text``, in the order of rows; without any, remove it."""
        if not self.listed:
            path.unlink(missing_ok=True)
            return
        with whole_file(path, at_once=True) as new:
            pd.DataFrame(sorted(self.listed), columns=["row", "reason", "text"]).to_csv(new, index=False)
