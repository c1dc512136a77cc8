"""The JSON of Steam's ``IPlayerService/GetOwnedGames``, as someone pastes it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from crowdwise.app.hours import MOST_HOURS
from crowdwise.base.errors import Problem

REMEDY = "Paste the whole answer, from its first { to its last }"
START = re.compile(r"\{|\[\s*(?:[\[{\"\]]|-?\d)")  # a game's name may begin with a bracket as well


@dataclass(frozen=True)
class OwnedGame:
    """One game of the answer.

    Parameters
    ----------
    played : float, optional
        Hours; None if they aren't said, or are none.
    sound : bool
        Whether the minutes said, if any, are a number that can be.
    """

    app_id: str
    name: str = ""
    played: float | None = None
    sound: bool = True


def looks_like_json(text: str) -> bool:
    """Whether a text begins as JSON does."""
    return START.match(text) is not None


def read_owned_games(text: str) -> list[OwnedGame]:
    """Give the games of the answer, of its ``games`` alone, or of a bare list of ids.

    Raises
    ------
    Problem
        If it is no JSON, or holds no games.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Problem("this begins as JSON but does not go on as such", where=where, remedy=REMEDY) from error
    except (ValueError, RecursionError) as error:
        raise Problem("this JSON is nested too deep or holds a number too long", remedy=REMEDY) from error
    if isinstance(document, dict):
        document = document.get("response", document)
    if isinstance(document, dict):
        if not document:
            remedy = "In Steam, set Privacy Settings, Game details to Public, and ask again"
            raise Problem("this answer holds no games, as when a profile keeps them private", remedy=remedy)
        document = document.get("games", [] if document.get("game_count") == 0 else None)
    if not isinstance(document, list):
        raise Problem("this JSON has no list of games", remedy='The list stands under "response", "games"')
    return [_game(one) for one in document]


def _game(one: Any) -> OwnedGame:
    if not isinstance(one, dict):
        return OwnedGame(_identify(one), one if isinstance(one, str) else "")
    name, minutes = one.get("name"), one.get("playtime_forever")
    app_id, called = _identify(one.get("appid")), name if isinstance(name, str) else ""
    if minutes is None:
        return OwnedGame(app_id, called)
    is_number = isinstance(minutes, int | float) and not isinstance(minutes, bool)
    if not is_number or not 0 <= minutes <= MOST_HOURS * 60:
        return OwnedGame(app_id, called, sound=False)
    return OwnedGame(app_id, called, round(minutes / 60, 2))


def _identify(value: Any) -> str:
    """Give an app id as text; a question mark for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return "?"
    return str(value)[:40].strip() or "?"
