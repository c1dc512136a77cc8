"""A notebook's kernel: it starts while its runner imports the rest, and ends while its page is made."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync

NAME = "python3"
NOTES, LOG = "trace.json", "log"  # in the scratch folder: what the kernel notes of itself, and what it logs
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
ARGUMENTS = ["--HistoryManager.hist_file=:memory:", "--Application.log_level=50"]


class CellFailed(Exception):
    """A cell raised an error: its `kind` and `value` in words, and the number of the `cell`, counted from 1."""

    def __init__(self, kind: str, value: str, cell: int) -> None:
        super().__init__(f"{kind}: {value} in cell {cell}")
        self.kind, self.value, self.cell = kind, value, cell


class KernelKilled(Exception):
    """A kernel ended before its notebook did."""


class _Control(AsyncKernelManager):
    """Jupyter's own, which remembers the client that was made of it."""

    made: Any = None

    def client(self, **options: Any) -> Any:
        """Give a client of the kernel."""
        self.made = super().client(**options)
        return self.made


class Kernel:
    """A kernel of one notebook, which has ended when the block does.

    Parameters
    ----------
    folder : Path
        Where it runs.
    scratch : Path
        Where what it notes and logs goes.
    environment : dict of str
        What it finds in its environment beside what this process has.
    """

    def __init__(self, folder: Path, scratch: Path, environment: dict[str, str]) -> None:
        self.folder, self.scratch, self._leaving = folder, scratch, False
        journal = {"CROWDWISE_TRACE": str(scratch / NOTES), "CROWDWISE_LOG_FILE": str(scratch / LOG)}
        self._environment = {**os.environ, **dict.fromkeys(THREADS, "1"), **journal, **environment}
        self.control = _Control(kernel_name=NAME)

    def __enter__(self) -> Kernel:
        run_sync(self.control.start_kernel)(extra_arguments=ARGUMENTS, cwd=str(self.folder), env=self._environment)
        return self

    def leave(self) -> None:
        """Ask the kernel to end, and do not wait for it."""
        run_sync(self.control.request_shutdown)()
        self._leaving = True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if self._leaving:
                run_sync(self.control.finish_shutdown)(pollinterval=0.02)
            else:
                run_sync(self.control.shutdown_kernel)(now=kind is not None)
        finally:
            if self.control.made is not None:
                self.control.made.stop_channels()
            run_sync(self.control.cleanup_resources)()
