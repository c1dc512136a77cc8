"""How fast is a model measured on every player? Beside LightFM's own three functions, on the same model.

    python benchmarks/evaluation.py
    python benchmarks/evaluation.py --full

LightFM's functions give the area under the curve, precision and recall at 10; our one pass gives these and four more.
Libraries are made up: as long as real ones are, of games as unevenly known. Each run is a process of its own, which
fits or loads the model first: only the measuring is timed. ``--full`` also measures as many players as were published,
our pass only, on vectors that are the means of their games'.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
from lightfm import LightFM
from lightfm.evaluation import auc_score, precision_at_k, recall_at_k
from measure import Cost, median, report
from scipy import sparse

from crowdwise.steam.interactions import Interactions, hold_out
from crowdwise.steam.measures import Slice, per_player, rank

GAMES, PUBLISHED, COMPONENTS = 10_978, 70_912, 64


def draw(players: int) -> tuple[Interactions, Interactions]:
    """Make up libraries, about 60 games in the mean and a few thousand at most, and hold out a fifth of each."""
    rng = np.random.default_rng(1)
    known = 1.0 / np.arange(10, GAMES + 10)
    sizes = np.minimum(rng.lognormal(3.6, 1.2, players).astype(int) + 5, 7_762)
    rows = np.repeat(np.arange(players), sizes)
    columns = rng.choice(GAMES, len(rows), p=known / known.sum())
    owned = sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=(players, GAMES))
    owned.data[:] = 1
    names = (np.arange(size).astype(str) for size in owned.shape)
    return hold_out(Interactions(*names, owned, owned), share=0.2, seed=1)


def fit(train: Interactions) -> LightFM:
    """Fit one epoch, on one thread: the same bits each time."""
    model = LightFM(no_components=COMPONENTS, loss="warp", random_state=1)
    return model.fit(train.owned.tocoo(), epochs=1, num_threads=1)


def ours(players: np.ndarray, model: LightFM, train: Interactions, test: Interactions, threads: int) -> dict:
    """Measure by one pass over the scores."""
    games, biases = np.ascontiguousarray(model.item_embeddings.T), model.item_biases

    def scores(shown: Interactions) -> np.ndarray:
        return players[shown.player_ids.astype(int)] @ games + biases

    every = {"all": Slice(test.owned, np.ones(GAMES, dtype=bool))}
    return per_player(rank(scores, train, every, threads=threads)["all"]).mean().to_dict()


def lightfms(model: LightFM, train: Interactions, test: Interactions, threads: int) -> dict:
    """Measure by LightFM's functions."""
    given = {"train_interactions": train.owned, "num_threads": threads}
    return {
        "auc": float(auc_score(model, test.owned, **given).mean()),
        "precision_at_10": float(precision_at_k(model, test.owned, k=10, **given).mean()),
        "recall_at_10": float(recall_at_k(model, test.owned, k=10, **given).mean()),
    }


def part(name: str, players: int, fitted_on: int, threads: int) -> None:
    """Measure once and print the cost and the means, as JSON."""
    train, test = draw(fitted_on)
    model = fit(train)
    vectors = model.user_embeddings
    if players != fitted_on:
        train, test = draw(players)
        sizes = np.maximum(train.owned.sum(axis=1), 1).astype(np.float32)
        vectors = np.asarray(train.owned @ model.item_embeddings / sizes, dtype=np.float32)
    few = np.arange(10)
    if name == "ours":  # compiles, or loads what was compiled
        ours(vectors, model, train.take(few), test.take(few), threads)
        work: Callable[[], dict] = lambda: ours(vectors, model, train, test, threads)  # noqa: E731
    else:
        work = lambda: lightfms(model, train, test, threads)  # noqa: E731
    wall, cpu = time.perf_counter(), time.process_time()
    means = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cost": asdict(Cost(wall, cpu, peak)), "means": means}))


def run(name: str, players: int, fitted_on: int, threads: int = 1) -> tuple[Cost, dict]:
    """Run a part as a process of its own."""
    command = [sys.executable, __file__, "--part", name, "--threads", str(threads)]
    command += ["--players", str(players), "--fitted-on", str(fitted_on)]
    done = subprocess.run(command, check=True, capture_output=True, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"})
    given = json.loads(done.stdout)
    return Cost(**given["cost"]), given["means"]


def main() -> int:
    """Measure, print the table, and give 0 if all targets are reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--players", type=int, default=5_000)
    parser.add_argument("--full", action="store_true", help=f"also measure {PUBLISHED:,} players, our pass only")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path, help="a JSON file for the results")
    parser.add_argument("--part", choices=["ours", "lightfm"], help=argparse.SUPPRESS)
    parser.add_argument("--fitted-on", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=1, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        part(given.part, given.players, given.fitted_on, given.threads)
        return 0
    size = given.players
    run("ours", size, size)  # compiles for the runs below, if need be
    pairs = [(run("lightfm", size, size), run("ours", size, size)) for _ in range(given.runs)]
    costs = {
        "LightFM: three functions": median([theirs for (theirs, _), _ in pairs]),
        "crowdwise: one pass, seven measures": median([mine for _, (mine, _) in pairs]),
        "LightFM, 2 threads (one run)": run("lightfm", size, size, 2)[0],
        "crowdwise, 2 threads (one run)": run("ours", size, size, 2)[0],
    }
    ratio = median([Cost(theirs.wall / mine.wall, theirs.cpu / mine.cpu, 0) for (theirs, _), (mine, _) in pairs])
    (_, theirs), (_, mine) = pairs[0]
    apart = max(abs(theirs[metric] - mine[metric]) for metric in theirs)
    claims = [
        ("times faster than LightFM, one thread each", ratio.wall, "at least", 20),
        ("times less CPU than LightFM", ratio.cpu, "at least", 20),
        ("millionths apart, at most, in the means both give", apart * 1e6, "at most", 5),
    ]
    if given.full:
        name = f"crowdwise: {PUBLISHED:,} players"
        costs[name] = run("ours", PUBLISHED, size)[0]
        claims.append(("MB at the peak for the published size", costs[name].peak, "at most", 1_500))
    title = f"Measuring a model of {COMPONENTS} components on {size:,} players and {GAMES:,} games"
    title += f", median of {given.runs} paired runs"
    return 0 if report(title, costs, claims, given.out) else 1


if __name__ == "__main__":
    sys.exit(main())
