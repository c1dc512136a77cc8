"""One line a run: when, where, how long, how much memory. Kept apart from reports, which say the same on every run."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Run:
    """One run of a notebook.

    `seconds` are of wall time from its start to its files in place, `cells` those that its cells took, and
    `peak_memory` is the kernel's in bytes; `finished_at` is UTC in ISO form.
    """

    finished_at: str
    system: str
    notebook: str
    succeeded: bool
    seconds: float
    cells: float | None
    peak_memory: int
    host: str
    python: str
    processors: int | None
    load: float | None

    @property
    def overhead(self) -> float | None:
        """The seconds beyond what the cells took: kernel, imports, page, writing."""
        return None if self.cells is None else self.seconds - self.cells


def cell_seconds(executed: Any) -> float:
    """Give the seconds that the cells of an executed notebook took, as papermill noted them."""
    return sum(cell.metadata.get("papermill", {}).get("duration") or 0.0 for cell in executed.cells)


def append(
    path: Path,
    *,
    system: str,
    notebook: str,
    seconds: float,
    peak_memory: int,
    succeeded: bool,
    cells: float | None = None,
) -> None:
    """Add a line to ``runs.jsonl``: seconds of wall time, of the cells among it, peak memory of the kernel in bytes."""
    line = Run(
        finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
        system=system,
        notebook=notebook,
        succeeded=succeeded,
        seconds=round(seconds, 2),
        cells=None if cells is None else round(cells, 2),
        peak_memory=peak_memory,
        host=platform.node(),
        python=platform.python_version(),
        processors=os.cpu_count(),
        load=round(os.getloadavg()[0], 1),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(line)) + "\n")


def read_runs(path: Path) -> tuple[list[Run], int]:
    """Give the runs of a log, oldest first, and how many of its lines can't be read (a run was killed as it wrote)."""
    runs, unreadable = [], 0
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            found = json.loads(line)
            runs.append(Run(**{"cells": None, "load": None, **found}))
        except (ValueError, TypeError):
            unreadable += 1
    return runs, unreadable
