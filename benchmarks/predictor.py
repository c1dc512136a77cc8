"""How fast does the Kickstarter model answer? With everything it explains, beside LightGBM's contributions alone.

    python benchmarks/predictor.py                                           # made-up projects
    python benchmarks/predictor.py --tables data/local/kickstarter/tables    # projects of your own

The drafts are past projects as their creators could have described them. Both clocks are shown, since the work is done
by one thread: on a machine with other work the processor's says what the answer costs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from measure import report, run

PROJECTS, TREES, COMPONENTS, ASKED, SEED = 20_000, 450, 48, 300, 1


def read_projects(tables: Path | None, folder: Path, count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give projects and currencies' rates: those of the tables, or made-up ones."""
    from crowdwise.kickstarter.madeup.months import make_months
    from crowdwise.kickstarter.months import read_month
    from crowdwise.kickstarter.union import unite

    if tables:
        return pd.read_parquet(tables / "projects.parquet"), pd.read_parquet(tables / "rates.parquet")
    paths, _ = make_months(folder / "months", projects=count, seed=SEED)
    projects = unite([read_month(path) for path in paths]).projects
    return projects, pd.DataFrame({"currency": sorted(projects["currency"].unique()), "usd_rate": 1.0})


def make_model(folder: Path, tables: Path | None, count: int) -> None:
    """Save a model, and drafts to ask it about."""
    from crowdwise.kickstarter.evaluation import set_up_study
    from crowdwise.kickstarter.training import train_predictor

    projects, rates = read_projects(tables, folder, count)
    study = set_up_study(projects, components=COMPONENTS, seed=SEED)
    # What it is calibrated on changes nothing about its speed.
    noise = np.random.default_rng(SEED).normal(0, 0.2, len(study.outcome))
    told = np.clip(np.where(study.outcome, 0.6, 0.4) + noise, 0.01, 0.99)
    predictor = train_predictor(study, told, rates, boosted_trees=TREES, seed=SEED)
    predictor.save(folder / "data/bench/kickstarter/model", metrics={}, trained_on="a benchmark", deploy=False)
    for name in ("params", "notebooks"):
        (folder / name).mkdir()
    write_drafts(study.projects, study.features, folder / "drafts.jsonl")


def write_drafts(projects: pd.DataFrame, features: pd.DataFrame, path: Path) -> None:
    """Write past projects as drafts that the form would take, JSON lines."""
    fit = (features["duration_days"].between(1, 60) & projects["country"].fillna("").str.len().eq(2)).to_numpy()
    rows = np.random.default_rng(SEED).choice(np.flatnonzero(fit), min(ASKED, int(fit.sum())), replace=False)
    with path.open("w", encoding="utf-8") as file:
        for k in rows.tolist():
            project, seen = projects.iloc[k], features.iloc[k]
            preparation = min(3650, int(np.nan_to_num(np.expm1(seen["prelaunch_log"]))))
            draft = {
                **{"name": project["name"], "blurb": project["blurb"] if isinstance(project["blurb"], str) else ""},
                **{"category": project["category"], "goal": float(project["goal_usd"]), "currency": "USD"},
                **{"country": project["country"], "launched_on": str(project["launched_at"].date())},
                **{"duration_days": int(seen["duration_days"]), "prelaunch_days": preparation},
                **{name: int(seen[name]) for name in ("earlier_projects", "earlier_successes")},
            }
            file.write(json.dumps(draft) + "\n")


def ask(answer: Callable[[Any], object], asked: Sequence[Any]) -> list[tuple[float, float]]:
    """Give the milliseconds on the clock and on the processor that each answer took; ten go before and do not count."""
    for one in asked[:10]:
        answer(one)
    taken = []
    for one in asked:
        clock, cpu = time.perf_counter(), time.process_time()
        answer(one)
        taken.append((1000 * (time.perf_counter() - clock), 1000 * (time.process_time() - cpu)))
    return taken


def measure_predictor(folder: Path) -> dict[str, Any]:
    """Load the model in this process, and ask it."""
    for name in ("sklearn", "matplotlib", "dask"):
        sys.modules[name] = None  # type: ignore[assignment]  # as the app does
    from crowdwise.kickstarter.drafts import read_drafts
    from crowdwise.kickstarter.predictor import Predictor

    model = folder / "data/bench/kickstarter/model"
    clock, cpu = time.perf_counter(), time.process_time()
    predictor = Predictor.load(model)
    loading = (1000 * (time.perf_counter() - clock), 1000 * (time.process_time() - cpu))
    drafts = read_drafts(folder / "drafts.jsonl", asked=predictor.asked, check=predictor.check).drafts
    rows = [predictor.matrix(row, row) for row in (d.row(predictor.facts.usd_rates["USD"]) for d in drafts)]
    return {
        "loading": loading,
        "pred_contrib": ask(lambda row: predictor.booster.predict(row, pred_contrib=True, num_threads=1), rows),
        "predict": ask(predictor.predict, drafts),
        "explain": ask(predictor.explain, drafts),
        "compare": ask(lambda two: predictor.compare(*two), list(pairwise(drafts))),
    }


def main() -> int:
    """Measure, print the tables, and give 0 if all targets are reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=PROJECTS, help="made-up projects to learn from")
    parser.add_argument("--tables", type=Path, help="a folder with projects.parquet and rates.parquet")
    parser.add_argument("--out", type=Path, help="a JSON file for the results")
    parser.add_argument("--part", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        print(json.dumps(measure_predictor(given.part)))
        return 0
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_model(folder, given.tables, given.projects)
        sizes = {file.name: file.stat().st_size / 1e6 for file in (folder / "data/bench/kickstarter/model").iterdir()}
        asked = [sys.executable, __file__, "--part", name]
        found = json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
        command = [sys.executable, "-m", "crowdwise.kickstarter.batch", "--profile", "bench"]
        command += ["--projects", str(folder / "drafts.jsonl"), "--out", str(folder / "chances.parquet")]
        batch = run(command, CROWDWISE_ROOT=name, LOG_LEVEL="WARNING")
    print(f"{'milliseconds for one draft':38}{'p50':>9}{'p95':>9}{'CPU p50':>9}{'CPU p95':>9}")
    for what in ("pred_contrib", "predict", "explain", "compare"):
        clock, cpu = np.array(found[what]).T
        print(f"{what:38}" + "".join(f"{np.percentile(t, p):9.2f}" for t in (clock, cpu) for p in (50, 95)))
    print("\n" + ", ".join(f"{file} {size:.2f} MB" for file, size in sorted(sizes.items())) + "\n")
    explain, compare = (float(np.percentile(np.array(found[what])[:, 1], 95)) for what in ("explain", "compare"))
    claims = [
        ("MB of the model's folder", sum(sizes.values()), "at most", 20.0),
        ("ms of CPU to load it", found["loading"][1], "at most", 500.0),
        ("ms of CPU to explain a draft, p95", explain, "at most", 50.0),
        ("ms of CPU to hold a draft against another, p95", compare, "at most", 50.0),
    ]
    title = "Explaining drafts by the Kickstarter model"
    costs = {f"make predict, {len(found['explain'])} drafts": batch}
    return 0 if report(title, costs, claims, given.out) else 1


if __name__ == "__main__":
    sys.exit(main())
