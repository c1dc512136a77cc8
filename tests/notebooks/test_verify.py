"""The sample's reports are the same bytes a second time elsewhere, and say what they were made of."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.reporting.provenance import hash_of, read_provenance
from project_copy import run_make

pytestmark = [pytest.mark.pipeline, pytest.mark.slow]


def test_a_second_run_elsewhere_gives_the_same_bytes(sample_root: Path) -> None:
    verified = run_make(sample_root, "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr[-3000:]
    assert "files are the same bytes" in verified.stdout


def test_a_value_that_was_altered_is_found_and_named(sample_root: Path, tmp_path: Path) -> None:
    other = tmp_path / "sample"
    shutil.copytree(sample_root / "reports/sample", other)
    same = run_make(sample_root, "verify", f"AGAINST={other}")
    assert same.returncode == 0, same.stdout + same.stderr
    path = other / "steam/3-model.metrics.json"
    document = json.loads(path.read_text())
    document["metrics"][3]["value"] += 0.001
    path.write_text(json.dumps(document, indent=2, sort_keys=True))
    found = run_make(sample_root, "verify", f"AGAINST={other}", "TOLERANCE=1e-6")
    assert found.returncode != 0
    assert "1 of " in found.stdout
    assert f"steam/3-model.metrics.json: key metrics[{document['metrics'][3]['name']}" in found.stdout
    assert "Traceback" not in found.stderr


def test_every_page_says_what_it_was_made_of(sample_root: Path) -> None:
    layout = Layout("sample", sample_root)
    for system in SYSTEMS:
        for notebook in NOTEBOOKS:
            found = read_provenance(layout, system, notebook)
            assert found is not None
            assert found["departures"] == [], "the tests run on what is locked"
            assert all(hash_of(sample_root / file["file"]) == file["sha256"] for file in found["inputs"])
            page = layout.report(system, notebook, "html").read_text()
            assert f"<code>{found['command']}</code>" in page
            assert found["code_sha256"][:12] in page


def test_two_sets_are_compared(sample_root: Path, tmp_path: Path) -> None:
    out = tmp_path / "compare.html"
    said = run_make(sample_root, "compare", "A=reports/sample", "B=reports/sample", f"OUT={out}")
    assert said.returncode == 0, said.stderr
    assert "0 of these differ so" in said.stdout
    assert "0 parameters differ" in said.stdout
    assert out.exists()
