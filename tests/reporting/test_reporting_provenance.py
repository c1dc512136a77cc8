"""What a page says of where it comes from; and the log of runs, which is apart."""

from __future__ import annotations

import json
import os
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from crowdwise.base.layout import Layout
from crowdwise.reporting import runlog
from crowdwise.reporting.commits import last_commit
from crowdwise.reporting.history import draw_trend, main, render
from crowdwise.reporting.parameters import write_stamps
from crowdwise.reporting.provenance import (
    command_of,
    departures,
    describe,
    hash_of,
    read_provenance,
    update_commits,
    write_provenance,
)
from crowdwise.reporting.trace import Trace

WHO = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", "init.defaultBranch=main", *arguments]
    return subprocess.run(command, cwd=root, env=os.environ | WHO, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def versioned(project: Layout) -> Layout:
    """The small project under version control, with a module that its notebook imports and one that it does not."""
    for name in ("used", "other"):
        (project.root / f"{name}.py").write_text(f"{name} = 1\n")
    (project.root / "requirements.lock").write_text("numpy==0.0.1 \\\n    --hash=sha256:00\n")
    (project.root / ".gitignore").write_text("reports/\ndata/\n")
    git(project.root, "init", "-q")
    git(project.root, "add", "-A")
    git(project.root, "commit", "-qm", "one")
    write_stamps(project)
    return project


def described(layout: Layout) -> dict[str, object]:
    data = layout.root / "input.csv"
    data.write_text("a\n1\n")
    values = {"source": "made-up", "seed": 7, "nested": {"seed": 8, "share": 0.5}}
    return describe(layout, "steam", "1-acquire", values, Trace((layout.root / "used.py",), (data,), 0))


def test_it_names_command_seeds_hashes_commit_and_what_is_not_as_locked(versioned: Layout) -> None:
    found = described(versioned)
    assert found["command"] == "make PROFILE=tiny reports/tiny/steam/1-acquire.html"
    assert found["seeds"] == {"seed": 7, "nested.seed": 8}
    assert found["code"] == [{"file": "used.py", "sha256": hash_of(versioned.root / "used.py")}]
    assert found["inputs"] == [{"file": "input.csv", "sha256": hash_of(versioned.root / "input.csv")}]
    assert found["commit"] == {"id": git(versioned.root, "rev-parse", "HEAD").strip(), "uncommitted": []}
    (departure,) = found["departures"]  # type: ignore[misc]
    assert departure.startswith("numpy ")
    assert departure.endswith("(locked: 0.0.1)")
    text = json.dumps(found)
    assert str(versioned.root) not in text
    assert json.dumps(described(versioned)) == text


def test_a_commit_to_other_files_changes_nothing_and_an_edit_is_told(versioned: Layout) -> None:
    before = described(versioned)["commit"]
    (versioned.root / "other.py").write_text("other = 2\n")
    assert described(versioned)["commit"] == before
    git(versioned.root, "commit", "-qam", "two")
    assert described(versioned)["commit"] == before
    (versioned.root / "used.py").write_text("used = 2\n")
    (versioned.root / "new.py").write_text("")
    assert last_commit(versioned.root, ["used.py", "new.py", "other.py"]) == {
        "id": git(versioned.root, "rev-parse", "HEAD").strip(),
        "uncommitted": ["new.py", "used.py"],
    }


def test_once_what_it_was_made_of_is_committed_a_page_names_that_commit(versioned: Layout) -> None:
    (versioned.root / "used.py").write_text("used = 2\n")
    write_provenance(versioned, described(versioned))
    assert read_provenance(versioned, "steam", "1-acquire")["commit"]["uncommitted"] == ["used.py"]  # type: ignore[index]
    assert update_commits(versioned) == []
    git(versioned.root, "commit", "-qam", "two")
    assert update_commits(versioned) == [("steam", "1-acquire")]
    head = git(versioned.root, "rev-parse", "HEAD").strip()
    assert read_provenance(versioned, "steam", "1-acquire")["commit"] == {"id": head, "uncommitted": []}  # type: ignore[index]
    assert update_commits(versioned) == []
    (versioned.root / "used.py").write_text("used = 3\n")
    git(versioned.root, "commit", "-qam", "three")
    assert update_commits(versioned) == [], "it was not made of that"


def test_without_git_no_commit_is_named(project: Layout) -> None:
    (project.root / "used.py").write_text("")
    write_stamps(project)
    assert described(project)["commit"] is None
    assert update_commits(project) == []


def test_the_command_of_a_local_page_names_the_folder_of_raw_files(project: Layout) -> None:
    layout = Layout("local", project.root)
    stamp = layout.reports / "params" / "steam-1-acquire.json"
    stamp.parent.mkdir(parents=True)
    stamp.write_text('{"source": "../my data/steam"}')
    assert command_of(layout, "steam", "3-model") == "make 'RAW=../my data' reports/local/steam/3-model.html"


def test_a_folder_is_hashed_by_its_names_and_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    first = hash_of(tmp_path)
    (tmp_path / "a").rename(tmp_path / "b")
    assert hash_of(tmp_path) != first
    assert hash_of(tmp_path / "gone") == ""
    assert departures(tmp_path / "gone") == []


def test_a_lock_may_hold_a_version_for_each_python(tmp_path: Path) -> None:
    here, lock = version("numpy"), tmp_path / "requirements.lock"
    lock.write_text(f"numpy=={here} ; python_version < '9' \\\n    --hash=x\nnumpy==99.0 ; python_version >= '9'\n")
    assert departures(lock) == []
    lock.write_text("numpy==98.0\nnumpy==99.0\nno-such-package==1.0\n")
    assert departures(lock) == [f"numpy {here} (locked: 98.0 or 99.0)"]


def test_the_page_of_times_shows_the_last_run_its_trend_and_what_failed(project: Layout) -> None:
    log = project.reports / "runs.jsonl"
    for seconds, fine in ((10.0, True), (12.0, True), (3.0, False), (20.0, True)):
        runlog.append(
            log,
            system="steam",
            notebook="3-model",
            seconds=seconds,
            cells=seconds / 2,
            peak_memory=5 << 20,
            succeeded=fine,
        )
    with log.open("a") as lines:
        lines.write('{"finished_at": "2026-01-')
    assert main(["--profile", "tiny"]) == 0
    page = (project.reports / "runs.html").read_text()
    assert '<td class="number">20.0</td><td class="number">12.0</td><td class="number">50%</td>' in page
    assert "4 runs of profile" in page
    assert "1 of them failed" in page
    assert "1 lines of it can" in page
    assert 'aria-label="3 runs, 10 to 20 seconds, the last 20"' in page
    assert page.count("<script") == 1, "the pages' own"


def test_a_line_from_before_cells_were_timed_is_read(project: Layout) -> None:
    log = project.reports / "runs.jsonl"
    log.parent.mkdir(parents=True)
    line = {"finished_at": "2026-01-01T00:00:00+00:00", "system": "steam", "notebook": "3-model", "succeeded": True}
    line |= {"seconds": 5.0, "peak_memory": 0, "host": "<b>", "python": "3.11", "processors": 2}
    log.write_text(json.dumps(line) + "\n")
    (run,), unreadable = runlog.read_runs(log)
    assert (run.overhead, unreadable) == (None, 0)
    assert "&lt;b&gt;" in render(project)
    assert "Nothing has been run yet" in render(Layout("other", project.root))


def test_a_trend_takes_two_runs() -> None:
    assert draw_trend([3.0], "seconds") == "one run"
    assert "2 runs, 0 to 0 seconds" in draw_trend([0.0, 0.0], "seconds")
