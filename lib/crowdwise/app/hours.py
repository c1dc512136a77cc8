"""Hours that a game was played, as someone types them."""

from __future__ import annotations

from crowdwise.base.errors import Problem

MOST_HOURS = 100_000
UNSAID_MINUTES = 600.0  # what a game was played when its hours are left out: ten hours, as one likes it


def read_hours(words: str, name: str) -> float | None:
    """Give the hours typed for a game; None if nothing is typed.

    Raises
    ------
    Problem
        If they are no number from 0 to `MOST_HOURS`.
    """
    cleaned = words.strip().replace(",", ".")
    try:
        played = float(cleaned) if cleaned else None
    except ValueError:
        played = -1.0
    if played is not None and not 0 <= played <= MOST_HOURS:
        raise Problem(f"{words.strip()!r} is not a number of hours for {name}", remedy="Use a number such as 12 or 1.5")
    return played


def as_minutes(owned: dict[str, float | None]) -> dict[str, float]:
    """Give minutes for hours; what isn't said counts as `UNSAID_MINUTES`."""
    return {game_id: UNSAID_MINUTES if played is None else played * 60 for game_id, played in owned.items()}
