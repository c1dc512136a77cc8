"""What one run of a notebook used: seen from inside its kernel, after its last cell."""

from __future__ import annotations

import json
import os
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

from crowdwise.storage.inputs import recorded

PACKAGE = Path(__file__).resolve().parents[1]
CELL = "from crowdwise.reporting.trace import write_trace\nwrite_trace()"


@dataclass(frozen=True)
class Trace:
    """The package's modules a kernel imported, the files it read, and its peak memory in bytes."""

    modules: tuple[Path, ...]
    inputs: tuple[Path, ...]
    peak_memory: int


def local_modules() -> list[Path]:
    """Give the files of this package's modules imported so far, but for this one, sorted."""
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    paths = {Path(file).resolve() for file in files if file}
    return sorted(path for path in paths if path.is_relative_to(PACKAGE) and path != Path(__file__).resolve())


def write_trace() -> None:
    """Write the trace to the file that ``CROWDWISE_TRACE`` names."""
    document = {
        "modules": [str(path) for path in local_modules()],
        "inputs": [str(path) for path in recorded()],
        "peak_memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    Path(os.environ["CROWDWISE_TRACE"]).write_text(json.dumps(document), encoding="utf-8")


def read_trace(path: Path) -> Trace:
    """Read a trace."""
    document = json.loads(path.read_text(encoding="utf-8"))
    modules, inputs = (tuple(map(Path, document[name])) for name in ("modules", "inputs"))
    return Trace(modules, inputs, int(document["peak_memory"]))


def write_dependencies(trace: Trace, targets: list[str], path: Path, root: Path) -> None:
    """Write a ``.d`` file: the targets depend on what was traced, and a deleted file does not stop make.

    Parameters
    ----------
    trace : Trace
    targets : list of str
        What the Makefile calls the outputs.
    path : Path
        The ``.d`` file, as the compilers write it.
    root : Path
        The folder make runs in: paths are relative to it.
    """
    names = [_escaped(os.path.relpath(file, root)) for file in (*trace.modules, *trace.inputs)]
    rules = [" ".join(map(_escaped, targets)) + ": \\\n  " + " \\\n  ".join(names)]
    rules += [f"{name}:" for name in names]
    path.write_text("\n\n".join(rules) + "\n", encoding="utf-8")


def _escaped(name: str) -> str:
    return name.replace("$", "$$").replace(" ", "\\ ").replace("#", "\\#")
