"""One line a run: when, where, how long, how much memory. Kept apart from reports, which say the same on every run."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path


def append(path: Path, *, system: str, notebook: str, seconds: float, peak_memory: int, succeeded: bool) -> None:
    """Add a line to ``runs.jsonl``: seconds of wall time, peak memory of the kernel in bytes."""
    line = {
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": system,
        "notebook": notebook,
        "succeeded": succeeded,
        "seconds": round(seconds, 2),
        "peak_memory": peak_memory,
        "host": platform.node(),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(line) + "\n")
