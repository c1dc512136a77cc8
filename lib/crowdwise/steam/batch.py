"""The best games for every player of a file.

Run as ``python -m crowdwise.steam.batch --profile sample --players players.jsonl --out best.csv``.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from crowdwise.base import logs
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.steam.recommender import Recommender
from crowdwise.steam.rosters import Roster, read_roster
from crowdwise.storage.result_files import check_out, write_result

log = logging.getLogger("crowdwise.steam")

BLOCK = 256  # libraries scored at once by a thread: 11 MB of scores
THREADS = 2
QUOTED = 5  # rejects told on stderr


@dataclass(frozen=True)
class Batch:
    """The best games of many players, as places in the recommender's games.

    Attributes
    ----------
    best : ndarray of int, shape (players, n)
        Best first, -1 where no game is left.
    scores : ndarray of float32, shape (players, n)
    because : ndarray of int, shape (players, n)
        The owned game that adds most to the score; -1 where none does.
    """

    best: np.ndarray
    scores: np.ndarray
    because: np.ndarray


def recommend_all(recommender: Recommender, owned: sparse.csr_matrix, *, n: int = 10) -> Batch:
    """Give what `Recommender.recommend` gives, for many libraries at once, with the first reason of each.

    Parameters
    ----------
    recommender : Recommender
    owned : csr_matrix, shape (players, games)
        Ones where a game is owned, sorted by game, games in the order of the recommender's. An empty library gets the
        best known games.
    n : int
    """
    from crowdwise.steam.compiled import choose_best, choose_reasons

    scoring, shown = recommender.scoring, recommender.shown & ~recommender.is_new
    columns, pull = scoring.columns, scoring.pull  # made before threads ask for them
    parts = (columns.indptr.astype(np.int64), columns.indices.astype(np.int64), columns.data.astype(np.float32))
    fold, twin_of = scoring.fold, recommender.twin_of
    vectors, centre = np.array(fold.vectors), np.array(fold.centre)
    is_game = recommender.games["is_game"].to_numpy(dtype=bool)
    owned_ones = int((~recommender.is_new).sum())  # they stand first
    popular = recommender.scores(np.empty(0, dtype=np.int64))[:owned_ones]
    players = owned.shape[0]
    batch = Batch(
        np.full((players, n), -1, dtype=np.int64),
        np.zeros((players, n), dtype=np.float32),
        np.full((players, n), -1, dtype=np.int64),
    )

    def serve(begin: int) -> None:
        rows = slice(begin, min(begin + BLOCK, players))
        block = owned[rows]
        starts, games = block.indptr.astype(np.int64), block.indices.astype(np.int64)
        scores = scoring.scores(block, owned_ones)
        scores[np.diff(starts) == 0] = popular
        best = batch.best[rows]
        choose_best(starts, games, scores, shown, twin_of, best)
        batch.scores[rows] = np.where(best >= 0, np.take_along_axis(scores, np.maximum(best, 0), axis=1), 0)
        choose_reasons(starts, games, best, parts, vectors, centre, pull, twin_of, is_game, batch.because[rows])

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(serve, range(0, players, BLOCK)))
    return batch


def as_libraries(roster: Roster, recommender: Recommender) -> tuple[sparse.csr_matrix, int]:
    """Give each player's known games as a matrix, and how many owned games are not known."""
    place = np.array([recommender.place.get(game, -1) for game in roster.games.to_pylist()], dtype=np.int64)
    column = place[roster.game] if len(place) else np.empty(0, dtype=np.int64)
    known = column >= 0
    shape = (len(roster.players), len(recommender.games))
    owned = sparse.csr_matrix(
        (np.ones(int(known.sum()), dtype=np.float32), (roster.player[known], column[known])), shape=shape
    )
    owned.sum_duplicates()
    owned.data[:] = 1
    return owned, int((~known).sum())


