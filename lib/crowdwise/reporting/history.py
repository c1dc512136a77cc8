"""The page of times: how long each notebook's last run took, on what, and how that changed over earlier runs.

It is made from ``runs.jsonl``, is another after every run, and `make verify` leaves it out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from markupsafe import Markup

from crowdwise.base.errors import Problem
from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.reporting.look import environment
from crowdwise.reporting.runlog import Run, read_runs
from crowdwise.storage.whole import whole_file

TREND = 30  # runs in a trend
LAST = 40  # runs in the list
WIDTH, HEIGHT = 180, 34


def draw_trend(values: Sequence[float], unit: str) -> Markup:
    """Draw numbers as a line from the oldest to the newest, on a scale that starts at 0.

    Parameters
    ----------
    values : sequence of float
        At least one.
    unit : str
        What they are counted in, for the text that stands for the picture.
    """
    if len(values) == 1:
        return Markup("one run")
    words = f"{len(values)} runs, {min(values):.3g} to {max(values):.3g} {unit}, the last {values[-1]:.3g}"
    step, most = WIDTH / (len(values) - 1), max(values) or 1.0
    places = [(2 + k * step, 2 + HEIGHT * (1 - value / most)) for k, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    x, y = places[-1]
    return Markup(
        '<svg class="trend" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<polyline points="{}" fill="none" stroke="currentColor" stroke-width="1.5"/>'
        '<circle cx="{:.1f}" cy="{:.1f}" r="2.5" fill="currentColor"/></svg>'
    ).format(WIDTH + 6, HEIGHT + 6, WIDTH + 6, HEIGHT + 6, words, line, x, y)


def summarise(runs: Sequence[Run]) -> list[dict[str, object]]:
    """Give a line a notebook that has been run: its last run and the trend of those that succeeded."""
    lines: list[dict[str, object]] = []
    for system in SYSTEMS:
        for notebook in NOTEBOOKS:
            own = [run for run in runs if (run.system, run.notebook) == (system, notebook) and run.succeeded]
            if own:
                last = own[-1]
                earlier = sorted(run.seconds for run in own[:-1][-TREND:])
                lines.append(
                    {
                        "name": f"{system} {notebook}",
                        "last": last,
                        "share": None if last.cells is None else 1 - last.cells / max(last.seconds, 1e-9),
                        "median": earlier[len(earlier) // 2] if earlier else None,
                        "times": draw_trend([run.seconds for run in own[-TREND:]], "seconds"),
                        "memory": draw_trend([run.peak_memory / 2**20 for run in own[-TREND:]], "MB"),
                    }
                )
    return lines


def render(layout: Layout) -> str:
    """Give the page of a profile's runs."""
    runs, unreadable = read_runs(layout.reports / "runs.jsonl")
    return (
        environment()
        .get_template("runs.html.j2")
        .render(
            made_up=False,  # times are real on any data
            profile=layout.profile,
            lines=summarise(runs),
            runs=list(reversed(runs[-LAST:])),
            many=len(runs),
            failed=sum(not run.succeeded for run in runs),
            unreadable=unreadable,
        )
    )


def main(arguments: list[str] | None = None) -> int:
    """Write a profile's page of times."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--profile", required=True)
    try:
        layout = Layout(parser.parse_args(arguments).profile)
        with whole_file(layout.reports / "runs.html") as place:
            place.write_text(render(layout), encoding="utf-8")
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
