"""How much faster is `make ingest` than `DataFrame.to_sql`? The whole way from Parquet files to committed rows.

Both sides fill the tables that SQLAlchemy made, with their keys, references and indexes, in one transaction, each in
a process of its own and in a new database. Servers are started on loopback as they are installed: with all syncing.

    python benchmarks/database.py [--databases sqlite postgresql mariadb] [--rows 5150000] [--out FILE]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from sqlalchemy import func, select

from crowdwise.base.layout import Layout
from crowdwise.base.seeds import generator
from crowdwise.storage.database import engine, prepare
from crowdwise.storage.ingest import ingest
from crowdwise.storage.schema import TABLES, searched
from crowdwise.storage.tables import write_table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "services"))
from servers import start_mariadb, start_postgresql

VARIABLE = "SQLALCHEMY_DATABASE_URI"
TARGETS = {"sqlite": 8.0, "postgresql": 25.0, "mariadb": 3.0}
SERVERS = {"postgresql": start_postgresql, "mariadb": start_mariadb}
PLAYERS, GAMES, OWNED, REVIEWS = 70_912, 10_978, 5_150_000, 59_305  # as published
CHUNK = 100_000  # rows that to_sql is given at once


@dataclass(frozen=True)
class Taken:
    """What one way of filling one database took."""

    database: str
    way: str
    rows: int
    seconds: float
    peak_mib: float


def make_tables(layout: Layout, rows: int, seed: int) -> None:
    """Write Steam's tables with made-up rows of the published numbers, or scaled down to `rows` of `owned`."""
    rng = generator(seed, "benchmark of the database")
    players, games = max(PLAYERS * rows // OWNED, 100), max(GAMES * min(rows, OWNED) // OWNED, 200)
    player = 76561197960265728 + rng.choice(10**9, players, replace=False)  # in no order, as they were crawled
    game = np.sort(rng.choice(60_000, games, replace=False) * 10 + 10)
    popularity = 1 / (rng.permutation(games) + 10.0)
    cells = np.empty(0, dtype=np.int64)
    while len(cells) < rows:  # a few popular games and many others, no pair twice
        drawn = rng.choice(games, rows, p=popularity / popularity.sum())
        cells = np.unique(
            np.concatenate([cells, rng.permutation(players)[rng.zipf(1.2, rows) % players] * games + drawn])
        )
    cells = np.sort(rng.choice(cells, rows, replace=False))
    owner, what = cells // games, cells % games
    played = rng.exponential(1500, rows) * (rng.random(rows) < 0.64)
    player_id, game_id = player.astype(str), game.astype(str)
    owned = pd.DataFrame(
        {"player_id": player_id[owner], "game_id": game_id[what], "minutes_total": played.astype("int64")}
    )
    owned["minutes_two_weeks"] = (played * (rng.random(rows) < 0.03)).astype("int64")
    write_table(owned, layout.table("steam", "owned"))
    owners = np.bincount(what, minlength=games)
    frame = pd.DataFrame({"game_id": game_id, "name": [f"Game {k}" for k in game], "developer": "A studio"})
    frame = frame.assign(genres=[["Action", "Indie"]] * games, tags=[["Singleplayer", "2D"]] * games, publisher=None)
    frame = frame.assign(
        price=9.99, price_meaning="amount", price_text=None, released_on=date(2015, 5, 1), release_precision="day"
    )
    frame = frame.assign(early_access=False, metascore=np.nan, in_catalogue=True, owners=owners, players=owners)
    write_table(frame.assign(twin_of=None, is_game=True), layout.table("steam", "games"))
    counts = np.bincount(owner, minlength=players)
    who = pd.DataFrame({"player_id": player_id, "user_id": player_id, "games": counts, "games_played": counts})
    write_table(who.assign(minutes_total=counts * 1000), layout.table("steam", "players"))
    reviews = max(REVIEWS * rows // OWNED, 10)
    wrote, about = rng.integers(0, players, reviews), rng.integers(0, games, reviews)
    review = pd.DataFrame({"player_id": player_id[wrote], "user_id": player_id[wrote], "game_id": game_id[about]})
    review = review.assign(recommend=True, posted_on=date(2014, 9, 8), posted_precision="day")
    write_table(review, layout.table("steam", "reviews"))
    bundle = pd.DataFrame(
        {"bundle_id": "1", "game_id": game_id[:100], "bundle_name": "A bundle", "game_name": "A game"}
    )
    write_table(bundle.assign(price=9.99, final_price=8.99), layout.table("steam", "bundles"))


def by_to_sql(layout: Layout) -> int:
    """Fill the tables by `DataFrame.to_sql` with its own settings, a chunk at a time; give the rows."""
    to = engine(layout)
    prepare(to, layout.profile)
    rows = 0
    with to.begin() as connection:
        for table in TABLES["steam"]:
            for batch in pq.ParquetFile(layout.table("steam", table.name)).iter_batches(CHUNK):
                frame = batch.to_pandas()
                if table.name == "games":
                    lists = {name: [json.dumps(list(value)) for value in frame[name]] for name in ("genres", "tags")}
                    frame = frame.assign(**lists, search_name=frame["name"].map(searched))
                if table.name == "reviews":
                    frame.insert(0, "review_id", np.arange(len(frame)))
                frame.to_sql(table.name, connection, if_exists="append", index=False)
                rows += len(frame)
    to.dispose()
    return rows


def by_ingest(layout: Layout) -> int:
    """Fill the tables as `make ingest` does; give the rows."""
    return sum(ingest(layout, "steam").values())


def measure(way: Callable[[Layout], int], layout: Layout, database: str, name: str) -> Taken:
    """Run one way in a process of its own, and see afterwards that every row is there."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(way, layout, theirs))
    process.start()
    theirs.close()
    rows, seconds, peak = ours.recv()
    process.join()
    to = engine(layout)
    with to.connect() as connection:
        held = sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES["steam"])
    to.dispose()
    if held != rows:
        raise SystemExit(f"{name} put {rows:,} rows into {database}, which holds {held:,}")
    taken = Taken(database, name, rows, round(seconds, 2), round(peak))
    print(f"{database:<12} {name:<14} {rows:>10,} rows {seconds:>8.1f} s {peak:>7.0f} MiB", flush=True)
    return taken


def _run(way: Callable[[Layout], int], layout: Layout, to: Connection) -> None:
    start = time.perf_counter()
    rows = way(layout)
    seconds = time.perf_counter() - start
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)  # a loader of its own counts as well
    to.send((rows, seconds, sum(resource.getrusage(one).ru_maxrss for one in who) / 1024))


def compare(database: str, layout: Layout) -> list[Taken]:
    """Fill one kind of database both ways, each in a new one, and by ours once more over its own rows."""
    taken = []
    for ways in ((("to_sql", by_to_sql),), (("ingest", by_ingest), ("ingest again", by_ingest))):
        with ExitStack() as stack:
            layout.database.unlink(missing_ok=True)
            if database in SERVERS:
                server = stack.enter_context(SERVERS[database](durable=True))
                server.empty()
                os.environ[VARIABLE] = server.url
            taken += [measure(way, layout, database, name) for name, way in ways]
            os.environ.pop(VARIABLE, None)
    ratio = taken[0].seconds / taken[1].seconds
    met = "met" if ratio >= TARGETS[database] else "missed"
    print(f"{database:<12} {ratio:.1f} times as fast as to_sql; target {TARGETS[database]:.0f}, {met}", flush=True)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", nargs="+", choices=TARGETS, default=list(TARGETS))
    parser.add_argument("--rows", type=int, default=OWNED, help="rows of owned")
    parser.add_argument("--seed", type=int, default=20170131)
    parser.add_argument("--out", type=Path, help="write the results here as JSON")
    given = parser.parse_args()
    os.environ.pop(VARIABLE, None)
    with tempfile.TemporaryDirectory(prefix="crowdwise-bench-") as root:
        os.environ["CROWDWISE_ROOT"] = root
        layout = Layout("bench", Path(root))
        # A process counts the memory of the one that started it: this one stays small.
        maker = multiprocessing.get_context("spawn").Process(target=make_tables, args=(layout, given.rows, given.seed))
        maker.start()
        maker.join()
        taken = [one for database in given.databases for one in compare(database, layout)]
    if given.out:
        machine = {"cores": os.cpu_count(), "python": platform.python_version(), "targets": TARGETS}
        given.out.write_text(json.dumps({**machine, "taken": [asdict(one) for one in taken]}, indent=2) + "\n")


if __name__ == "__main__":
    main()
