"""What do a full crawl's features cost, from table to matrix, text included? In a process of its own.

    python benchmarks/features.py

Made-up months of 200,000 different projects, all kept. Timed: the creators' records, the categories' past, every
feature, the words of names and blurbs counted, and their 48 numbers fitted on all rows.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from measure import Cost, report, run

from crowdwise.kickstarter.features import CRAWLED, FEATURES, build_features
from crowdwise.kickstarter.history import category_past, earlier_record
from crowdwise.kickstarter.madeup.months import make_months
from crowdwise.kickstarter.months import read_month
from crowdwise.kickstarter.text import WordCounts, fit_text, texts_of
from crowdwise.kickstarter.union import unite
from crowdwise.storage.tables import read_table, write_table

PROJECTS = 200_000
SECONDS, MEGABYTES = 60, 2000  # what it may cost at most


def make(folder: Path, projects: int) -> None:
    """Write the projects table of made-up months."""
    paths, _ = make_months(folder / "raw", projects=projects, seed=1)
    write_table(unite([read_month(path) for path in paths]).projects, folder / "projects.parquet")


def build(folder: Path) -> None:
    """Build all features and the text's numbers."""
    projects = read_table(folder / "projects.parquet")
    past = pd.concat([earlier_record(projects), category_past(projects)], axis=1)
    features = build_features(projects, past, [*FEATURES, *CRAWLED])
    counted = WordCounts.of(texts_of(projects))
    space = fit_text(counted, features.index.to_numpy(), components=48, seed=1)
    known = np.searchsorted(counted.words, space.words)
    numbers = space.transform_counts(counted.counts[:, known])
    print(f"{features.shape[1] + numbers.shape[1]} features of {len(features):,} projects", file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=PROJECTS)
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make or given.build:
        make(given.make, given.projects) if given.make else build(given.build)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        run([sys.executable, __file__, "--make", folder, "--projects", str(given.projects)])
        costs: dict[str, Cost] = {"all features": run([sys.executable, __file__, "--build", folder])}
    cost = costs["all features"]
    claims = [("seconds", cost.wall, "at most", SECONDS), ("MB", cost.peak, "at most", MEGABYTES)]
    return 0 if report(f"Features of {given.projects:,} projects", costs, claims, given.out) else 1


if __name__ == "__main__":
    sys.exit(main())
