"""``make tune``: search settings on early projects, and write the best into ``params/<profile>/kickstarter.yaml``."""

from __future__ import annotations

import argparse
import logging
import re
import sys
from pathlib import Path

import pandas as pd
import yaml

from crowdwise.base import logs
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.kickstarter.evaluation import set_up_study
from crowdwise.kickstarter.tuning.grids import GRIDS
from crowdwise.kickstarter.tuning.ground import LEAST, lay_ground
from crowdwise.kickstarter.tuning.search import TRIED, best_of, search
from crowdwise.storage.documents import read_json
from crowdwise.storage.tables import read_table
from crowdwise.storage.whole import whole_file

log = logging.getLogger("crowdwise.kickstarter")

BUDGET = 20


def main(arguments: list[str] | None = None) -> int:
    """Search, and write what was chosen."""
    parser = argparse.ArgumentParser(prog="crowdwise.kickstarter.tuning", description=__doc__)
    parser.add_argument("--profile", required=True)
    parser.add_argument("--budget", type=int, default=BUDGET, help="settings tried of each model")
    parser.add_argument("--models", nargs="*", default=[grid.name for grid in GRIDS])
    parser.add_argument("--least", type=int, default=LEAST, help="projects that must have ended before a judged year")
    given = parser.parse_args(arguments)
    logs.set_up()
    try:
        layout = Layout(given.profile)
        section = yaml.safe_load(layout.params("kickstarter").read_text(encoding="utf-8"))["model"]
        projects = read_table(layout.table("kickstarter", "projects"))
        study = set_up_study(projects, seed=section["seed"])
        ground = lay_ground(study, section["seed"], least=given.least)
        source = read_json(layout.tables("kickstarter") / "provenance.json")["source"]
        folder = layout.params("kickstarter").parent
        chosen = [grid for grid in GRIDS if grid.name in given.models]
        settings = {"budget": given.budget, "seed": section["seed"], "data": f"{source}: {ground.words}"}
        tried = search(chosen, ground, folder / TRIED, **settings)
        write_chosen(layout.params("kickstarter"), best_of(tried))
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    return 0


def write_chosen(path: Path, best: pd.DataFrame) -> None:
    """Write each model's best settings into a parameter file, whose comments and order stay.

    Raises
    ------
    Problem
        If a model has no line there.
    """
    text = path.read_text(encoding="utf-8")
    for row in best.to_dict("records"):
        line = re.compile(rf"^  {row['model']}: .*$", re.MULTILINE)
        if not line.search(text):
            remedy = "Add it to the section `model`"
            raise Problem(f"there is no line for the model {row['model']}", where=path, remedy=remedy)
        # Written as JSON, which YAML reads too.
        text = line.sub(f"  {row['model']}: {row['settings']}", text)
        log.info("%s: the best of %d has objective %.4f", row["model"], row["tried"], row["objective"])
    with whole_file(path) as new:
        Path(new).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
