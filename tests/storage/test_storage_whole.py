"""Files are whole or not there, alone and as a stage of many."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crowdwise.base.errors import Problem
from crowdwise.storage.inputs import record, recorded
from crowdwise.storage.whole import current, discard, is_pending, settle, whole_file, whole_folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def stage(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Begin a stage and give its journal."""
    journal = home / "journal"
    monkeypatch.setenv("CROWDWISE_PENDING", str(journal))
    return journal


def write(path: Path, text: str) -> None:
    with whole_file(path) as new:
        new.write_text(text)


def test_a_file_appears_when_its_block_ends(home):
    path = home / "deep" / "x"
    with whole_file(path) as new:
        new.write_text("one")
        assert not path.exists()
        assert new.parent == path.parent
    assert path.read_text() == "one"
    assert names(path.parent) == ["x"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_what_was_there(home, error):
    write(home / "out" / "x", "one")
    with pytest.raises(error), whole_file(home / "out" / "x") as new:  # noqa: PT012
        new.write_text("tw")
        raise error
    assert (home / "out" / "x").read_text() == "one"
    assert names(home / "out") == ["x"]


def test_a_folder_is_replaced_whole(home):
    for files in (("a", "b"), ("c",)):
        with whole_folder(home / "out" / "folder") as new:
            assert names(new) == []
            for name in files:
                (new / name).write_text(name)
    assert names(home / "out" / "folder") == ["c"]
    assert names(home / "out") == ["folder"]
    with pytest.raises(ValueError, match="stop"), whole_folder(home / "out" / "folder") as new:  # noqa: PT012
        (new / "d").write_text("d")
        raise ValueError("stop")
    assert names(home / "out" / "folder") == ["c"]
    assert names(home / "out") == ["folder"]


def test_a_killed_writer_leaves_what_was_there(home):
    write(home / "x", "one")
    code = (
        "import os, signal; from pathlib import Path; from crowdwise.storage.whole import whole_file\n"
        f"with whole_file(Path({str(home / 'x')!r})) as new: new.write_text('tw'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, env=os.environ).returncode == -9
    assert (home / "x").read_text() == "one"
    assert len([name for name in names(home) if name.startswith(".x.")]) == 1
    write(home / "x", "two")
    assert [name for name in names(home) if name.startswith(".x.")] == []


def test_a_full_disk_is_a_problem_and_leaves_what_was_there(home):
    write(home / "x", "one")
    with pytest.raises(Problem, match=r"x: the disk is full\. Make room"), whole_file(home / "x") as new:  # noqa: PT012
        new.symlink_to("/dev/full")
        new.write_text("two")
    assert (home / "x").read_text() == "one"
    assert [name for name in names(home) if name.startswith(".x.")] == []


def test_what_a_running_writer_has_begun_is_left_alone(home):
    begun = home / f".x.{os.getppid()}.new"
    begun.write_text("tw")
    write(home / "x", "one")
    assert begun.read_text() == "tw"


def test_a_stage_reads_what_it_wrote_and_others_read_what_was_there(home, stage):
    (home / "x").write_text("one")
    write(home / "x", "two")
    assert (home / "x").read_text() == "one"
    assert is_pending(home / "x")
    assert current(home / "x").read_text() == "two"
    assert settle(stage) == [home / "x"]
    assert (home / "x").read_text() == "two"
    assert not stage.exists()


def test_a_stage_that_fails_leaves_nothing(home, stage):
    (home / "out").mkdir()
    write(home / "out" / "x", "two")
    with whole_folder(home / "out" / "folder") as new:
        (new / "a").write_text("a")
    assert len(names(home / "out")) == 2
    discard(stage)
    assert names(home / "out") == []
    assert not stage.exists()


def test_a_stage_moves_folders_and_the_last_of_files_written_twice(home, stage):
    write(home / "out" / "x", "one")
    write(home / "out" / "x", "two")
    with whole_folder(home / "out" / "folder") as new:
        (new / "a").write_text("a")
    assert settle(stage) == [home / "out" / "x", home / "out" / "folder"]
    assert (home / "out" / "x").read_text() == "two"
    assert names(home / "out") == ["folder", "x"]


def test_a_journal_names_places_with_any_letters(home, stage):
    write(home / "out" / 'Ü "x"\n', "one")
    assert [json.loads(line)[1] for line in stage.read_text().splitlines()] == [str(home / "out" / 'Ü "x"\n')]
    settle(stage)
    assert names(home / "out") == ['Ü "x"\n']


def test_settling_or_discarding_nothing_is_no_error(home):
    assert settle(home / "no journal") == []
    discard(home / "no journal")


def test_what_is_read_is_noted_once_and_what_the_stage_itself_wrote_is_not(home, stage):
    write(home / "own", "one")
    assert record(home / "own") == home / "own"
    assert record(home / "x") == home / "x"
    record(home / "params" / ".." / "x")
    assert home / "own" not in recorded()
    assert recorded().count(home / "x") == 1
    assert recorded() == sorted(recorded())
