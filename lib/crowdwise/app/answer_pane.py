"""The answer to a draft on screen: its chance, draft A beside it, what drives it, what if, its like, what to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from crowdwise.app.markup import empty, hint, notice

if TYPE_CHECKING:
    from crowdwise.app.outlook import Outlook
    from crowdwise.kickstarter.explanation import Change

NOTED = (
    "Your draft is noted.",
    "While the test on this page runs, some drafts are answered with an estimate and some are not; yours is not.",
)
LOADING = ("Loading the projects…", "This takes a second.")
ASK = ("What are you planning?", "Describe the project, then ask for its chance.")
STALE = "The form has changed since this estimate. Estimate again to see what the change does."
KEPT = "Draft A is kept. Change the form and estimate again: the new draft is B, and both are shown here."
TRIED = ("goal", "duration_days", "prelaunch_days", "launched_on")  # what a button can set in the form


class AnswerPane:
    """What stands beside the form.

    Parameters
    ----------
    keep, forget : callable
        Called when the answered draft is to be kept as A, and when A is to be held against no more.
    attempt : callable
        Called with the change to try.
    """

    def __init__(self, keep: Callable[[], None], forget: Callable[[], None], attempt: Callable[[Change], None]) -> None:
        self.stale, self.versus = widgets.HTML(), widgets.HTML()
        self.chance = widgets.HTML(empty(*LOADING))
        self.warning, self.drivers, self.curves = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.changes, self.past, self.notes = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.keep = widgets.Button(description="Keep this draft as A", tooltip="The next draft is compared with it")
        self.forget = widgets.Button(description="Forget draft A")
        self.tries = widgets.Box([]).add_class("cw-tries")
        self.buttons = widgets.Box([self.keep, self.forget]).add_class("cw-tries")
        self._attempt = attempt
        parts = [self.stale, self.versus, self.chance, self.buttons, self.warning, self.drivers, self.curves]
        self.widget = widgets.VBox([*parts, self.changes, self.tries, self.past, self.notes])
        self.keep.on_click(lambda _: keep())
        self.forget.on_click(lambda _: forget())
        self.clear(LOADING)

    def clear(self, words: tuple[str, str]) -> None:
        """Take away what was answered, and say this instead."""
        every = (self.stale, self.versus, self.warning, self.drivers, self.curves, self.changes, self.past, self.notes)
        for part in every:
            part.value = ""
        self._try([])
        self.buttons.layout.display = "none"
        self.chance.value = empty(*words)
        self.widget.remove_class("cw-panel")

    def show(self, outlook: Outlook | None) -> None:
        """Show an answer; where an experiment shows none, that the draft is noted and nothing else."""
        from crowdwise.app import advice, chance, curve
        from crowdwise.app.versus import versus

        if outlook is None:
            self.clear(NOTED)
            return
        told = outlook.prediction
        name = outlook.draft.name if outlook.draft else ""
        currency = outlook.draft.currency.upper() if outlook.draft else ""
        self.chance.value = chance.chance(outlook, name)
        self.warning.value = chance.warning(told.warning)
        self.drivers.value = chance.drivers(told.contributions)
        self.curves.value = curve.curves(outlook.profiles, currency)
        self.changes.value = advice.changes(outlook.changes)
        self.past.value = advice.past_projects(outlook.neighbours)
        self.notes.value = chance.notes(told.notes)
        self.versus.value = versus(outlook)
        self.stale.value = ""
        self._try([one for one in outlook.changes if one.field in TRIED])
        self.buttons.layout.display = ""
        self.hold(outlook.kept is not None)
        self.widget.add_class("cw-panel")

    def hold(self, kept: bool, *, anew: bool = False) -> None:
        """Show whether a draft A is kept, and what to do with it if it was kept just now."""
        self.forget.layout.display = "" if kept else "none"
        if anew:
            self.versus.value = f'<div role="status">{hint(KEPT)}</div>'
        elif not kept:
            self.versus.value = ""

    def age(self, stale: bool) -> None:
        """Say that the form has moved on since the answer, or that it has not."""
        self.stale.value = notice(STALE) if stale else ""

    def _try(self, found: list[Change]) -> None:
        for button in self.tries.children:
            button.close()
        self.tries.children = [self._button(one) for one in found]

    def _button(self, change: Change) -> Any:
        button = widgets.Button(
            description=f"Try {change.words.split(' instead of ')[0]}", tooltip="Keeps this draft as A to compare with"
        )
        button.on_click(lambda _: self._attempt(change))
        return button
