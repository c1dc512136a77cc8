"""The words of the Kickstarter tables: states, currencies and columns."""

from __future__ import annotations

FINISHED = ("successful", "failed", "canceled", "suspended")
STATES = (*FINISHED, "live")
FAILURES = ("failed", "canceled", "suspended")
"""States that may count as failure; `failed` always does."""
CURRENCIES = frozenset(
    ("AUD", "CAD", "CHF", "DKK", "EUR", "GBP", "HKD", "JPY", "MXN", "NOK", "NZD", "PLN", "SEK", "SGD", "USD")
)
"""Those that creators could ask for money in, by Kickstarter's help pages."""
COLUMNS = (
    *("project_id", "name", "blurb", "category", "parent_category", "goal_usd", "pledged_usd", "currency", "country"),
    *("state", "launched_at", "deadline", "created_at", "time_precision", "creator_id", "place_id", "staff_pick"),
    *("backers_count", "seen_in"),
)
"""What a month's rows tell of a project; `crowdwise.kickstarter.schema.PROJECTS` adds what all months together tell."""
