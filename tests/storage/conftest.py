"""A root of its own for each test, small tables; the servers stand in files of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from crowdwise.base.layout import Layout
from crowdwise.storage.tables import write_table
from s3_server import moto, moto_client, s3  # noqa: F401
from web_server import web  # noqa: F401


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty project root that the code under test takes for its own."""
    for folder in ("params", "notebooks"):
        (tmp_path / folder).mkdir()
    monkeypatch.delenv("CROWDWISE_PENDING", raising=False)
    monkeypatch.delenv("SQLALCHEMY_DATABASE_URI", raising=False)
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def put(home: Path) -> Callable[[str, bytes], Path]:
    """Give a function that writes a file below the root."""

    def write(path: str, content: bytes) -> Path:
        place = home / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return place

    return write


def steam_tables() -> dict[str, pd.DataFrame]:
    """Give a small Steam in the form of the Parquet tables, with the oddities that a database can trip over."""
    names = [
        "Über Game",
        "100% Orange_Juice",
        'Garry\'s "Mod"',
        "über game: Soundtrack",
        "戦国\\n",
        "Orange Box",
        "Twin",
    ]
    games = pd.DataFrame(
        {
            "game_id": ["10", "20", "30", "40", "50", "60", "70"],
            "name": names,
            "genres": [["Action", "Rôle"], [], None, ["Action"], ["戦"], ["Action"], []],
            "tags": [["a,b", '"q"'], [], None, [], [], [], []],
            "developer": ["Valve", None, None, None, None, None, None],
            "publisher": [None] * 7,
            "price": [9.99, 0.0, np.nan, 1.0, 2.0, 3.0, 4.0],
            "price_meaning": ["amount", "free", "unpriced", *["amount"] * 4],
            "price_text": [None, None, "Third-party", None, None, None, None],
            "released_on": pd.array(
                [date(2017, 2, 28), None, date(1998, 11, 8), *[None] * 4], pd.ArrowDtype(pa.date32())
            ),
            "release_precision": ["day", "none", "day", "none", "none", "none", "none"],
            "early_access": [False, True, False, False, False, False, False],
            "metascore": [96.0, *[np.nan] * 6],
            "in_catalogue": [True] * 6 + [False],
            "owners": [5, 2, 3, 1, 0, 9, 4],
            "players": [4, 1, 3, 0, 0, 7, 4],
            "twin_of": [None] * 6 + ["10"],
            "is_game": [True, True, True, False, True, True, True],
        }
    )
    players = pd.DataFrame(
        {
            "player_id": ["76561198000000001", "76561198000000002", "76561198000000003"],
            "user_id": ["0123", "76561198000000001", "Ann"],
            "games": [3, 1, 0],
            "games_played": [2, 0, 0],
            "minutes_total": [3_000_000_000, 0, 0],
        }
    )
    first, second = players.player_id[:2]
    owned = pd.DataFrame(
        {
            "player_id": [first, first, first, second],
            "game_id": ["10", "20", "30", "10"],
            "minutes_total": [5, 0, 700, 0],
            "minutes_two_weeks": [9, 0, 0, 0],
        }
    )
    reviews = pd.DataFrame(
        {
            "player_id": [first, None],
            "user_id": ["0123", "gone"],
            "game_id": ["10", "999"],
            "recommend": [True, False],
            "posted_on": pd.array([date(2014, 9, 8), None], pd.ArrowDtype(pa.date32())),
            "posted_precision": ["day", "none"],
        }
    )
    bundles = pd.DataFrame(
        {
            "bundle_id": ["1", "1"],
            "bundle_name": ["Both", "Both"],
            "game_id": ["10", "20"],
            "game_name": names[:2],
            "price": [9.99, np.nan],
            "final_price": [5.0, 5.0],
        }
    )
    return {"games": games, "players": players, "owned": owned, "reviews": reviews, "bundles": bundles}


def kickstarter_tables() -> dict[str, pd.DataFrame]:
    """Give a small Kickstarter in the form of the Parquet tables."""
    projects = pd.DataFrame(
        {
            "project_id": ["1", "2"],
            "name": ["A 🎲 game", "Nul\0 in a name"],
            "blurb": ["Roll 'em", None],
            "category": ["games/tabletop games", "food/cookbooks"],
            "parent_category": ["games", "food"],
            "goal_usd": [1000.5, 1e9],
            "pledged_usd": [2000.0, 0.0],
            "currency": ["USD", "EUR"],
            "country": ["US", None],
            "state": ["successful", "live"],
            "launched_at": pd.to_datetime(["2023-01-02T03:04:05Z", "2009-05-03T00:00:00Z"], utc=True),
            "deadline": pd.to_datetime(["2023-02-01T03:04:05Z", "2009-06-03T00:00:00Z"], utc=True),
            "created_at": pd.to_datetime([None, "2009-05-01T00:00:00Z"], utc=True),
            "time_precision": ["second", "day"],
            "creator_id": ["7", None],
            "place_id": [None, None],
            "staff_pick": [True, False],
            "backers_count": [12, 0],
            "seen_in": ["2023-07-17", "2018-01-12"],
            "outcome": pd.array([True, None], dtype="boolean"),
            "first_seen_in": ["2018-01-12", "2018-01-12"],
            "months_seen": [2, 1],
        }
    )
    categories = pd.DataFrame(
        {
            "category": ["games/tabletop games", "food/cookbooks"],
            "parent_category": ["games", "food"],
            "projects": [1, 1],
        }
    )
    countries = pd.DataFrame({"country": ["US", "DE"], "projects": [1, 5]})
    parents = pd.DataFrame({"parent_category": ["food", "games"], "categories": [1, 1], "projects": [1, 1]})
    return {"projects": projects, "categories": categories, "parents": parents, "countries": countries}


def write_tables(layout: Layout, system: str, tables: dict[str, pd.DataFrame]) -> None:
    """Write a system's tables where the profile keeps them."""
    for name, table in tables.items():
        write_table(table, layout.table(system, name))


@pytest.fixture
def layout(home: Path) -> Layout:
    """Give the sample profile of a root of its own, with the small tables of both systems."""
    layout = Layout("sample")
    write_tables(layout, "steam", steam_tables())
    write_tables(layout, "kickstarter", kickstarter_tables())
    return layout


@pytest.fixture
def rewrite(layout: Layout) -> Callable[..., None]:
    """Give a function that changes one of the tables: columns by name, or a frame from the old one."""

    def change(system: str, name: str, how: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
        path = layout.table(system, name)
        write_table(how(pd.read_parquet(path)), path)

    return change
