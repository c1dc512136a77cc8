"""A prediction in words: what was looked at, and what a reader must know before believing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from crowdwise.kickstarter.categories import canonical, parent_of
from crowdwise.kickstarter.draft import LIMITS, Draft

if TYPE_CHECKING:
    from crowdwise.kickstarter.predictor import Facts

CRAWLED = (
    "This speaks of projects like those the crawl caught, not of all on Kickstarter: it caught more of the successful "
    "ones, most of all before 2014 and in the biggest sub-categories"
)
FEWEST, ONE_SIDED = 20, 0.97


def tell_features(draft: Draft, usd_rate: float) -> dict[str, str]:
    """Give each group of features as the draft has it, in words."""
    currency = draft.currency.upper()
    dollars = "" if currency == "USD" else f" (${draft.goal * usd_rate:,.0f})"
    record = "no earlier project"
    if draft.earlier_projects:
        record = f"{_count(draft.earlier_projects, 'earlier project')}, {draft.earlier_successes} successful"
    words = (
        _count(len(draft.name.split()), "word") + " of name, " + _count(len(draft.blurb.split()), "word") + " of blurb"
    )
    return {
        "category": f"in {canonical(draft.category)}",
        "goal": f"a goal of {draft.goal:,.10g} {currency}{dollars}",
        "duration": f"{_count(draft.duration_days, 'day')} to reach it",
        "preparation": f"{_count(draft.prelaunch_days, 'day')} from draft to launch",
        "timing": f"launch on {draft.launched_on:%A}, {draft.launched_on.day} {draft.launched_on:%B %Y}",
        "place": f"from {draft.country.strip().upper()}, in {currency}",
        "text": f"what is said: {words}",
        "record": record,
    }


def tell_notes(draft: Draft, usd_rate: float, facts: Facts, values: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Give what lies outside what the model has seen, and what its numbers are about."""
    category = canonical(draft.category)
    projects, successes = facts.category_rates.get(category, [0, 0])
    if category not in values["category"]:
        yield f"No project in {category} was seen: only its parent, {parent_of(category)}, counts"
    elif projects < FEWEST:
        yield f"Only {_count(projects, 'project')} in {category} were seen: the category tells little"
    elif successes / projects >= ONE_SIDED:
        yield (
            f"In {category} the crawl caught {successes:,} successes among {projects:,} projects: its failures are "
            "nearly missing, so a high probability here says little about the draft"
        )
    if draft.country.strip().upper() not in values["country"]:
        yield f"No project from {draft.country.strip().upper()} was seen: the country counts as unknown"
    if draft.launched_on.isoformat() > facts.last_launch:
        yield f"The latest launch that was seen is of {facts.last_launch}: a later one is taken to be like the latest"
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
    yield CRAWLED


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
