"""A database with three players, and models over a few games."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from few_games import NAMES, FewGames

from crowdwise.app.sources import StoredPlayers
from crowdwise.app.steam_model import SteamModel
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.storage.database import engine, prepare
from crowdwise.storage.schema import games, owned, players
from s3_server import moto, moto_client, s3  # noqa: F401


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Undo what setting up the log does, so that the next test can read it."""
    logger = logging.getLogger("crowdwise")
    handlers, propagate, level = list(logger.handlers), logger.propagate, logger.level
    yield
    logger.handlers[:], logger.propagate = handlers, propagate
    logger.setLevel(level)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout("sample", tmp_path)


@pytest.fixture
def recommender() -> FewGames:
    return FewGames()


@pytest.fixture
def stored(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> StoredPlayers:
    monkeypatch.delenv("SQLALCHEMY_DATABASE_URI", raising=False)
    to = engine(layout)
    prepare(to, "sample")
    with to.begin() as connection:
        for key, name in NAMES.items():
            row = {"game_id": key, "name": name, "search_name": name.casefold(), "owners": 5, "players": 5}
            connection.execute(games.insert().values(**row, in_catalogue=True, is_game=True))
        for k, (key, library) in enumerate({"765": ["10", "30", "60", "20", "50"], "766": ["40"], "767": []}.items()):
            count = {"games": len(library), "games_played": len(library), "minutes_total": 60}
            connection.execute(players.insert().values(player_id=key, user_id=f"user{k}", **count))
            for m, game_id in enumerate(library):
                minutes = {"minutes_total": 600 - 60 * m, "minutes_two_weeks": 0}
                connection.execute(owned.insert().values(player_id=key, game_id=game_id, **minutes))
    return StoredPlayers(to)


@pytest.fixture
def steam(recommender: FewGames, stored: StoredPlayers) -> SteamModel:
    return SteamModel(recommender, stored)  # type: ignore[arg-type]


@pytest.fixture
def mishap() -> Problem:
    return Problem("the shelf is empty", where="here", remedy="Fill it")
