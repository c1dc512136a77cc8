"""``make tune``: search settings on the tuning players, and write the best into ``params/<profile>/steam.yaml``."""

from __future__ import annotations

import argparse
import json
import logging
import re
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from crowdwise.base import logs
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.steam.trial import draw_trials
from crowdwise.steam.tuning.grids import GRIDS
from crowdwise.steam.tuning.search import best_of, chosen_settings, search
from crowdwise.storage.documents import read_json
from crowdwise.storage.tables import read_table
from crowdwise.storage.whole import whole_file

log = logging.getLogger("crowdwise.steam")

BUDGET = 20
TRIED = "steam-tried.csv"


def main(arguments: list[str] | None = None) -> int:
    """Search, and write what was chosen."""
    parser = argparse.ArgumentParser(prog="crowdwise.steam.tuning", description=__doc__)
    parser.add_argument("--profile", required=True)
    parser.add_argument("--budget", type=int, default=BUDGET, help="settings tried of each model")
    parser.add_argument("--models", nargs="*", default=[grid.name for grid in GRIDS])
    given = parser.parse_args(arguments)
    logs.set_up()
    try:
        layout = Layout(given.profile)
        section = yaml.safe_load(layout.params("steam").read_text(encoding="utf-8"))["model"]
        owned, games = (read_table(layout.table("steam", name)) for name in ("owned", "games"))
        (trial,) = draw_trials(owned, games, section["protocol"], seed=section["seed"], splits=1)
        source = read_json(layout.tables("steam") / "provenance.json")["source"]
        data = f"{source}: {trial.whole.shape[0]} players, {trial.whole.shape[1]} games, {trial.whole.owned.nnz} owned"
        folder = layout.params("steam").parent
        chosen = [grid for grid in GRIDS if grid.name in given.models]
        tried = search(chosen, trial, folder / TRIED, budget=given.budget, seed=section["seed"], data=data)
        write_chosen(layout.params("steam"), best_of(tried))
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
        settings = chosen_settings(row)
        line = re.compile(rf"^  {row['model']}: .*$", re.MULTILINE)
        if not line.search(text):
            remedy = "Add it to the section `model`"
            raise Problem(f"there is no line for the model {row['model']}", where=path, remedy=remedy)
        words = ", ".join(f"{name}: {_literal(value)}" for name, value in settings.items())
        text = line.sub(f"  {row['model']}: {{{words}}}", text)
        log.info("%s: the best of %d has NDCG@10 %.4f", row["model"], row["tried"], row["ndcg_at_10"])
    with whole_file(path) as new:
        Path(new).write_text(text, encoding="utf-8")


def _literal(value: Any) -> str:
    """Write a value as YAML and Python both read it: a float in scientific form needs its point in YAML."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.replace("e", ".0e") if isinstance(value, float) and "e" in text and "." not in text else text


if __name__ == "__main__":
    sys.exit(main())
