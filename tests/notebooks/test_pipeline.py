"""The sample pipeline, run whole by make: its pages, what reruns and why, and that it gives the same again."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
import yaml

from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.reporting.criteria import judge
from crowdwise.reporting.metrics import read_metrics
from crowdwise.reporting.promises import PROMISES
from project_copy import clean_environment, copy_project, run_make

pytestmark = [pytest.mark.pipeline, pytest.mark.slow]
REPORTS = [(system, notebook) for system in SYSTEMS for notebook in NOTEBOOKS]


def pages(root: Path) -> list[Path]:
    folder = root / "reports" / "sample"
    return [folder / "index.html", *(folder / system / f"{notebook}.html" for system, notebook in REPORTS)]


def ran(stderr: str) -> list[str]:
    return re.findall(r"crowdwise\.run: (\w+ \S+): running", stderr)


def test_nine_pages_are_made_and_every_link_leads_somewhere(sample_root: Path) -> None:
    for page in pages(sample_root):
        for link in re.findall(r'href="([^"#]+)', page.read_text()):
            if not link.startswith(("http://", "https://", "data:")):
                assert (page.parent / unquote(link)).exists(), f"{page.name} links to {link}"


def test_no_page_loads_anything_from_elsewhere(sample_root: Path) -> None:
    for page in pages(sample_root):
        text = page.read_text()
        assert [s for s in re.findall(r'\bsrc="([^"]+)"', text) if not s.startswith("data:")] == []
        assert "<link" not in text
        assert not re.search(r"@import|url\((?!['\"]?data:)", text)
        assert page.stat().st_size < 3_000_000, f"{page.name} is larger than 3 MB"


def test_every_page_of_made_up_data_says_so_at_its_top(sample_root: Path) -> None:
    for page in pages(sample_root):
        start = page.read_text().split("<header", 1)[0].split("<main", 1)[0]
        assert "Made-up data." in start.split("</style>")[1]


def test_no_page_holds_an_error_or_a_path_of_this_machine(sample_root: Path) -> None:
    for page in pages(sample_root):
        text = page.read_text()
        assert "Traceback" not in text
        assert str(sample_root) not in text
        assert "output_stderr" not in text.split("</style>")[1]


def test_every_figure_has_alt_text(sample_root: Path) -> None:
    for page in pages(sample_root):
        images = re.findall(r"<img [^>]*>", page.read_text())
        assert [image[:80] for image in images if not re.search(r'alt="[^"]{15,}"', image)] == []


def test_both_models_pass_their_gates_on_the_sample(sample_root: Path) -> None:
    layout = Layout("sample", sample_root)
    for system in SYSTEMS:
        assert read_metrics(layout.report(system, "3-model", "metrics.json")).deploy is True
        assert json.loads((layout.model(system) / "card.json").read_text())["deploy"] is True


def test_every_promise_on_the_index_rests_on_a_metric(sample_root: Path) -> None:
    layout = Layout("sample", sample_root)
    assert {judge(promise, layout).outcome for promise in PROMISES} <= {"met", "missed", "shown"}


def test_every_run_is_in_the_log_with_its_memory(sample_root: Path) -> None:
    lines = [json.loads(line) for line in (sample_root / "reports/sample/runs.jsonl").read_text().splitlines()]
    assert {(line["system"], line["notebook"]) for line in lines if line["succeeded"]} >= set(REPORTS)
    assert all(line["peak_memory"] < 1.5e9 for line in lines)


def test_a_second_report_runs_nothing(sample_root: Path) -> None:
    before = {page: page.stat().st_mtime_ns for page in pages(sample_root)}
    again = run_make(sample_root, "report")
    assert again.returncode == 0, again.stderr
    assert ran(again.stderr) == []
    assert "crowdwise.storage" not in again.stderr
    assert {page: page.stat().st_mtime_ns for page in pages(sample_root)} == before


def test_another_database_is_filled_too(sample_root: Path, tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/other.db"
    filled = run_make(sample_root, "report", SQLALCHEMY_DATABASE_URI=uri)
    assert filled.returncode == 0, filled.stderr
    assert ran(filled.stderr) == []
    assert (tmp_path / "other.db").stat().st_size > 1_000_000
    assert "crowdwise.storage" not in run_make(sample_root, "report", SQLALCHEMY_DATABASE_URI=uri).stderr
    assert run_make(sample_root, "report").returncode == 0


def test_an_edit_reruns_only_what_imported_it_and_says_why(sample_root: Path) -> None:
    module = sample_root / "lib/crowdwise/experiment/duration.py"
    module.write_text(module.read_text() + "\n# edited\n")
    again = run_make(sample_root, "report")
    assert again.returncode == 0, again.stderr
    assert sorted(ran(again.stderr)) == ["kickstarter 4-experiment", "steam 4-experiment"]
    assert "because lib/crowdwise/experiment/duration.py changed" in again.stderr


def test_a_parameter_reruns_its_own_notebook(sample_root: Path) -> None:
    path = sample_root / "params/sample/steam.yaml"
    sections = yaml.safe_load(path.read_text())
    sections["experiment"]["power"] = 0.9
    path.write_text(yaml.safe_dump(sections, sort_keys=False))
    again = run_make(sample_root, "report")
    assert again.returncode == 0, again.stderr
    assert ran(again.stderr) == ["steam 4-experiment"]


def test_an_unknown_parameter_stops_make_and_leaves_the_report_as_it_was(sample_root: Path) -> None:
    path = sample_root / "params/sample/kickstarter.yaml"
    before, text = pages(sample_root)[-1].read_bytes(), path.read_text()
    sections = yaml.safe_load(text)
    sections["experiment"]["powr"] = 0.9
    path.write_text(yaml.safe_dump(sections, sort_keys=False))
    again = run_make(sample_root, "report")
    path.write_text(text)
    assert again.returncode != 0
    assert "has no parameter 'powr'" in again.stderr
    assert "Traceback" not in again.stderr
    assert pages(sample_root)[-1].read_bytes() == before
    assert run_make(sample_root, "report").returncode == 0


def executed_copy(sample_root: Path, to: Path) -> Path:
    """A project of its own whose notebooks are the executed ones: nbval runs a notebook in its own folder."""
    copy_project(to)
    shutil.copytree(sample_root / "params", to / "params", dirs_exist_ok=True)
    shutil.copytree(sample_root / "lib", to / "lib", dirs_exist_ok=True)
    shutil.copytree(sample_root / "data", to / "data")
    for system, notebook in REPORTS:
        shutil.copy(
            sample_root / f"reports/sample/{system}/{notebook}.ipynb", to / f"notebooks/{system}/{notebook}.ipynb"
        )
    return to


def nbval(root: Path, *names: str) -> subprocess.CompletedProcess[str]:
    values = clean_environment(PYTHONPATH=str(root / "lib"), CROWDWISE_LOG_FILE=str(root / "log"), OMP_NUM_THREADS="1")
    values |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", "--rootdir", str(root)]
    command += ["-c", os.devnull, *(f"notebooks/{name}.ipynb" for name in names)]
    return subprocess.run(command, cwd=root, env=values, capture_output=True, text=True, check=False)


def test_the_executed_notebooks_give_the_same_again(sample_root: Path, tmp_path: Path) -> None:
    copy = executed_copy(sample_root, tmp_path / "copy")
    again = nbval(copy, *(f"{system}/{notebook}" for system, notebook in REPORTS))
    assert again.returncode == 0, again.stdout[-6000:]


def test_a_changed_output_is_noticed(sample_root: Path, tmp_path: Path) -> None:
    copy = executed_copy(sample_root, tmp_path / "copy")
    path = copy / "notebooks/steam/4-experiment.ipynb"
    notebook = nbformat.read(path, as_version=4)
    shown = next(cell for cell in reversed(notebook.cells) if cell.get("outputs")).outputs[0]
    html = shown["data"]["text/html"]
    digit = re.search(r'<td class="number">(\d)', html)
    assert digit is not None
    shown["data"]["text/html"] = html[: digit.start(1)] + str((int(digit.group(1)) + 1) % 10) + html[digit.end(1) :]
    nbformat.write(notebook, path)
    assert nbval(copy, "steam/4-experiment").returncode == 1
