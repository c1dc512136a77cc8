"""From the lines of ``users_items`` to players and the games they own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crowdwise.steam.forms import LIBRARY
from crowdwise.steam.lines import Tally, read_batches
from crowdwise.steam.schemas import TEXT

MOST_MINUTES = 2**31 - 1


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
    for batch in read_batches(path, LIBRARY, lines, games):
        reading.add(batch)
    lines.refuse(path, max_reject_share)
    games.refuse(path, max_reject_share)
    return reading.finish()


class _Reading:
    """The rows read so far, as columns of codes: 5 million of them take 80 MB."""

    def __init__(self, lines: Tally, games: Tally) -> None:
        self.lines, self.games = lines, games
        self.players: dict[str, int] = {}
        self.user_ids: list[str] = []
        self.known_as: dict[str, str] = {}
        self.codes: dict[str, int] = {}  # of games
        self.named: dict[str, int] = {}  # codes of names
        self.name_of = np.empty(0, dtype=np.int32)  # a game's name, as first met
        self.columns: list[list[np.ndarray]] = [[], [], [], []]  # player, game, minutes, minutes in two weeks
        self.miscounted = 0
        self.other_names = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Add the lines of a batch."""
        nameless = pc.equal(pc.utf8_trim_whitespace(batch["steam_id"]), "")
        if pc.any(nameless).as_py():
            for row in batch.filter(nameless).select([*LIBRARY.fields, "line"]).to_pylist():
                self.lines.reject(row.pop("line"), "steam_id is empty", repr(row))
            batch = batch.filter(pc.invert(nameless))
        sizes = batch["items"].value_lengths()
        left_out = pc.fill_null(pc.list_value_length(batch["faults"]), 0)
        told = pc.fill_null(batch["items_count"], sizes.cast(pa.int64()))
        self.miscounted += pc.sum(pc.not_equal(told, pc.add(sizes, left_out))).as_py() or 0
        owners = [
            self._player(player_id.strip(), user_id)
            for player_id, user_id in zip(batch["steam_id"].to_pylist(), batch["user_id"].to_pylist(), strict=True)
        ]
        lengths = sizes.to_numpy(zero_copy_only=False)
        player = np.repeat(np.array(owners, dtype=np.int32), lengths)
        line = np.repeat(batch["line"].to_numpy(), lengths)
        self._add_items(player, line, batch["items"].flatten())

    def _player(self, player_id: str, user_id: str) -> int:
        self.known_as.setdefault(user_id, player_id)
        code = self.players.setdefault(player_id, len(self.players))
        if code == len(self.user_ids):
            self.user_ids.append(user_id)
            self.lines.kept += 1
        else:
            self.lines.dropped["player seen before: united with the first line"] += 1
        return code

    def _add_items(self, player: np.ndarray, line: np.ndarray, items: pa.StructArray) -> None:
        self.games.read += len(items)
        ids, names = items.field("item_id"), items.field("item_name")
        minutes = [items.field(name).to_numpy() for name in ("playtime_forever", "playtime_2weeks")]
        wrong = pc.equal(ids, "").to_numpy(zero_copy_only=False)
        for column in minutes:
            wrong |= (column < 0) | (column > MOST_MINUTES)
        if wrong.any():
            for k in np.flatnonzero(wrong).tolist():
                self.games.reject(int(line[k]), _fault(items[k].as_py()), repr(items[k].as_py()))
            fine = ~wrong
            player, minutes = player[fine], [column[fine] for column in minutes]
            ids, names = ids.filter(pa.array(fine)), names.filter(pa.array(fine))
        game, name = _encode(ids, self.codes), _encode(names, self.named)
        if len(self.codes) > len(self.name_of):
            fresh, first = np.unique(game, return_index=True)
            new = fresh >= len(self.name_of)
            grown = np.empty(len(self.codes), dtype=np.int32)
            grown[: len(self.name_of)] = self.name_of
            grown[fresh[new]] = name[first[new]]
            self.name_of = grown
        self.other_names += int((self.name_of[game] != name).sum())
        for column, part in zip(self.columns, (player, game, *minutes), strict=True):
            column.append(part.astype(np.int32))

    def finish(self) -> Libraries:
        """Give what was read."""
        player, game, total, two_weeks = self._unite()
        self.games.kept = len(player)
        if repeated := self.games.read - self.games.kept - sum(self.games.dropped.values()):
            self.games.dropped["game seen before in this library: united"] = repeated
        player_ids = pd.array(list(self.players), dtype=TEXT)
        game_ids = pd.array(list(self.codes), dtype=TEXT)
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
        digits = sum(u.isdigit() and u != p for u, p in zip(self.user_ids, self.players, strict=True))
        facts = {
            "players: the library is empty": (int((players["games"] == 0).sum()), n),
            "players: user_id of digits that is not the steam_id": (digits, n),
            "players: known by more than one user_id": (len(self.known_as) - len(set(self.known_as.values())), n),
            "lines: items_count is not the number of games": (self.miscounted, self.lines.read),
            "owned copies: never played": (int((total == 0).sum()), len(total)),
            "owned copies: more minutes in two weeks than in all": (int((two_weeks > total).sum()), len(total)),
            "owned copies: under another name than before": (self.other_names, self.games.read),
        }
        owned = pd.DataFrame(
            {
                "player_id": player_ids.take(player),
                "game_id": game_ids.take(game),
                "minutes_total": total.astype(np.int64),
                "minutes_two_weeks": two_weeks.astype(np.int64),
            }
        )
        words = list(self.named)
        names = {game_id: words[code] for game_id, code in zip(self.codes, self.name_of.tolist(), strict=True)}
        return Libraries(players, owned, names, self.known_as, facts, (self.lines, self.games))

    def _unite(self) -> list[np.ndarray]:
        """Give one row a player and game, players in order, games in the order of their first appearance there."""
        empty = np.empty(0, dtype=np.int32)
        order = np.argsort(np.concatenate([empty, *self.columns[0]]), kind="stable")  # a player's lines may stand apart
        united = []
        while self.columns:
            united.append(np.concatenate([empty, *self.columns.pop(0)])[order])
        player, game, *minutes = united
        key = player.astype(np.int64) * len(self.codes) + game
        order = np.argsort(key, kind="stable")
        key = key[order]
        begins = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else empty
        if len(begins) == len(key):
            return [player, game, *minutes]
        first = order[begins]
        back = np.argsort(first)
        larger = [np.maximum.reduceat(column[order], begins)[back] for column in minutes]
        return [player[first[back]], game[first[back]], *larger]


def _encode(values: pa.StringArray, codes: dict[str, int]) -> np.ndarray:
    """Give each text's code, and give new texts the next ones in order of appearance."""
    encoded = values.dictionary_encode()
    known = [codes.setdefault(text, len(codes)) for text in encoded.dictionary.to_pylist()]
    return np.array(known, dtype=np.int32)[encoded.indices.to_numpy()]


def _fault(item: dict[str, object]) -> str:
    if not item["item_id"]:
        return "an item without item_id"
    total = item["playtime_forever"]
    fine = isinstance(total, int) and 0 <= total <= MOST_MINUTES
    return f"{'playtime_2weeks' if fine else 'playtime_forever'} is not a number of minutes"
