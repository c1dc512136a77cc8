"""Differences are found, and said by their place."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from small_project import CELLS, notebook_of

from crowdwise.reporting.differences import of_files
from crowdwise.reporting.texts import differ
from crowdwise.reporting.verify import compare, main, reports_in


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    return tmp_path / "a", tmp_path / "b"


def test_a_tables_column_and_row_are_named(pair: tuple[Path, Path]) -> None:
    table = pd.DataFrame({"game_id": ["10", "20", "30"], "owners": [1, 2, 3], "share": [0.1, 0.2, None]})
    other = table.assign(owners=[1, 5, 6], share=[0.1, 0.2 + 1e-9, None])
    for ending in ("parquet", "csv"):
        for folder, frame in zip(pair, (table, other), strict=True):
            path = folder / f"t.{ending}"
            frame.to_parquet(path, index=False) if ending == "parquet" else frame.to_csv(path, index=False)
        first, second = (folder / f"t.{ending}" for folder in pair)
        found = of_files(first, second)
        assert [line.split(":")[0] for line in found] == ["column owners, row 1", "column share, row 1"]
        assert "2 of 3 rows differ" in found[0]
        assert [line.split(",")[0] for line in of_files(first, second, 1e-6)] == ["column owners"]
        assert of_files(first, first) == []


def test_missing_columns_rows_and_types_are_named(pair: tuple[Path, Path]) -> None:
    one, two = pair[0] / "t.parquet", pair[1] / "t.parquet"
    pd.DataFrame({"a": [1], "b": [1]}).to_parquet(one)
    pd.DataFrame({"a": [1.0], "c": [1]}).to_parquet(two)
    said = " ".join(of_files(one, two))
    assert "column b is only in the first" in said
    assert "column c is only in the second" in said
    assert "column a is of type int64 and float64" in said
    pd.DataFrame({"a": [1, 2], "b": [1, 2]}).to_parquet(two)
    assert of_files(one, two) == ["it has 1 rows and 2"]
    pd.DataFrame({"a": [1], "b": [1]}).to_parquet(two, compression="gzip")
    assert of_files(one, two) == ["the same values in other bytes"]


def test_a_documents_key_is_named_and_hashes_are_passed_over_with_a_tolerance(pair: tuple[Path, Path]) -> None:
    document = {"metrics": [{"name": "auc", "model": "EASE", "value": 0.9}], "sha256": "aa"}
    other = {"metrics": [{"name": "auc", "model": "EASE", "value": 0.90000001}], "sha256": "bb"}
    first, second = (folder / "m.json" for folder in pair)
    first.write_text(json.dumps(document))
    second.write_text(json.dumps(other))
    assert of_files(first, second) == [
        "key metrics[auc, EASE].value: 0.9 and 0.90000001",
        "key sha256: aa and bb",
    ]
    assert of_files(first, second, 1e-6) == []
    second.write_text(json.dumps({"metrics": [], "more": True}))
    said = " ".join(of_files(first, second, 1e-6))
    assert "key more is only in the second" in said
    assert "metrics has 1 items and 0" in said


def test_a_notebooks_cell_is_named(pair: tuple[Path, Path]) -> None:
    first, second = (folder / "n.ipynb" for folder in pair)
    for path, number in ((first, "0.12345"), (second, "0.12346")):
        notebook = notebook_of(CELLS, "rows = 1")
        notebook.cells[3].outputs = [nbformat.v4.new_output("stream", text=f"one\nauc {number} of 3\n")]
        nbformat.write(notebook, path)
    (line,) = of_files(first, second)
    assert line.startswith("cell 4, output: line 2: ")
    assert "0.12345" in line
    assert of_files(first, second, 1e-6) == [], "they may be parted by rounding"


def test_an_arrays_index_is_named(pair: tuple[Path, Path]) -> None:
    first, second = (folder / "v.npy" for folder in pair)
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.save(first, array)
    changed = array.copy()
    changed[1, 2] = 7
    np.save(second, changed)
    (line,) = of_files(first, second)
    assert line.startswith("[1, 2]: ")
    assert "1 of 6 values differ" in line
    np.save(second, array.astype(float))
    assert "float32" in of_files(first, second, 0.5)[0]


@pytest.mark.parametrize(
    ("a", "b", "tolerance", "apart"),
    [
        ("x 1", "x 1", 0, False),
        ("x 1.0", "x 1.00", 0, True),
        ("auc 0.935 of 1,200", "auc 0.936 of 1,200", 1e-6, False),
        ("auc 0.935 of 1,200", "auc 0.937 of 1,200", 1e-6, True),
        ("auc 0.935", "loss 0.935", 1e-6, True),
        ("1,000,000.4 rows", "1,000,001.4 rows", 1e-6, False),
        ("version 3fa9c01d", "version 77be2a0c", 1e-6, False),
        ("3 met", "4 met", 1e-6, False),
        ("3 met", "5 met", 1e-6, True),
    ],
)
def test_numbers_in_texts_have_room_for_the_tolerance_and_rounding(
    a: str, b: str, tolerance: float, apart: bool
) -> None:
    assert differ(a, b, tolerance) is apart


def test_drawings_are_compared_as_texts() -> None:
    one, near, far = (
        f'<img src="data:image/svg+xml;base64,{base64.b64encode(f"<path d={x!r}/>".encode()).decode()}">'
        for x in ("M 1.25 3.5", "M 1.2500001 3.5", "M 9.25 3.5")
    )
    assert not differ(one, near, 1e-6)
    assert differ(one, far, 1e-6)


def test_files_on_one_side_are_named_and_times_are_left_out(pair: tuple[Path, Path]) -> None:
    for folder in pair:
        (folder / "steam").mkdir()
        (folder / "steam/3-model.metrics.json").write_text("{}")
        (folder / "runs.jsonl").write_text(folder.name)
        (folder / "steam/3-model.d").write_text(folder.name)
    (pair[1] / "index.html").write_text("<p>")
    assert compare(*(reports_in(folder) for folder in pair), 0.0) == ["index.html: only in the second"]


def test_a_set_is_held_against_another_and_differences_give_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    arguments = ["--profile", "tiny", "--against", str(tmp_path / "other")]
    for folder, value in (("reports/tiny", 1.0), ("other", 1.0 + 1e-9)):
        (tmp_path / folder / "steam").mkdir(parents=True)
        (tmp_path / folder / "steam/3-model.metrics.json").write_text(json.dumps({"value": value}))
    assert main(arguments) == 1
    said = capsys.readouterr().out
    assert "1 of 1 files are not the same bytes" in said
    assert "  steam/3-model.metrics.json: key value: 1.0 and 1.000000001" in said
    assert main([*arguments, "--tolerance", "1e-6"]) == 0
    assert "1 files are alike within 1e-06" in capsys.readouterr().out
    assert main([*arguments, "--tolerance", "much"]) == 1
    assert "'much' is no tolerance" in capsys.readouterr().err
    assert main(["--profile", "tiny", "--against", str(tmp_path / "nowhere")]) == 1
    assert "this holds no reports" in capsys.readouterr().err
