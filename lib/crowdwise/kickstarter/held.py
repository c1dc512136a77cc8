"""Which months the tables were made of, as their provenance says."""

from __future__ import annotations

from crowdwise.base.layout import Layout
from crowdwise.kickstarter.records import PATTERNS
from crowdwise.storage.documents import read_json

ENDINGS = tuple(pattern.removeprefix("*") for pattern in PATTERNS)


def held_months(layout: Layout) -> list[str]:
    """Give the names of the months' files that the tables hold, sorted.

    Raises
    ------
    Problem
        If the tables are not made yet.
    """
    files = read_json(layout.tables("kickstarter") / "provenance.json")["files"]
    return sorted(str(file["name"]) for file in files)


def crawl_of(name: str) -> str:
    """Give the crawl that a month's file is of: its name without the ending, the same for JSON and CSV."""
    for ending in ENDINGS:
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name
