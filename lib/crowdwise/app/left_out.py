"""The games a visitor has put aside, each to be taken back by one press."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ipywidgets as widgets

from crowdwise.app.markup import count, hint

DRAWN = 30
WORDS = {"not for me": ("Not for me", "✕"), "own": ("Owned", "✓")}


class LeftOut:
    """A row of buttons, the last put aside first.

    Parameters
    ----------
    take_back : callable
        Called with the id of the game to take back.
    """

    def __init__(self, take_back: Callable[[str], None]) -> None:
        self._take_back = take_back
        self.head, self.row = widgets.HTML(), widgets.Box([]).add_class("cw-left-out")
        self.widget = widgets.VBox([self.head, self.row])
        self.show([])

    def show(self, games: Sequence[tuple[str, str, str]]) -> None:
        """Show these games, as (id, name, what was said of it), the last said last."""
        for button in self.row.children:
            button.close()
        self.row.children = [self._button(*game) for game in list(games)[::-1][:DRAWN]]
        more = f", of which the last {DRAWN} stand here" if len(games) > DRAWN else ""
        words = f"{count(len(games), 'game')} put aside{more}. Press one to take it back."
        self.head.value = f'<div role="status">{hint(words)}</div>' if games else ""
        self.widget.layout.display = "" if games else "none"

    def _button(self, game_id: str, name: str, reaction: str) -> widgets.Button:
        words, sign = WORDS[reaction]
        button = widgets.Button(description=f"{sign} {name}", tooltip=f"Take back: {name} ({words})").add_class(
            "cw-small"
        )
        button.on_click(lambda _: self._take_back(game_id))
        return button
