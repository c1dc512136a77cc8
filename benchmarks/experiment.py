"""How fast is an experiment designed and simulated?

    python benchmarks/experiment.py
    python benchmarks/experiment.py --experiments 500

Each part is a process of its own, timed after its imports. A new part is a function here, a line in `PARTS` and, where
something is to be reached, one in `CLAIMS`.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
from measure import Cost, median, report

LOOKS, USERS = 28, 2_000


def spending() -> Callable[[], object]:
    """Compute daily bounds of four weeks by spending."""
    from crowdwise.experiment.sequential import bounds_by_spending

    return lambda: bounds_by_spending(np.arange(1, LOOKS + 1) / LOOKS)


def shape() -> Callable[[], object]:
    """Compute daily bounds of four weeks of O'Brien and Fleming's shape, which solves for a constant."""
    from crowdwise.experiment.sequential import bounds_by_shape

    return lambda: bounds_by_shape(np.arange(1, LOOKS + 1) / LOOKS)


def hourly() -> Callable[[], object]:
    """Compute hourly bounds of four weeks by spending."""
    from crowdwise.experiment.sequential import bounds_by_spending

    return lambda: bounds_by_spending(np.arange(1, 24 * LOOKS + 1) / (24 * LOOKS))


def simulating(experiments: int, name: str) -> Callable[[], object]:
    """Simulate experiments of one outcome, looked at after every fourteenth, and apply nine rules to each."""
    from crowdwise.experiment.characteristics import tabulate_rules
    from crowdwise.experiment.populations import Counts, Playtime, Share
    from crowdwise.experiment.sequential.price import rules_of
    from crowdwise.experiment.simulation import simulate

    looks = np.arange(1, 15) / 14
    outcome = {"playtime": Playtime(), "counts": Counts(), "shares": Share()}[name]
    return lambda: tabulate_rules(
        simulate(outcome, looks, users=USERS, experiments=experiments, workers=2), rules_of(looks)
    )


PARTS: dict[str, Callable[[int], Callable[[], object]]] = {
    "bounds, 28 looks, spending": lambda _: spending(),
    "bounds, 28 looks, shape": lambda _: shape(),
    "bounds, 672 looks, spending": lambda _: hourly(),
    "simulation, playtime": lambda experiments: simulating(experiments, "playtime"),
    "simulation, counts": lambda experiments: simulating(experiments, "counts"),
    "simulation, shares": lambda experiments: simulating(experiments, "shares"),
}
CLAIMS: tuple[tuple[str, str, float], ...] = (  # what, the part whose time it is, the most milliseconds it may take
    ("milliseconds for the bounds of 28 looks by spending", "bounds, 28 looks, spending", 500),
    ("milliseconds for the bounds of 28 looks of a shape", "bounds, 28 looks, shape", 500),
    ("milliseconds for all experiments of playtime", "simulation, playtime", 60_000),
    ("milliseconds for all experiments of counts", "simulation, counts", 60_000),
)


def measured(part: str, experiments: int) -> Cost:
    """Time a part in a process of its own."""
    command = [sys.executable, __file__, "--part", part, "--experiments", str(experiments)]
    return Cost(**json.loads(subprocess.run(command, check=True, capture_output=True).stdout))


def main() -> int:
    """Measure, print the table, and give 0 if all targets are reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--experiments", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path, help="a JSON file for the results")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        work = PARTS[given.part](given.experiments)
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(json.dumps(asdict(Cost(wall, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))))
        return 0
    costs = {part: median([measured(part, given.experiments) for _ in range(given.runs)]) for part in PARTS}
    claims = [(what, 1000 * costs[part].wall, "at most", most) for what, part, most in CLAIMS]
    title = f"Bounds, and {given.experiments:,} simulated experiments of {USERS:,} users"
    return 0 if report(title, costs, claims, given.out) else 1


if __name__ == "__main__":
    raise SystemExit(main())
