"""What do the Kickstarter models cost? Each in a process of its own, on made-up projects of the real months' number.

    python benchmarks/kickstarter_models.py

A table of seconds to fit and to predict, size on disk, and the most memory held beyond the design itself. The design
(features, text, matrices) is made once; its own time is told too.
"""

from __future__ import annotations

import argparse
import io
import json
import pickle
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from measure import Cost, report, run

from crowdwise.kickstarter.design import Design
from crowdwise.kickstarter.evaluation import Study, fit_design, make_models, set_up_study, view_for
from crowdwise.kickstarter.madeup.months import make_months
from crowdwise.kickstarter.months import read_month
from crowdwise.kickstarter.splits import Split
from crowdwise.kickstarter.union import unite

SEED, PROJECTS = 20180112, 50_000
SETTINGS = {"trees": 400, "leaves": 7}
MODELS = make_models(boosted_trees=400, forest_trees=60, seed=SEED, boosted=SETTINGS, portable=SETTINGS)
DESIGN = "design"


def make_study(projects: int) -> Study:
    """Make projects up, and read them as a month is read."""
    with tempfile.TemporaryDirectory() as folder:
        paths, _ = make_months(Path(folder), projects=projects, seed=SEED)
        union = unite([read_month(path) for path in paths])
    return set_up_study(union.projects, components=0, seed=SEED)


def write_design(path: Path, projects: int) -> None:
    """Write the design of four fifths of the projects, and of the rest, and the CPU seconds that it took."""
    study = make_study(projects)
    rows = np.random.default_rng(SEED).permutation(len(study.outcome))
    border = len(rows) * 4 // 5
    split = Split(np.sort(rows[:border]), np.sort(rows[border:]))
    start = time.process_time()
    fitted = fit_design(study, split)
    seconds = time.process_time() - start
    arrays = {"train": fitted.train.matrix, "test": fitted.test.matrix, "outcome": study.outcome[split.train]}
    np.savez(path, **arrays, names=np.array(fitted.train.names))
    path.with_suffix(".json").write_text(json.dumps({"categories": fitted.train.categories, "seconds": seconds}))


def measure(name: str, path: Path, out: Path) -> None:
    """Fit one model (or only read the design) and write what that took."""
    with np.load(path) as arrays:
        parts, names, outcome = [arrays["train"], arrays["test"]], tuple(arrays["names"].tolist()), arrays["outcome"]
    told = json.loads(path.with_suffix(".json").read_text())["categories"]
    categories = {int(place): count for place, count in told.items()}
    train, test = (Design(matrix, names, categories) for matrix in parts)
    found = {"fit": 0.0, "predict": 0.0, "bytes": 0, "rows": len(outcome), "peak": 0.0}
    if name != DESIGN:
        start = time.process_time()
        model = MODELS[name]().fit(view_for(name, train), outcome)
        found["fit"] = time.process_time() - start
        start = time.process_time()
        model.probability(view_for(name, test))
        found["predict"] = (time.process_time() - start) / len(parts[1]) * 1000
        held = io.BytesIO()
        booster = getattr(model, "booster", None)
        # Pickled to be weighed only; the deployed trees are kept in the library's own text form.
        pickle.dump(
            booster.model_to_string() if booster else {k: v for k, v in vars(model).items() if k != "bases"}, held
        )
        found["bytes"] = held.tell()
    found["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    out.write_text(json.dumps(found))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=PROJECTS)
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    parser.add_argument("--fit", nargs=3, metavar=("MODEL", "DESIGN", "OUT"), help=argparse.SUPPRESS)
    parser.add_argument("--make", type=Path, metavar="DESIGN", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make:
        write_design(given.make, given.projects)
        return 0
    if given.fit:
        measure(given.fit[0], Path(given.fit[1]), Path(given.fit[2]))
        return 0
    costs: dict[str, Cost] = {}
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "design.npz", Path(folder) / "found.json"
        # A child's peak starts at its parent's memory, so that the projects are held by neither.
        run([sys.executable, __file__, "--make", str(path), "--projects", str(given.projects)], OMP_NUM_THREADS="1")
        seconds = json.loads(path.with_suffix(".json").read_text())["seconds"]
        for name in (DESIGN, *MODELS):
            command = [sys.executable, __file__, "--fit", name, str(path), str(out)]
            costs[name] = run(command, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
            found[name] = json.loads(out.read_text())
    print(f"Learnt from {found[DESIGN]['rows']:,} projects; their design took {seconds:.1f} CPU s\n")
    print(f"{'':24}{'fit, CPU s':>12}{'predict, ms a row':>19}{'MB':>8}{'peak MB more':>14}")
    for name in MODELS:
        f = found[name]
        more = max(0.0, f["peak"] - found[DESIGN]["peak"])
        print(f"{name:24}{f['fit']:12.2f}{f['predict']:19.4f}{f['bytes'] / 1e6:8.2f}{more:14.0f}")
    print()
    boosted = found["LightGBM"]
    claims = [
        ("the design, CPU s", seconds, "at most", 15.0),
        ("LightGBM's fit, CPU s", boosted["fit"], "at most", 15.0),
        ("LightGBM's size, MB", boosted["bytes"] / 1e6, "at most", 2.0),
    ]
    return 0 if report("Kickstarter models, each in a process of its own", costs, claims, given.out) else 1


if __name__ == "__main__":
    sys.exit(main())
