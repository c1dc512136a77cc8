"""The benchmarks do what they say and set the costs beside their targets."""

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
def test_the_benchmark_builds_all_features_in_a_process_of_its_own(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "features.json"
    command = [sys.executable, root / "benchmarks" / "features.py", "--projects", "2000", "--out", out]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "85 features of 2,000 projects" in done.stderr
    document = json.loads(out.read_text())
    assert [claim["target"] for claim in document["claims"]] == [60, 2000]
    assert document["costs"]["all features"]["cpu"] > 0


@pytest.mark.slow
def test_the_benchmark_of_the_predictor_asks_it_three_ways(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "predictor.json"
    command = [sys.executable, root / "benchmarks" / "predictor.py", "--projects", "600"]
    done = subprocess.run([*command, "--out", out], capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode in (0, 1), done.stderr
    assert all(f"\n{what} " in done.stdout for what in ("pred_contrib", "predict", "explain", "compare"))
    document = json.loads(out.read_text())
    assert [claim["target"] for claim in document["claims"]] == [20, 500, 50, 50]
    assert all(claim["value"] > 0 for claim in document["claims"])
    assert document["costs"]["make predict, 300 drafts"]["cpu"] > 0


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
