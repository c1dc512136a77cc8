"""Run one notebook: strict about parameters, whole or not at all, with its page, its metrics and what it depends on."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from crowdwise.base import logs
from crowdwise.base.errors import Problem
from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.reporting import parameters, runlog, trace
from crowdwise.reporting.because import explain_notebook
from crowdwise.reporting.normal import normalise
from crowdwise.reporting.page import render
from crowdwise.reporting.provenance import describe, write_provenance
from crowdwise.storage.documents import read_json
from crowdwise.storage.whole import ROOM, discard, entries, settle, whole_file

log = logging.getLogger("crowdwise.run")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


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


class Progress:
    """Which cell is running, and since when; says so once a cell has run for long."""

    def __init__(self, name: str, cells: int, every: float = 20.0) -> None:
        self.name, self.cells, self.every = name, cells, every
        self.cell, self.started, self.said = 0, time.monotonic(), 0.0

    def start(self, cell_index: int, **_: Any) -> None:
        """Note that a cell starts (as nbclient calls it)."""
        self.cell, self.started, self.said = cell_index + 1, time.monotonic(), 0.0

    def say(self) -> None:
        """Log a line if the cell has run for a while since the last one."""
        seconds = time.monotonic() - self.started
        if seconds - self.said >= self.every:
            self.said = seconds
            log.info("%s: cell %d of %d has run for %.0f s", self.name, self.cell, self.cells, seconds)


@contextmanager
def _forwarded(path: Path, progress: Progress) -> Iterator[None]:
    """Copy to stderr what the kernel logs, as it comes, and say how far it is."""
    path.touch()
    ended = threading.Event()

    def copy() -> None:
        with path.open(encoding="utf-8") as lines:
            while True:
                last = ended.is_set()
                for line in lines:
                    sys.stderr.write(line)
                sys.stderr.flush()
                if last:
                    return
                progress.say()
                ended.wait(0.3)

    copier = threading.Thread(target=copy, daemon=True)
    copier.start()
    try:
        yield
    finally:
        ended.set()
        copier.join()


def execute(
    notebook: Any, values: dict[str, Any], *, folder: Path, scratch: Path, name: str
) -> tuple[Any, trace.Trace]:
    """Execute a notebook with its parameters in its own folder; give it with its outputs, and what it used.

    Raises
    ------
    PapermillExecutionError
        If a cell fails; ``scratch/executed.ipynb`` holds the notebook as far as it came.
    """
    notebook = nbformat.from_dict(notebook)
    notebook.cells.append(nbformat.v4.new_code_cell(trace.CELL, id="trace"))
    notes = scratch / "trace.json"
    journal = {"CROWDWISE_TRACE": str(notes), "CROWDWISE_LOG_FILE": str(scratch / "log")}
    progress = Progress(name, len(notebook.cells))
    with _environment({**dict.fromkeys(THREADS, "1"), **journal}), _forwarded(scratch / "log", progress):
        logging.getLogger("papermill").setLevel("ERROR")
        logging.getLogger("tornado.general").setLevel("CRITICAL")  # what a killed kernel's sockets complain of
        papermill.execute_notebook(
            notebook,
            scratch / "executed.ipynb",
            parameters=values,
            kernel_name="python3",
            progress_bar=False,
            cwd=folder,
            on_cell_start=progress.start,
            extra_arguments=["--Application.log_level=50"],
        )
    executed = nbformat.read(scratch / "executed.ipynb", as_version=4)
    executed.cells = [cell for cell in executed.cells if cell.id != "trace"]
    return executed, trace.read_trace(notes)


def _keep_failed(layout: Layout, system: str, notebook: str, scratch: Path) -> Path:
    """Keep a failed notebook and its page under ``failed/``, and give the page."""
    failed = nbformat.read(scratch / "executed.ipynb", as_version=4)
    failed.cells = [cell for cell in failed.cells if cell.id != "trace"]
    folder = layout.reports / "failed"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(failed, folder / f"{system}-{notebook}.ipynb")
    page = folder / f"{system}-{notebook}.html"
    page.write_text(render(failed, layout, system, notebook, source="", failed=True), encoding="utf-8")
    return page


def _sentence(error: PapermillExecutionError, page: str, name: str) -> str:
    """Say in one sentence what stopped a notebook: the Problem's own words, or the error and where to read on."""
    if error.ename == "Problem":
        return str(error.evalue)
    value = " ".join(str(error.evalue).split())
    return f"{name}: {error.ename} ({value}) in cell {error.cell_index + 1}. Read {page}."


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
    with tempfile.TemporaryDirectory(prefix="crowdwise-") as scratch, _environment({"CROWDWISE_PENDING": str(journal)}):
        try:
            with _environment({"CROWDWISE_ROOT": str(layout.root)}):
                executed, used = execute(
                    notebook,
                    {"profile": layout.profile, **values},
                    folder=source.parent,
                    scratch=Path(scratch),
                    name=f"{system} {name}",
                )
        except PapermillExecutionError as error:
            discard(journal)
            page = _keep_failed(layout, system, name, Path(scratch))
            seconds = time.monotonic() - started
            runlog.append(runs, system=system, notebook=name, seconds=seconds, peak_memory=0, succeeded=False)
            remedy = f"The notebook as far as it came is {layout.relative(page)}; earlier results are as they were"
            sentence = _sentence(error, layout.relative(page), f"{system} {name}")
            raise Problem(sentence.removesuffix("."), remedy=remedy) from error
        except DeadKernelError as error:
            discard(journal)
            seconds = time.monotonic() - started
            runlog.append(runs, system=system, notebook=name, seconds=seconds, peak_memory=0, succeeded=False)
            remedy = "Most often memory ran out: close what else runs, and try again; earlier results are as they were"
            raise Problem(f"{system} {name}: its kernel was killed", remedy=remedy) from error
        except BaseException:
            discard(journal)
            raise
        try:
            cells = runlog.cell_seconds(executed)
            pending = {path.resolve(): beside for beside, path in entries(journal)}
            write_provenance(layout, describe(layout, system, name, values, used, pending))
            _publish(layout, system, name, normalise(executed), used, targets, journal)
        except BaseException:
            discard(journal)
            raise
    seconds = time.monotonic() - started
    peak = used.peak_memory
    runlog.append(runs, system=system, notebook=name, seconds=seconds, cells=cells, peak_memory=peak, succeeded=True)
    log.info("%s %s: done in %.0f s, peak memory %.0f MB", system, name, seconds, peak / 2**20)


def _publish(
    layout: Layout, system: str, name: str, executed: Any, used: trace.Trace, targets: list[str], journal: Path
) -> None:
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
