"""How fast are recommendations served? Beside LightFM and implicit, each asked in its own way.

    python benchmarks/serving.py

A made-up model and made-up libraries of the published size: 10,978 games that are owned, 20,000 that nobody owns yet,
70,912 players with 5.1 million owned games. What a model has learnt changes nothing about its speed, so the weights are
drawn and the peers are fitted for a moment only.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from measure import report, run
from scipy import sparse

PLAYERS, GAMES, NEW, OWNED = 70_912, 10_978, 20_000, 5_100_000
LARGEST = 7_762  # games in the largest library
COMPONENTS, KEPT = 64, 100  # length of vectors; weights a column
ASKED, SAMPLED = 1_000, 2_000  # players asked for one by one; players that LightFM is asked for of all


def draw_libraries(players: int, games: int, owned: int) -> sparse.csr_matrix:
    """Libraries of uneven sizes over games of uneven fame, one of them of 7,762 games."""
    rng = np.random.default_rng(1)
    sizes = rng.lognormal(0, 1.2, players)
    sizes = np.clip(np.rint(sizes * owned / sizes.sum()), 1, games // 2).astype(int)
    fame = 1 / np.arange(3, games + 3)
    place = np.searchsorted(np.cumsum(fame / fame.sum()), rng.random(int(1.6 * sizes.sum())))
    player = np.repeat(np.arange(players), np.rint(1.6 * sizes).astype(int) + 1)[: len(place)]
    matrix = sparse.csr_matrix(
        (np.ones(len(player), dtype=np.float32), (player, place[: len(player)])), (players, games)
    )
    matrix = sparse.vstack([matrix[:-1], np.arange(games)[None] < LARGEST]).tocsr().astype(np.float32)
    matrix.data[:] = 1
    return matrix


def make_model(folder: Path, owned: sparse.csr_matrix, new: int) -> None:
    """Save a model of drawn weights and vectors, and the players as a table."""
    import pandas as pd

    from crowdwise.steam.fold_in import FoldIn
    from crowdwise.steam.recommender import Recommender
    from crowdwise.steam.scoring import Scoring

    rng = np.random.default_rng(2)
    games = owned.shape[1]
    shapes = ((games, COMPONENTS), (games,), (COMPONENTS + 2, COMPONENTS), (COMPONENTS,))
    fold = FoldIn(*(rng.normal(0, 0.1, shape).astype(np.float32) for shape in shapes))
    rows = (games * rng.random((games, KEPT)) ** 2).astype(int)  # better known games speak for more others
    weights = sparse.csr_matrix(
        (rng.gamma(0.5, 0.02, games * KEPT).astype(np.float32), (rows.ravel(), np.repeat(np.arange(games), KEPT))),
        (games, games),
    )
    scoring = Scoring.measured(weights, fold, 0.05, owned)
    scoring = scoring.extended(rng.normal(0, 0.1, (new, COMPONENTS)), rng.normal(0, 0.1, new))
    table = pd.DataFrame({"game_id": [str(10 * (k + 1)) for k in range(games + new)]})
    table["name"] = "A game called " + table["game_id"]
    table["genres"] = [["Action", "Indie"]] * len(table)
    table["price"] = 9.99
    table["owners"] = np.append(np.maximum(-np.sort(-np.diff(owned.tocsc().indptr)), 1), np.zeros(new, dtype=int))
    table = table.assign(players=table["owners"], twin_of=None, is_game=True)
    card = {"trained_on": "libraries that were drawn", "deploy": False}
    Recommender(table, scoring).save(folder / "data/bench/steam/model", card=card, metrics={})
    player = np.repeat(np.arange(owned.shape[0]), np.diff(owned.indptr))
    ids = table["game_id"].to_numpy()[owned.indices]
    pd.DataFrame({"player_id": player.astype(str), "game_id": ids}).to_parquet(folder / "players.parquet")
    sparse.save_npz(folder / "owned.npz", owned, compressed=False)
    for name in ("params", "notebooks"):
        (folder / name).mkdir()


def ask(answer: Callable[[int], object], players: np.ndarray) -> list[float]:
    """Give the milliseconds that each answer took; a few go before that do not count."""
    for player in players[:20].tolist():
        answer(player)
    taken = []
    for player in players.tolist():
        start = time.perf_counter()
        answer(player)
        taken.append(1000 * (time.perf_counter() - start))
    return taken


def measure_ours(folder: Path) -> dict[str, object]:
    """Loading, one player at a time with reasons, and the largest library."""
    from crowdwise.steam.recommender import Recommender

    model = folder / "data/bench/steam/model"
    loading = []
    for _ in range(4):
        start = time.perf_counter()
        recommender = Recommender.load(model)
        loading.append(time.perf_counter() - start)
    owned = sparse.load_npz(folder / "owned.npz")
    ids = recommender.games["game_id"].to_numpy()
    players = np.random.default_rng(3).integers(0, owned.shape[0] - 1, ASKED)
    libraries = {k: dict.fromkeys(ids[owned[k].indices], 60.0) for k in [*players.tolist(), owned.shape[0] - 1]}
    single = ask(lambda k: recommender.recommend(libraries[k]), players)
    largest = ask(lambda k: recommender.recommend(libraries[k]), np.full(100, owned.shape[0] - 1))
    return {"loading": loading[0], "loading again": float(np.median(loading[1:])), "one": single, "largest": largest}


def measure_lightfm(folder: Path) -> dict[str, object]:
    """LightFM: predict every game for one player and sort; for all players, the same, from a sample."""
    from lightfm import LightFM

    owned = sparse.load_npz(folder / "owned.npz")
    model = LightFM(no_components=COMPONENTS, loss="warp").fit(owned[:, :].tocoo(), epochs=1, num_threads=2)
    items = np.arange(owned.shape[1], dtype=np.int32)

    def recommend(player: int) -> np.ndarray:
        scores = model.predict(player, items)
        scores[owned.indices[owned.indptr[player] : owned.indptr[player + 1]]] = -np.inf
        return np.argsort(-scores)[:10]

    players = np.random.default_rng(3).integers(0, owned.shape[0] - 1, ASKED)
    single = ask(recommend, players)
    start = time.perf_counter()
    for player in range(SAMPLED):
        recommend(player)
    return {"one": single, "all": (time.perf_counter() - start) * owned.shape[0] / SAMPLED}


def measure_implicit(folder: Path) -> dict[str, object]:
    """implicit's ALS: its own `recommend`, for one player and for all on two threads."""
    from implicit.cpu.als import AlternatingLeastSquares

    owned = sparse.load_npz(folder / "owned.npz")
    model = AlternatingLeastSquares(factors=COMPONENTS, iterations=1, num_threads=2)
    model.fit(owned, show_progress=False)
    players = np.random.default_rng(3).integers(0, owned.shape[0] - 1, ASKED)
    single = ask(lambda k: model.recommend(k, owned[k], N=10), players)
    start = time.perf_counter()
    model.recommend(np.arange(owned.shape[0]), owned, N=10)
    return {"one": single, "all": time.perf_counter() - start}


