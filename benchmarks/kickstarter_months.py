"""How fast is a month of Kickstarter read? Beside unpacking alone (``gzip -dc``), and `json` with pandas.

    python benchmarks/kickstarter_months.py --raw ../shared/data/kickstarter

The records of a real crawl with every field are repeated, with new ids, to the size of a full month; without ``--raw``,
made-up ones are.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import median, report, run

SAMPLE = "sample_2020-04_full_schema.json.gz"
NAME = "Kickstarter_2020-04-16T03_20_04_541Z"
FULL = 200_000  # rows of a month, about
OURS = """
import sys
from pathlib import Path
from crowdwise.kickstarter.months import read_month
month = read_month(Path(sys.argv[1]))
assert len(month.rows) == month.read == int(sys.argv[2]), "rows were lost"
"""
PEER = """
import gzip, json, sys
import pandas as pd
with gzip.open(sys.argv[1]) as lines:
    table = pd.json_normalize([json.loads(line)["data"] for line in lines])
assert len(table) == int(sys.argv[2])
"""
LOADING = "import crowdwise.kickstarter.months"


def records_of(raw: Path | None, folder: Path) -> list[dict[str, Any]]:
    """Give the data of the records to repeat: real ones with every field, or made-up ones."""
    if raw is not None:
        with gzip.open(raw / SAMPLE) as file:
            return [record["data"] for record in json.load(file)]
    from crowdwise.kickstarter.madeup.months import make_months

    paths, _ = make_months(folder, projects=2_000, seed=1, flaws=False)
    with gzip.open(paths[-1]) as lines:
        return [json.loads(line)["data"] for line in lines]


def write_month(data: list[dict[str, Any]], rows: int, target: Path) -> int:
    """Write records again and again as the publisher's JSON lines, each with an id of its own; give the bytes."""
    unpacked = 0
    frame = {"table_id": "Kickstarter", "robot_id": "Kickstarter", "run_id": NAME}
    with gzip.open(target, "wb", compresslevel=6) as out:
        for number, one in enumerate(itertools.islice(itertools.cycle(data), rows)):
            line = json.dumps({**frame, "data": {**one, "id": 100_000_000 + number}}).encode() + b"\n"
            unpacked += out.write(line)
    return unpacked


def main() -> int:
    """Measure, print the table, and give 0 if all targets are reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raw", type=Path, help=f"a folder that holds {SAMPLE}")
    parser.add_argument("--rows", type=int, default=FULL)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path, help="a JSON file for the results")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{NAME}.json.gz"
        size = write_month(records_of(given.raw, Path(folder) / "made"), given.rows, file)
        python = (sys.executable, "-c")
        arguments = (str(file), str(given.rows))
        pairs = [(run(["gzip", "-dc", str(file)]), run([*python, OURS, *arguments])) for _ in range(given.runs)]
        loading = median([run([*python, LOADING]) for _ in range(given.runs)])
        peer = run([*python, PEER, *arguments])
    unpacking, reading = median([pair[0] for pair in pairs]), median([pair[1] for pair in pairs])
    ratio = median([type(a)(b.wall / a.wall, b.cpu / a.cpu, 0) for a, b in pairs])
    costs = {
        "gzip -dc": unpacking,
        "crowdwise: the month's table": reading,
        "of that, Python and its imports": loading,
        "json and json_normalize (one run)": peer,
    }
    claims = [
        ("times faster than json and json_normalize (CPU)", peer.cpu / reading.cpu, "at least", 6),
        ("times faster than json and json_normalize", peer.wall / reading.wall, "at least", 6),
        ("times the CPU seconds of gzip -dc", ratio.cpu, "at most", 3),
        ("times the seconds of gzip -dc", ratio.wall, "at most", 3),
        ("MB at the peak", reading.peak, "at most", 600),
    ]
    what = f"{given.rows:,} rows, {size / 1e6:,.0f} MB unpacked"
    title = f"A month of Kickstarter, {what}, median of {given.runs} paired runs"
    return 0 if report(title, costs, claims, given.out) else 1


if __name__ == "__main__":
    sys.exit(main())
