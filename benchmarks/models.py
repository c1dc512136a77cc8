"""What do the Steam models cost to fit at the published size? Each in a process of its own.

    python benchmarks/models.py

Libraries drawn in the shape of the published ones: 70,912 players, 10,978 games, some 5 million owned games. LightFM
stops early, by a tenth of the players whose held-out games it is checked on.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
from measure import Cost, report, run
from scipy import sparse
from serving import GAMES, OWNED, PLAYERS, draw_libraries

from crowdwise.steam.interactions import Interactions, hold_out
from crowdwise.steam.measures import Slice, per_player, rank
from crowdwise.steam.models import ALS, EASE, ItemKNN, Light, Model, RP3Beta

MODELS = {
    "EASE": lambda: EASE(penalty=400.0),
    "item-kNN": ItemKNN,
    "RP3beta": RP3Beta,
    "ALS, 64 factors, 8 iterations": lambda: ALS(64, iterations=8),
}
EARLY = "LightFM WARP, 32 components, stops early"


def read_libraries(path: Path) -> Interactions:
    owned = sparse.load_npz(path).astype(np.float32)
    owned.sort_indices()
    rng = np.random.default_rng(4)
    minutes = owned.copy()
    minutes.data = np.where(rng.random(owned.nnz) < 0.36, 0, rng.lognormal(5, 2, owned.nnz)).astype(np.float32)
    names = [np.arange(size).astype(str).astype(object) for size in owned.shape]
    return Interactions(*names, owned, minutes)


def fit(name: str, path: Path) -> Model:
    whole = read_libraries(path)
    if name != EARLY:
        return MODELS[name]().fit(whole)
    train, test = hold_out(whole, share=0.2, seed=1)
    every = np.ones(whole.shape[1], dtype=bool)
    some = np.arange(0, whole.shape[0], 10)

    def judge(model: Light) -> float:
        ranked = rank(model.scores, train, {"owned": Slice(test.owned, every)}, players=some)["owned"]
        return float(per_player(ranked)["ndcg_at_10"].mean())

    return Light(32, 30, patience=2, check_every=3).fit(train, judge)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--players", type=int, default=PLAYERS)
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    parser.add_argument("--fit", nargs=2, metavar=("MODEL", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.fit:
        fit(given.fit[0], Path(given.fit[1]))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "owned.npz"
        sparse.save_npz(path, draw_libraries(given.players, GAMES, OWNED * given.players // PLAYERS), compressed=False)
        costs: dict[str, Cost] = {}
        for name in (*MODELS, EARLY):
            costs[name] = run([sys.executable, __file__, "--fit", name, str(path)], OPENBLAS_NUM_THREADS="1")
            print(f"{name}: {costs[name].wall:.0f} s", file=sys.stderr)
    ease = costs["EASE"]
    claims = [("EASE, seconds", ease.wall, "at most", 180.0), ("EASE, MB", ease.peak, "at most", 4096.0)]
    return 0 if report("Fitting the models at the published size", costs, claims, given.out) else 1


if __name__ == "__main__":
    sys.exit(main())
