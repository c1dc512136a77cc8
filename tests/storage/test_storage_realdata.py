"""The real files are fetched, whole, and have the lines that they should have."""

from __future__ import annotations

import json

import pytest

from crowdwise.storage.fetch import fetch, find
from crowdwise.storage.lines import read_lines

pytestmark = pytest.mark.realdata

LINES = {
    "australian_users_items.json.gz": 5_663,
    "australian_user_reviews.json.gz": 2_813,
    "steam_games.json.gz": 32_135,
    "bundle_data.json.gz": 615,
}


def test_steams_files_have_their_lines_and_the_catalogue_is_the_published_one(home, realdata):
    found = [fetch(origin, home / "raw") for origin in find(str(realdata / "steam"), ["*.json.gz"])]
    assert {file.name: sum(1 for _ in read_lines(file.path)) for file in found} == LINES
    pinned = {"size": 2_740_516, "md5": "61f1eecab517a3a6cffbd82569754c9c"}
    assert fetch(str(realdata / "steam" / "steam_games.json.gz"), home / "raw", **pinned).size == 2_740_516


def test_kickstarters_files_are_found_whole_and_a_month_is_json_lines(home, realdata):
    origins = find(str(realdata / "kickstarter"), ["Kickstarter_*.json.gz", "*.json.gz", "*.zip"])
    assert len(origins) == 4
    fetched = {file.name: file for file in (fetch(origin, home / "raw") for origin in origins)}
    month = next(file for name, file in fetched.items() if name.startswith("Kickstarter_2023-07"))
    lines = [json.loads(line) for line in read_lines(month.path)]
    assert len(lines) == 21_906
    assert all(set(line) == {"table_id", "robot_id", "run_id", "data"} for line in lines)
