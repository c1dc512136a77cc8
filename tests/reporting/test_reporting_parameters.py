"""Parameters: literals in one cell, strict about names, a stamp that changes only with its section."""

from __future__ import annotations

import nbformat
import pytest
from small_project import change

from crowdwise.base.errors import Problem
from crowdwise.base.layout import SYSTEMS, Layout
from crowdwise.reporting.parameters import check_names, declared, read_sections, stamp_path, write_stamps
from crowdwise.reporting.prepare import main


def tagged(*sources: str) -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]}) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


def test_literals_are_read() -> None:
    values = declared(tagged('profile = "sample"\nlimit = -1.5\nnames = ["a", "b"]\nseen = None'), "x.ipynb")
    assert values == {"profile": "sample", "limit": -1.5, "names": ["a", "b"], "seen": None}


@pytest.mark.parametrize("source", ["n = 2 * k", "n: int = 2", "import os", "a = b = 1", "n = len('x')"])
def test_anything_but_literals_is_refused(source: str) -> None:
    with pytest.raises(Problem, match=r"x\.ipynb"):
        declared(tagged(source), "x.ipynb")


@pytest.mark.parametrize("sources", [[], ["a = 1", "b = 2"]])
def test_there_is_exactly_one_parameters_cell(sources: list[str]) -> None:
    with pytest.raises(Problem, match=r"cells are tagged parameters"):
        declared(tagged(*sources), "x.ipynb")


def test_unknown_and_missing_names_are_refused() -> None:
    check_names({"n": 1}, {"profile": "sample", "n": 1}, "params", "x.ipynb")
    with pytest.raises(Problem, match=r"no parameter 'm'. Use one of n"):
        check_names({"n": 1, "m": 2}, {"profile": "sample", "n": 1}, "params", "x.ipynb")
    with pytest.raises(Problem, match=r"'k' that is not given here"):
        check_names({"n": 1}, {"profile": "sample", "n": 1, "k": 2}, "params", "x.ipynb")


def test_a_stamp_changes_only_with_its_own_section(project: Layout) -> None:
    assert len(write_stamps(project)) == 8
    assert write_stamps(project) == []
    change(project, rows=4)
    assert write_stamps(project) == [stamp_path(project, "steam", "1-acquire")]


def test_raw_names_the_source_and_is_remembered(project: Layout) -> None:
    for system in SYSTEMS:
        empty = project.params(system).read_text().replace("made-up", "''")
        project.params(system).write_text(empty)
    for system in ("steam", "kickstarter"):
        (project.root / "elsewhere" / system).mkdir(parents=True)
    with pytest.raises(Problem, match=r"name no source.*RAW="):
        write_stamps(project)
    write_stamps(project, "elsewhere")
    assert '"source": "elsewhere/steam"' in stamp_path(project, "steam", "1-acquire").read_text()
    assert write_stamps(project) == []


def test_raw_may_name_a_bucket(project: Layout) -> None:
    write_stamps(project, "s3://shelf/deep/")
    for system in SYSTEMS:
        stamp = stamp_path(project, system, "1-acquire").read_text()
        assert f'"source": "s3://shelf/deep/{system}"' in stamp
    for raw in ("s3://", "s3://me:hush@shelf/deep"):
        with pytest.raises(Problem, match="RAW=s3://") as caught:
            write_stamps(project, raw)
        assert "hush" not in str(caught.value)


def test_a_raw_folder_without_a_system_is_refused(project: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    (project.root / "elsewhere" / "steam").mkdir(parents=True)
    write_stamps(project)
    with pytest.raises(Problem, match=r"RAW=elsewhere: it holds no folder kickstarter/"):
        write_stamps(project, "elsewhere")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("acquire: [", "not YAML"),
        ("acquire: {}\nmodel: {}\n", "it holds acquire, model"),
        ("acquire: 3\nexplore: {}\nmodel: {}\nexperiment: {}\n", "section acquire is not a mapping"),
        ("just words", "it holds str"),
    ],
)
def test_a_broken_file_of_parameters_is_named(project: Layout, text: str, words: str) -> None:
    project.params("steam").write_text(text)
    with pytest.raises(Problem, match=words) as caught:
        read_sections(project, "steam")
    assert "params/tiny/steam.yaml" in str(caught.value)


def test_a_command_has_its_section_in_its_own_system_only(project: Layout) -> None:
    sections = "acquire: {}\nexplore: {}\nmodel: {}\nexperiment: {}\n"
    for system in ("steam", "kickstarter"):
        project.params(system).write_text(f"{sections}refresh: {{most: 1}}\n")
    assert read_sections(project, "kickstarter")["refresh"] == {"most": 1}
    with pytest.raises(Problem, match="it holds acquire"):
        read_sections(project, "steam")


def test_an_unknown_profile_is_one_sentence_and_exit_code_1(
    project: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--profile", "nowhere"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("crowdwise: params/nowhere/steam.yaml: this profile has no such file of parameters")
    assert "tiny" in said
