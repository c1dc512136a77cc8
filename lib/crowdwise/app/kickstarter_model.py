"""What the Kickstarter tab knows and answers, without a widget."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from crowdwise.app.places import COUNTRIES, CURRENCIES
from crowdwise.base.errors import Problem
from crowdwise.kickstarter.categories import SUBCATEGORIES

if TYPE_CHECKING:
    from crowdwise.kickstarter.predictor import Draft, Prediction, Predictor

NUMBERS = ("duration_days", "prelaunch_days", "earlier_projects", "earlier_successes")
START: dict[str, Any] = {
    "name": "",
    "blurb": "",
    "category": "games/tabletop games",
    "goal": 10_000.0,
    "currency": "USD",
    "country": "US",
    "duration_days": 30,
    "prelaunch_days": 30,
    "earlier_projects": 0,
    "earlier_successes": 0,
}


def parents() -> list[tuple[str, str]]:
    """Give the parent categories as (words, slug)."""
    return [(parent.capitalize(), parent) for parent in sorted(SUBCATEGORIES)]


def children(parent: str) -> list[tuple[str, str]]:
    """Give a parent's sub-categories as (words, slug), the parent itself first."""
    listed = [("None in particular", parent)]
    return listed + [(child.capitalize(), f"{parent}/{child}") for child in SUBCATEGORIES.get(parent, ())]


@dataclass
class KickstarterModel:
    """The state of the Kickstarter tab (a draft of a project), and its answer.

    Parameters
    ----------
    predictor : Predictor
    today : date
        What the launch date starts from.
    """

    predictor: Predictor
    today: date
    fields: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reset()

    def get(self) -> dict[str, Any]:
        """Give the state as a JSON document."""
        return {**self.fields, "launched_on": self.fields["launched_on"].isoformat()}

    def set(self, state: dict[str, Any]) -> None:
        """Take a state that `get` gave, perhaps in another session.

        Raises
        ------
        Problem
            If it does not have a state's form.
        """
        try:
            taken = {key: type(start)(state[key]) for key, start in START.items()}
            taken["launched_on"] = date.fromisoformat(state["launched_on"])
        except (KeyError, TypeError, ValueError) as error:
            raise Problem("this is no draft of a project", remedy="Start anew") from error
        self.fields = taken

    def reset(self) -> None:
        """Go back to the start."""
        self.fields = {**START, "launched_on": self.today}

    def change(self, name: str, value: Any) -> None:
        """Take one field's new value; a cleared number or date is a Problem when the draft is made."""
        if name not in self.fields:
            raise KeyError(name)
        self.fields[name] = value

    def draft(self) -> Draft:
        """Give the draft as the predictor takes it.

        Raises
        ------
        Problem
            If a field is left out or does not hold what it should.
        """
        from crowdwise.kickstarter.predictor import Draft

        missing = [name for name in ("launched_on", "goal", *NUMBERS) if self.fields[name] is None]
        if missing:
            words = " and ".join(name.replace("_", " ") for name in missing)
            raise Problem(f"{words} is left out" if len(missing) == 1 else f"{words} are left out", remedy="Fill it in")
        return Draft(**self.fields)

    def answer(self) -> Prediction:
        """Give the project's probability, the base rate of its category, and what drives it."""
        return self.predictor.predict(self.draft())

    def countries(self) -> list[tuple[str, str]]:
        """Give the countries as (words, code)."""
        return [(name, code) for code, name in COUNTRIES.items()]

    def currencies(self) -> list[str]:
        """Give the currencies' codes."""
        return list(CURRENCIES)
