"""Bad raw data through the front door: one sentence, exit code not 0, and earlier results untouched."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from project_copy import run_make

pytestmark = [pytest.mark.pipeline, pytest.mark.slow]
ITEMS = "steam/australian_users_items.json.gz"


@pytest.fixture(scope="module")
def good(sample_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of raw data in the publishers' form, acquired once into the profile `local`."""
    folder = tmp_path_factory.mktemp("raw")
    for system in ("steam", "kickstarter"):
        shutil.copytree(sample_root / "data/sample" / system / "raw", folder / system)
    made = run_make(sample_root, "acquire", f"RAW={os.path.relpath(folder, sample_root)}")
    assert made.returncode == 0, made.stderr
    return folder


def kept(root: Path) -> dict[str, bytes]:
    files = [*(root / "data/local").rglob("*"), *(root / "reports/local").rglob("*")]
    left = [path for path in files if path.is_file() and "failed" not in path.parts and "params" not in path.parts]
    return {str(path): path.read_bytes() for path in left if path.name != "runs.jsonl"}


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2000])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def show_an_error_page(path: Path) -> None:
    path.write_bytes(b"<!DOCTYPE html><html><body>503 Service Unavailable</body></html>")


def break_every_line(path: Path) -> None:
    lines = gzip.decompress(path.read_bytes()).splitlines()
    path.write_bytes(gzip.compress(b"\n".join(line[: len(line) // 2] for line in lines) + b"\n", mtime=0))


def drop_the_goal(path: Path) -> None:
    lines = gzip.decompress(path.read_bytes()).splitlines()
    renamed = b"\n".join(line.replace(b'"goal":', b'"target":') for line in lines)
    path.write_bytes(gzip.compress(renamed + b"\n", mtime=0))


def remove(path: Path) -> None:
    path.unlink()


CASES = [
    ("steam", truncate, ["australian_users_items.json.gz", "truncated"]),
    ("steam", empty, ["australian_users_items.json.gz", "empty"]),
    ("steam", show_an_error_page, ["australian_users_items.json.gz", "web page"]),
    ("steam", break_every_line, ["australian_users_items.json.gz", "line 1"]),
    ("steam", remove, ["australian_users_items.json.gz", "no such file"]),
    ("kickstarter", drop_the_goal, ["Kickstarter_", "goal"]),
    ("kickstarter", show_an_error_page, ["Kickstarter_", "web page"]),
]


@pytest.mark.parametrize(("system", "damage", "words"), CASES)
def test_damage_is_told_in_one_sentence_and_changes_nothing(
    sample_root: Path, good: Path, tmp_path: Path, system: str, damage: Callable[[Path], None], words: list[str]
) -> None:
    before = kept(sample_root)
    assert before
    bad = tmp_path / "raw"
    shutil.copytree(good, bad)
    for mark in bad.rglob("made-up.json"):
        mark.unlink()
    damage(bad / ITEMS if system == "steam" else sorted((bad / "kickstarter").glob("Kickstarter_*"))[0])
    made = run_make(sample_root, f"{system}", f"RAW={os.path.relpath(bad, sample_root)}")
    assert made.returncode != 0
    said = [line for line in made.stderr.splitlines() if line.startswith("crowdwise:")]
    assert len(said) == 1, made.stderr
    assert all(word in said[0] for word in words), said[0]
    assert "Traceback" not in made.stderr
    assert kept(sample_root) == before


def test_a_missing_folder_is_told_before_anything_runs(sample_root: Path) -> None:
    made = run_make(sample_root, "report", "RAW=nowhere")
    assert made.returncode != 0
    assert "crowdwise: RAW=nowhere: it holds no folder steam/" in made.stderr
    assert "running" not in made.stderr
