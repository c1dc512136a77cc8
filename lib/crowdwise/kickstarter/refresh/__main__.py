"""``make refresh``: take in new months, say how they differ from those learnt from, and whether to fit anew."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from crowdwise.base import logs
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.kickstarter.acquisition import MADE_UP, PUBLISHED
from crowdwise.kickstarter.refresh.intake import Refreshed, refresh, report_path
from crowdwise.kickstarter.refresh.settings import read_settings, read_source
from crowdwise.kickstarter.refresh.verdict import Verdict


def main(arguments: Sequence[str] | None = None) -> int:
    """Refresh a profile; the exit code is 0 when nothing is new, and 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m crowdwise.kickstarter.refresh", description=__doc__)
    parser.add_argument("--profile", required=True)
    parser.add_argument(
        "--since", default="", help="take months from this day on that are not held, not only later ones"
    )
    parser.add_argument("--most", type=int, default=None, help="how many months to take in at most")
    given = parser.parse_args(arguments)
    logs.set_up()
    try:
        layout = Layout(given.profile)
        source = read_source(layout)
        if source == MADE_UP:
            print(f"Profile {layout.profile} is made up: there is nothing to refresh. Use PROFILE=full, or RAW=folder.")
            return 0
        settings = read_settings(layout, since=given.since, most=given.most)
        print(tell(layout, refresh(layout, settings), published=settings.source == PUBLISHED))
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    return 0


def tell(layout: Layout, done: Refreshed, *, published: bool) -> str:
    """Give what was found and done as a short text with a table for each month."""
    lines = []
    if not done.arrived:
        after = f" later than {done.choice.after}" if done.choice.after else ""
        lines.append(f"Nothing is new: the source has no month{after} that is not held.")
    for month in done.arrived:
        report = month.report
        lines += [
            f"{report['name']}: {report['projects']:,} projects, {report['not_held']:,} of them new, "
            f"{report['left_out']:,} of {report['records']:,} records left out.",
            _table(month.verdict),
            f"Retrain: {'yes' if month.verdict.retrain else 'no'}, because {month.verdict.because}.",
            "",
        ]
    if done.choice.waiting:
        lines.append(f"Left for a later run: {done.choice.waiting} more.")
    if done.choice.undated:
        lines.append(f"Left out, since their names hold no date: {done.choice.undated} files.")
    if done.arrived:
        added = f", and {done.pinned} added to {layout.relative(layout.params('kickstarter'))}" if published else ""
        lines.append(f"The whole comparison is in {layout.relative(report_path(layout))}{added}.")
        lines.append(f"`make report PROFILE={layout.profile}` learns from the new data.")
    return "\n".join(lines)


def _table(verdict: Verdict) -> str:
    rows = [("criterion", "value", "threshold", "retrain")]
    for criterion in verdict.criteria:
        value = "not judged" if criterion.value is None else f"{criterion.value:.3f}"
        rows.append((criterion.name, value, f"{criterion.threshold:g}", "yes" if criterion.met else "no"))
    widths = [max(len(row[k]) for row in rows) for k in range(4)]
    return "\n".join(
        "  "
        + "  ".join((row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))))
        for row in rows
    )


if __name__ == "__main__":
    sys.exit(main())
