"""From the lines of ``steam_games`` to one row a game."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.steam.dates import parse_release
from crowdwise.steam.forms import GAME
from crowdwise.steam.kinds import is_game
from crowdwise.steam.lines import Tally, read_batches
from crowdwise.steam.prices import parse_price
from crowdwise.steam.schemas import DATE, TEXT

ID_IN_URL = re.compile(r"/app/(\d+)")


def read_catalogue(path: Path, *, max_reject_share: float = 0.001) -> tuple[list[dict[str, Any]], Tally]:
    """Read every game of the catalogue, as typed rows in the file's order.

    A line without an id takes the one in its store URL; one without either is dropped, as is one whose id stood
    before. Texts lose their HTML entities (``&amp;``).

    Raises
    ------
    Problem
        If the file is missing, broken or empty, or more than `max_reject_share` of its lines can't be read.
    """
    tally = Tally(path.name, "lines", "games")
    rows: dict[str, dict[str, Any]] = {}
    for record in (row for batch in read_batches(path, GAME, tally) for row in batch.to_pylist()):
        game_id = record["id"] or _id_in_url(record["url"])
        if not game_id:
            tally.dropped["no id, and none in the store URL"] += 1
        elif game_id in rows:
            tally.dropped["id seen before"] += 1
        else:
            rows[game_id] = _row(game_id, record)
            tally.kept += 1
    tally.refuse(path, max_reject_share)
    return list(rows.values()), tally


def build_games(
    catalogue: list[dict[str, Any]], names: dict[str, str], owned: pd.DataFrame, reviewed: set[str]
) -> pd.DataFrame:
    """Give one row for every game of the catalogue, of a library or of a review; twins are found elsewhere.

    A game's name is the catalogue's, else the libraries', else ``App <id>``.

    Parameters
    ----------
    catalogue : list of dict
        Rows of `read_catalogue`.
    names : dict
        ``game_id`` to the name in the libraries.
    owned : DataFrame
        ``game_id, minutes_total``: one row a player and game.
    reviewed : set of str
        The ``game_id`` of every review.
    """
    known = {row["game_id"] for row in catalogue}
    others = [game for game in names if game not in known] + sorted(reviewed - known - set(names))
    rows = catalogue + [_row(game, {}) | {"in_catalogue": False} for game in others]
    games = pd.DataFrame(rows)
    from_library = games["game_id"].map(names).map(html.unescape, na_action="ignore")
    games["name"] = games["name"].fillna(from_library).fillna("App " + games["game_id"])
    owners = owned["game_id"].value_counts()
    players = owned.loc[owned["minutes_total"] > 0, "game_id"].value_counts()
    games["owners"] = games["game_id"].map(owners).fillna(0).astype("int64")
    games["players"] = games["game_id"].map(players).fillna(0).astype("int64")
    games["is_game"] = [
        is_game(name, genres, specs, in_catalogue)
        for name, genres, specs, in_catalogue in zip(
            games["name"], games["genres"], games["specs"], games["in_catalogue"], strict=True
        )
    ]
    games["twin_of"] = None
    text = ["game_id", "name", "developer", "publisher", "price_meaning", "price_text", "release_precision", "twin_of"]
    kinds: dict[str, Any] = dict.fromkeys(text, TEXT)
    kinds |= {"price": np.float64, "metascore": np.float64, "released_on": DATE}
    return games.astype(kinds)[[*COLUMNS]]


COLUMNS = (
    *("game_id", "name", "genres", "tags", "developer", "publisher", "price", "price_meaning", "price_text"),
    *(
        "released_on",
        "release_precision",
        "early_access",
        "metascore",
        "in_catalogue",
        "owners",
        "players",
        "twin_of",
        "is_game",
    ),
)


def _id_in_url(url: object) -> str | None:
    match = ID_IN_URL.search(url) if isinstance(url, str) else None
    return match[1] if match else None


def _either(value: dict[str, Any] | None) -> float | str | None:
    """Give the number or the text that stands in a field of either."""
    if value is None:
        return None
    return value["text"] if value["number"] is None else value["number"]


def _text(value: object) -> str | None:
    words = html.unescape(value).strip() if isinstance(value, str) else ""
    return words or None


def _list(value: object) -> list[str]:
    return [words for part in value if (words := _text(part))] if isinstance(value, list | tuple) else []


def _row(game_id: str, record: dict[str, Any]) -> dict[str, Any]:
    price = parse_price(_either(record.get("price")))
    released_on, precision = parse_release(record.get("release_date"))
    metascore = _either(record.get("metascore"))
    scored = isinstance(metascore, int | float) and 0 <= metascore <= 100
    return {
        "game_id": game_id,
        "name": _text(record.get("app_name")) or _text(record.get("title")),
        "genres": _list(record.get("genres")),
        "tags": _list(record.get("tags")),
        "specs": _list(record.get("specs")),
        "developer": _text(record.get("developer")),
        "publisher": _text(record.get("publisher")),
        "price": price.amount,
        "price_meaning": price.meaning,
        "price_text": price.text,
        "released_on": released_on,
        "release_precision": precision,
        "early_access": record.get("early_access") is True,
        "metascore": float(metascore) if scored and metascore is not None else None,
        "in_catalogue": True,
    }
