"""A player's taste: the genres of a library beside those of all players' games."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crowdwise.app.shown import as_game

if TYPE_CHECKING:
    from crowdwise.app.shown import Game

SHOWN = 6
LEAST = 5  # games that a taste can be told from
ERRORS = 2.6  # standard errors apart: of six genres one is two apart by chance in every fifth library


@dataclass(frozen=True)
class Leaning:
    """A genre's share of a player's games, of all players' games, and of the player's hours (None if none is said)."""

    genre: str
    mine: float
    all: float
    hours: float | None = None


@dataclass(frozen=True)
class Taste:
    """The genres of a library.

    Parameters
    ----------
    finding : str
        The sentence the picture stands for.
    games : int
        How many games it is of.
    played : bool
        Whether these are the games that were played, rather than all that are owned because none was.
    leanings : tuple of Leaning
        The genre that stands out most above all players' first.
    """

    finding: str
    games: int
    played: bool
    leanings: tuple[Leaning, ...]


class Crowd:
    """What all players play: for each genre, its share of the games that players have played (or own).

    A game counts as often as it has players, so that it is the average game in a library that a library is compared
    with, not the average game in the shop. A game has several genres: the shares add up to more than one.

    Parameters
    ----------
    rows : iterable of mapping
        ``genres, owners, players``, one a game; where players aren't known, owners stand for them.
    """

    def __init__(self, rows: Iterable[Mapping[Any, Any]]) -> None:
        listed = list(rows)
        self._owned = _shares(listed, "owners")
        self._played = _shares(listed, "players") if all("players" in row for row in listed) else self._owned

    def compare(self, minutes: Mapping[Game, float | None]) -> Taste | None:
        """Give the taste that a library shows; None where no genre is known.

        Parameters
        ----------
        minutes : mapping of Game to float, or None where they aren't said
            A game never played tells what was bought, not what is liked: it counts only if none was played.
        """
        filed = {game: said for game, said in minutes.items() if game.genres}
        played = {game: said for game, said in filed.items() if said is None or said > 0}
        games = played or filed
        if not games:
            return None
        crowd = self._played if played else self._owned
        said = {game: float(time) for game, time in games.items() if time}
        total = sum(said.values())
        leanings = []
        for genre in {genre for game in games for genre in game.genres} | set(crowd):
            mine = sum(genre in game.genres for game in games) / len(games)
            spent = sum(time for game, time in said.items() if genre in game.genres) / total if total else None
            leanings.append(Leaning(genre, mine, crowd.get(genre, 0.0), spent))
        leanings.sort(key=lambda one: (-max(one.mine, one.all), one.genre))
        shown = sorted(leanings[:SHOWN], key=lambda one: (one.all - one.mine, one.genre))
        return Taste(_find(shown, len(games), bool(played)), len(games), bool(played), tuple(shown))


def _shares(rows: list[Mapping[Any, Any]], column: str) -> dict[str, float]:
    counts: dict[str, float] = {}
    total = 0.0
    for row in rows:
        weight, genres = float(row.get(column, 0) or 0), as_game(row).genres
        total += weight if genres else 0.0
        for genre in set(genres):
            counts[genre] = counts.get(genre, 0.0) + weight
    return {genre: count / total for genre, count in counts.items()} if total else {}


def _find(leanings: list[Leaning], games: int, played: bool) -> str:
    """Say which genre stands out, if chance alone would hardly make it: drawn games would differ by that as well."""
    verb = "play" if played else "own"
    if games < LEAST:
        return "Too few games to tell your taste from everyone's"

    def apart(one: Leaning) -> float:
        error = math.sqrt(max(one.all * (1 - one.all), 0.01) / games)
        return (one.mine - one.all) / error

    most = max(leanings, key=apart)
    if apart(most) >= ERRORS:
        return f"You {verb} more {most.genre} than most"
    least = min(leanings, key=apart)
    if apart(least) <= -ERRORS:
        return f"You {verb} less {least.genre} than most"
    return f"You {verb} much the same genres as everyone"
