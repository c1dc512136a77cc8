"""Rows for a creator's earlier projects: a day, an outcome, a button to take the row away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import ipywidgets as widgets

from crowdwise.app.earlier_projects import MOST, EarlierProject, tell_count
from crowdwise.app.markup import hint

OUTCOMES = [("Funded", True), ("Not funded", False)]


class EarlierRows:
    """The rows, and a button that adds one.

    Parameters
    ----------
    take : callable
        Called with all projects after each change that a user makes.
    """

    def __init__(self, take: Callable[[tuple[EarlierProject, ...]], None]) -> None:
        self._take = take
        self.rows: list[Any] = []
        self._list = widgets.VBox([]).add_class("cw-earlier")
        self.add = widgets.Button(description="Add an earlier project")
        self.told = widgets.HTML()
        title = widgets.HTML('<p class="cw-label">Your earlier projects</p>')
        self.widget = widgets.VBox([title, self._list, self.add, self.told]).add_class("cw-earlier-block")
        self.add.on_click(lambda _: self._append())

    @property
    def projects(self) -> tuple[EarlierProject, ...]:
        """The projects as the rows have them."""
        return tuple(EarlierProject(row.children[0].value, row.children[1].value) for row in self.rows)

    def show(self, projects: Sequence[EarlierProject]) -> None:
        """Show these projects, a row each."""
        if tuple(projects) == self.projects:
            return
        for row in self.rows:
            row.close()
        self.rows = [self._row(one) for one in projects]
        self._lay_out()

    def tell(self, projects: Sequence[EarlierProject], launched_on: date | None) -> None:
        """Say below the rows what counts of them."""
        words = tell_count(projects, launched_on)
        self.told.value = hint(words) if words else ""

    def enable(self, on: bool) -> None:
        """Let the rows be changed, or not."""
        self.add.disabled = not on or len(self.rows) >= MOST

    def _append(self) -> None:
        self.rows.append(self._row(EarlierProject()))
        self._lay_out()
        self.rows[-1].children[0].focus()
        self._take(self.projects)

    def _remove(self, row: Any) -> None:
        self.rows.remove(row)
        row.close()
        self._lay_out()
        # The button that was pressed is gone: the next one takes the focus.
        self.add.focus()
        self._take(self.projects)

    def _lay_out(self) -> None:
        for k, row in enumerate(self.rows, 1):
            day, outcome, remove = row.children
            day.description, outcome.description = f"Launch of project {k}", f"How project {k} ended"
            remove.tooltip = f"Remove earlier project {k}"
        self._list.children = self.rows
        self.add.disabled = len(self.rows) >= MOST

    def _row(self, project: EarlierProject) -> Any:
        day = widgets.DatePicker(value=project.launched_on).add_class("cw-field")
        outcome = widgets.Dropdown(options=OUTCOMES, value=project.funded).add_class("cw-field")
        remove = widgets.Button(description="×")
        row = widgets.Box([day, outcome, remove]).add_class("cw-earlier-row")
        for control in (day, outcome):
            control.observe(lambda _: self._take(self.projects), "value")
        remove.on_click(lambda _: self._remove(row))
        return row
