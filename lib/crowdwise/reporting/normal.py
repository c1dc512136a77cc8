"""An executed notebook in normal form: what differs between two runs of the same thing is left out."""

from __future__ import annotations

from typing import Any

KEPT = ("tags",)


def normalise(notebook: Any) -> Any:
    """Leave out times, run ids and paths; give injected cells fixed ids, in place."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook.metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        cell.metadata = {name: cell.metadata[name] for name in KEPT if name in cell.metadata}
        if "injected-parameters" in tags:
            cell.id = "injected-parameters"
        elif "papermill-error-cell-tag" in tags:
            cell.id = f"failed-{number}"
        for output in cell.get("outputs", []):
            output.metadata = {}
    return notebook
