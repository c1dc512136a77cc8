"""Which reports are current, which are not, and why; nothing is run and nothing is written.

Make itself is asked what it would do (``make -n``), so that its answer and this one can't differ.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from crowdwise.base.errors import Problem
from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.reporting.because import explain_notebook
from crowdwise.reporting.checks import check_all
from crowdwise.reporting.parameters import read_values, stale_stamps

STEPS = {
    "crowdwise.reporting.page": ("pages", "to be made again from the executed notebooks: their template changed"),
    "crowdwise.reporting.cards": ("cards", "to be made again"),
    "crowdwise.reporting.index": ("index", "to be made again"),
}


@dataclass(frozen=True)
class Planned:
    """A notebook that make would run: its outputs, and what they are made from."""

    targets: list[str]
    needs: list[str]


def ask_make(layout: Layout, raw: str, changed: list[str]) -> list[list[str]]:
    """Give the commands that `make report` would run, without the one that writes the stamps.

    Parameters
    ----------
    layout : Layout
    raw : str
        ``RAW``.
    changed : list of str
        The stamps that would be written.

    Raises
    ------
    Problem
        If make finds that something can't be made.
    """
    # FORCE stands for what is looked at every time; taken as old, make goes by the times of the files alone.
    command = ["make", "-n", "-o", "FORCE", "--no-print-directory", f"PY={sys.executable}"]
    command += [f"RAW={raw}"] if raw else [f"PROFILE={layout.profile}"]
    command += [word for name in changed for word in ("-W", name)]
    command += [layout.relative(layout.reports / "index.html")]
    outer = ("MAKE", "MFLAGS", "CROWDWISE_PROFILE", "CROWDWISE_S3")
    values = {name: value for name, value in os.environ.items() if not name.startswith(outer)}
    asked = subprocess.run(command, cwd=layout.root, env=values, capture_output=True, text=True, check=False)
    if asked.returncode:
        lines = [line for line in asked.stderr.splitlines() if "***" in line] or asked.stderr.splitlines()
        words = " ".join((lines or ["no word of why"])[0].split("***")[-1].split()).removesuffix(". Stop.")
        raise Problem(f"make can't make the reports: {words}", where="Makefile", remedy="Bring back what is missing")
    return [shlex.split(line) for line in asked.stdout.splitlines() if " -m crowdwise." in line]


def _planned(words: list[str]) -> tuple[tuple[str, str], Planned]:
    parser = argparse.ArgumentParser()
    for name in ("--profile", "--system", "--notebook"):
        parser.add_argument(name)
    parser.add_argument("--targets", nargs="*")
    parser.add_argument("--needs", nargs="*")
    found = parser.parse_args(words)
    return (found.system, found.notebook), Planned(found.targets, found.needs)


def _plan(layout: Layout, raw: str, changed: list[str]) -> tuple[list[list[str]], dict[tuple[str, str], Planned]]:
    """Give make's commands and the notebooks among them, those that run because another one does included."""
    runs: dict[tuple[str, str], Planned] = {}
    while True:
        # Of several outputs of one rule, make -n takes the one it came by as new; all of them will be.
        new = [target for planned in runs.values() for target in planned.targets]
        commands = ask_make(layout, raw, [*changed, *new])
        found = dict(_planned(words[3:]) for words in commands if words[2] == "crowdwise.reporting.run")
        if set(found) <= set(runs):
            return commands, runs
        runs = found | runs


def tell(layout: Layout, values: dict[tuple[str, str], dict[str, Any]], raw: str = "") -> list[tuple[str, str]]:
    """Give each report's name and its standing: ``current``, or why it would be made again."""
    stale = [layout.relative(stamp) for stamp in stale_stamps(layout, values)]
    commands, runs = _plan(layout, raw, stale)
    lines = []
    for system in SYSTEMS:
        for name in NOTEBOOKS:
            words = "current"
            if (system, name) in runs:
                first = NOTEBOOKS[0]
                reason = explain_notebook(
                    layout,
                    system,
                    name,
                    targets=runs[system, name].targets,
                    needs=runs[system, name].needs,
                    values=values[system, name],
                    upstream=f"{system} {first}" if name != first and (system, first) in runs else "",
                )
                words = f"to be run: {reason}"
            lines.append((f"{system} {name}", words))
    made = (layout.reports / "index.html").exists()
    for module, (name, words) in STEPS.items():
        there = any(command[2] == module for command in commands)
        lines.append((name, "current" if not there else words if made else "not made yet"))
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Say what is current; the exit code is 1 if a parameter or a notebook would stop `make report`."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--profile", required=True)
    parser.add_argument("--raw", default="")
    parser.add_argument("--made", nargs="*", default=[])
    options = parser.parse_args(arguments)
    try:
        layout = Layout(options.profile)
        values = read_values(layout, options.raw)
        problems = check_all(layout, values, options.made)
        for name, words in tell(layout, values, options.raw):
            print(f"{name:26}{words}")
    except Problem as problem:
        problems = [problem]
    for each in problems:
        print(f"crowdwise: {each}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
