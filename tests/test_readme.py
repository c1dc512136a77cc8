"""The README: its pictures are there, its commands exist, nothing was left to be filled in."""

from __future__ import annotations

import re
from pathlib import Path


def test_every_picture_and_file_it_points_to_is_there(root: Path) -> None:
    text = (root / "README.md").read_text()
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert links
    assert [link for link in links if not link.startswith("http") and not (root / link).exists()] == []


def test_every_make_target_it_names_exists(root: Path) -> None:
    named = set(re.findall(r"`?\bmake (?:-j2 )?([a-z][a-z-]+)", (root / "README.md").read_text()))
    known = set(re.findall(r"^([a-z][a-z-]*):", (root / "Makefile").read_text(), re.M))
    assert {"report", "app", "test"} <= named
    assert named <= known


def test_nothing_is_left_to_be_filled_in(root: Path) -> None:
    assert re.findall(r"^[A-Z]{4,}$", (root / "README.md").read_text(), re.M) == []
