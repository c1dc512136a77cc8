"""The games a user says to own: one row each, with hours and a button to take it away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from crowdwise.app.markup import count, hint, text

DRAWN = 40  # rows; a library of thousands would take a browser minutes


class Chips:
    """Rows of owned games, the last ones of a long list.

    Parameters
    ----------
    play : callable
        Called with an id and the hours typed for it.
    remove : callable
        Called with the id to take away.
    clear : callable, optional
        Called to take all away.
    """

    def __init__(
        self,
        play: Callable[[str, str], None],
        remove: Callable[[str], None],
        clear: Callable[[], None] = lambda: None,
    ) -> None:
        self._play, self._remove = play, remove
        self._rows: dict[str, tuple[float | None, widgets.Widget]] = {}
        self.widget = widgets.VBox([]).add_class("cw-chips")
        self.rest = widgets.HTML()
        self.none = widgets.Button(description="Remove all").add_class("cw-small")
        self.none.on_click(lambda _: clear())
        self.none.layout.display = "none"
        self.foot = widgets.VBox([self.rest, self.none])

    def show(self, owned: Mapping[str, tuple[str, float | None]]) -> None:
        """Show these games, as id -> (name, hours), in their order; rows that stay are kept as they are."""
        drawn = dict(list(owned.items())[-DRAWN:])
        for gone in set(self._rows) - set(drawn):
            self._rows.pop(gone)[1].close()
        for game_id, (name, played) in drawn.items():
            if game_id not in self._rows:
                self._rows[game_id] = (played, self._row(game_id, name, played))
            elif self._rows[game_id][0] != played:
                row = self._rows[game_id][1]
                self._rows[game_id] = (played, row)
                row.children[1].value = _written(played)
        self.widget.children = [self._rows[game_id][1] for game_id in drawn]
        more = len(owned) - len(drawn)
        words = f"{count(more, 'game')} listed before these {'counts' if more == 1 else 'count'} as well."
        self.rest.value = hint(words) if more else ""
        self.none.layout.display = "" if len(owned) > 1 else "none"
        self.none.description = f"Remove all {len(owned):,}"

    def _row(self, game_id: str, name: str, played: float | None) -> widgets.Widget:
        label = widgets.HTML(text(name))
        typed = widgets.Text(
            value=_written(played),
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


def _written(played: float | None) -> str:
    return "" if played is None else f"{played:.10g}"
