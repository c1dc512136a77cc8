"""How fast are Steam's lines read? Beside unpacking alone (``gzip -dc``), and `ast.literal_eval` with pandas.

    python benchmarks/steam_parser.py --raw ../shared/data/steam

The real file is repeated to the published size (553 MB unpacked); without ``--raw``, made-up lines are.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
from pathlib import Path

from measure import median, report, run

NAME = "australian_users_items.json.gz"
PUBLISHED = 553_000_000  # bytes, unpacked
OURS = """
import sys
from pathlib import Path
from crowdwise.steam.forms import LIBRARY
from crowdwise.steam.literals import parse
from crowdwise.storage.lines import read_blocks
rows = sum(len(batch["items"].flatten()) for batch in parse(read_blocks(Path(sys.argv[1])), LIBRARY))
print(rows)
"""
PEER = """
import ast, gzip, sys
import pandas as pd
rows = []
with gzip.open(sys.argv[1]) as lines:
    for line in lines:
        record = ast.literal_eval(line.decode())
        for item in record["items"]:
            rows.append((record["user_id"], record["steam_id"], *item.values()))
print(len(pd.DataFrame(rows)))
"""


def repeat(source: Path, target: Path, size: int) -> None:
    """Write the lines of a gzip again and again, until `size` unpacked bytes are there."""
    with gzip.open(target, "wb", compresslevel=6) as out:
        while size > 0:
            with gzip.open(source) as lines:
                for line in lines:
                    size -= len(line)
                    if size < 0:
                        break
                    out.write(line)


def main() -> int:
    """Measure, print the table, and give 0 if all targets are reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raw", type=Path, help=f"a folder that holds {NAME}")
    parser.add_argument("--size", type=int, default=PUBLISHED, help="unpacked bytes")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--out", type=Path, help="a JSON file for the results")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.raw is None:
            from crowdwise.steam.madeup import make

            given.raw = Path(folder)
            make(given.raw, players=5_000, seed=1)
        file = Path(folder) / "full.json.gz"
        repeat(given.raw / NAME, file, given.size)
        ours = [sys.executable, "-c", OURS, str(file)]
        compiling = run([*ours[:3], str(given.raw / NAME)], NUMBA_CACHE_DIR=folder)
        run(ours)  # compiles for the runs below, if need be
        pairs = [(run(["gzip", "-dc", str(file)]), run(ours)) for _ in range(given.runs)]
        peer = run([sys.executable, "-c", PEER, str(file)])
    unpacking, parsing = median([pair[0] for pair in pairs]), median([pair[1] for pair in pairs])
    ratio = median([type(a)(b.wall / a.wall, b.cpu / a.cpu, 0) for a, b in pairs])
    costs = {
        "gzip -dc": unpacking,
        "crowdwise: Arrow batches": parsing,
        "literal_eval and pandas (one run)": peer,
        "crowdwise: first run ever, small file": compiling,
    }
    claims = [
        ("times faster than literal_eval and pandas (CPU)", peer.cpu / parsing.cpu, "at least", 40),
        ("times the CPU seconds of gzip -dc", ratio.cpu, "at most", 3),
        ("times the seconds of gzip -dc", ratio.wall, "at most", 3),
        ("MB at the peak", parsing.peak, "at most", 700),
    ]
    title = f"Steam's libraries, {given.size / 1e6:,.0f} MB unpacked, median of {given.runs} paired runs"
    return 0 if report(title, costs, claims, given.out) else 1


if __name__ == "__main__":
    sys.exit(main())
