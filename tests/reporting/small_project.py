"""A project in small: two parameter files and a notebook, enough to run the machinery for real."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import yaml

from crowdwise.base.layout import Layout

KERNEL = {"name": "python3", "language": "python", "display_name": "Python 3 (ipykernel)"}
CELLS = {
    "title": "# Is it there?\n\nA notebook in small.",
    "load": (
        "from crowdwise.steam.prelude import *\n"
        "import logging\n"
        "logging.getLogger('crowdwise.test').info('a line for the terminal')\n"
        "report = Report('steam', '1-acquire', profile)\n"
        "report.source = 'made up'\n"
        "report"
    ),
    "write": "write_table(pd.DataFrame({'game_id': [str(n) for n in range(rows)]}), report.table('games'))",
    "question": "## How many rows?",
    "figure": (
        "figure, axes = plt.subplots()\n"
        "axes.bar(['rows'], [rows])\n"
        "axes.set_title(f'{rows} rows')\n"
        "show(figure, alt=f'A bar of {rows} rows', data=pd.DataFrame({'rows': [rows]}))"
    ),
    "break": "1 / divisor",
    "save": "report.metric('rows', rows)\nreport.save()",
}


def notebook_of(cells: dict[str, str], parameters: str) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL})
    for name, source in cells.items():
        if name in ("title", "question"):
            made.cells.append(nbformat.v4.new_markdown_cell(source, id=name))
        else:
            made.cells.append(nbformat.v4.new_code_cell(source, id=name))
    made.cells.insert(1, nbformat.v4.new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}))
    made.cells[[cell.id for cell in made.cells].index("figure")].metadata["tags"] = ["key-figure"]
    return made


def change(layout: Layout, **values: object) -> None:
    """Change parameters of the acquire section in the profile's file."""
    sections = yaml.safe_load(layout.params("steam").read_text())
    sections["acquire"].update(values)
    layout.params("steam").write_text(yaml.safe_dump(sections))


def state(folder: Path) -> dict[str, bytes]:
    """Every file's bytes, but for the log of runs and the stamps."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    kept = [p for p in files if p.name != "runs.jsonl" and "params" not in p.parts and "failed" not in p.parts]
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept}


def run_lines(layout: Layout) -> list[dict[str, object]]:
    return [json.loads(line) for line in (layout.reports / "runs.jsonl").read_text().splitlines()]
