"""Execute a notebook's cells in a kernel that has been started, and say how far it is."""

from __future__ import annotations

import logging
import sys
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

from crowdwise.reporting import trace
from crowdwise.reporting.kernel import LOG, NAME, NOTES, CellFailed, Kernel, KernelKilled

log = logging.getLogger("crowdwise.run")


def execute(notebook: Any, values: dict[str, Any], *, kernel: Kernel, name: str) -> tuple[Any, trace.Trace]:
    """Execute a notebook with its parameters; give it with its outputs, and what it used. The kernel is asked to end.

    Raises
    ------
    CellFailed
        If a cell fails; ``executed.ipynb`` in the kernel's scratch folder holds the notebook as far as it came.
    KernelKilled
        If the kernel ends before its last cell does.
    """
    notebook = nbformat.from_dict(notebook)
    notebook.cells.append(nbformat.v4.new_code_cell(trace.CELL, id="trace"))
    progress = Progress(name, len(notebook.cells))
    with _forwarded(kernel.scratch / LOG, progress):
        logging.getLogger("papermill").setLevel("ERROR")
        logging.getLogger("tornado.general").setLevel("CRITICAL")  # what a killed kernel's sockets complain of
        try:
            executed = papermill.execute_notebook(
                notebook,
                kernel.scratch / "executed.ipynb",
                parameters=values,
                kernel_name=NAME,
                progress_bar=False,
                request_save_on_cell_execute=False,  # it is written at its end, or when a cell fails
                on_cell_start=progress.start,
                km=kernel.control,
            )
        except PapermillExecutionError as error:
            raise CellFailed(str(error.ename), str(error.evalue), error.cell_index + 1) from error
        except DeadKernelError as error:
            raise KernelKilled from error
    kernel.leave()
    executed.cells = [cell for cell in executed.cells if cell.id != "trace"]
    return executed, trace.read_trace(kernel.scratch / NOTES)


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