PARTS = {"crowdwise": measure_ours, "LightFM": measure_lightfm, "implicit ALS": measure_implicit}


def main() -> int:
    """Measure, print the tables, and give 0 if all targets are reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--players", type=int, default=PLAYERS)
    parser.add_argument("--out", type=Path, help="a JSON file for the results")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        print(json.dumps(PARTS[given.part](given.folder)))
        return 0
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "2"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        share = given.players / PLAYERS
        make_model(folder, draw_libraries(given.players, GAMES, round(OWNED * share)), NEW)
        size = sum(file.stat().st_size for file in (folder / "data/bench/steam/model").iterdir()) / 1e6
        command = [sys.executable, "-m", "crowdwise.steam.batch", "--profile", "bench", "--n", "10"]
        command += ["--players", str(folder / "players.parquet"), "--out", str(folder / "best.parquet")]
        place = {"CROWDWISE_ROOT": str(folder), "LOG_LEVEL": "WARNING"}
        run(command, **place)  # compiles for the run below, if need be
        batch = run(command, **place)
        found = {}
        for part in PARTS:
            asked = [sys.executable, __file__, "--part", part, "--folder", name]
            found[part] = json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
    print(f"{'milliseconds for one player':38}{'p50':>9}{'p95':>9}{'p99':>9}")
    ours = found["crowdwise"]
    taken = {"crowdwise, with reasons": ours["one"], f"  a library of {LARGEST:,} games": ours["largest"]}
    taken |= {part: found[part]["one"] for part in PARTS if part != "crowdwise"}
    for what, times in taken.items():
        print(f"{what:38}" + "".join(f"{np.percentile(times, p):9.2f}" for p in (50, 95, 99)))
    print(f"\n{'seconds for all players':38}")
    print(f"{'crowdwise, files and reasons too':38}{batch.wall:9.1f}")
    for part in ("LightFM", "implicit ALS"):
        print(f"{part + (', scaled from a sample' if part == 'LightFM' else ''):38}{found[part]['all']:9.1f}")
    print()
    claims = [
        ("MB of the model's folder", size, "at most", 60),
        ("ms to load it, the first time", 1000 * ours["loading"], "at most", 300),
        ("ms to load it again", 1000 * ours["loading again"], "at most", 300),
        ("ms for one player, p95", float(np.percentile(ours["one"], 95)), "at most", 10),
        (f"ms for a library of {LARGEST:,} games, p95", float(np.percentile(ours["largest"], 95)), "at most", 10),
        (f"seconds for {given.players:,} players, from file to file", batch.wall, "at most", 60),
    ]
    title = f"Serving {GAMES:,} games (and {NEW:,} new ones) to {given.players:,} players"
    return 0 if report(title, {"make recommend, Parquet to Parquet": batch}, claims, given.out) else 1


if __name__ == "__main__":
    sys.exit(main())
