"""The Kickstarter tab on screen: a draft of a project, and its chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from crowdwise.app.guard import busy, guarded
from crowdwise.app.labels import LABELS
from crowdwise.app.markup import empty, notice
from crowdwise.app.places import currency_of

if TYPE_CHECKING:
    from crowdwise.app.kickstarter_model import KickstarterModel, Outlook

NOTED = (
    "Your draft is noted.",
    "While the test on this page runs, some drafts are answered with an estimate and some are not; yours is not.",
)


class KickstarterView:
    """Widgets of the Kickstarter tab. They are on screen at once; `ready` gives them a model to ask."""

    def __init__(self) -> None:
        self.model: KickstarterModel | None = None
        self.on_change: Callable[[], None] = lambda: None
        self._filling = False
        self.parent = widgets.Dropdown(description="Category").add_class("cw-field")
        whole = {"min": 0, "max": 10_000}
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
            "earlier_projects": widgets.BoundedIntText(**whole),
            "earlier_successes": widgets.BoundedIntText(**whole),
        }
        for name, widget in self.fields.items():
            widget.description = LABELS[name]
            widget.add_class("cw-field")
        self.go = widgets.Button(description="Estimate its chance").add_class("cw-go")
        self.notice, self.chance = widgets.HTML(), widgets.HTML(empty("Loading the projects…", "This takes a second."))
        self.drivers, self.notes = widgets.HTML(), widgets.HTML()
        f = self.fields
        pairs = [(f["goal"], f["currency"]), (f["country"], f["launched_on"])]
        pairs += [(f["duration_days"], f["prelaunch_days"]), (f["earlier_projects"], f["earlier_successes"])]
        rows = [widgets.Box(pair).add_class("cw-pair") for pair in pairs]
        asked = widgets.VBox([f["name"], f["blurb"], self.parent, f["category"], *rows, self.go]).add_class("cw-panel")
        self.results = widgets.VBox([self.chance, self.drivers, self.notes])
        self.widget = widgets.Box([asked, widgets.VBox([self.notice, self.results])]).add_class("cw-sides")
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
        from crowdwise.kickstarter.draft import LONGEST_CAMPAIGN, LONGEST_PREPARATION

        self.model = model
        self._filling = True
        try:
            self.parent.options = model.parents()
            self.fields["country"].options = model.countries()
            self.fields["currency"].options = model.choices()["currency"]
            self.fields["duration_days"].max = LONGEST_CAMPAIGN
            self.fields["prelaunch_days"].max = LONGEST_PREPARATION
            for name, widget in self.fields.items():
                widget.layout.display = None if name in model.asked() else "none"
            self.fill()
        finally:
            self._filling = False
        self._enable(True)
        self.chance.value = empty("What are you planning?", "Describe the project, then ask for its chance.")

    def fill(self) -> None:
        """Show the model's state in the form."""
        if self.model is None:
            return
        state = dict(self.model.fields)
        parent = state["category"].split("/")[0]
        self.parent.value = parent
        self.fields["category"].options = self.model.children(parent)
        for name, widget in self.fields.items():
            widget.value = state[name]

    def _enable(self, on: bool) -> None:
        for control in (self.parent, *self.fields.values(), self.go):
            control.disabled = not on

    @guarded
    def predict(self, _: Any = None) -> None:
        """Show the present draft's chance."""
        if self.model is None:
            return
        with busy(self.go):
            self._show(self.model, self.model.ask())
        self.on_change()

    @guarded
    def restore(self, state: Mapping[str, Any]) -> None:
        """Show a draft that the model gave before and, where it has a name, its answer; nothing is submitted."""
        if self.model is None:
            return
        self.model.set(dict(state))
        self._filling = True
        try:
            self.fill()
        finally:
            self._filling = False
        if self.model.fields["name"]:
            self._show(self.model, self.model.answer())

    def _show(self, model: KickstarterModel, outlook: Outlook | None) -> None:
        from crowdwise.app.chance import chance, drivers, notes, warning

        if outlook is None:
            self.chance.value, self.drivers.value, self.notes.value = empty(*NOTED), "", ""
            return
        self.chance.value = chance(outlook, model.fields["name"])
        self.drivers.value = drivers(outlook.prediction.contributions)
        self.notes.value = warning(outlook.prediction.warning) + notes(outlook.prediction.notes)
        self.results.add_class("cw-panel")

    @guarded
    def _on_field(self, name: str, change: dict[str, Any]) -> None:
        if self.model is not None and not self._filling:
            self.model.change(name, change["new"])
            self.on_change()

    @guarded
    def _on_parent(self, change: dict[str, Any]) -> None:
        if self.model is not None and not self._filling:
            self.fields["category"].options = self.model.children(change["new"])

    @guarded
    def _on_country(self, change: dict[str, Any]) -> None:
        if not self._filling and currency_of(change["new"]) in self.fields["currency"].options:
            self.fields["currency"].value = currency_of(change["new"])
