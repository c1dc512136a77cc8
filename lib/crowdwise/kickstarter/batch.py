"""The chance of every draft of a file.

Run as ``python -m crowdwise.kickstarter.batch --profile sample --projects drafts.csv --out chances.csv``.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from crowdwise.base import logs
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.kickstarter.drafts import Drafts, read_drafts, write_template
from crowdwise.kickstarter.predictor import Predictor
from crowdwise.storage.result_files import check_out, write_result

log = logging.getLogger("crowdwise.kickstarter")

BLOCK = 1000  # drafts judged at once
QUOTED = 5  # rejects told on stderr


def predict_all(predictor: Predictor, drafts: Drafts) -> pa.Table:
    """Give a row a draft, in the file's order, with what `Predictor.predict` gives.

    Parameters
    ----------
    predictor : Predictor
    drafts : Drafts

    Returns
    -------
    Table
        ``line, project_id, name, category, probability, low, high, base_rate, speaks_of``, ``points_<group>`` for each
        group the model reads, in the order they add up in, ``warning`` and ``notes`` (sentences; empty if there are
        none).
    """
    blocks = [drafts.drafts[begin : begin + BLOCK] for begin in range(0, len(drafts.drafts), BLOCK)]
    found = [prediction for block in blocks for prediction in predictor.predict_all(block)]
    columns: dict[str, pa.Array] = {
        "line": pa.array(drafts.lines, pa.int64()),
        "project_id": pa.array([given or None for given in drafts.ids], pa.string()),
        **{name: pa.array([getattr(d, name) for d in drafts.drafts], pa.string()) for name in ("name", "category")},
    }
    for name in ("probability", "low", "high", "base_rate"):
        columns[name] = pa.array([getattr(one, name) for one in found], pa.float64())
    columns["speaks_of"] = pa.array([one.speaks_of for one in found], pa.string())
    for place, group in enumerate(predictor.groups):
        columns[f"points_{group}"] = pa.array([one.contributions[place].points for one in found], pa.float64())
    columns["warning"] = pa.array([one.warning for one in found], pa.string())
    columns["notes"] = pa.array([". ".join(one.notes) for one in found], pa.string())
    return pa.table(columns)


def run(layout: Layout, projects: Path, out: Path, *, max_reject_share: float) -> None:
    """Read drafts, judge them, write the table whole or not at all, and say what was done.

    Raises
    ------
    Problem
        If there is no model, or a file can't be read or written.
    """
    start = time.perf_counter()
    check_out(out, projects, "drafts")
    predictor = Predictor.load(layout.model("kickstarter"))
    drafts = read_drafts(projects, asked=predictor.asked, check=predictor.check, max_reject_share=max_reject_share)
    table = predict_all(predictor, drafts)
    write_result(table, out)
    for reject in drafts.rejects[:QUOTED]:
        log.warning("%s, line %d was left out: %s", projects.name, reject.line, reject.reason)
    if drafts.unused:
        log.warning("%s: not looked at: %s", projects.name, ", ".join(drafts.unused))
    unlike = sum(bool(words) for words in table["warning"].to_pylist())
    log.info("%s drafts, %s of them unlike what the model learnt from", f"{len(table):,}", f"{unlike:,}")
    seconds = time.perf_counter() - start
    log.info(
        "%s drafts left out, %s rows in %s after %.1f s", f"{len(drafts.rejects):,}", f"{len(table):,}", out, seconds
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge what the command line names; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m crowdwise.kickstarter.batch", description="Judge every draft.")
    parser.add_argument("--profile", default="sample")
    parser.add_argument("--projects", default="", help="the file of drafts: .csv or .jsonl")
    parser.add_argument("--out", default="", help="the table to write: .parquet, .csv or .jsonl")
    parser.add_argument("--max-reject-share", type=float, default=0.001, help="of the drafts that may be refused")
    parser.add_argument("--template", action="store_true", help="print a CSV file to fill in, and do nothing else")
    given = parser.parse_args(arguments)
    if given.template:
        print(write_template(), end="")
        return 0
    try:
        logs.set_up()
        for name in ("projects", "out"):
            if not getattr(given, name):
                remedy = "Say make predict PROJECTS=file OUT=file"
                raise Problem(f"{name.upper()} names no file", remedy=remedy)
        share = given.max_reject_share
        if not 0 <= share <= 1:
            raise Problem(f"{share} is no share", where="MAX_REJECT_SHARE", remedy="Give one from 0 to 1")
        run(Layout(given.profile), Path(given.projects), Path(given.out), max_reject_share=share)
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
