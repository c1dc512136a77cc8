"""What the Kickstarter tab knows and answers, without a widget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from crowdwise.app.diary import Diary, MemoryDiary
from crowdwise.app.earlier_projects import check_earlier, count_as_of, pack, unpack
from crowdwise.app.labels import COUNTED, LABELS
from crowdwise.app.outlook import Outlook, sum_up
from crowdwise.app.places import COUNTRIES
from crowdwise.base.errors import Problem
from crowdwise.kickstarter.categories import SUBCATEGORIES, parent_of
from crowdwise.kickstarter.draft import LONGEST_CAMPAIGN, LONGEST_PREPARATION, Draft

if TYPE_CHECKING:
    from crowdwise.app.participation import Participation
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
}
BOUNDS = {"duration_days": (1, LONGEST_CAMPAIGN), "prelaunch_days": (0, LONGEST_PREPARATION)}
REMEDY = "Start anew"

KNOWN = {f"{parent}/{child}": parent for parent, children in SUBCATEGORIES.items() for child in children}


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
    diary : Diary, optional
        Where each draft that was sent is kept with its answer.
    """

    predictor: Predictor
    today: date
    reference: Reference | None = None
    participation: Participation | None = None
    diary: Diary = field(default_factory=MemoryDiary)
    fields: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] | None = None  # draft A, which the next is held against
    answered: dict[str, Any] | None = field(default=None, init=False)  # what the last answer was about

    def __post_init__(self) -> None:
        self._categories = _offered(self.predictor.categories, self.reference.categories if self.reference else KNOWN)
        self.reset()

    def get(self) -> dict[str, Any]:
        """Give the state as a JSON document: the draft, and draft A under ``kept``; a cleared date is None."""
        return {**_packed(self.fields), "kept": None if self.kept is None else _packed(self.kept)}

    def set(self, state: Mapping[str, Any]) -> None:
        """Take a state that `get` gave, perhaps in another session, or before earlier projects were told one by one.

        Raises
        ------
        Problem
            If it does not have a state's form, or holds a choice that this model does not offer.
        """
        fields = self._unpacked(state)
        kept = state.get("kept")
        self.fields, self.kept = fields, None if kept is None else self._unpacked(kept)
        self.answered = None

    def _unpacked(self, state: Any) -> dict[str, Any]:
        try:
            taken = {key: type(start)(state[key]) for key, start in START.items()}
            given = state["launched_on"]
            taken["launched_on"] = None if given is None else date.fromisoformat(given)
            taken["earlier"] = unpack(state)
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise Problem("this is no draft of a project", remedy=REMEDY) from error
        check_earlier(taken["earlier"], self.today)
        for name, offered in self.choices().items():
            if taken[name] not in offered:
                raise Problem(f"{taken[name]!r} is not offered here", where=LABELS[name], remedy=REMEDY)
        for name, (low, high) in BOUNDS.items():
            if not low <= taken[name] <= high:
                raise Problem(f"{taken[name]} is not from {low} to {high}", where=LABELS[name], remedy=REMEDY)
        return taken

    def reset(self) -> None:
        """Go back to the start."""
        self.fields = {**START, "category": self._usual_category(), "launched_on": self.today, "earlier": ()}
        self.kept = self.answered = None
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
        """Give the fields that the form asks for: those that the model, or the search for past projects, reads.

        The country is asked for in any case, since it brings the currency.
        """
        told = dict.fromkeys("earlier" if name in COUNTED else name for name in self.predictor.asked)
        return (*told, *(() if "country" in told else ("country",)))

    def unread(self) -> tuple[str, ...]:
        """Give the fields that the form asks for although no estimate depends on them."""
        idle = {*self.predictor.unread, *({"country"} - {*self.predictor.asked})}
        return tuple(name for name in self.asked() if name in idle)

    def keep(self) -> None:
        """Keep the draft of the last answer as A, which the next is held against.

        Raises
        ------
        Problem
            If no draft was answered.
        """
        if self.answered is None:
            raise Problem("there is no estimate yet", where="Draft A", remedy="Estimate a draft first")
        self.kept = dict(self.answered)

    def attempt(self, name: str, value: Any) -> None:
        """Keep the draft of the last answer as A, and go on from it with another value of one field."""
        self.keep()
        self.fields = dict(self.kept or {})
        self.change(name, value)

    def forget(self) -> None:
        """Hold the next draft against none."""
        self.kept = None

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
        return self._draft_of(self.fields)

    def _draft_of(self, fields: dict[str, Any]) -> Draft:
        if fields["launched_on"] is None:
            raise Problem("it is left out", where=LABELS["launched_on"], remedy="Give the day of the launch")
        check_earlier(fields["earlier"], self.today)
        counts = count_as_of(fields["earlier"], fields["launched_on"])
        told = {name: value for name, value in fields.items() if name != "earlier"}
        with _named_as_in_the_form():
            draft = Draft(**told | dict(zip(COUNTED, counts, strict=True)))
            self.predictor.check(draft)
        return draft

    def answer(self, *, submit: bool = True) -> Outlook | None:
        """Give the project's probability, what drives and what might change it, its like, and what draft A had.

        None where an experiment shows none: the draft is noted, with its probability.

        Parameters
        ----------
        submit : bool
            Whether it goes into the diary: not when an answer is only shown again.
        """
        outlook = self._look_ahead()
        self.answered = dict(self.fields)
        shown: Outlook | None = outlook
        if self.participation is not None:
            noted = {"draft": self.get(), "probability": outlook.prediction.probability}
            shown = self.participation.choose(outlook, None, lambda one: noted | {"shown": one is not None})
        if submit:
            arm = self.participation.arm if self.participation else ""
            self.diary.submit("kickstarter", self.get(), sum_up(shown), arm=arm)
        return shown

    def _look_ahead(self) -> Outlook:
        draft = self.draft()
        kept = self._draft_of(self.kept) if self.kept is not None else None
        explained = self.predictor.explain(draft, today=self.today)
        facts, category = self.predictor.facts, str(self.fields["category"])
        projects, successes = facts.category_rates.get(category, [0, 0])
        return Outlook(
            explained.prediction,
            category,
            projects,
            # Moved like the probability, so that the two can be compared.
            facts.moved(successes / projects) if projects else None,
            draft,
            kept,
            *(explained.profiles, explained.changes, explained.neighbours),
            self.predictor.compare(kept, draft, today=self.today) if kept is not None else None,
            self.predictor.unread,
        )


@contextmanager
def _named_as_in_the_form() -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        where = LABELS.get(problem.where, problem.where)
        raise Problem(problem.what, where=where, remedy=problem.remedy) from problem


def _packed(fields: Mapping[str, Any]) -> dict[str, Any]:
    day = fields["launched_on"]
    return {**fields, "launched_on": day.isoformat() if day else None, "earlier": pack(fields["earlier"])}


def _offered(seen: Iterable[str], known: Mapping[str, str]) -> dict[str, list[str]]:
    """Give each known parent that was seen, and its known sub-categories, seen or not, the parent alone last."""
    parents = sorted({parent_of(slug) for slug in seen} & set(known.values()))
    children = {parent: [slug for slug, above in known.items() if above == parent != slug] for parent in parents}
    return {parent: [*slugs, parent] for parent, slugs in children.items()}


def _words(slug: str) -> str:
    return slug[:1].upper() + slug[1:]
