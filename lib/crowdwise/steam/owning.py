"""A list of owned games as someone hands it over: what is taken, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from numbers import Integral, Real

from crowdwise.base.errors import Problem

Owned = Mapping[str, float] | Iterable[str | tuple[str, float]]
REMEDY = "Give game ids as text, as in '620'"


def read_owned(owned: Owned) -> list[str]:
    """Give the ids of a library, each once, in the order given.

    A whole number is taken as its digits: nothing is lost by that. A number with decimals is refused, for whatever made
    an id of it has lost digits, and so is everything else that is no text. Minutes have to be numbers from 0 on.

    Parameters
    ----------
    owned : mapping of id to minutes, or iterable of ids or of (id, minutes)

    Raises
    ------
    Problem
        Names the value that is no id, or no number of minutes.
    """
    if isinstance(owned, str | bytes) or not isinstance(owned, Mapping | Iterable):
        raise Problem(f"{owned!r} is no list of games", where="owned", remedy="Give a list of game ids")
    if isinstance(owned, Mapping):
        if set(map(type, owned)) <= {str} and set(map(type, owned.values())) <= {int, float}:
            minutes = owned.values()
            if all(map(math.isfinite, minutes)) and min(minutes, default=0) >= 0:
                return list(owned)  # as nearly always, and without looking at each by itself
        return list(dict.fromkeys(_pair(pair) for pair in owned.items()))
    return list(dict.fromkeys(_pair(one) if isinstance(one, tuple) else as_id(one) for one in owned))


def as_id(value: object) -> str:
    """Give an id as text; a Problem if it is neither text nor a whole number."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Integral) and not isinstance(value, bool):
        return str(int(value))
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    lost = "has decimals, so digits of the id may be lost" if is_number else "is not text"
    raise Problem(f"{value!r} {lost}", where="game_id", remedy=REMEDY)


def _pair(pair: tuple[object, ...]) -> str:
    if len(pair) != 2:
        raise Problem(f"{pair!r} is not a game and its minutes", where="owned", remedy="Give (game_id, minutes)")
    game, minutes = pair
    is_number = isinstance(minutes, float | int | Real) and not isinstance(minutes, bool)
    if not is_number or not 0 <= float(minutes) < math.inf:  # type: ignore[arg-type]
        raise Problem(f"{minutes!r} is not a number of minutes", where=f"game {game}", remedy="Give a number from 0 on")
    return as_id(game)
