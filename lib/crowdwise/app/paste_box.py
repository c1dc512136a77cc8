"""A field to paste a list of games into, or what Steam answers about a library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from crowdwise.app.guard import busy, guarded
from crowdwise.app.markup import hint, notice

ABOUT = (
    "Names or app ids, one a line or with commas, and hours if you like, as in “Portal 2: 12.5”; "
    "or the JSON that Steam's IPlayerService/GetOwnedGames answers."
)


class PasteBox:
    """A labelled text area with a button below it.

    Parameters
    ----------
    take : callable
        Takes the text and says what was found in it; a Problem is shown.
    """

    def __init__(self, take: Callable[[str], str]) -> None:
        self._take = take
        self.field = widgets.Textarea(
            description="or paste a list", placeholder="Portal 2\nTerraria: 40 h\n620", continuous_update=False
        ).add_class("cw-field")
        self.go = widgets.Button(description="Add what is pasted").add_class("cw-small")
        self.said = widgets.HTML()
        self.widget = widgets.VBox([self.field, widgets.HTML(hint(ABOUT)), self.go, self.said])
        self.go.on_click(self.read)

    def say(self, sentence: str) -> None:
        """Show what is wrong with the text."""
        self.said.value = notice(sentence, alarm=True)

    @guarded
    def read(self, _: Any = None) -> None:
        """Take the text; what was understood is taken out of the field."""
        with busy(self.go, "Reading…"):
            said = self._take(self.field.value)
        self.said.value = f'<div role="status">{hint(said)}</div>'
        self.field.value = ""
