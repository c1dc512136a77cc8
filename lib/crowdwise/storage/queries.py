"""What the app asks the database. Every value goes in as a bound parameter."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, case, or_, select

from crowdwise.base.errors import Problem
from crowdwise.base.seeds import generator
from crowdwise.storage.database import explained
from crowdwise.storage.schema import categories, countries, games, owned, players, searched


@dataclass(frozen=True)
class OwnedGame:
    """A game of a player's library and the minutes it was played."""

    game_id: str
    name: str
    minutes_total: int
    minutes_two_weeks: int


@dataclass(frozen=True)
class PlayerCount:
    """A player and the number of games in the library."""

    player_id: str
    games: int


@dataclass(frozen=True)
class FoundGame:
    """A game that a search found, and how many players own it."""

    game_id: str
    name: str
    owners: int


@dataclass(frozen=True)
class Reference:
    """What a project can be filed under: categories with their parents, and countries that have had projects."""

    categories: dict[str, str]
    countries: tuple[str, ...]


def player_library(engine: Engine, player_id: str) -> list[OwnedGame]:
    """Give what a player owns, the most played first; nothing for an empty library.

    Raises
    ------
    Problem
        If there is no such player.
    """
    query = (
        select(owned.c.game_id, games.c.name, owned.c.minutes_total, owned.c.minutes_two_weeks)
        .join(games, games.c.game_id == owned.c.game_id)
        .where(owned.c.player_id == player_id)
        .order_by(owned.c.minutes_total.desc(), owned.c.game_id)
    )
    with explained(engine), engine.connect() as connection:
        rows = connection.execute(query).all()
        known = rows or connection.scalar(select(players.c.player_id).where(players.c.player_id == player_id))
    if not known:
        raise Problem(f"no player has the id {player_id!r}", remedy="Pick one from the list, or choose games instead")
    return [OwnedGame(*row) for row in rows]


def find_player(engine: Engine, name: str) -> str | None:
    """Give the player_id of a player named by that id or, else, by user_id; None if nobody is."""
    query = (
        select(players.c.player_id)
        .where(or_(players.c.player_id == name, players.c.user_id == name))
        .order_by(case((players.c.player_id == name, 0), else_=1), players.c.player_id)
        .limit(1)
    )
    with explained(engine), engine.connect() as connection:
        return connection.scalar(query)


def some_players(engine: Engine, n: int = 20, *, seed: int, at_least: int = 5) -> list[PlayerCount]:
    """Give up to `n` players with libraries of `at_least` games, drawn by the seed, those with most games first."""
    query = select(players.c.player_id, players.c.games).where(players.c.games >= at_least)
    with explained(engine), engine.connect() as connection:
        rows = connection.execute(query.order_by(players.c.player_id)).all()
    drawn = generator(seed, "some players").permutation(len(rows))[:n]
    chosen = [PlayerCount(*rows[k]) for k in drawn]
    return sorted(chosen, key=lambda player: (-player.games, player.player_id))


def search_games(engine: Engine, words: str, n: int = 10) -> list[FoundGame]:
    """Give games whose name holds `words`, in any case: those that begin with it first, then the most owned first.

    What is no game by itself (a soundtrack, a test server) and a game's less known twin are left out.
    """
    wanted = searched(words.strip())
    if not wanted:
        return []
    begins = games.c.search_name.startswith(wanted, autoescape=True)
    query = (
        select(games.c.game_id, games.c.name, games.c.owners)
        .where(games.c.search_name.contains(wanted, autoescape=True), games.c.is_game, games.c.twin_of.is_(None))
        .order_by(case((begins, 0), else_=1), games.c.owners.desc(), games.c.search_name, games.c.game_id)
        .limit(n)
    )
    with explained(engine), engine.connect() as connection:
        return [FoundGame(*row) for row in connection.execute(query)]


def read_reference(engine: Engine) -> Reference:
    """Give Kickstarter's categories with their parents, by name, and its countries, the one with most projects first.

    Raises
    ------
    Problem
        If the database can't be used, or no Kickstarter data was put into it.
    """
    filed = select(categories.c.category, categories.c.parent_category).order_by(categories.c.category)
    placed = select(countries.c.country).order_by(countries.c.projects.desc(), countries.c.country)
    with explained(engine), engine.connect() as connection:
        parents = {str(category): str(parent) for category, parent in connection.execute(filed)}
        found = Reference(parents, tuple(connection.scalars(placed)))
    if not found.categories:
        raise Problem("the database holds no categories", remedy="Run `make ingest`")
    return found
