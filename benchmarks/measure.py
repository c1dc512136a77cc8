"""Run a command as a process of its own and say what it took."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds on the clock and on processors, and the most memory it held, in MB."""

    wall: float
    cpu: float
    peak: float


def run(command: Sequence[str], **environment: str) -> Cost:
    """Run a command whose output nobody needs; it must succeed."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | environment)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise SystemExit(f"{command[0]} failed with status {status}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def median(costs: Sequence[Cost]) -> Cost:
    """Give the median of each figure over several runs."""
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "peak")))


def machine() -> str:
    """Say what was measured on."""
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}, {sys.platform}"


def report(
    title: str, costs: dict[str, Cost], claims: Sequence[tuple[str, float, str, float]], out: Path | None
) -> bool:
    """Print what each command took and what was to be reached; write both as JSON where asked. Give whether all is.

    Parameters
    ----------
    claims : sequence of (what, value, "at least" or "at most", target)
    """
    print(f"{title}\n{machine()}\n")
    print(f"{'':38}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    for name, cost in costs.items():
        print(f"{name:38}{cost.wall:9.2f}{cost.cpu:9.2f}{cost.peak:9.0f}")
    print()
    reached = True
    rows = []
    for what, value, way, target in claims:
        fine = value >= target if way == "at least" else value <= target
        reached &= fine
        print(f"{'reached' if fine else 'MISSED ':8} {what}: {value:.1f} ({way} {target:g})")
        rows.append({"what": what, "value": value, "way": way, "target": target, "reached": fine})
    if out is not None:
        document = {"title": title, "machine": machine(), "claims": rows}
        document["costs"] = {name: asdict(cost) for name, cost in costs.items()}
        out.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return reached
