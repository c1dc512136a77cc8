"""The whole pipeline on real data: what it counts and what the models score, within tolerance."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.kickstarter.comparison import CROSS_VALIDATION, TEMPORAL, WITHIN
from crowdwise.kickstarter.evaluation import CHOSEN, LEAK_PROBE, PORTABLE_MODEL
from crowdwise.kickstarter.protocols.protocol import MONTHS, ROLLING
from crowdwise.kickstarter.protocols.scoring import MEAN
from crowdwise.reporting.metrics import Metric, MetricsFile, read_metrics
from project_copy import copy_project, run_make

pytestmark = [pytest.mark.realdata, pytest.mark.slow]


@pytest.fixture(scope="module")
def local(realdata: Path, tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A copy of the project in which `make report RAW=...` was run, with one of Steam's three holdouts."""
    folder = copy_project(tmp_path_factory.mktemp("local") / "crowdwise")
    settings = folder / "params/local/steam.yaml"
    settings.write_text(settings.read_text().replace("holdouts: 3", "holdouts: 1"))
    made = run_make(folder, "-j2", "report", f"RAW={os.path.relpath(realdata, folder)}")
    assert made.returncode == 0, made.stderr
    return Layout("local", folder)


def metrics(layout: Layout, system: str, notebook: str) -> MetricsFile:
    return read_metrics(layout.report(system, notebook, "metrics.json"))


def metric(found: MetricsFile, name: str, **where: str) -> Metric:
    given = found.find(name, **where)
    assert given is not None, (name, where)
    return given


def test_every_page_is_made_from_local_data(local: Layout) -> None:
    assert (local.reports / "index.html").exists()
    for system in SYSTEMS:
        for notebook in NOTEBOOKS:
            assert metrics(local, system, notebook).source == "local"
            assert "Made-up data." not in local.report(system, notebook, "html").read_text()


def test_both_charter_gates_are_passed(local: Layout) -> None:
    assert all(metrics(local, system, "3-model").deploy for system in SYSTEMS)


# By model: AUC, and NDCG@10.
STEAM = {
    "popularity": (0.940, 0.266),
    "neighbours": (0.936, 0.269),
    "item-kNN": (0.941, 0.348),
    "RP3beta": (0.940, 0.345),
    "ALS": (0.950, 0.369),
    "LightFM WARP": (0.964, 0.385),
    "EASE": (0.940, 0.460),
    "EASE + LightFM": (0.967, 0.462),
}


def test_the_games_are_ranked_as_well_as_they_were(local: Layout) -> None:
    found = metrics(local, "steam", "3-model")
    best = {name: metric(found, name, model="EASE + LightFM", slice="played") for name in ("auc", "ndcg_at_10")}
    assert best["auc"].low > 0.95
    assert best["ndcg_at_10"].low > 0.44
    for model, expected in STEAM.items():
        for name, value, within in zip(best, expected, (0.008, 0.02), strict=True):
            other = metric(found, name, model=model, slice="played")
            assert other.value == pytest.approx(value, abs=within), (model, name)
            if not model.startswith("EASE") and name == "ndcg_at_10":
                assert other.high < best[name].low


ALL = "all"
KICKSTARTER = [
    ("logistic regression", CROSS_VALIDATION, ALL, 0.932),
    (CHOSEN, CROSS_VALIDATION, ALL, 0.939),
    (LEAK_PROBE, CROSS_VALIDATION, ALL, 0.870),
    (CHOSEN, CROSS_VALIDATION, WITHIN, 0.809),
    (PORTABLE_MODEL, CROSS_VALIDATION, WITHIN, 0.804),
    (LEAK_PROBE, CROSS_VALIDATION, WITHIN, 0.513),
    (CHOSEN, TEMPORAL, ALL, 0.941),
    (CHOSEN, ROLLING, MEAN, 0.907),
    (CHOSEN, ROLLING, "2023-01-01", 0.980),
    (CHOSEN, MONTHS, "2018-01-12", 0.804),
    (CHOSEN, MONTHS, "2023-07-17", 0.830),
    (PORTABLE_MODEL, ROLLING, MEAN, 0.866),
    (PORTABLE_MODEL, ROLLING, "2023-01-01", 0.947),
    (PORTABLE_MODEL, MONTHS, "2018-01-12", 0.812),
    (PORTABLE_MODEL, MONTHS, "2023-07-17", 0.808),
    (LEAK_PROBE, ROLLING, MEAN, 0.803),
]


def test_the_projects_are_told_apart_as_well_as_they_were(local: Layout) -> None:
    found = metrics(local, "kickstarter", "3-model")
    for model, split, part, auc in KICKSTARTER:
        value = metric(found, "auc", model=model, split=split, slice=part).value
        assert value == pytest.approx(auc, abs=0.012), (model, split, part)
    assert metric(found, "calibration_error", model=CHOSEN, split=CROSS_VALIDATION, slice=ALL).value < 0.015
