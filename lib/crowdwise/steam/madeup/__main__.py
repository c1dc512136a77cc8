"""Make up Steam data in the publishers' raw form: python -m crowdwise.steam.madeup --players 1500 --out FOLDER."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from crowdwise.base import logs
from crowdwise.base.errors import Problem
from crowdwise.steam.madeup import FEWEST, MOST, make


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code."""
    parser = argparse.ArgumentParser(prog="python -m crowdwise.steam.madeup", description=__doc__)
    parser.add_argument("--players", type=int, required=True, help=f"lines of users_items, {FEWEST} to {MOST}")
    parser.add_argument("--seed", type=int, default=1, help="the root seed (default 1)")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write the raw files to")
    parser.add_argument("--clean", action="store_true", help="leave the real files' flaws out")
    given = parser.parse_args(arguments)
    try:
        logs.set_up()
        make(given.out, players=given.players, seed=given.seed, clean=given.clean)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
