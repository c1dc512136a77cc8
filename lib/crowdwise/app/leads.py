"""The line below a list's heading: what it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crowdwise.app.markup import count, hours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crowdwise.storage.queries import OwnedGame

NAMED = 6


def of_library(library: Sequence[OwnedGame], besides: int) -> str:
    """Say what a known player owns.

    Parameters
    ----------
    library : sequence of OwnedGame
        The most played first.
    besides : int
        How many further games the visitor said to own.
    """
    if not library:
        instead = f".{_more(besides)}" if besides else ", so these are what most players like."
        return f"This library is empty{instead}"
    total = hours(sum(game.minutes_total for game in library))
    top = ", ".join(f"{game.name} ({hours(game.minutes_total)})" for game in library[:3])
    return f"Owns {count(len(library), 'game')}, {total} in all. Played most: {top}.{_more(besides)}"


def of_games(names: Sequence[str], besides: int, *, made_from: bool) -> str:
    """Say which games were entered: those the list is made from, or, where that isn't so for all, those owned."""
    first = f"{', '.join(names[:NAMED])}{' and more' if len(names) > NAMED else ''}"
    owned = f"{count(len(names), 'game')}: {first}."
    return f"{'Made from' if made_from else 'For an owner of'} {owned}{_more(besides)}"


def _more(besides: int) -> str:
    return f" And {count(besides, 'game')} you said you own." if besides else ""
