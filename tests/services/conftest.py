"""Each server in turn with an empty database, and made-up tables to put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from servers import AbsentError, Server, start_mariadb, start_postgresql
from swift import swift  # noqa: F401

from crowdwise.base.layout import Layout
from crowdwise.storage.tables import write_table


def started(start: Callable[[], AbstractContextManager[Server]]) -> Iterator[Server]:
    try:
        with start() as server:
            yield server
    except AbsentError as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    yield from started(start_postgresql)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    yield from started(start_mariadb)


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Give each server in turn with an empty database, named by the environment variable."""
    server: Server = request.getfixturevalue(request.param)
    server.empty()
    monkeypatch.setenv("SQLALCHEMY_DATABASE_URI", server.url)
    return server


@pytest.fixture(params=[start_postgresql, start_mariadb])
def server_of_its_own(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Give a server that the test may stop."""
    for server in started(request.param):
        server.empty()
        monkeypatch.setenv("SQLALCHEMY_DATABASE_URI", server.url)
        yield server


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """Give a profile with tables of some thousand rows in a root of its own."""
    for folder in ("params", "notebooks"):
        (tmp_path / folder).mkdir()
    monkeypatch.delenv("CROWDWISE_PENDING", raising=False)
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    layout = Layout("sample")
    for system, tables in (("steam", make_steam()), ("kickstarter", make_kickstarter())):
        for name, table in tables.items():
            write_table(table, layout.table(system, name))
    return layout


def make_steam(players: int = 60, games: int = 80, each: int = 30) -> dict[str, pd.DataFrame]:
    """Give made-up Steam tables of any size, with names that quoting and character sets can trip over."""
    rng = np.random.default_rng(5)
    game = [str(10 + k) for k in range(games)]
    odd = ["Über", "100%", 'Garry\'s "Mod"', "戦国 🎲", "back\\slash\ttab", "a", "A"]
    names = [f"{odd[k % len(odd)]} {k}" for k in range(games)]
    player = [str(76561198000000000 + k) for k in range(players)]
    days = pd.array(
        [date(2000 + k % 20, 1 + k % 12, 28) if k % 3 else None for k in range(games)], pd.ArrowDtype(pa.date32())
    )
    chosen = np.concatenate([rng.permutation(games)[:each] for _ in range(players)])
    owned = pd.DataFrame(
        {
            "player_id": np.repeat(player, each),
            "game_id": np.asarray(game)[chosen],
            "minutes_total": rng.integers(0, 10_000, len(chosen)),
            "minutes_two_weeks": rng.integers(0, 100, len(chosen)),
        }
    )
    owners = owned.game_id.value_counts()
    return {
        "games": pd.DataFrame(
            {
                "game_id": game,
                "name": names,
                "genres": [["Action", name] for name in names],
                "tags": [[] if k % 2 else None for k in range(games)],
                "developer": [None if k % 2 else "Válvula" for k in range(games)],
                "publisher": [None] * games,
                "price": [np.nan if k % 5 == 0 else k / 3 for k in range(games)],
                "price_meaning": ["free" if k % 5 == 0 else "amount" for k in range(games)],
                "price_text": ["Free" if k % 5 == 0 else None for k in range(games)],
                "released_on": pd.array(days, pd.ArrowDtype(pa.date32())),
                "release_precision": "day",
                "early_access": [k % 7 == 0 for k in range(games)],
                "metascore": [np.nan] * games,
                "in_catalogue": True,
                "owners": [int(owners.get(g, 0)) for g in game],
                "players": 0,
                "twin_of": None,
                "is_game": [k % 11 != 0 for k in range(games)],
            }
        ),
        "players": pd.DataFrame(
            {
                "player_id": player,
                "user_id": [f"{'U' if k % 2 else 'u'}{k // 2}" for k in range(players)],
                "games": each,
                "games_played": each,
                "minutes_total": 3_000_000_000,
            }
        ),
        "owned": owned,
        "reviews": pd.DataFrame(
            {
                "player_id": [player[0], None],
                "user_id": ["u0", "gone"],
                "game_id": game[:2],
                "recommend": [True, False],
                "posted_on": pd.array([date(2014, 9, 8), None], pd.ArrowDtype(pa.date32())),
                "posted_precision": ["day", "none"],
            }
        ),
        "bundles": pd.DataFrame(
            {
                "bundle_id": ["1", "1"],
                "bundle_name": "Both",
                "game_id": game[:2],
                "game_name": names[:2],
                "price": [np.nan, 1 / 3],
                "final_price": 0.1,
            }
        ),
    }


def make_kickstarter() -> dict[str, pd.DataFrame]:
    """Give a small Kickstarter: keys that differ in case only, a NUL, an emoji, times to the second."""
    launched = pd.to_datetime(["2023-01-02T03:04:05Z", "2009-05-03T00:00:00Z"], utc=True)
    projects = pd.DataFrame(
        {
            "project_id": ["a", "A"],
            "name": ["A 🎲 game", "Nul\0 in a name"],
            "blurb": ["Roll 'em; \\N \t", None],
            "category": ["games/Tabletop", "games/tabletop"],
            "parent_category": "games",
            "goal_usd": [1000.1, 1e9],
            "pledged_usd": [2000.0, np.nan],
            "currency": "USD",
            "country": ["US", None],
            "state": ["successful", "live"],
            "launched_at": launched,
            "deadline": launched + pd.Timedelta(days=30),
            "created_at": [None, launched[1]],
            "time_precision": ["second", "day"],
            "creator_id": ["7", None],
            "place_id": None,
            "staff_pick": [True, False],
            "backers_count": [12, 0],
            "seen_in": "2023-07-17",
            "outcome": pd.array([True, None], dtype="boolean"),
            "first_seen_in": ["2018-01-12", "2023-07-17"],
            "months_seen": [2, 1],
        }
    )
    categories = pd.DataFrame({"category": projects.category, "parent_category": "games", "projects": 1})
    return {
        "projects": projects,
        "categories": categories,
        "parents": pd.DataFrame({"parent_category": ["games"], "categories": len(categories), "projects": 2}),
        "countries": pd.DataFrame({"country": ["US"], "projects": [1]}),
    }
