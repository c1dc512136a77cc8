"""What the Steam tab shows: games, why they are there, and the answer they make up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crowdwise.app.taste import Taste


@dataclass(frozen=True)
class Game:
    """A game as the app shows it.

    Parameters
    ----------
    price : float, optional
        In US dollars; None where it isn't known.
    price_text : str, optional
        What the shop wrote instead of a number.
    """

    game_id: str
    name: str
    genres: tuple[str, ...] = ()
    price: float | None = None
    price_text: str | None = None


@dataclass(frozen=True)
class Because:
    """An owned game behind a recommendation, its share of what owned games add, and whether it was played at all."""

    name: str
    share: float
    played: bool = True


@dataclass(frozen=True)
class Shown:
    """A game in a list: the owned games behind it, or its likeness to the chosen one and what it stands for.

    Parameters
    ----------
    score : float
        What it is ranked by.
    also : tuple of str
        Games of its series that it stands for.
    """

    game: Game
    reasons: tuple[Because, ...] = ()
    likeness: float | None = None
    score: float = 0.0
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A heading, a line on what it was made from, and the games, best first.

    Parameters
    ----------
    remarks : tuple of str
        Sentences on what is not as one may expect: fewer than ten, games left out.
    famous : int
        How many of the games are among the hundred most owned.
    taste : Taste, optional
        The genres of the library it was made from.
    """

    title: str
    lead: str
    games: tuple[Shown, ...]
    remarks: tuple[str, ...] = ()
    famous: int = 0
    taste: Taste | None = None


def as_game(row: Mapping[Any, Any]) -> Game:
    """Give a game from its row of the model's table."""
    price, genres, words = row.get("price"), row.get("genres"), row.get("price_text")
    listed = genres.split(",") if isinstance(genres, str) else genres if isinstance(genres, Iterable) else ()
    return Game(
        str(row["game_id"]),
        str(row["name"]),
        tuple(str(genre).strip() for genre in listed if str(genre).strip()),
        float(price) if price is not None and price == price else None,
        words if isinstance(words, str) and words else None,
    )


def ids(games: Iterable[Shown]) -> list[str]:
    """Give the ids of what is shown, in its order."""
    return [one.game.game_id for one in games]
