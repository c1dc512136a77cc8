"""The benchmark of months reads every row both ways and sets the costs beside their targets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_the_benchmark_reads_a_month_both_ways(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "months.json"
    command = [sys.executable, root / "benchmarks" / "kickstarter_months.py", "--rows", "3000", "--runs", "1"]
    done = subprocess.run([*command, "--out", out], capture_output=True, text=True, check=False, timeout=120)
    # So few rows miss the targets: most of the time goes into starting Python.
    assert done.returncode in (0, 1), done.stderr
    assert done.stderr == ""
    assert "3,000 rows" in done.stdout
    document = json.loads(out.read_text())
    assert [claim["target"] for claim in document["claims"]] == [6, 6, 3, 3, 600]
    assert all(cost["cpu"] > 0 for cost in document["costs"].values())


@pytest.mark.slow
def test_the_benchmark_of_models_has_a_line_for_each(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "models.json"
    command = [sys.executable, root / "benchmarks" / "kickstarter_models.py", "--projects", "1200", "--out", out]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in (0, 1), done.stderr
    document = json.loads(out.read_text())
    assert {"design", "stack", "LightGBM", "LightGBM portable"} <= set(document["costs"])
    assert all(cost["peak"] > 0 for cost in document["costs"].values())
    assert "neural network" in done.stdout
