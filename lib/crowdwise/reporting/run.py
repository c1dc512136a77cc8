"""Run one notebook: strict about parameters, whole or not at all, with its page, its metrics and what it depends on."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat

from crowdwise.base import logs
from crowdwise.base.errors import Problem
from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.reporting import parameters, runlog, trace
from crowdwise.reporting.because import explain_notebook
from crowdwise.reporting.kernel import CellFailed, Kernel, KernelKilled
from crowdwise.reporting.normal import normalise
from crowdwise.reporting.provenance import describe, write_provenance
from crowdwise.storage.documents import read_json
from crowdwise.storage.whole import ROOM, discard, entries, settle, whole_file

log = logging.getLogger("crowdwise.run")


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _keep_failed(layout: Layout, system: str, notebook: str, scratch: Path) -> Path:
    """Keep a failed notebook and its page under ``failed/``, and give the page."""
    from crowdwise.reporting.page import render

    failed = nbformat.read(scratch / "executed.ipynb", as_version=4)
    failed.cells = [cell for cell in failed.cells if cell.id != "trace"]
    folder = layout.reports / "failed"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(failed, folder / f"{system}-{notebook}.ipynb")
    page = folder / f"{system}-{notebook}.html"
    page.write_text(render(failed, layout, system, notebook, source="", failed=True), encoding="utf-8")
    return page


def _sentence(error: CellFailed, page: str, name: str) -> str:
    """Say in one sentence what stopped a notebook: the Problem's own words, or the error and where to read on."""
    if error.kind == "Problem":
        return error.value
    value = " ".join(error.value.split())
    return f"{name}: {error.kind} ({value}) in cell {error.cell}. Read {page}."


def run(layout: Layout, system: str, name: str, *, targets: list[str], spent: float = 0.0) -> None:
    """Run one notebook of a profile and put everything it makes in place, or nothing.

    Parameters
    ----------
    layout : Layout
    system, name : str
        Which notebook, as in ``steam`` and ``3-model``.
    targets : list of str
        What the Makefile calls its outputs, for the ``.d`` file.
    spent : float
        The seconds that this process took to start, for the log of runs.

    Raises
    ------
    Problem
        If a parameter is unknown or missing, or a cell fails. Earlier outputs are as they were.
    """
    source = layout.notebook(system, name)
    where = layout.relative(source)
    if not source.exists():
        raise Problem("there is no such notebook", where=where)
    notebook = nbformat.read(source, as_version=4)
    values = read_json(parameters.stamp_path(layout, system, name))
    file = f"{layout.relative(layout.params(system))}, section {parameters.section_of(name)}"
    parameters.check_names(values, parameters.declared(notebook, where), file, where)

    folder = layout.reports / system
    folder.mkdir(parents=True, exist_ok=True)
    journal = folder / f".{name}.pending"
    discard(journal)  # of a run that was killed
    started = time.monotonic() - spent
    runs = layout.reports / "runs.jsonl"
    places = {"CROWDWISE_PENDING": str(journal)}
    with tempfile.TemporaryDirectory(prefix="crowdwise-") as scratch, _environment(places):
        try:
            with Kernel(source.parent, Path(scratch), {**places, "CROWDWISE_ROOT": str(layout.root)}) as kernel:
                from crowdwise.reporting import execution, page  # while the kernel starts: they take as long

                page.prepare()
                given = {"profile": layout.profile, **values}
                executed, used = execution.execute(notebook, given, kernel=kernel, name=f"{system} {name}")
                cells = runlog.cell_seconds(executed)
                pending = {path.resolve(): beside for beside, path in entries(journal)}
                write_provenance(layout, describe(layout, system, name, values, used, pending))
                _write(layout, system, name, normalise(executed), used, targets, journal)
            _publish(layout, system, name, journal)
        except CellFailed as error:
            discard(journal)
            failed = _keep_failed(layout, system, name, Path(scratch))
            seconds = time.monotonic() - started
            runlog.append(runs, system=system, notebook=name, seconds=seconds, peak_memory=0, succeeded=False)
            remedy = f"The notebook as far as it came is {layout.relative(failed)}; earlier results are as they were"
            sentence = _sentence(error, layout.relative(failed), f"{system} {name}")
            raise Problem(sentence.removesuffix("."), remedy=remedy) from error
        except KernelKilled as error:
            discard(journal)
            seconds = time.monotonic() - started
            runlog.append(runs, system=system, notebook=name, seconds=seconds, peak_memory=0, succeeded=False)
            remedy = "Most often memory ran out: close what else runs, and try again; earlier results are as they were"
            raise Problem(f"{system} {name}: its kernel was killed", remedy=remedy) from error
        except BaseException:
            discard(journal)
            raise
    seconds = time.monotonic() - started
    peak = used.peak_memory
    runlog.append(runs, system=system, notebook=name, seconds=seconds, cells=cells, peak_memory=peak, succeeded=True)
    log.info("%s %s: done in %.0f s, peak memory %.0f MB", system, name, seconds, peak / 2**20)


def _write(
    layout: Layout, system: str, name: str, executed: Any, used: trace.Trace, targets: list[str], journal: Path
) -> None:
    """Write the page, the notebook and the dependencies of a run beside their places."""
    from crowdwise.reporting.page import render

    metrics = layout.report(system, name, "metrics.json")
    if not any(path == metrics for _, path in entries(journal)):
        discard(journal)
        remedy = "Let its last cell call report.save()"
        raise Problem("it wrote no metrics file", where=layout.relative(layout.notebook(system, name)), remedy=remedy)
    new = next(beside for beside, path in entries(journal) if path == metrics)
    source = read_json(new)["source"]
    with whole_file(layout.report(system, name, "html")) as place:
        place.write_text(render(executed, layout, system, name, source=source), encoding="utf-8")
    with whole_file(layout.report(system, name, "ipynb")) as place:
        nbformat.write(executed, place)
    with whole_file(layout.report(system, name, "d")) as place:
        trace.write_dependencies(used, targets, place, layout.root)


def _publish(layout: Layout, system: str, name: str, journal: Path) -> None:
    """Move what a run has written into its places; it has not failed any more."""
    for path in settle(journal):
        log.debug("wrote %s", layout.relative(path))
    for ending in ("ipynb", "html"):
        (layout.reports / "failed" / f"{system}-{name}.{ending}").unlink(missing_ok=True)


def main(arguments: list[str] | None = None) -> int:
    """Run one notebook for the Makefile; the exit code is 1 when it could not be run whole."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--profile", required=True)
    parser.add_argument("--system", required=True, choices=SYSTEMS)
    parser.add_argument("--notebook", required=True, choices=NOTEBOOKS)
    parser.add_argument("--targets", nargs="+", default=[])
    parser.add_argument("--needs", nargs="*", default=[])
    options = parser.parse_args(arguments)
    try:
        logs.set_up()
        layout = Layout(options.profile)
        reason = explain_notebook(
            layout, options.system, options.notebook, targets=options.targets, needs=options.needs
        )
        log.info("%s %s: running, because %s", options.system, options.notebook, reason)
        run(layout, options.system, options.notebook, targets=options.targets, spent=time.process_time())
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    except OSError as error:
        what = f"{error.strerror or error} ({error.filename})" if error.filename else str(error.strerror or error)
        print(f"crowdwise: {options.system} {options.notebook}: {what}. {ROOM}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"crowdwise: {options.system} {options.notebook} was interrupted; nothing was changed.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
