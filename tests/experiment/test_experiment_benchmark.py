"""The benchmark of experiments runs, measures each part, and says whether the promised times are kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_the_benchmark_measures_its_parts_and_keeps_its_times(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    command = [sys.executable, root / "benchmarks" / "experiment.py", "--experiments", "300", "--runs", "1"]
    done = subprocess.run([*command, "--out", out], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    document = json.loads(out.read_text())
    assert all(claim["reached"] for claim in document["claims"])
    assert len(document["claims"]) >= 4
    assert {"bounds, 28 looks, spending", "simulation, playtime"} <= set(document["costs"])
    assert all(cost["wall"] > 0 for cost in document["costs"].values())
