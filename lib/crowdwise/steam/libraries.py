"""From the lines of ``users_items`` to players and the games they own."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.steam.lines import Tally, read_records
from crowdwise.steam.schemas import TEXT

REQUIRED = {"user_id": str, "steam_id": str, "items": list}


@dataclass(frozen=True)
class Libraries:
    """What ``users_items`` holds.

    Attributes
    ----------
    players : DataFrame
        ``player_id, user_id, games, games_played, minutes_total``: one row a player, in the file's order.
    owned : DataFrame
        ``player_id, game_id, minutes_total, minutes_two_weeks``: one row a player and game.
    names : dict of str to str
        The name each owned game has in the libraries.
    known_as : dict of str to str
        ``user_id`` to ``player_id``, every ``user_id`` a player appears under.
    facts : dict of str to (int, int)
        For the data card: what is odd, in how many, of how many.
    tallies : tuple of Tally
        Of lines and of owned games.
    """

    players: pd.DataFrame
    owned: pd.DataFrame
    names: dict[str, str]
    known_as: dict[str, str]
    facts: dict[str, tuple[int, int]]
    tallies: tuple[Tally, Tally]


def read_libraries(path: Path, *, max_reject_share: float = 0.001) -> Libraries:
    """Read every library, uniting the lines of one player.

    A player is a ``steam_id``. Lines that repeat one are united: a game stands once, with the larger of its minutes
    (copies were taken at different times, and minutes only grow); the player keeps the first line's ``user_id``.
    A player with an empty library is kept, with 0 games. Ids are text from end to end.

    Raises
    ------
    Problem
        If the file is missing, broken or empty, or more than `max_reject_share` of its lines or owned games can't be
        read.
    """
    lines = Tally(path.name, "lines", "players")
    games = Tally(path.name, "owned games", "owned")
    reading = _Reading(lines, games)
    for number, record in read_records(path, REQUIRED, lines):
        reading.add(number, record)
    lines.refuse(path, max_reject_share)
    games.refuse(path, max_reject_share)
    return reading.finish()


class _Reading:
    """The rows read so far, as flat arrays of codes: 5 million of them take 100 MB."""

    def __init__(self, lines: Tally, games: Tally) -> None:
        self.lines, self.games = lines, games
        self.player_codes: dict[str, int] = {}
        self.user_ids: list[str] = []
        self.known_as: dict[str, str] = {}
        self.game_codes: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.rows = {name: array("i") for name in ("player", "game", "total", "two_weeks")}
        self.miscounted = 0
        self.other_names = 0

    def add(self, number: int, record: dict[str, Any]) -> None:
        player_id, user_id = record["steam_id"].strip(), record["user_id"]
        if not player_id:
            self.lines.reject(number, "steam_id is empty", record)
            return
        self.miscounted += record.get("items_count", len(record["items"])) != len(record["items"])
        self.known_as.setdefault(user_id, player_id)
        code = self.player_codes.get(player_id)
        if code is None:
            code = self.player_codes[player_id] = len(self.user_ids)
            self.user_ids.append(user_id)
            self.lines.kept += 1
        else:
            self.lines.dropped["player seen before: united with the first line"] += 1
        rows = self.rows
        for item in record["items"]:
            self.games.read += 1
            if why := _fault(item):
                self.games.reject(number, why, item)
                continue
            game_id = item["item_id"]
            game = self.game_codes.setdefault(game_id, len(self.game_codes))
            name = self.names.setdefault(game_id, item["item_name"])
            self.other_names += name != item["item_name"]
            rows["player"].append(code)
            rows["game"].append(game)
            rows["total"].append(item["playtime_forever"])
            rows["two_weeks"].append(item["playtime_2weeks"])

    def finish(self) -> Libraries:
        player, game, total, two_weeks = (np.frombuffer(rows, dtype=np.intc) for rows in self.rows.values())
        player, game, total, two_weeks = _unite(player, game, total, two_weeks)
        self.games.kept = len(player)
        if repeated := self.games.read - self.games.kept - sum(self.games.dropped.values()):
            self.games.dropped["game seen before in this library: united"] = repeated
        player_ids = pd.array(list(self.player_codes), dtype=TEXT)
        game_ids = pd.array(list(self.game_codes), dtype=TEXT)
        owned = pd.DataFrame(
            {
                "player_id": player_ids.take(player),
                "game_id": game_ids.take(game),
                "minutes_total": total.astype(np.int64),
                "minutes_two_weeks": two_weeks.astype(np.int64),
            }
        )
        n = len(self.user_ids)
        players = pd.DataFrame(
            {
                "player_id": player_ids,
                "user_id": pd.array(self.user_ids, dtype=TEXT),
                "games": np.bincount(player, minlength=n).astype(np.int64),
                "games_played": np.bincount(player[total > 0], minlength=n).astype(np.int64),
                "minutes_total": np.bincount(player, weights=total, minlength=n).astype(np.int64),
            }
        )
        digits = sum(u.isdigit() and u != p for u, p in zip(self.user_ids, self.player_codes, strict=True))
        facts = {
            "players: the library is empty": (int((players["games"] == 0).sum()), n),
            "players: user_id of digits that is not the steam_id": (digits, n),
            "players: known by more than one user_id": (len(self.known_as) - len(set(self.known_as.values())), n),
            "lines: items_count is not the number of games": (self.miscounted, self.lines.read),
            "owned copies: never played": (int((total == 0).sum()), len(total)),
            "owned copies: more minutes in two weeks than in all": (int((two_weeks > total).sum()), len(total)),
            "owned copies: under another name than before": (self.other_names, self.games.read),
        }
        return Libraries(players, owned, self.names, self.known_as, facts, (self.lines, self.games))


def _fault(item: object) -> str:
    if not isinstance(item, dict):
        return "an item is not a record"
    if not isinstance(item.get("item_id"), str) or not item["item_id"]:
        return "an item without item_id"
    if not isinstance(item.get("item_name"), str):
        return "an item without item_name"
    for name in ("playtime_forever", "playtime_2weeks"):
        minutes = item.get(name)
        if type(minutes) is not int or not 0 <= minutes < 2**31:
            return f"{name} is not a number of minutes"
    return ""


def _unite(
    player: np.ndarray, game: np.ndarray, total: np.ndarray, two_weeks: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Give one row a player and game, players in order, games in the order of their first appearance there."""
    if len(player) == 0:
        return player, game, total, two_weeks
    key = player.astype(np.int64) * (int(game.max()) + 1) + game
    unique, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    if len(unique) < len(key):
        larger_total, larger_two = np.zeros(len(unique), np.intc), np.zeros(len(unique), np.intc)
        np.maximum.at(larger_total, inverse, total)
        np.maximum.at(larger_two, inverse, two_weeks)
    else:
        larger_total, larger_two = total[first], two_weeks[first]
    order = np.lexsort((first, player[first]))
    kept = first[order]
    return player[kept], game[kept], larger_total[order], larger_two[order]
