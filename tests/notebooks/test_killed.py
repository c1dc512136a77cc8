"""A stage killed at any point: what was there is there, whole, and the next run completes."""

from __future__ import annotations

from pathlib import Path

import pytest

from project_copy import copy_project, run_make

pytestmark = [pytest.mark.pipeline, pytest.mark.slow]
TARGET = "reports/sample/steam/1-acquire.html"
# Appended to a copy of storage/whole.py: the process ends itself before the n-th file is finished or moved, if a file
# named by the point says so.
DEADLY = """

_counts = {}


def _deadly(name, function):
    def before(*arguments):
        _counts[name] = _counts.get(name, 0) + 1
        point = Path(os.environ.get("CROWDWISE_ROOT") or Path.cwd()) / "kill"
        if point.exists() and point.read_text() == f"{name} {_counts[name]}":
            os.kill(os.getpid(), 9)
        function(*arguments)
    return before


_finish, _move = _deadly("finish", _finish), _deadly("move", _move)
"""
IN_THE_KERNEL = {"the second raw file": "finish 2", "the third table": "finish 8"}
IN_THE_RUNNER = {"the page": "finish 1", "the seventh move": "move 7"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose writers can be made to die."""
    root = copy_project(tmp_path_factory.mktemp("killed") / "crowdwise")
    whole = root / "lib/crowdwise/storage/whole.py"
    whole.write_text(whole.read_text() + DEADLY)
    return root


def state(root: Path) -> dict[str, bytes]:
    """Every file of the profile, but for the log of runs and what is no result."""
    files = [path for place in ("data/sample", "reports/sample") for path in (root / place).rglob("*")]
    aside = {"runs.jsonl", "kill", ".look"}
    kept = [
        path for path in files if path.is_file() and path.name not in aside and not {"failed", "params"} & {*path.parts}
    ]
    return {str(path.relative_to(root)): path.read_bytes() for path in kept}


def results(root: Path) -> dict[str, bytes]:
    return {name: content for name, content in state(root).items() if not Path(name).name.startswith(".")}


def choose(root: Path, players: int) -> None:
    path = root / "params/sample/steam.yaml"
    lines = [
        f"  players: {players}" if line.startswith("  players: ") else line for line in path.read_text().splitlines()
    ]
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def outcomes(project: Path) -> dict[int, dict[str, bytes]]:
    """What two choices of parameters give when nothing is in the way; the last one is there."""
    found = {}
    for players in (320, 300):
        choose(project, players)
        made = run_make(project, TARGET)
        assert made.returncode == 0, made.stderr
        found[players] = state(project)
    assert found[300] != found[320]
    return found


@pytest.mark.parametrize(
    "point", [*IN_THE_KERNEL.values(), *IN_THE_RUNNER.values()], ids=[*IN_THE_KERNEL, *IN_THE_RUNNER]
)
def test_a_stage_killed_before(project: Path, outcomes: dict[int, dict[str, bytes]], point: str) -> None:
    players = 300 if state(project) == outcomes[320] else 320
    before, after = outcomes[620 - players], outcomes[players]
    choose(project, players)
    (project / "kill").write_text(point)
    made = run_make(project, TARGET)
    assert made.returncode != 0
    if point in IN_THE_KERNEL.values():
        assert "its kernel was killed" in made.stderr
        assert "Traceback" not in made.stderr
        assert results(project) == {name: content for name, content in before.items() if "/." not in name}
    for name, content in results(project).items():
        assert content in (before.get(name), after.get(name)), f"{name} is half made"
    (project / "kill").unlink()
    made = run_make(project, TARGET)
    assert made.returncode == 0, made.stderr
    assert state(project) == after
