"""The Kickstarter tab on screen: a draft of a project, and its chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from crowdwise.app.guard import busy, guarded
from crowdwise.app.markup import empty, notice
from crowdwise.app.places import currency_of

if TYPE_CHECKING:
    from crowdwise.app.kickstarter_model import KickstarterModel


def _field(widget: Any) -> Any:
    return widget.add_class("cw-field")


class KickstarterView:
    """Widgets of the Kickstarter tab. They are on screen at once; `ready` gives them a model to ask."""

    def __init__(self) -> None:
        self.model: KickstarterModel | None = None
        self._filling = False
        whole = {"min": 0, "max": 100_000}
        self.parent = _field(widgets.Dropdown(description="Category"))
        self.fields: dict[str, Any] = {
            "name": _field(widgets.Text(description="Name", placeholder="What it is called")),
            "blurb": _field(widgets.Textarea(description="Short description", placeholder="One or two sentences")),
            "category": _field(widgets.Dropdown(description="Sub-category")),
            "goal": _field(widgets.FloatText(description="Goal")),
            "currency": _field(widgets.Dropdown(description="Currency")),
            "country": _field(widgets.Dropdown(description="Country")),
            "launched_on": _field(widgets.DatePicker(description="Launch date")),
            "duration_days": _field(widgets.BoundedIntText(description="Days it runs", min=1, max=92)),
            "prelaunch_days": _field(widgets.BoundedIntText(description="Days from first draft to launch", **whole)),
            "earlier_projects": _field(widgets.BoundedIntText(description="Your earlier projects", **whole)),
            "earlier_successes": _field(widgets.BoundedIntText(description="Of these, funded", **whole)),
        }
        self.go = widgets.Button(description="Estimate its chance", disabled=True).add_class("cw-go")
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
            self.fill()
        finally:
            self._filling = False
        self.go.disabled = False
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

    @guarded
    def predict(self, _: Any = None) -> None:
        """Show the present draft's chance."""
        if self.model is None:
            return
        from crowdwise.app.chance import chance, drivers, notes

        with busy(self.go):
            outlook = self.model.answer()
            self.chance.value = chance(outlook, self.model.fields["name"])
            self.drivers.value = drivers(outlook.prediction.contributions)
            self.notes.value = notes(outlook.prediction.notes)
            self.results.add_class("cw-panel")

    @guarded
    def _on_field(self, name: str, change: dict[str, Any]) -> None:
        if self.model is not None and not self._filling:
            self.model.change(name, change["new"])

    @guarded
    def _on_parent(self, change: dict[str, Any]) -> None:
        if self.model is not None and not self._filling:
            self.fields["category"].options = self.model.children(change["new"])

    @guarded
    def _on_country(self, change: dict[str, Any]) -> None:
        if not self._filling and currency_of(change["new"]) in self.fields["currency"].options:
            self.fields["currency"].value = currency_of(change["new"])
