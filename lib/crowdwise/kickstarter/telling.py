"""A prediction in words: what was looked at, and what a reader must know before believing it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from crowdwise.kickstarter.categories import canonical, parent_of
from crowdwise.kickstarter.draft import LIMITS, LONGEST_CAMPAIGN, SHORTENED_ON, Draft
from crowdwise.kickstarter.facts import Facts

CRAWLED = (
    "This speaks of projects like those the crawl caught, not of all on Kickstarter: it caught more of the successful "
    "ones, most of all before 2014 and in the biggest sub-categories"
)
FEWEST, ONE_SIDED = 20, 0.97


def tell_features(draft: Draft, usd_rate: float, read: Collection[str]) -> dict[str, str]:
    """Give each group of features as the draft has it, in words; what the model does not read is not told."""
    currency = draft.currency.upper()
    dollars = "" if currency == "USD" else f" (${draft.goal * usd_rate:,.0f})"
    record = "no earlier project"
    if draft.earlier_projects:
        record = f"{_count(draft.earlier_projects, 'earlier project')}, {draft.earlier_successes} successful"
    day = f"{draft.launched_on.day} " if {"launch_time", "launch_weekday"} & set(read) else ""
    weekday = f"on {draft.launched_on:%A}, " if "launch_weekday" in read else "in " if not day else "on "
    year = f" {draft.launched_on:%Y}" if "launch_time" in read else ""
    place = [f"from {draft.country.strip().upper()}"] if "country" in read else []
    place += [f"in {currency}"] if "currency" in read else []
    words = (
        _count(len(draft.name.split()), "word") + " of name, " + _count(len(draft.blurb.split()), "word") + " of blurb"
    )
    return {
        "category": f"in {canonical(draft.category)}",
        "goal": f"a goal of {draft.goal:,.10g} {currency}{dollars}",
        "duration": f"{_count(draft.duration_days, 'day')} to reach it",
        "preparation": f"{_count(draft.prelaunch_days, 'day')} from draft to launch",
        "timing": f"launch {weekday}{day}{draft.launched_on:%B}{year}",
        "place": ", ".join(place),
        "text": f"what is said, and how: {words}",
        "record": record,
    }


def tell_notes(
    draft: Draft,
    usd_rate: float,
    facts: Facts,
    values: Mapping[str, tuple[str, ...]],
    read: Collection[str],
    crawled: float,
    today: date | None = None,
) -> Iterator[str]:
    """Give what lies outside what the model has seen, what is assumed, and which projects its numbers are about.

    Parameters
    ----------
    draft : Draft
    usd_rate : float
    facts : Facts
    values : mapping
        The categories and countries learnt from.
    read : collection of str
        The features that the model reads.
    crawled : float
        The draft's probability before the shift to the reference rate.
    today : date, optional
    """
    yield from _tell_places(draft, facts, values, read)
    launch = draft.launched_on.isoformat()
    if launch > facts.last_launch:
        yield f"The latest launch that was seen is of {facts.last_launch}: a later one is taken to be like the latest"
    else:
        yield (
            f"The model has learnt from projects launched up to {facts.last_launch}: it knows what came after this "
            "launch, and perhaps this very project, so its answer is wise after the event"
        )
    if today is not None and draft.launched_on < today:
        yield f"The launch is past: this is the chance on that day, {draft.launched_on.isoformat()}, and no later news"
    if draft.duration_days > LONGEST_CAMPAIGN:
        yield f"Since {SHORTENED_ON.isoformat()} Kickstarter allows {LONGEST_CAMPAIGN} days at most"
    lowest, low, high, highest = facts.seen["goal_usd"]
    goal = draft.goal * usd_rate
    if not lowest <= goal <= highest:
        yield f"No project with a goal of ${goal:,.2f} was seen: goals ran from ${lowest:,.2f} to ${highest:,.0f}"
    elif not low <= goal <= high:
        yield f"Few goals are like this one: 98% lie between ${low:,.0f} and ${high:,.0f}"
    for name, limit in LIMITS.items():
        length = len(getattr(draft, name))
        if length > limit:
            yield f"The {name} has {length:,} characters; Kickstarter allows {limit}"
    if not draft.blurb.strip():
        yield "The blurb is empty; hardly any project has none"
    if draft.earlier_projects > facts.seen["earlier_projects"][3]:
        yield f"No creator with {draft.earlier_projects} earlier projects was seen"
    yield tell_population(facts, crawled)


def tell_population(facts: Facts, crawled: float) -> str:
    """Say which projects a probability speaks of, and what the shift to the reference rate did to it."""
    if facts.reference is None:
        return CRAWLED
    return (
        f"This speaks of {facts.speaks_of}: the crawl's success rate, "
        f"{facts.base_rate:.0%}, is moved to theirs, {facts.reference.rate:.0%}; among projects like those the crawl "
        f"caught it would be {crawled:.0%}"
    )


def _tell_places(
    draft: Draft, facts: Facts, values: Mapping[str, tuple[str, ...]], read: Collection[str]
) -> Iterator[str]:
    category, country = canonical(draft.category), draft.country.strip().upper()
    projects, successes = facts.category_rates.get(category, [0, 0])
    if {"category", "parent_category"} & set(read):
        if category not in values["category"]:
            yield f"No project in {category} was seen: only its parent, {parent_of(category)}, counts"
        elif projects < FEWEST:
            yield f"Only {_count(projects, 'project')} in {category} were seen: the category tells little"
        elif successes / projects >= ONE_SIDED:
            yield (
                f"In {category} the crawl caught {successes:,} successes among {projects:,} projects: its failures "
                "are nearly missing, so a high probability here says little about the draft"
            )
    if "country" in read and country not in values["country"]:
        yield f"No project from {country} was seen: the country counts as unknown"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
