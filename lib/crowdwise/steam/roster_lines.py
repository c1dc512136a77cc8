"""Players from JSON lines: an object a line, a player and the list of their games."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa

from crowdwise.base.errors import Problem
from crowdwise.steam.lines import Tally
from crowdwise.steam.owning import as_id, read_owned
from crowdwise.storage.lines import read_lines


def read_json_lines(path: Path) -> tuple[pa.Array, pa.Array, Tally]:
    """Give players and their games as two columns of text (a game is null for a player without any), and a tally."""
    tally = Tally(path.name, "lines", "players")
    players: list[str] = []
    games: list[str | None] = []
    seen: set[str] = set()
    for number, line in enumerate(read_lines(path), start=1):
        tally.read += 1
        text = line.decode("utf-8", "replace")
        if not text.strip():
            tally.dropped["the line is empty"] += 1
            continue
        try:
            player, owned = _record(line)
        except Problem as problem:
            tally.reject(number, f"{problem.where}: {problem.what}" if problem.where else problem.what, text)
            continue
        if player in seen:
            tally.dropped["player seen before: united with the first line"] += 1
        else:
            tally.kept += 1
        seen.add(player)
        players += [player] * max(len(owned), 1)
        games += owned or [None]
    return pa.array(players, pa.string()), pa.array(games, pa.string()), tally


def _record(line: bytes) -> tuple[str, list[str]]:
    """Give a line's player and games; a Problem says what is wrong with it."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Problem(f"this is not JSON ({str(error).splitlines()[0]})") from error
    if not isinstance(record, dict) or not {"player_id", "games"} <= set(record):
        raise Problem('this is no object with "player_id" and "games"')
    if not isinstance(record["games"], list):
        raise Problem('"games" is no list')
    try:
        player = as_id(record["player_id"])
    except Problem as problem:
        raise Problem(problem.what, where="player_id") from problem
    owned = read_owned(record["games"])
    if not player.strip() or "" in owned:
        raise Problem("an id is empty")
    return player, owned
