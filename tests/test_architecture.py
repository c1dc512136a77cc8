"""The house: which room may import which."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

MAY_IMPORT = {
    "base": {"base"},
    "storage": {"storage", "base"},
    "steam": {"steam", "storage", "base"},
    "kickstarter": {"kickstarter", "storage", "base"},
    "experiment": {"experiment", "storage", "base"},
    "reporting": {"reporting", "storage", "base"},
    "app": {"app", "steam", "kickstarter", "experiment", "storage", "base"},
}


def imported_rooms(source: str) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if node.module != "crowdwise" else [f"crowdwise.{a.name}" for a in node.names]
            assert node.level == 0, "imports are absolute"
        rooms |= {name.split(".")[1] for name in names if name.startswith("crowdwise.")}
    return rooms


def modules(root: Path) -> list[Path]:
    return sorted((root / "lib" / "crowdwise").rglob("*.py"))


def test_every_arrow_runs_the_right_way(root: Path) -> None:
    wrong = []
    for path in modules(root):
        parts = path.relative_to(root / "lib" / "crowdwise").parts
        if len(parts) == 1:
            continue
        allowed = MAY_IMPORT[parts[0]] | ({"reporting"} if path.name == "prelude.py" else set())
        wrong += [f"{'/'.join(parts)} imports {r}" for r in sorted(imported_rooms(path.read_text()) - allowed)]
    assert wrong == []


def test_a_wrong_arrow_is_seen() -> None:
    assert imported_rooms("from crowdwise.app.views import x\nimport crowdwise.steam.raw") == {"app", "steam"}
    assert imported_rooms("from crowdwise import storage") == {"storage"}


def test_every_folder_is_a_room_of_the_house(root: Path) -> None:
    folders = {p.name for p in (root / "lib" / "crowdwise").iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert folders == set(MAY_IMPORT)


# joblib may share work among processes; what it dumps to disk is pickled.
PICKLED = re.compile(
    r"^\s*(import|from) (pickle|dill)\b|^\s*import joblib|from joblib import .*\b(dump|load)\b|allow_pickle=True", re.M
)


def test_nothing_is_pickled(root: Path) -> None:
    assert [path.name for path in modules(root) if PICKLED.search(path.read_text())] == []


@pytest.mark.parametrize("line", ["import pickle", "import joblib", "from joblib import dump", "from dill import load"])
def test_a_pickle_is_seen(line: str) -> None:
    assert PICKLED.search(line)
    assert not PICKLED.search("from joblib import Parallel, cpu_count, delayed")


def test_files_keep_to_one_subject(root: Path) -> None:
    assert [path.name for path in modules(root) if len(path.read_text().splitlines()) > 300] == []


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc", "manager"])
def test_no_module_has_a_name_that_says_nothing(root: Path, word: str) -> None:
    assert [path.name for path in modules(root) if word.rstrip("s") in path.stem] == []
