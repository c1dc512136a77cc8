"""The runner's parts: reasons, dependencies, normal form, figures, metrics, criteria."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from crowdwise.base import theme
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.base.statistics import Estimate
from crowdwise.reporting import figures
from crowdwise.reporting.because import explain
from crowdwise.reporting.criteria import Criterion, judge, written
from crowdwise.reporting.metrics import Metric, read_metrics
from crowdwise.reporting.normal import normalise
from crowdwise.reporting.notebook import Report
from crowdwise.reporting.parameters import stamp_path, write_stamps
from crowdwise.reporting.trace import Trace, write_dependencies
from crowdwise.storage.documents import write_json


def aged(path: Path, seconds: int) -> str:
    path.write_text(path.read_text() if path.exists() else "")
    os.utime(path, (1_000_000 + seconds, 1_000_000 + seconds))
    return path.name


def test_the_reason_of_a_run_is_named(tmp_path: Path) -> None:
    old, new, out = aged(tmp_path / "old", 1), aged(tmp_path / "new", 9), aged(tmp_path / "out", 5)
    assert explain(["x", "y"], [old], tmp_path) == "it has not been run yet"
    assert explain([out, "y"], [old], tmp_path) == "y is not there"
    assert explain([out], [old, new], tmp_path) == "new changed"
    assert explain([out], [old, "deleted"], tmp_path) == "deleted is gone"
    assert explain([out], [old], tmp_path) == "it was asked for"


def make(folder: Path) -> str:
    return subprocess.run(["make", "-s", "out"], cwd=folder, capture_output=True, text=True, check=True).stdout


def test_dependencies_rerun_make_and_a_deleted_one_does_not_stop_it(tmp_path: Path) -> None:
    files = [tmp_path / "with space.py", tmp_path / "cost$.py"]
    for file in files:
        aged(file, 1)
    write_dependencies(Trace((files[0],), (files[1],), 0), ["out"], tmp_path / "out.d", tmp_path)
    (tmp_path / "Makefile").write_text("out:\n\t@echo ran; touch out\n-include out.d\n")
    assert make(tmp_path) == "ran\n"
    assert "ran" not in make(tmp_path)
    aged(files[0], 9_999_999_999 - 1_000_000)
    assert make(tmp_path) == "ran\n"
    files[0].unlink()
    assert make(tmp_path) == "ran\n"


def test_normal_form_leaves_out_what_differs_between_runs() -> None:
    cell = nbformat.v4.new_code_cell("1", metadata={"tags": ["injected-parameters"], "papermill": {"duration": 1.5}})
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"papermill": {"start_time": "now"}})
    normal = normalise(notebook)
    assert normal.cells[0].id == "injected-parameters"
    assert normal.cells[0].metadata == {"tags": ["injected-parameters"]}
    assert "papermill" not in normal.metadata


def drawn(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, **options: object) -> str:
    shown = []
    monkeypatch.setattr(figures, "display", lambda thing: shown.append(thing.data))
    theme.apply()
    figure, axes = plt.subplots()
    axes.plot([1, 2], [3, 4])
    axes.set_title("It rises")
    figures.show(figure, **{"alt": "A line that rises", **options})  # type: ignore[arg-type]
    assert not plt.fignum_exists(figure.number)
    return shown[0]


@pytest.mark.parametrize("dense", [False, True])
def test_a_figure_is_the_same_bytes_every_time(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, dense: bool
) -> None:
    first = drawn(capsys, monkeypatch, dense=dense)
    assert first == drawn(capsys, monkeypatch, dense=dense)
    assert 'alt="A line that rises"' in first


def test_a_figures_words_are_text(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pd.DataFrame({"name": ["<script>"]})
    shown = drawn(capsys, monkeypatch, alt='"quoted" <b>', source="<i>", data=rows)
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert "<i>" not in shown


def test_a_finding_is_the_alt_text_and_a_mark_stands_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    monkeypatch.setattr(figures, "show", lambda figure, **options: said.append((figure.axes[0], options["alt"])))
    figure, axes = plt.subplots()
    axes.set_title("It rises", loc="left")
    figures.show_found((figure, "It rises"), "A line", mark="Simulated data")
    assert axes.get_title(loc="left") == "Simulated data: It rises"
    assert said == [(axes, "A line. Simulated data: It rises.")]
    plt.close(figure)


def test_a_figure_needs_alt_text() -> None:
    figure, _ = plt.subplots()
    with pytest.raises(ValueError, match="alt text"):
        figures.show(figure, alt=" ")
    plt.close(figure)


@pytest.fixture
def report(project: Layout) -> Report:
    made = Report("steam", "1-acquire", "tiny")
    made.source = "local"
    return made


def test_metrics_survive_their_file(report: Report) -> None:
    report.metric("auc", Estimate(0.9, 0.8, 0.95, 0.95, 40), model="popularity", split="holdout", higher_is_better=True)
    report.metric("rows", 3, unit="rows")
    report.save(deploy=True)
    read = read_metrics(report.layout.report("steam", "1-acquire", "metrics.json"))
    assert read == report.document(True)
    found = read.find("auc", model="popularity")
    assert found is not None
    assert (found.low, found.high, found.level, found.n) == (0.8, 0.95, 0.95, 40)
    assert read.find("auc", model="other") is None


def test_a_metric_must_be_finite_and_given_once(report: Report) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        report.metric("auc", float("nan"))
    report.metric("auc", 0.5)
    with pytest.raises(ValueError, match="given twice"):
        report.metric("auc", 0.6)


def test_a_table_gives_a_metric_a_row_with_its_interval_and_unit(report: Report) -> None:
    table = pd.DataFrame({"what": ["a", "b", "c"], "mean": [1.0, 2.0, None], "in": ["games", "hours", "hours"]})
    report.metrics("plain", table, "mean", "what", unit="in")
    whole = table.assign(low=0.5, high=2.5, level=0.95, n=7)
    report.metrics("known", whole, "mean", "what", split="made up", unit="share")
    found = {(m.name, m.slice): m for m in report.document().metrics}
    assert found["plain", "b"].unit == "hours"
    assert found["plain", "a"].low is None
    assert ("plain", "c") not in found
    known = found["known", "a"]
    assert (known.value, known.low, known.high, known.level, known.n) == (1.0, 0.5, 2.5, 0.95, 7)
    assert (known.unit, known.split) == ("share", "made up")


def test_a_report_without_a_metric_is_refused(report: Report) -> None:
    with pytest.raises(Problem, match="no metric was added"):
        report.save()


def test_a_file_that_is_no_metrics_file_is_named(report: Report) -> None:
    path = report.layout.report("steam", "1-acquire", "metrics.json")
    write_json({"metrics": [{"nome": 1}]}, path)
    with pytest.raises(Problem, match="this is not a metrics file"):
        read_metrics(path)


@pytest.mark.parametrize(("value", "outcome"), [(3.0, "met"), (2.9, "missed")])
def test_a_criterion_is_held_against_its_parameter(project: Layout, report: Report, value: float, outcome: str) -> None:
    write_stamps(project)
    promise = Criterion("steam", "Rows", "1-acquire", "rows", bar="rows")
    assert judge(promise, project).outcome == "not run"
    report.metric("rows", value, higher_is_better=True)
    report.save()
    assert stamp_path(project, "steam", "1-acquire").exists()
    assert judge(promise, project).outcome == outcome


@pytest.mark.parametrize(("low", "outcome"), [(0.01, "met"), (-0.01, "missed")])
def test_a_sure_criterion_is_held_against_the_interval(
    project: Layout, report: Report, low: float, outcome: str
) -> None:
    promise = Criterion("steam", "Better", "1-acquire", "gain", bar=0.0, surely=True)
    report.metric("gain", Estimate(0.05, low, 0.1, 0.95, 40), higher_is_better=True)
    report.save()
    assert judge(promise, project).outcome == outcome


def test_numbers_are_written_with_their_interval() -> None:
    assert written(Metric("auc", 0.93456, 0.9, 0.95, 0.95, 10)) == "0.935 (95% interval 0.900 to 0.950)"
    assert written(Metric("share", 0.25, unit="share")) == "25.0%"
    assert written(Metric("players", 12345, unit="players")) == "12,345 players"
