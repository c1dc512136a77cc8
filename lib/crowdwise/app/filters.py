"""Which games a user wants to hear of at all: by price and by genre."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crowdwise.app.markup import money
from crowdwise.base.errors import Problem

if TYPE_CHECKING:
    from crowdwise.app.shown import Game

HIGHEST = 10_000.0  # US dollars


@dataclass(frozen=True)
class Filters:
    """What a game has to be.

    A game whose price isn't known can't be said to be cheap: it is left out as soon as a price is asked for.

    Parameters
    ----------
    most_price : float, optional
        In US dollars.
    free : bool
        Whether it has to cost nothing.
    genres : tuple of str
        It has to be of one of them; of any when empty.
    """

    most_price: float | None = None
    free: bool = False
    genres: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.prices or bool(self.genres)

    @property
    def prices(self) -> bool:
        """Whether a price is asked for."""
        return self.free or self.most_price is not None

    def admit(self, game: Game) -> bool:
        """Whether a game is what was asked for."""
        if self.genres and not any(genre in game.genres for genre in self.genres):
            return False
        if not self.prices:
            return True
        most = 0.0 if self.free or self.most_price is None else self.most_price
        return game.price is not None and game.price <= most

    def words(self) -> str:
        """Say what is asked for: ``at most $10.00, RPG or Strategy``."""
        price = "free" if self.free else f"at most {money(self.most_price)}" if self.most_price is not None else ""
        return ", ".join(part for part in (price, " or ".join(self.genres)) if part)

    def get(self) -> dict[str, Any]:
        """Give them as a JSON document, of what is asked for alone."""
        state = {"most_price": self.most_price, "free": self.free or None, "genres": list(self.genres) or None}
        return {name: value for name, value in state.items() if value is not None}

    @classmethod
    def read(cls, state: Mapping[str, Any], known: tuple[str, ...]) -> Filters:
        """Take what `get` gave, less the genres that aren't known here.

        Raises
        ------
        ValueError, TypeError
            If it has another form.
        """
        price, genres = state.get("most_price"), state.get("genres", [])
        if price is not None and not (isinstance(price, int | float) and 0 <= price <= HIGHEST):
            raise ValueError(price)
        if not isinstance(genres, list):
            raise TypeError(genres)
        chosen = tuple(genre for genre in known if genre in genres)
        return cls(None if price is None else float(price), bool(state.get("free", False)), chosen)


def read_price(words: str) -> float | None:
    """Give a typed price in US dollars; None if nothing is typed.

    Raises
    ------
    Problem
        If it is no price.
    """
    cleaned = words.strip().removeprefix("$").strip().replace(",", ".")
    if not cleaned:
        return None
    try:
        price = float(cleaned)
    except ValueError:
        price = math.nan
    if not 0 <= price <= HIGHEST:
        raise Problem(
            f"{words.strip()[:40]!r} is no price", remedy="Use US dollars, such as 10 or 4.99, or leave it empty"
        )
    return price
