"""The benchmark of the database runs, counts every row and says the ratio beside its target."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_the_benchmark_fills_a_database_both_ways(root, tmp_path):
    out = tmp_path / "database.json"
    command = [sys.executable, root / "benchmarks" / "database.py", "--databases", "sqlite", "--rows", "3000"]
    done = subprocess.run([*command, "--out", out], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "times as fast as to_sql; target 8" in done.stdout
    taken = json.loads(out.read_text())["taken"]
    assert [one["way"] for one in taken] == ["to_sql", "ingest", "ingest again"]
    assert len({one["rows"] for one in taken}) == 1
