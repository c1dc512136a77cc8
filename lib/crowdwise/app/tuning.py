"""What narrows and bends a list of games: price, genres, and how adventurous it may be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from crowdwise.app.filters import Filters, read_price
from crowdwise.app.guard import guarded
from crowdwise.app.markup import hint, notice

STEPS = {"Safe": 0.0, "Mostly safe": 0.2, "Between": 0.4, "Bold": 0.6, "Adventurous": 0.8}
ABOUT = {
    0.0: "Ranked by what suits you alone; further right, the more players own a game, the more points it loses.",
    0.2: "The more players own a game, the more points it loses: a few.",
    0.4: "The more players own a game, the more points it loses: enough for less known ones to come up.",
    0.6: "The more players own a game, the more points it loses: many. Expect names you don't know.",
    0.8: "The more players own a game, the more points it loses: as many as make sense. Expect finds, and misses.",
}


class Tuning:
    """Controls beside a list; each change is told at once.

    Parameters
    ----------
    change : callable
        Called with the filters and the damping after each change by the user.
    """

    def __init__(self, change: Callable[[Filters, float], None]) -> None:
        self._change, self._showing = change, False
        self.slider = widgets.SelectionSlider(
            options=list(STEPS.items()), description="Safe to adventurous", continuous_update=False, readout=False
        ).add_class("cw-field")
        self.effect = widgets.HTML()
        self.damped = widgets.VBox([self.slider, self.effect]).add_class("cw-damping")
        self.price = widgets.Text(
            description="Most to pay, in US dollars", placeholder="any price", continuous_update=False
        ).add_class("cw-field")
        self.free = widgets.Checkbox(description="Free games only", indent=False).add_class("cw-check")
        self.genres: dict[str, Any] = {}
        self.shelf = widgets.Box([]).add_class("cw-genres")
        self.said = widgets.HTML()
        paid = widgets.Box([self.price, self.free]).add_class("cw-paid")
        group = widgets.VBox([widgets.HTML('<span class="cw-label">Genres (any of them)</span>'), self.shelf])
        self.widget = widgets.VBox([self.damped, paid, group, self.said]).add_class("cw-panel").add_class("cw-tuning")
        for control in (self.slider, self.price, self.free):
            control.observe(self._tell, "value")

    def say(self, sentence: str) -> None:
        """Show a sentence below the controls."""
        self.said.value = notice(sentence, alarm=True)

    def offer(self, genres: Sequence[str]) -> None:
        """Offer these genres."""
        self.genres = {
            genre: widgets.Checkbox(description=genre, indent=False).add_class("cw-check") for genre in genres
        }
        for box in self.genres.values():
            box.observe(self._tell, "value")
        self.shelf.children = list(self.genres.values())

    def show(self, filters: Filters, damping: float) -> None:
        """Show what is chosen, without telling it as a change; a damping between two steps shows as the nearer."""
        self._showing = True
        try:
            self.slider.value = min(STEPS.values(), key=lambda step: abs(step - damping))
            self.price.value = "" if filters.most_price is None else f"{filters.most_price:g}"
            self.free.value = filters.free
            for genre, box in self.genres.items():
                box.value = genre in filters.genres
        finally:
            self._showing = False
        self.price.disabled = filters.free

    def explain(self, known: str) -> None:
        """Say what the slider does, and how well-known the games shown are."""
        about = hint(f"{ABOUT[self.slider.value]} {known}".strip())
        self.effect.value = f'<div role="status"><b class="cw-step">{self.slider.label}</b>{about}</div>'

    @guarded
    def _tell(self, _: Any = None) -> None:
        if self._showing:
            return
        self.price.disabled = self.free.value
        chosen = tuple(genre for genre, box in self.genres.items() if box.value)
        self._change(Filters(read_price(self.price.value), self.free.value, chosen), self.slider.value)
