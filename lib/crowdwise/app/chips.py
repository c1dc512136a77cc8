"""The games a user says to own: one row each, with hours and a button to take it away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from crowdwise.app.markup import text


class Chips:
    """Rows of owned games.

    Parameters
    ----------
    play : callable
        Called with an id and the hours typed for it.
    remove : callable
        Called with the id to take away.
    """

    def __init__(self, play: Callable[[str, str], None], remove: Callable[[str], None]) -> None:
        self._play, self._remove = play, remove
        self._rows: dict[str, widgets.Widget] = {}
        self.widget = widgets.VBox([]).add_class("cw-chips")

    def show(self, owned: Mapping[str, tuple[str, float | None]]) -> None:
        """Show these games, as id -> (name, hours), in their order; rows that stay are kept as they are."""
        for gone in set(self._rows) - set(owned):
            self._rows.pop(gone).close()
        for game_id, (name, played) in owned.items():
            if game_id not in self._rows:
                self._rows[game_id] = self._row(game_id, name, played)
        self.widget.children = [self._rows[game_id] for game_id in owned]

    def _row(self, game_id: str, name: str, played: float | None) -> widgets.Widget:
        label = widgets.HTML(text(name))
        typed = widgets.Text(
            value="" if played is None else f"{played:g}",
            placeholder="hours",
            tooltip=f"Hours played of {name} (may stay empty)",
            continuous_update=False,
            description="Hours",
        )
        remove = widgets.Button(description="×", tooltip=f"Remove {name}")
        typed.observe(lambda change: self._play(game_id, change["new"]), "value")
        remove.on_click(lambda _: self._remove(game_id))
        row: Any = widgets.Box([label, typed, remove])
        return row.add_class("cw-chip")
