"""How fast is an experiment of two million users analysed? Beside tea-tasting's CUPED on the same users.

    python benchmarks/experiment_analysis.py
    python benchmarks/experiment_analysis.py --peer <folder that tea-tasting was installed to>

Users are made up: a heavy-tailed outcome, of which the time before explains half. Each run is a process of its own,
which draws the users first: only the analysis is timed. Where tea-tasting can't be imported, its part is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
from measure import Cost, median, report

from crowdwise.experiment.adjustment import cuped, lin
from crowdwise.experiment.analysis import analyse
from crowdwise.experiment.assignment import assign
from crowdwise.experiment.plan_change import hash_plan
from crowdwise.experiment.plan_text import read_plan

PLAN = """
name: bench
unit: {column: user_id, name: users}
arms: [{name: control, weight: 0.5}, {name: treatment, weight: 0.5}]
hypotheses: [{statement: Users spend more, metric: spent}]
metrics:
  - {name: spent, role: primary, kind: mean, direction: increase, cap_share: 0.999, covariates: [{column: before}]}
alpha: 0.05
adjustment: cuped
decision: {success: all, ship: ship it, otherwise: keep the control}
"""
PARTS = {
    "tea-tasting": "tea-tasting: CUPED",
    "cuped": "crowdwise: CUPED",
    "lin": "crowdwise: Lin, HC2 errors",
    "analyse": "crowdwise: the whole analysis by its plan",
    "assign": "crowdwise: assignment by SHA-256",
}


def draw(users: int) -> pd.DataFrame:
    """Make up users."""
    rng = np.random.default_rng(1)
    before, treated = rng.gamma(1.0, 2.0, users), rng.random(users) < 0.5
    spent = before * rng.gamma(4.0, 0.25, users) * (1 + 0.01 * treated)
    arm = pd.Categorical.from_codes(treated.astype(np.int8), pd.Index(["control", "treatment"]))
    columns = {"user_id": np.arange(users), "arm": arm, "variant": treated.astype(np.int64)}
    return pd.DataFrame(columns | {"spent": spent, "before": before})


def prepare(name: str, data: pd.DataFrame) -> Callable[[], tuple[float, float]]:
    """Give the work that is timed; it gives the difference of means and its p-value."""
    if name == "tea-tasting":
        import tea_tasting

        experiment = tea_tasting.Experiment(spent=tea_tasting.Mean("spent", "before"))

        def peer() -> tuple[float, float]:
            found = experiment.analyze(data)["spent"]
            return found.effect_size, found.pvalue

        return peer
    if name == "assign":
        arms = {"control": 0.5, "treatment": 0.5}
        return lambda: (float(len(assign(data["user_id"], arms, experiment="bench"))), 0.0)
    if name == "analyse":
        plan = read_plan(PLAN)

        def whole() -> tuple[float, float]:
            effect = analyse(plan, data, started_hash=hash_plan(plan)).findings[0].effect
            return effect.difference, effect.p_value

        return whole
    method = {"cuped": cuped, "lin": lin}[name]

    def ours() -> tuple[float, float]:
        effect = method(data["spent"], data["variant"], data["before"])
        return effect.difference, effect.p_value

    return ours


def part(name: str, users: int) -> None:
    """Measure once, after a small run that imports what is imported late, and print the cost and what was found."""
    prepare(name, draw(1000))()
    work = prepare(name, draw(users))
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cost": asdict(Cost(wall, cpu, peak)), "found": found}))


def run(name: str, users: int, peer: Path | None) -> tuple[Cost, list[float]]:
    """Run a part as a process of its own."""
    paths = [str(peer)] if peer else []
    paths += [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else []
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"} | ({"PYTHONPATH": os.pathsep.join(paths)} if paths else {})
    command = [sys.executable, __file__, "--part", name, "--users", str(users)]
    done = subprocess.run(command, check=True, capture_output=True, env=environment)
    given = json.loads(done.stdout)
    return Cost(**given["cost"]), given["found"]


def has_peer(peer: Path | None) -> bool:
    """Say whether tea-tasting can be imported, also from a folder of its own."""
    paths = f"import sys; sys.path[:0] = {[str(peer)] if peer else []!r}; import tea_tasting"
    return subprocess.run([sys.executable, "-c", paths], capture_output=True, check=False).returncode == 0


def main() -> int:
    """Measure, print the table, and give 0 if all targets are reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peer", type=Path, help="a folder that tea-tasting was installed to (pip install --target)")
    parser.add_argument("--out", type=Path, help="a JSON file for the results")
    parser.add_argument("--part", choices=list(PARTS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        part(given.part, given.users)
        return 0
    beside = has_peer(given.peer)
    names = [name for name in PARTS if beside or name != "tea-tasting"]
    rounds = [{name: run(name, given.users, given.peer) for name in names} for _ in range(given.runs)]
    costs = {PARTS[name]: median([one[name][0] for one in rounds]) for name in names}
    claims = [
        ("s for CUPED", costs[PARTS["cuped"]].wall, "at most", 1),
        ("s for the whole analysis", costs[PARTS["analyse"]].wall, "at most", 1),
    ]
    if beside:
        ratio = statistics.median(one["tea-tasting"][0].wall / one["cuped"][0].wall for one in rounds)
        theirs, mine = rounds[0]["tea-tasting"][1], rounds[0]["cuped"][1]
        apart = max(abs(a / b - 1) for a, b in zip(theirs, mine, strict=True))
        claims += [
            ("times as fast as tea-tasting, CUPED each", ratio, "at least", 1),
            ("millionths apart in difference and p-value", apart * 1e6, "at most", 1),
        ]
    else:
        print("tea-tasting is not installed: its part is left out (pip install --target <folder>, then --peer)\n")
    title = f"Analysing an experiment of {given.users:,} users, median of {given.runs} runs"
    return 0 if report(title, costs, claims, given.out) else 1


if __name__ == "__main__":
    sys.exit(main())