def as_table(batch: Batch, roster: Roster, recommender: Recommender, has_known: np.ndarray) -> pa.Table:
    """Give a row a player and game: ``player_id, rank, game_id, name, score, because_game_id, because_name, basis``.

    ``basis`` is ``library``, or ``popular`` for players without a known game; these have no reasons.
    """
    row, rank = np.nonzero(batch.best >= 0)
    game, because = batch.best[row, rank], batch.because[row, rank]
    ids, names = (pa.array(recommender.games[name].astype(str).to_list()) for name in ("game_id", "name"))
    why = pa.array(because, mask=because < 0)
    basis = pa.DictionaryArray.from_arrays(pa.array(has_known[row].astype(np.int8)), pa.array(["popular", "library"]))
    return pa.table(
        {
            "player_id": pc.take(roster.players, pa.array(row)),
            "rank": pa.array((rank + 1).astype(np.int32)),
            "game_id": pc.take(ids, pa.array(game)),
            "name": pc.take(names, pa.array(game)),
            "score": pa.array(batch.scores[row, rank]),
            "because_game_id": pc.take(ids, why),
            "because_name": pc.take(names, why),
            "basis": basis.cast(pa.string()),
        }
    )


def run(
    layout: Layout, players: Path, out: Path, *, n: int = 10, max_reject_share: float, max_unknown_share: float
) -> None:
    """Read players, recommend, write the table whole or not at all, and say what was done.

    Raises
    ------
    Problem
        If there is no model, a file can't be read or written, or most owned games are unknown to the model.
    """
    start = time.perf_counter()
    check_out(out, players, "players")
    recommender = Recommender.load(layout.model("steam"))
    roster = read_roster(players, max_reject_share=max_reject_share)
    owned, unknown = as_libraries(roster, recommender)
    if unknown > max_unknown_share * max(len(roster.game), 1):
        card = recommender.card
        what = f"{unknown:,} of {len(roster.game):,} owned games are unknown to the model of profile {layout.profile}"
        remedy = "Use the profile whose model learnt from such data (PROFILE=... or RAW=...)"
        raise Problem(f"{what}, which learnt from {card.get('trained_on', 'other data')}", where=players, remedy=remedy)
    has_known = np.diff(owned.indptr) > 0
    table = as_table(recommend_all(recommender, owned, n=n), roster, recommender, has_known)
    write_result(table, out)
    for tally in roster.tallies:
        for reject in tally.rejects[:QUOTED]:
            log.warning("%s, line %d was left out: %s: %s", tally.file, reject.line, reject.why, reject.quote)
    refused = sum(tally.unreadable for tally in roster.tallies)
    seconds = time.perf_counter() - start
    log.info("%s players, %s of them by what most own: without a known game", *_counts(len(has_known), ~has_known))
    log.info("%s owned games, %s not known to the model", f"{len(roster.game):,}", f"{unknown:,}")
    log.info("%s lines or items left out, %s rows in %s after %.1f s", f"{refused:,}", f"{len(table):,}", out, seconds)


def _counts(players: int, without: np.ndarray) -> tuple[str, str]:
    return f"{players:,}", f"{int(without.sum()):,}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Recommend for what the command line names; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m crowdwise.steam.batch", description="Recommend for every player.")
    parser.add_argument("--profile", required=True)
    parser.add_argument("--players", default="", help="the file of players")
    parser.add_argument("--out", default="", help="the table to write: .parquet, .csv or .jsonl")
    parser.add_argument("--n", type=int, default=10, help="games a player")
    parser.add_argument("--max-reject-share", type=float, default=0.001, help="of the file that may be unreadable")
    parser.add_argument("--max-unknown-share", type=float, default=0.5, help="of owned games the model may not know")
    given = parser.parse_args(arguments)
    try:
        logs.set_up()
        for name in ("players", "out"):
            if not getattr(given, name):
                remedy = "Say make recommend PLAYERS=file OUT=file"
                raise Problem(f"{name.upper()} names no file", remedy=remedy)
        if given.n < 1:
            raise Problem(f"{given.n} is no number of games a player", where="--n", remedy="Give one from 1 on")
        shares = {"max_reject_share": given.max_reject_share, "max_unknown_share": given.max_unknown_share}
        for name, share in shares.items():
            if not 0 <= share <= 1:
                raise Problem(f"{share} is no share", where=name.upper(), remedy="Give one from 0 to 1")
        run(Layout(given.profile), Path(given.players), Path(given.out), n=given.n, **shares)
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
