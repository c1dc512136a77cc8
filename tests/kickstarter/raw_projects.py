"""A project as a month has it."""

from __future__ import annotations

from typing import Any


def raw_project(**changes: Any) -> dict[str, Any]:
    """Give one project's data as a month has it, with some fields changed."""
    return {
        **{"id": 101, "name": "The Quiet Harbour", "blurb": "A story of salt.", "goal": 500.0, "pledged": 750.5},
        **{"state": "successful", "country": "US", "currency": "USD", "static_usd_rate": 1.0, "backers_count": 12},
        **{"created_at": 1_399_000_000, "launched_at": 1_400_000_003, "deadline": 1_402_592_003, "staff_pick": False},
        "category": {"id": 3, "name": "Fiction", "slug": "publishing/fiction", "parent_name": "Publishing"},
        **{"creator": {"id": 77, "name": "Creator 77"}, "location": {"id": 2_300_000}, "spotlight": True},
    } | changes
