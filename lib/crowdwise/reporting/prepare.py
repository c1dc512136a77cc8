"""What is done before anything runs: parameters handed over, notebooks looked through, commits named.

Run as ``python -m crowdwise.reporting.prepare --profile sample``, at the start of every `make report`.
"""

from __future__ import annotations

import argparse
import logging
import sys

from crowdwise.base import logs
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.reporting.checks import check_all
from crowdwise.reporting.parameters import read_values, write_stamps
from crowdwise.reporting.provenance import update_commits

log = logging.getLogger("crowdwise.prepare")


def main(arguments: list[str] | None = None) -> int:
    """Write a profile's stamps; the exit code is 1, and nothing is changed, when a file or a notebook is not usable."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--profile", required=True)
    parser.add_argument("--raw", default="")
    parser.add_argument("--made", nargs="*", default=[], help="the files that rules make")
    options = parser.parse_args(arguments)
    try:
        logs.set_up()
        layout = Layout(options.profile)
        found = check_all(layout, read_values(layout, options.raw), options.made)
        if found:
            for problem in found:
                print(f"crowdwise: {problem}", file=sys.stderr)
            return 1
        write_stamps(layout, options.raw)
        again = update_commits(layout)
        if again:
            from crowdwise.reporting.page import render_again  # only now: nbconvert takes a second to import

            render_again(layout)
            log.info("%d pages name another commit now: what they were made of was committed", len(again))
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
