"""What the Kickstarter tab knows and answers, without a widget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from crowdwise.app.diary import Diary, MemoryDiary
from crowdwise.app.labels import LABELS
from crowdwise.app.places import COUNTRIES
from crowdwise.base.errors import Problem
from crowdwise.kickstarter.categories import SUBCATEGORIES, parent_of
from crowdwise.kickstarter.draft import Draft

if TYPE_CHECKING:
    from crowdwise.app.participation import Participation
    from crowdwise.kickstarter.explanation import Prediction
    from crowdwise.kickstarter.predictor import Predictor
    from crowdwise.storage.queries import Reference

START: dict[str, Any] = {
    "name": "",
    "blurb": "",
    "category": "",
    "goal": 10_000.0,
    "currency": "USD",
    "country": "US",
    "duration_days": 30,
    "prelaunch_days": 30,
    "earlier_projects": 0,
    "earlier_successes": 0,
}


KNOWN = {f"{parent}/{child}": parent for parent, children in SUBCATEGORIES.items() for child in children}


@dataclass(frozen=True)
class Outlook:
    """A prediction and, beside it, how the projects of its category fared (None where none was seen)."""

    prediction: Prediction
    category: str
    category_projects: int
    category_rate: float | None


@dataclass
class KickstarterModel:
    """The state of the Kickstarter tab (a draft of a project), and its answer.

    Parameters
    ----------
    predictor : Predictor
    today : date
        What the launch date starts from.
    reference : Reference, optional
        What the database says a project can be filed under; without it, Kickstarter's categories known here.
    participation : Participation, optional
        In the experiment that runs, if any: its control is shown no chance.
    diary : Diary
        Where submissions are kept.
    """

    predictor: Predictor
    today: date
    reference: Reference | None = None
    participation: Participation | None = None
    diary: Diary = field(default_factory=MemoryDiary)
    fields: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._categories = _offered(self.predictor.categories, self.reference.categories if self.reference else KNOWN)
        self.reset()

    def get(self) -> dict[str, Any]:
        """Give the state as a JSON document; a cleared date is None."""
        launched_on = self.fields["launched_on"]
        return {**self.fields, "launched_on": launched_on.isoformat() if launched_on else None}

    def set(self, state: dict[str, Any]) -> None:
        """Take a state that `get` gave, perhaps in another session.

        Raises
        ------
        Problem
            If it does not have a state's form, or holds a choice that this model does not offer.
        """
        remedy = "Start anew"
        try:
            taken = {key: type(start)(state[key]) for key, start in START.items()}
            given = state["launched_on"]
            taken["launched_on"] = None if given is None else date.fromisoformat(given)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise Problem("this is no draft of a project", remedy=remedy) from error
        for name, offered in self.choices().items():
            if taken[name] not in offered:
                raise Problem(f"{taken[name]!r} is not offered here", where=LABELS[name], remedy=remedy)
        self.fields = taken

    def reset(self) -> None:
        """Go back to the start."""
        self.fields = {**START, "category": self._usual_category(), "launched_on": self.today}
        for name, offered in self.choices().items():
            if self.fields[name] not in offered:
                self.fields[name] = offered[0]

    def _usual_category(self) -> str:
        """Give the biggest category with both successes and failures enough that a draft's chance is open."""
        rates = self.predictor.facts.category_rates
        open_ones = [slug for slug, (n, won) in rates.items() if 0.2 * n <= won <= 0.8 * n]
        return max(open_ones, key=lambda slug: (rates[slug][0], slug), default="")

    def choices(self) -> dict[str, list[str]]:
        """Give what may be chosen for each field that has a list."""
        categories = [slug for children in self._categories.values() for slug in children]
        placed = self.predictor.countries if self.reference is None else self.reference.countries
        both = {code for code in self.predictor.countries if len(code) == 2} & set(placed)
        countries = sorted(both, key=lambda code: (COUNTRIES.get(code, code), code))
        return {"category": categories, "country": countries, "currency": list(self.predictor.currencies)}

    def parents(self) -> list[tuple[str, str]]:
        """Give the parent categories as (words, slug)."""
        return [(_words(parent), parent) for parent in self._categories]

    def children(self, parent: str) -> list[tuple[str, str]]:
        """Give a parent's sub-categories as (words, slug), the parent alone last."""
        slugs = self._categories.get(parent, [parent])
        return [("None of these" if slug == parent else _words(slug.split("/", 1)[1]), slug) for slug in slugs]

    def countries(self) -> list[tuple[str, str]]:
        """Give the countries as (words, code)."""
        return [(COUNTRIES.get(code, code), code) for code in self.choices()["country"]]

    def asked(self) -> tuple[str, ...]:
        """Give the fields that the form asks for: those that the model, or the search for past projects, reads."""
        return self.predictor.asked

    def change(self, name: str, value: Any) -> None:
        """Take one field's new value; what can't be is a Problem when the draft is made."""
        if name not in self.fields:
            raise KeyError(name)
        self.fields[name] = value

    def draft(self) -> Draft:
        """Give the draft as the predictor takes it.

        Raises
        ------
        Problem
            If a field is left out or does not hold what it should; it names the field as the form does.
        """
        if self.fields["launched_on"] is None:
            raise Problem("it is left out", where=LABELS["launched_on"], remedy="Give the day of the launch")
        try:
            return Draft(**self.fields)
        except Problem as problem:
            where = LABELS.get(problem.where, problem.where)
            raise Problem(problem.what, where=where, remedy=problem.remedy) from problem

    def ask(self) -> Outlook | None:
        """Give the answer to the present draft, and keep both in the diary."""
        outlook = self.answer()
        told = {"shown": False} if outlook is None else {"shown": True, "probability": outlook.prediction.probability}
        self.diary.submit("kickstarter", self.get(), told, arm=self.participation.arm if self.participation else "")
        return outlook

    def answer(self) -> Outlook | None:
        """Give the project's probability, what drives it, and the base rate of its category.

        None where an experiment shows none: the draft is noted, with its probability.
        """
        prediction = self.predictor.predict(self.draft(), today=self.today)
        category = str(self.fields["category"])
        projects, successes = self.predictor.facts.category_rates.get(category, [0, 0])
        # Moved like the probability, so that the two can be compared.
        rate = self.predictor.facts.moved(successes / projects) if projects else None
        outlook = Outlook(prediction, category, projects, rate)
        if self.participation is None:
            return outlook
        noted = {"draft": self.get(), "probability": prediction.probability}
        return self.participation.choose(outlook, None, lambda shown: noted | {"shown": shown is not None})


def _offered(seen: Iterable[str], known: Mapping[str, str]) -> dict[str, list[str]]:
    """Give each known parent that was seen, and its known sub-categories, seen or not, the parent alone last."""
    parents = sorted({parent_of(slug) for slug in seen} & set(known.values()))
    children = {parent: [slug for slug, above in known.items() if above == parent != slug] for parent in parents}
    return {parent: [*slugs, parent] for parent, slugs in children.items()}


def _words(slug: str) -> str:
    return slug[:1].upper() + slug[1:]
