"""How long does a whole report take, how much of it is not the cells of notebooks, and what if nothing changed?

    python benchmarks/report.py
    python benchmarks/report.py --profile sample --jobs 2

The project is copied to a folder of its own, as after a clean checkout with the environment built. The time beyond the
cells is that of all notebooks together: starting kernels, importing, rendering, writing, and make itself.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from measure import Cost, report, run

ROOT = Path(__file__).resolve().parents[1]
TREE = ("notebooks", "params", "lib")
FILES = ("Makefile", "requirements.lock", "pyproject.toml")


def copied(to: Path) -> Path:
    for name in TREE:
        shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("*.egg-info", ".ipynb_checkpoints"))
    for name in FILES:
        shutil.copy2(ROOT / name, to / name)
    return to


def make(root: Path, *arguments: str) -> Cost:
    """Time make in a copy of the project; what it says goes to a file there."""
    for name in [name for name in os.environ if name.startswith(("MAKE", "MFLAGS", "CROWDWISE_", "SQLALCHEMY_"))]:
        del os.environ[name]
    command = ["sh", "-c", f'exec make "$@" >> "{root}/said" 2>&1', "make", "-C", str(root), f"PY={sys.executable}"]
    return run([*command, *arguments], PYTHONPATH=str(root / "lib"))


def main() -> int:
    """Measure, print the table, and give 0 if all targets are reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", default="sample")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, help="a JSON file for the results")
    given = parser.parse_args()
    profile = f"PROFILE={given.profile}"
    with tempfile.TemporaryDirectory(prefix="crowdwise-bench-") as folder:
        root = copied(Path(folder) / "crowdwise")
        costs = {"whole report": make(root, f"-j{given.jobs}", profile, "report")}
        runs = [json.loads(line) for line in (root / f"reports/{given.profile}/runs.jsonl").read_text().splitlines()]
        costs["nothing to do"] = make(root, profile, "report")
        start = time.perf_counter()
        costs["status"] = make(root, profile, "status")
        status = time.perf_counter() - start
    taken, cells = (sum(line[name] for line in runs) for name in ("seconds", "cells"))
    peak = max(line["peak_memory"] for line in runs) / 2**20
    print(f"{'notebook':28}{'seconds':>9}{'cells':>9}{'peak MB':>9}")
    for line in runs:
        name = f"{line['system']} {line['notebook']}"
        print(f"{name:28}{line['seconds']:9.1f}{line['cells']:9.1f}{line['peak_memory'] / 2**20:9.0f}")
    print()
    claims = [
        ("seconds for the whole report", costs["whole report"].wall, "at most", 150.0),
        ("per cent of the notebooks' time beyond their cells", 100 * (taken - cells) / cells, "at most", 25.0),
        ("seconds when there is nothing to do", costs["nothing to do"].wall, "at most", 2.0),
        ("seconds for make status", status, "at most", 1.5),
        ("MB of the largest kernel", peak, "at most", 1500.0),
    ]
    title = f"The reports of profile {given.profile}, {given.jobs} jobs, load {os.getloadavg()[0]:.1f} at the end"
    return 0 if report(title, costs, claims, given.out) else 1


if __name__ == "__main__":
    raise SystemExit(main())
