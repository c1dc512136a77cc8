"""A type-ahead field: type a few letters, pick from a short list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from crowdwise.app.guard import guarded
from crowdwise.app.markup import hint, notice

SHOWN = 8


class Finder:
    """A labelled text field above the buttons of what it found.

    Parameters
    ----------
    label : str
    find : callable
        Gives (id, name) pairs for typed words.
    pick : callable
        Called with the id that was picked, by a button or by Enter for the first one.
    """

    def __init__(
        self,
        label: str,
        find: Callable[[str], list[tuple[str, str]]],
        pick: Callable[[str], None],
        placeholder: str = "",
    ) -> None:
        self._find, self._pick = find, pick
        self._ids: list[str] = []
        self.field = widgets.Text(description=label, placeholder=placeholder).add_class("cw-field")
        self.said = widgets.HTML()
        self.buttons = [widgets.Button(layout={"display": "none"}) for _ in range(SHOWN)]
        self.found = widgets.VBox([self.said, *self.buttons]).add_class("cw-found")
        self.found.layout.display = "none"
        self.widget = widgets.VBox([self.field, self.found])
        self.field.observe(self._look, "value")
        self.field.on_msg(self._on_message)
        for k, button in enumerate(self.buttons):
            button.on_click(lambda _, k=k: self._choose(k))

    def clear(self) -> None:
        """Empty the field and put the list away."""
        self.field.value = ""

    def say(self, sentence: str) -> None:
        """Show a sentence above the list."""
        self.said.value = notice(sentence)

    @guarded
    def _look(self, _: Any = None) -> None:
        words = self.field.value.strip()
        games = self._find(words) if words else []
        self._ids = [game_id for game_id, _ in games]
        for k, button in enumerate(self.buttons):
            if k < len(games):
                button.description = button.tooltip = games[k][1]
            button.layout.display = "" if k < len(games) else "none"
        if words and not games:
            self.said.value = hint("No game's name holds that.")
        self.found.layout.display = "" if words else "none"

    def _on_message(self, _: Any, content: dict[str, Any], __: Any) -> None:
        if content.get("event") == "submit":
            self._look()
            self._choose(0)

    def _choose(self, k: int) -> None:
        if k < len(self._ids):
            chosen = self._ids[k]
            self.clear()
            self._pick(chosen)
