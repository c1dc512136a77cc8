"""The whole pipeline on real data: what it counts and what the models score, within tolerance."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.reporting.metrics import MetricsFile, read_metrics
from project_copy import copy_project, run_make

pytestmark = [pytest.mark.realdata, pytest.mark.slow]


@pytest.fixture(scope="module")
def local(realdata: Path, tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A copy of the project in which `make report RAW=...` was run."""
    folder = copy_project(tmp_path_factory.mktemp("local") / "crowdwise")
    made = run_make(folder, "-j2", "report", f"RAW={os.path.relpath(realdata, folder)}")
    assert made.returncode == 0, made.stderr
    return Layout("local", folder)


def metrics(layout: Layout, system: str, notebook: str) -> MetricsFile:
    return read_metrics(layout.report(system, notebook, "metrics.json"))


def test_every_page_is_made_from_local_data(local: Layout) -> None:
    assert (local.reports / "index.html").exists()
    for system in SYSTEMS:
        for notebook in NOTEBOOKS:
            assert metrics(local, system, notebook).source == "local"
            assert "Made-up data." not in local.report(system, notebook, "html").read_text()


def test_both_charter_gates_are_passed(local: Layout) -> None:
    assert all(metrics(local, system, "3-model").deploy for system in SYSTEMS)
