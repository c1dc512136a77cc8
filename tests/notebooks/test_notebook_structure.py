"""Every notebook keeps to the house style: it tells, and the library does."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from crowdwise.base.layout import NOTEBOOKS, SYSTEMS
from crowdwise.reporting.parameters import GIVEN, declared, section_of

ROOT = Path(__file__).resolve().parents[2]
PROFILES = ("sample", "local", "full")
ANALYSES = [f"{system}/{name}" for system in SYSTEMS for name in NOTEBOOKS]
PATHS = [f"notebooks/{name}.ipynb" for name in [*ANALYSES, "template"]]


def read(path: str) -> Any:
    return nbformat.read(ROOT / path, as_version=4)


def code(notebook: Any) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def code_lines(source: str) -> int:
    return sum(1 for line in source.splitlines() if line.strip() and not line.strip().startswith("#"))


@pytest.mark.parametrize("path", [*PATHS, "notebooks/app.ipynb"])
def test_it_is_valid_and_keeps_no_output(path: str) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs"), f"cell {cell.id} holds outputs"
        assert cell.get("execution_count") is None, f"cell {cell.id} was saved after a run"
    assert notebook.metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("path", PATHS)
def test_its_title_is_a_question(path: str) -> None:
    title = read(path).cells[0].source.splitlines()[0]
    assert title.startswith("# ")
    assert title.endswith("?")


@pytest.mark.parametrize("path", [*PATHS, "notebooks/app.ipynb"])
def test_it_defines_nothing(path: str) -> None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    found = [
        node.name for source in code(read(path)) for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)
    ]
    assert found == []


@pytest.mark.parametrize("path", PATHS)
def test_it_is_short(path: str) -> None:
    sources = code(read(path))
    assert sum(map(code_lines, sources)) <= 80
    assert max(len(source.splitlines()) for source in sources) <= 15


def test_the_app_is_shorter() -> None:
    assert sum(map(code_lines, code(read("notebooks/app.ipynb")))) <= 10


@pytest.mark.parametrize("path", PATHS)
def test_it_ends_in_its_metrics_after_what_it_means_and_its_limits(path: str) -> None:
    notebook = read(path)
    headings = [
        line
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("## ")
    ]
    assert any("mean" in heading for heading in headings)
    assert "## Limits" in headings
    assert "report.save(" in code(notebook)[-1]


@pytest.mark.parametrize("path", PATHS)
def test_one_cell_draws_the_picture_for_the_index(path: str) -> None:
    tagged = [cell for cell in read(path).cells if "key-figure" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1


@pytest.mark.parametrize("name", ANALYSES)
@pytest.mark.parametrize("profile", PROFILES)
def test_its_parameters_are_those_of_every_profile(name: str, profile: str) -> None:
    system, notebook = name.split("/")
    names = declared(read(f"notebooks/{name}.ipynb"), name)
    section = yaml.safe_load((ROOT / "params" / profile / f"{system}.yaml").read_text())[section_of(notebook)]
    assert sorted(names) == sorted([*section, *GIVEN])
    assert names["profile"] == "sample"


@pytest.mark.parametrize("name", ANALYSES)
def test_its_defaults_are_the_sample_profiles(name: str) -> None:
    system, notebook = name.split("/")
    names = declared(read(f"notebooks/{name}.ipynb"), name)
    section = yaml.safe_load((ROOT / "params" / "sample" / f"{system}.yaml").read_text())[section_of(notebook)]
    assert {key: value for key, value in names.items() if key not in GIVEN} == section
