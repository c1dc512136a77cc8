"""Make a profile a second time elsewhere, and say in what it differs; or hold it against a set that is there.

Run as ``python -m crowdwise.reporting.verify --profile sample``. The second run is that of a copy of the tree in
another folder, with other numbers of threads, hashes of texts and time zone: none of them may leave a trace.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

from crowdwise.base import logs
from crowdwise.base.errors import Problem
from crowdwise.base.layout import SYSTEMS, Layout
from crowdwise.reporting.commits import OF
from crowdwise.reporting.differences import of_files

# Times and hosts; what make and other commands note; what stands elsewhere already.
LEFT_OUT = (
    "runs.jsonl",
    "runs.html",
    "*.d",
    ".*",
    "*/.*",
    "failed/*",
    "outcomes/*",
    "*refresh.*",
    "*published.json",
    "*ingested.json",
)
TREE = ("notebooks", "params", "lib", "Makefile", "requirements.lock", "pyproject.toml")
OTHERWISE = {"OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "3", "NUMBA_NUM_THREADS": "2", "PYTHONHASHSEED": "4242"}
OTHERWISE |= {"TZ": "Pacific/Chatham"}
SHOWN = 20

log = logging.getLogger("crowdwise.verify")


def files_of(layout: Layout) -> dict[str, Path]:
    """Give what is compared of a profile, by names from the root: reports, tables and models."""
    found = {}
    for folder in (layout.reports, *(f(system) for system in SYSTEMS for f in (layout.tables, layout.model))):
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            name = path.relative_to(folder).as_posix()
            if path.is_file() and not any(fnmatch(name, pattern) for pattern in LEFT_OUT):
                found[layout.relative(path)] = path
    return found


def reports_in(folder: Path) -> dict[str, Path]:
    """Give what is compared of a folder of reports, by names from there.

    Raises
    ------
    Problem
        If there is no report in it.
    """
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    found = {path.relative_to(folder).as_posix(): path for path in paths}
    found = {name: path for name, path in found.items() if not any(fnmatch(name, each) for each in LEFT_OUT)}
    if not any(name.endswith(".metrics.json") for name in found):
        raise Problem("this holds no reports", where=folder, remedy="Name a folder like reports/sample")
    return found


def compare(first: dict[str, Path], second: dict[str, Path], tolerance: float) -> list[str]:
    """Give a line a difference, the file's name first."""
    lines = []
    for name in sorted({*first, *second}):
        if name not in first or name not in second:
            lines.append(f"{name}: only in the {'second' if name in second else 'first'}")
        else:
            lines += [f"{name}: {words}" for words in of_files(first[name], second[name], tolerance)]
    return lines


def _copy(layout: Layout, to: Path) -> None:
    for name in TREE:
        path = layout.root / name
        if path.is_dir():
            shutil.copytree(path, to / name, ignore=shutil.ignore_patterns("*.pyc", ".ipynb_checkpoints"))
        elif path.is_file():
            shutil.copy2(path, to / name)
    # Raw files that were fetched are not fetched again; made-up ones are made up again.
    for system in SYSTEMS:
        raw = layout.raw(system)
        if raw.is_dir() and not (raw / "made-up.json").exists():
            shutil.copytree(raw, to / raw.relative_to(layout.root), copy_function=_link)
    stamps = layout.reports / "params"
    if layout.profile == "local":  # they remember where the files come from
        shutil.copytree(stamps, to / stamps.relative_to(layout.root))


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)


@contextmanager
def made_again(layout: Layout, jobs: int) -> Iterator[Layout]:
    """Make a profile's reports in a copy of the tree, and give that copy's layout; it is removed afterwards.

    Raises
    ------
    Problem
        If the second run fails; make has said why.
    """
    # Beside the project where files are named by a path that leads out of it: the path must lead to the same place.
    beside = layout.root.parent if layout.profile == "local" else None
    with tempfile.TemporaryDirectory(prefix=".crowdwise-verify-", dir=beside) as folder:
        root = Path(folder) if beside else Path(folder) / "elsewhere" / "crowdwise"
        _copy(layout, root)
        outer = ("MAKE", "MFLAGS", "CROWDWISE_", "SQLALCHEMY_")
        values = {name: value for name, value in os.environ.items() if not name.startswith(outer)}
        values |= {**OTHERWISE, "PYTHONPATH": str(root / "lib"), OF: os.environ.get(OF) or str(layout.root)}
        log.info("making %s a second time in another folder", layout.profile)
        index = f"reports/{layout.profile}/index.html"
        command = ["make", f"-j{jobs}", f"PY={sys.executable}", f"PROFILE={layout.profile}", index]
        if subprocess.run(command, cwd=root, env=values, check=False).returncode:
            remedy = "Mend what make said above, or run `make report` from a clean checkout to see it"
            raise Problem("the second run failed", where=f"PROFILE={layout.profile}", remedy=remedy)
        yield Layout(layout.profile, root)


def _tell(lines: list[str], many: int, tolerance: float) -> int:
    alike = f"alike within {tolerance:g}" if tolerance else "the same bytes"
    if not lines:
        print(f"crowdwise: {many} files are {alike}")
        return 0
    files = len({line.split(": ", 1)[0] for line in lines})
    print(f"crowdwise: {files} of {many} files are not {alike}:")
    for line in lines[:SHOWN]:
        print(f"  {line}")
    if len(lines) > SHOWN:
        print(f"  and {len(lines) - SHOWN} more differences")
    return 1


def main(arguments: list[str] | None = None) -> int:
    """Verify a profile; the exit code is 1 if anything differs."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--profile", required=True)
    parser.add_argument("--tolerance", default="0", help="how far numbers may differ, as a share of them")
    parser.add_argument("--against", default="", help="a folder of reports to compare with, in place of a second run")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    try:
        logs.set_up()
        layout = Layout(options.profile)
        try:
            tolerance = float(options.tolerance or 0)
        except ValueError:
            tolerance = -1.0
        if not 0 <= tolerance < 1:
            raise Problem(f"{options.tolerance!r} is no tolerance", where="TOLERANCE", remedy="Write one like 1e-6")
        if options.against:
            first, second = reports_in(layout.reports), reports_in(Path(options.against))
            return _tell(compare(first, second, tolerance), len({*first, *second}), tolerance)
        first = files_of(layout)
        if not (layout.reports / "index.html").is_file():
            raise Problem(
                "there are no reports to verify", where=layout.relative(layout.reports), remedy="Run `make report`"
            )
        with made_again(layout, options.jobs) as other:
            second = files_of(other)
            return _tell(compare(first, second, tolerance), len({*first, *second}), tolerance)
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("crowdwise: verifying was interrupted; the reports are as they were.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
