"""Two report sets side by side: metrics, parameters, data and code; on the terminal and as a page.

Run as ``python -m crowdwise.reporting.compare --a reports/sample --b reports/local``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crowdwise.base.errors import Problem
from crowdwise.base.layout import NOTEBOOKS, SYSTEMS
from crowdwise.reporting.look import environment
from crowdwise.reporting.sidebyside import RULE, Difference, Side, compare_sides, read_side
from crowdwise.storage.address import SCHEME
from crowdwise.storage.reportset import fetch_set
from crowdwise.storage.whole import whole_file

SHOWN = 30


@contextmanager
def opened(name: str, which: str) -> Iterator[Side]:
    """Give a report set that stands in a folder or a bucket.

    Parameters
    ----------
    name : str
        A folder such as ``reports/sample``, or ``s3://bucket/prefix/sample/reports`` with or without a version.
    which : str
        ``A`` or ``B``, for messages.

    Raises
    ------
    Problem
        If it names nothing, or holds no metrics.
    """
    if not name:
        remedy = "Write `make compare A=reports/sample B=reports/local`"
        raise Problem(f"{which} names no report set", where="compare", remedy=remedy)
    if name.startswith(SCHEME):
        with tempfile.TemporaryDirectory(prefix="crowdwise-") as folder:
            version = fetch_set(name, Path(folder))
            yield read_side(Path(folder), f"{name} ({version})")
    else:
        yield read_side(Path(name), name)


def render(a: Side, b: Side, found: list[Difference]) -> str:
    """Give the page."""
    beyond = [each for each in found if each.beyond]
    template = environment().get_template("compare.html.j2")
    reports = []
    for system in SYSTEMS:
        for notebook in NOTEBOOKS:
            rows = [each for each in found if (each.system, each.notebook) == (system, notebook)]
            if rows:
                reports.append({"name": f"{system} {notebook}", "rows": rows})
    made_up = sorted({side.name for side in (a, b) if "made up" in side.sources})
    return template.render(a=a, b=b, rule=RULE, beyond=beyond, reports=reports, many=len(found), made_up=made_up)


def tell(a: Side, b: Side, found: list[Difference]) -> list[str]:
    """Give the lines for the terminal: what is missing, what differs surely, parameters, data."""
    lines = [f"A: {a.name}", f"B: {b.name}", RULE, *a.notes("A", b), *b.notes("B", a)]
    numbers = [each for each in found if each.kind == "metric"]
    beyond = [each for each in numbers if each.beyond]
    judged = sum(each.beyond is not None for each in numbers)
    lines.append(f"{len(numbers)} metrics are in both, {judged} with intervals; {len(beyond)} of these differ so")
    lines += [f"  {each.line()}" for each in beyond[:SHOWN]]
    lines += [f"  and {len(beyond) - SHOWN} more"] if len(beyond) > SHOWN else []
    if not a.provenance.keys() & b.provenance.keys():
        return lines
    for kind, words in (("parameter", "parameters"), ("data", "files of data"), ("code", "files of code")):
        rows = [each for each in found if each.kind == kind]
        lines.append(f"{len(rows)} {words} differ")
        lines += [f"  {each.line()}" for each in rows[:SHOWN]]
        lines += [f"  and {len(rows) - SHOWN} more"] if len(rows) > SHOWN else []
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Compare two report sets; differences are no failure."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--a", default="")
    parser.add_argument("--b", default="")
    parser.add_argument("--out", type=Path, default=Path("reports/compare.html"))
    options = parser.parse_args(arguments)
    try:
        with opened(options.a, "A") as a, opened(options.b, "B") as b:
            found = compare_sides(a, b)
            with whole_file(options.out) as place:
                place.write_text(render(a, b, found), encoding="utf-8")
            print("\n".join(tell(a, b, found)))
            print(f"crowdwise: {options.out} shows all of it", file=sys.stderr)
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
