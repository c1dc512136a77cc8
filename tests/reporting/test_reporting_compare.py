"""Two report sets side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crowdwise.reporting.compare import main
from crowdwise.reporting.metrics import Metric, MetricsFile
from crowdwise.reporting.sidebyside import compare_sides, is_beyond, read_side

PROVENANCE = {
    "profile": "x",
    "parameters": {"seed": 1, "power": 0.8},
    "code": [{"file": "lib/a.py", "sha256": "a" * 64}],
    "source": {"file": "notebooks/steam/3-model.ipynb", "sha256": "b" * 64},
    "inputs": [{"file": "data/x/steam/tables/owned.parquet", "sha256": "c" * 64}],
    "raw": [],
}


def auc(value: float, low: float, high: float, level: float = 0.95) -> Metric:
    return Metric("auc", value, low, high, level, 100, model="<EASE>")


def save(
    folder: Path, *metrics: Metric, provenance: dict[str, object] | None = None, notebook: str = "3-model"
) -> None:
    (folder / "steam").mkdir(parents=True, exist_ok=True)
    file = MetricsFile("steam", notebook, "x", "made up", None, metrics)
    (folder / f"steam/{notebook}.metrics.json").write_text(json.dumps(file.document()))
    if provenance:
        (folder / f"steam/{notebook}.provenance.json").write_text(json.dumps(provenance))


@pytest.mark.parametrize(
    ("a", "b", "beyond"),
    [
        (auc(0.80, 0.78, 0.82), auc(0.90, 0.88, 0.92), True),
        (auc(0.80, 0.78, 0.82), auc(0.829, 0.809, 0.849), True),  # they overlap; .029 > hypot(.02, .02) = .0283
        (auc(0.80, 0.78, 0.82), auc(0.828, 0.808, 0.848), False),
        (auc(0.828, 0.808, 0.848), auc(0.80, 0.78, 0.82), False),
        (auc(0.80, 0.50, 0.81), auc(0.83, 0.82, 0.99), True),  # the sides that face each other count
        (auc(0.80, 0.78, 0.82, 0.9), auc(0.90, 0.88, 0.92), None),
        (Metric("auc", 0.8), auc(0.90, 0.88, 0.92), None),
    ],
)
def test_a_difference_is_held_against_the_combined_half_widths(a: Metric, b: Metric, beyond: bool | None) -> None:
    assert is_beyond(a, b) is beyond


def test_metrics_parameters_data_and_code_are_put_side_by_side(tmp_path: Path) -> None:
    save(tmp_path / "a", auc(0.8, 0.78, 0.82), Metric("rows", 3), provenance=PROVENANCE)
    changed = {**PROVENANCE, "profile": "y", "parameters": {"seed": 2, "power": 0.8, "more": [1]}}
    changed["inputs"] = [{"file": "data/y/steam/tables/owned.parquet", "sha256": "d" * 64}]
    save(tmp_path / "b", auc(0.9, 0.88, 0.92), Metric("rows", 4), provenance=changed)
    found = compare_sides(*(read_side(tmp_path / name, name) for name in "ab"))
    said = {(each.kind, each.name): (each.a, each.b, each.beyond) for each in found}
    assert said["metric", "auc, <EASE>"] == ("0.8 [0.78, 0.82]", "0.9 [0.88, 0.92]", True)
    assert said["metric", "rows"] == ("3", "4", None)
    assert said["parameter", "seed"] == ("1", "2", None)
    assert said["parameter", "more"] == ("", "[1]", None)
    assert said["data", "steam/tables/owned.parquet"] == ("c" * 12, "d" * 12, None)
    assert len(found) == 5, "the code is the same"


def test_the_command_tells_and_writes_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(tmp_path / "a", auc(0.8, 0.78, 0.82), provenance=PROVENANCE)
    save(tmp_path / "b", auc(0.9, 0.88, 0.92))
    save(tmp_path / "b", Metric("rows", 1), notebook="1-acquire")
    out = tmp_path / "compare.html"
    assert main(["--a", str(tmp_path / "a"), "--b", str(tmp_path / "b"), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "A has no steam 1-acquire: not compared" in said
    assert "B keeps no provenance of steam 1-acquire, steam 3-model: only its metrics are compared" in said
    assert "1 metrics are in both, 1 with intervals; 1 of these differ so" in said
    assert "steam 3-model: auc, <EASE>: 0.8 [0.78, 0.82] and 0.9 [0.88, 0.92] (+0.1)" in said
    page = out.read_text()
    assert "auc, &lt;EASE&gt;" in page
    assert "<EASE>" not in page
    assert "Made-up data." in page


@pytest.mark.parametrize(
    ("a", "words"),
    [
        ("", "A names no report set"),
        ("nowhere", "nowhere: this holds no report set"),
        ("s3://", "no address of a bucket"),
    ],
)
def test_what_is_no_set_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], a: str, words: str
) -> None:
    save(tmp_path / "b", auc(0.9, 0.88, 0.92))
    assert main(["--a", a, "--b", str(tmp_path / "b"), "--out", str(tmp_path / "c.html")]) == 1
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said
    assert not (tmp_path / "c.html").exists()


def test_a_broken_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "ab":
        save(tmp_path / name, auc(0.9, 0.88, 0.92))
    (tmp_path / "a/steam/3-model.provenance.json").write_text("{")
    assert main(["--a", str(tmp_path / "a"), "--b", str(tmp_path / "b"), "--out", str(tmp_path / "c.html")]) == 1
    assert "3-model.provenance.json: this is not JSON" in capsys.readouterr().err
