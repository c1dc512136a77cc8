"""Write made-up months: ``python -m crowdwise.kickstarter.madeup --projects 4000 --seed 1 --out FOLDER``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.madeup.months import make_months


def main(arguments: list[str] | None = None) -> int:
    """Run the command; give its exit code."""
    parser = argparse.ArgumentParser(prog="python -m crowdwise.kickstarter.madeup", description=__doc__)
    parser.add_argument("--projects", type=int, required=True, help="different projects, 300 to 210,000")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    parser.add_argument("--clean", action="store_true", help="without the flaws of real months")
    parser.add_argument("--no-leak", action="store_true", help="without the crawl's leak of the label")
    given = parser.parse_args(arguments)
    try:
        _, document = make_months(
            given.out, projects=given.projects, seed=given.seed, flaws=not given.clean, leak=not given.no_leak
        )
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    print(json.dumps(document, indent=2, sort_keys=True))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
