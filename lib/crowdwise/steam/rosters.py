"""Players and what they own, from whatever file someone brings: the publisher's lines, a table, or JSON lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crowdwise.base.errors import Problem
from crowdwise.steam.libraries import read_libraries
from crowdwise.steam.lines import Refused, Tally
from crowdwise.steam.roster_lines import read_json_lines
from crowdwise.steam.roster_tables import read_csv, read_parquet

FORMS = ".json.gz (the publisher's lines), .parquet, .csv or .jsonl"
REMEDY = "Mend them, or say MAX_REJECT_SHARE=... if it is all the same to you"


@dataclass(frozen=True)
class Roster:
    """Players in the file's order, and their games as codes.

    Attributes
    ----------
    players : Array of str, shape (players,)
    games : Array of str, shape (games,)
        Each game met, once.
    player, game : ndarray of int, shape (owned,)
        Who owns what, as places in the two; a pair may stand twice.
    tallies : tuple of Tally
        What could not be read, and why.
    """

    players: pa.Array
    games: pa.Array
    player: np.ndarray
    game: np.ndarray
    tallies: tuple[Tally, ...]


def read_roster(path: Path, *, max_reject_share: float = 0.001) -> Roster:
    """Read the players of a file, in the form that its name's ending says.

    Parameters
    ----------
    path : Path
        ``.json.gz``: the publisher's ``users_items`` lines. ``.parquet``, ``.csv``, ``.csv.gz``: a table of
        ``player_id, game_id`` and perhaps ``minutes_total``. ``.jsonl``, ``.jsonl.gz``: an object a line, as in
        ``{"player_id": "7", "games": ["10", "620"]}``.

    Raises
    ------
    Problem
        If the file is missing, of another ending or form, empty, or more than `max_reject_share` of it can't be read.
    """
    reading: dict[str, Callable[[Path], tuple[pa.Array, pa.Array, Tally]]]
    reading = {
        ".parquet": read_parquet,
        ".csv": read_csv,
        ".csv.gz": read_csv,
        ".jsonl": read_json_lines,
        ".jsonl.gz": read_json_lines,
    }
    ending = next((end for end in (".json.gz", *reading) if path.name.lower().endswith(end)), None)
    if ending is None:
        raise Problem("this is no file of players by its name", where=path, remedy=f"Bring one that ends in {FORMS}")
    if not path.is_file():
        raise Problem("there is no such file", where=path, remedy="Name another in PLAYERS=...")
    try:
        if ending == ".json.gz":
            return _published(path, max_reject_share)
        players, games, tally = reading[ending](path)
        tally.refuse(path, max_reject_share)
        return encode(players, games, tally)
    except Refused as refused:
        raise Problem(refused.what, where=path, remedy=REMEDY) from refused
    except (pa.ArrowInvalid, UnicodeDecodeError, OSError) as error:
        what = " ".join(str(error).split("\n")[0].split())
        raise Problem(f"this can't be read as {ending} ({what})", where=path, remedy="Bring a whole file") from error


def encode(players: pa.Array, games: pa.Array, tally: Tally) -> Roster:
    """Give a roster of the pairs of two columns; a player without any game stands with a null."""
    by_player, by_game = players.dictionary_encode(), games.dictionary_encode()
    owned = pc.is_valid(games).to_numpy(zero_copy_only=False)
    player = by_player.indices.to_numpy()[owned]
    game = by_game.indices.drop_null().to_numpy()
    return Roster(by_player.dictionary, by_game.dictionary, player, game, (tally,))


def _published(path: Path, max_reject_share: float) -> Roster:
    libraries = read_libraries(path, max_reject_share=max_reject_share)
    owned = libraries.owned
    tallies = tuple(replace(tally) for tally in libraries.tallies)
    pairs = encode(
        pa.array(owned["player_id"]).cast(pa.string()), pa.array(owned["game_id"]).cast(pa.string()), tallies[0]
    )
    everyone = pa.array(libraries.players["player_id"]).cast(pa.string())
    place = pc.index_in(pairs.players, value_set=everyone).to_numpy()
    return Roster(everyone, pairs.games, place[pairs.player], pairs.game, tallies)
