"""The Kickstarter tab on screen: a draft of a project, and its chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from crowdwise.app.answer_pane import ASK, AnswerPane
from crowdwise.app.earlier_view import EarlierRows
from crowdwise.app.guard import busy, guarded
from crowdwise.app.labels import LABELS
from crowdwise.app.markup import hint, notice
from crowdwise.app.places import currency_of
from crowdwise.base.errors import Problem

if TYPE_CHECKING:
    from crowdwise.app.earlier_projects import EarlierProject
    from crowdwise.app.kickstarter_model import KickstarterModel
    from crowdwise.kickstarter.explanation import Change

# A question that no estimate depends on is asked for another reason, and says so.
UNREAD = {
    "name": "The name does not change this model's estimate: it says what is estimated.",
    "category": "The category does not change this model's estimate: it says which past projects are alike.",
    "country": "The country does not change this model's estimate: it brings the currency.",
    "launched_on": "The launch date does not change this model's estimate: it says which projects came before.",
}


class KickstarterView:
    """Widgets of the Kickstarter tab. They are on screen at once; `ready` gives them a model to ask.

    Attributes
    ----------
    on_change : callable
        Called after every change that a user makes to the model's state.
    """

    def __init__(self) -> None:
        self.model: KickstarterModel | None = None
        self.on_change: Callable[[], None] = lambda: None
        self._filling = False
        self.parent = widgets.Dropdown(description="Category").add_class("cw-field")
        self.fields: dict[str, Any] = {
            "name": widgets.Text(placeholder="What it is called"),
            "blurb": widgets.Textarea(placeholder="One or two sentences"),
            "category": widgets.Dropdown(),
            "goal": widgets.FloatText(),
            "currency": widgets.Dropdown(),
            "country": widgets.Dropdown(),
            "launched_on": widgets.DatePicker(),
            "duration_days": widgets.BoundedIntText(min=1),
            "prelaunch_days": widgets.BoundedIntText(min=0),
        }
        for name, widget in self.fields.items():
            widget.description = LABELS[name]
            widget.add_class("cw-field")
        self.earlier = EarlierRows(self._on_earlier)
        self.go = widgets.Button(description="Estimate its chance").add_class("cw-go")
        self.notice, self.unread = widgets.HTML(), widgets.HTML()
        self.answer = AnswerPane(self._on_keep, self._on_forget, self._on_attempt)
        self.chance, self.drivers, self.notes = self.answer.chance, self.answer.drivers, self.answer.notes
        f = self.fields
        pairs = [
            (f["goal"], f["currency"]),
            (f["country"], f["launched_on"]),
            (f["duration_days"], f["prelaunch_days"]),
        ]
        rows = [widgets.Box(pair).add_class("cw-pair") for pair in pairs]
        below = [self.earlier.widget, self.unread, self.go]
        asked = widgets.VBox([f["name"], f["blurb"], self.parent, f["category"], *rows, *below]).add_class("cw-panel")
        self.widget = widgets.Box([asked, widgets.VBox([self.notice, self.answer.widget])]).add_class("cw-sides")
        self.parent.observe(self._on_parent, "value")
        f["country"].observe(self._on_country, "value")
        for name, widget in self.fields.items():
            widget.observe(lambda change, name=name: self._on_field(name, change), "value")
        self.go.on_click(self.predict)
        self._enable(False)

    def say(self, sentence: str) -> None:
        """Show a sentence above the result."""
        self.notice.value = notice(sentence, alarm=True)

    def lack(self, sentence: str) -> None:
        """Say that there is no model to ask, and what to do about it."""
        self.chance.value = notice(sentence)

    def ready(self, model: KickstarterModel) -> None:
        """Take a model: fill the form, enable the button."""
        from crowdwise.app.kickstarter_model import BOUNDS

        self.model = model
        self._filling = True
        try:
            self.parent.options = model.parents()
            self.fields["country"].options = model.countries()
            self.fields["currency"].options = model.choices()["currency"]
            for name, (low, high) in BOUNDS.items():
                self.fields[name].min, self.fields[name].max = low, high
        finally:
            self._filling = False
        asked = model.asked()
        for name, widget in {**self.fields, "earlier": self.earlier.widget}.items():
            widget.layout.display = None if name in asked else "none"
        self.unread.value = "".join(hint(UNREAD[name]) for name in model.unread() if name in UNREAD)
        self.fill()
        self._enable(True)
        self.answer.clear(ASK)

    def fill(self) -> None:
        """Show the model's state in the form."""
        if self.model is None:
            return
        state = dict(self.model.fields)
        parent = state["category"].split("/")[0]
        self._filling = True
        try:
            self.parent.value = parent
            self.fields["category"].options = self.model.children(parent)
            for name, widget in self.fields.items():
                widget.value = state[name]
            self.earlier.show(state["earlier"])
        finally:
            self._filling = False
        self.earlier.tell(state["earlier"], state["launched_on"])

    @guarded
    def restore(self, state: Mapping[str, Any]) -> None:
        """Show a state that the model gave once, and its answer if it is a whole draft, which is not submitted again.

        A state that can't be is told, and leaves everything as it is.
        """
        if self.model is None:
            return
        self.model.set(state)
        self.fill()
        try:
            self.model.draft()
        except Problem:  # half a draft is a fine state to come back to
            self.answer.clear(ASK)
            return
        self.answer.show(self.model.answer(submit=False))

    def _enable(self, on: bool) -> None:
        for control in (self.parent, *self.fields.values(), self.go):
            control.disabled = not on
        self.earlier.enable(on)

    @guarded
    def predict(self, _: Any = None) -> None:
        """Show the present draft's chance."""
        if self.model is not None:
            with busy(self.go):
                self.answer.show(self.model.answer())
            self.on_change()  # after the answer: a long state is known by what was taken down of it

    def _changed(self) -> None:
        assert self.model is not None
        self.earlier.tell(self.model.fields["earlier"], self.model.fields["launched_on"])
        if self.answer.drivers.value:
            self.answer.age(self.model.answered is not None and self.model.answered != self.model.fields)
        self.on_change()

    @guarded
    def _on_field(self, name: str, change: dict[str, Any]) -> None:
        if self.model is not None and not self._filling:
            self.model.change(name, change["new"])
            self._changed()

    @guarded
    def _on_earlier(self, projects: tuple[EarlierProject, ...]) -> None:
        if self.model is not None and not self._filling:
            self.model.change("earlier", projects)
            self._changed()

    @guarded
    def _on_keep(self) -> None:
        if self.model is not None:
            self.model.keep()
            self.answer.hold(True, anew=True)
            self.on_change()

    @guarded
    def _on_forget(self) -> None:
        if self.model is not None:
            self.model.forget()
            self.answer.hold(False)
            self.answer.keep.focus()  # the button that was pressed is gone
            self.on_change()

    @guarded
    def _on_attempt(self, change: Change) -> None:
        """Keep the answered draft as A, and estimate it with one change as B."""
        if self.model is None:
            return
        self.model.attempt(change.field, change.value)
        self.fill()
        self.answer.show(self.model.answer())
        self.answer.keep.focus()
        self.on_change()

    @guarded
    def _on_parent(self, change: dict[str, Any]) -> None:
        if self.model is not None and not self._filling:
            self.fields["category"].options = self.model.children(change["new"])

    @guarded
    def _on_country(self, change: dict[str, Any]) -> None:
        if not self._filling and currency_of(change["new"]) in self.fields["currency"].options:
            self.fields["currency"].value = currency_of(change["new"])
