"""Running one notebook: whole, strict, the same every time."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from small_project import CELLS, change, notebook_of, run_lines, state

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.reporting.metrics import read_metrics
from crowdwise.reporting.parameters import write_stamps
from crowdwise.reporting.run import main, run

pytestmark = pytest.mark.slow  # each run starts a kernel
TARGETS = [f"reports/tiny/steam/1-acquire.{ending}" for ending in ("ipynb", "html", "metrics.json")]


def run_acquire(layout: Layout) -> None:
    write_stamps(layout)
    run(layout, "steam", "1-acquire", targets=TARGETS)


def test_a_run_leaves_table_metrics_page_notebook_and_dependencies(project: Layout) -> None:
    run_acquire(project)
    assert pd.read_parquet(project.table("steam", "games"))["game_id"].tolist() == ["0", "1", "2"]
    metrics = read_metrics(project.report("steam", "1-acquire", "metrics.json"))
    assert (metrics.source, metrics.find("rows").value) == ("made up", 3)  # type: ignore[union-attr]
    page = project.report("steam", "1-acquire", "html").read_text()
    assert "<title>Is it there? · crowdwise</title>" in page
    assert "Made-up data." in page
    assert 'alt="A bar of 3 rows"' in page
    dependencies = project.report("steam", "1-acquire", "d").read_text()
    assert dependencies.startswith(" ".join(TARGETS) + ":")
    assert "crowdwise/steam/prelude.py" in dependencies
    assert "crowdwise/kickstarter/prelude.py" not in dependencies
    line = run_lines(project)[-1]
    assert line["succeeded"] is True
    assert int(line["peak_memory"]) > 50 * 2**20  # type: ignore[call-overload]


def test_two_runs_leave_the_same_bytes(project: Layout) -> None:
    run_acquire(project)
    first = state(project.root)
    run_acquire(project)
    assert state(project.root) == first


def test_a_failed_run_changes_nothing_and_keeps_the_failed_notebook(
    project: Layout, capfd: pytest.CaptureFixture[str]
) -> None:
    run_acquire(project)
    before = state(project.root)
    change(project, rows=5, divisor=0)
    write_stamps(project)
    arguments = ["--profile", "tiny", "--system", "steam", "--notebook", "1-acquire", "--targets", *TARGETS]
    assert main(arguments) == 1
    said = capfd.readouterr().err
    assert "ZeroDivisionError (division by zero)" in said
    assert "reports/tiny/failed/steam-1-acquire.html" in said
    assert "Traceback" not in said
    assert state(project.root) == before
    failed = (project.reports / "failed" / "steam-1-acquire.html").read_text()
    assert "ZeroDivisionError" in failed
    assert run_lines(project)[-1]["succeeded"] is False


def test_success_removes_the_failed_page(project: Layout) -> None:
    change(project, divisor=0)
    with pytest.raises(Problem, match="ZeroDivisionError"):
        run_acquire(project)
    change(project, divisor=1)
    run_acquire(project)
    assert list((project.reports / "failed").iterdir()) == []


def test_a_problem_is_told_in_its_own_words(project: Layout) -> None:
    cells = {**CELLS, "break": "read_table(report.table('players'))"}
    nbformat.write(
        notebook_of(cells, 'profile = "sample"\nsource = ""\nrows = 1\ndivisor = 1'),
        project.notebook("steam", "1-acquire"),
    )
    with pytest.raises(Problem, match=r"players\.parquet: this table is not made yet\. Run `make acquire`"):
        run_acquire(project)


def test_an_unknown_parameter_is_refused_before_anything_runs(project: Layout) -> None:
    change(project, rovs=3)
    with pytest.raises(Problem, match="has no parameter 'rovs'"):
        run_acquire(project)
    assert not project.report("steam", "1-acquire", "ipynb").exists()


def test_a_notebook_without_metrics_is_refused(project: Layout) -> None:
    cells = {**CELLS, "save": "report.metric('rows', rows)"}
    nbformat.write(
        notebook_of(cells, 'profile = "sample"\nsource = ""\nrows = 1\ndivisor = 1'),
        project.notebook("steam", "1-acquire"),
    )
    with pytest.raises(Problem, match="it wrote no metrics file"):
        run_acquire(project)
    assert not project.table("steam", "games").exists()


def test_a_killed_kernel_is_told_in_a_sentence_and_changes_nothing(
    project: Layout, capfd: pytest.CaptureFixture[str]
) -> None:
    run_acquire(project)
    before = state(project.root)
    change(project, rows=5)
    cells = {**CELLS, "break": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"}
    path = project.notebook("steam", "1-acquire")
    earlier = path.read_bytes()
    nbformat.write(notebook_of(cells, 'profile = "sample"\nsource = ""\nrows = 1\ndivisor = 1'), path)
    write_stamps(project)
    assert main(["--profile", "tiny", "--system", "steam", "--notebook", "1-acquire", "--targets", *TARGETS]) == 1
    said = capfd.readouterr().err
    assert "crowdwise: steam 1-acquire: its kernel was killed. Most often memory ran out" in said
    assert "Traceback" not in said
    path.write_bytes(earlier)
    change(project, rows=3)
    assert state(project.root) == before


@pytest.mark.parametrize("where", ["page.render", "run.normalise"])
def test_a_disk_that_fills_up_at_the_end_is_told_and_changes_nothing(
    project: Layout, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    run_acquire(project)
    before = state(project.root)
    change(project, rows=5)
    write_stamps(project)

    def fill(*_: object, **__: object) -> str:
        Path("/dev/full").write_text("no room")
        raise AssertionError

    monkeypatch.setattr(f"crowdwise.reporting.{where}", fill)
    assert main(["--profile", "tiny", "--system", "steam", "--notebook", "1-acquire", "--targets", *TARGETS]) == 1
    said = capfd.readouterr().err
    assert "Make room and run it again" in said
    assert "OSError: [Errno" not in said  # how a traceback of it would end
    change(project, rows=3)
    assert state(project.root) == before


def test_log_lines_reach_the_terminal_and_not_the_page(project: Layout, capfd: pytest.CaptureFixture[str]) -> None:
    run_acquire(project)
    assert "a line for the terminal" in capfd.readouterr().err
    executed = nbformat.read(project.report("steam", "1-acquire", "ipynb"), as_version=4)
    streams = [
        output for cell in executed.cells for output in cell.get("outputs", []) if output.output_type == "stream"
    ]
    assert streams == []


def test_what_a_killed_run_left_behind_is_cleared(project: Layout) -> None:
    run_acquire(project)
    folder = project.reports / "steam"
    orphan = folder / ".games.parquet.1.new"
    orphan.write_text("half")
    (folder / ".1-acquire.pending").write_text(f'["{orphan}", "{folder / "games.parquet"}"]\n')
    run_acquire(project)
    assert not orphan.exists()
    assert not (folder / "games.parquet").exists()


def test_the_page_loads_nothing_from_elsewhere(project: Layout) -> None:
    run_acquire(project)
    page = project.report("steam", "1-acquire", "html").read_text()
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert [s for s in sources if not s.startswith(("data:", "#", "../"))] == []
    assert page.count("<script") == 1  # the pages' own, which asks for nothing
    assert "default-src &#39;none&#39;" in page
    assert "@import" not in page
    assert str(Path(project.root)) not in page
