"""What is wrong with a notebook is found by reading it."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from small_project import change, notebook_of

from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.reporting.checks import check_all, read_notebook, tables_of, undefined
from crowdwise.reporting.parameters import read_values
from crowdwise.reporting.prepare import main
from project_copy import ROOT

LIB = ROOT / "lib"
MADE = ["data/tiny/steam/tables/games.parquet"]


def notebook(tmp_path: Path, *cells: str) -> object:
    written = notebook_of({"title": "# Title", "figure": cells[0]}, "seed = 1")
    written.cells += [nbformat.v4.new_code_cell(cell) for cell in cells[1:]]
    nbformat.write(written, tmp_path / "x.ipynb")
    return read_notebook(tmp_path / "x.ipynb")


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (("judged = seed + 1\njudged",), []),
        (("from crowdwise.steam.prelude import *\npd.DataFrame({'a': [seed]})",), []),
        (("from crowdwise.steam.prelude import *\njudged",), ["cell 3: nothing defines 'judged'"]),
        (("%matplotlib inline\ndisplay(seed)",), []),
        (("x = 1", "x +"), ["cell 4 is not Python (invalid syntax)"]),
        (("x = 1", "x\nsed"), ["cell 4: nothing defines 'sed'"]),
        (("from crowdwise.steam import nowhere\nnowhere",), ["cell 3: crowdwise.steam has no 'nowhere'"]),
        (("from crowdwise.gone import x\nx",), ["cell 3: there is no module crowdwise.gone"]),
        (
            ("from crowdwise.base.seeds import derive, drive\nderive, drive",),
            ["cell 3: crowdwise.base.seeds has no 'drive'"],
        ),
    ],
)
def test_names_that_nothing_defines_are_found_with_their_cell(
    tmp_path: Path, cells: tuple[str, ...], found: list[str]
) -> None:
    assert undefined(notebook(tmp_path, *cells), LIB) == found


def test_tables_are_known_from_literals_and_loops_over_them(tmp_path: Path) -> None:
    written = notebook(
        tmp_path,
        "names = ('a', 'b')\nx, y = (read_table(report.table(name)) for name in names)",
        "read_table(report.table('c'))\nfor n in ['d']:\n    report.table(n)",
    )
    assert tables_of(written) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_our_own_notebooks_are_clean(system: str, name: str) -> None:
    path = ROOT / "notebooks" / system / f"{name}.ipynb"
    assert undefined(read_notebook(path), LIB) == []


def test_what_no_rule_makes_is_named(project: Layout) -> None:
    path = project.notebook("steam", "2-explore")
    cells = {"title": "# Title", "figure": "report = read_table = print\nread_table(report.table('players'))"}
    nbformat.write(notebook_of(cells, 'profile = "sample"'), path)
    values = read_values(project)
    assert check_all(project, values, [*MADE, "data/tiny/steam/tables/players.parquet"]) == []
    said = [str(problem) for problem in check_all(project, values, MADE)]
    assert said == [
        "notebooks/steam/2-explore.ipynb: it reads data/tiny/steam/tables/players.parquet, which no rule makes. "
        "Write it in 1-acquire and name it in the Makefile, or mend its name."
    ]


def test_all_that_is_wrong_is_said_at_once_and_no_stamp_is_written(
    project: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    change(project, rovs=3)
    path = project.notebook("steam", "2-explore")
    nbformat.write(notebook_of({"title": "# T", "figure": "judged"}, 'profile = "sample"'), path)
    assert main(["--profile", "tiny"]) == 1
    said = capsys.readouterr().err
    assert "has no parameter 'rovs'. Use one of divisor, rows, source." in said
    assert "notebooks/steam/2-explore.ipynb: cell 3: nothing defines 'judged'" in said
    assert not (project.reports / "params").exists()


def test_a_file_that_is_no_notebook_is_named(project: Layout) -> None:
    project.notebook("steam", "1-acquire").write_text(json.dumps({"cells": 3}))
    said = [str(problem) for problem in check_all(project, read_values(project), MADE)]
    assert len(said) == 1
    assert "1-acquire.ipynb: this is no notebook that can be read" in said[0]
