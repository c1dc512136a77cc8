"""What a new month is held against: the projects that the model in use has learnt from, and the model itself."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crowdwise.base.layout import Layout
from crowdwise.kickstarter.held import held_months
from crowdwise.kickstarter.months import date_of, read_month
from crowdwise.kickstarter.predictor import Predictor
from crowdwise.storage.documents import read_json
from crowdwise.storage.tables import read_table

log = logging.getLogger("crowdwise.kickstarter")


@dataclass(frozen=True)
class Reference:
    """The held side of the comparison.

    Attributes
    ----------
    projects : DataFrame
        All that the tables hold, with their columns.
    learnt : DataFrame
        The decided ones among them that come from `months`.
    months : tuple of str
        Files of the months that the model learnt from; of all that are held where there is no model, or its card does
        not say.
    fields : tuple of str or None
        Fields of the newest of them; None if its raw file is not here.
    predictor : Predictor or None
    card, metrics : dict
        Of the model's folder; empty without a model.
    """

    projects: pd.DataFrame
    learnt: pd.DataFrame
    months: tuple[str, ...]
    fields: tuple[str, ...] | None
    predictor: Predictor | None
    card: dict[str, Any]
    metrics: dict[str, Any]

    @property
    def known(self) -> set[str]:
        """Ids of the decided projects in the tables, any of which the model may have learnt from."""
        return set(self.projects.loc[self.projects["outcome"].notna(), "project_id"])

    def document(self) -> dict[str, Any]:
        """Give what the report says of it."""
        model = {name: self.card.get(name) for name in ("version", "trained_on", "deploy")} if self.card else None
        return {"months": list(self.months), "projects": len(self.learnt), "model": model}


def read_reference(layout: Layout) -> Reference:
    """Read the tables, the model if there is one, and the newest month it learnt from.

    Raises
    ------
    Problem
        If the tables are not made yet, or the model can't be read.
    """
    held = held_months(layout)
    projects = read_table(layout.table("kickstarter", "projects"))
    folder = layout.model("kickstarter")
    predictor, card, metrics = None, {}, {}
    if (folder / "card.json").is_file():
        predictor = Predictor.load(folder)
        card, metrics = read_json(folder / "card.json"), read_json(folder / "metrics.json")
    else:
        log.warning("no model is fitted: the new month is held against all months in the tables")
    months = tuple(name for name in card.get("months", []) if name in held) or tuple(held)
    dates = {date_of(name) for name in months}
    learnt = projects[projects["seen_in"].isin(dates) & projects["outcome"].notna()].reset_index(drop=True)
    return Reference(projects, learnt, months, _fields(layout, months), predictor, card, metrics)


def _fields(layout: Layout, months: tuple[str, ...]) -> tuple[str, ...] | None:
    newest = layout.raw("kickstarter") / max(months, key=lambda name: (date_of(name), name))
    return read_month(newest).fields if newest.is_file() else None
