"""The changes that would raise a chance most, and the past projects most like a draft, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crowdwise.app.markup import text

if TYPE_CHECKING:
    from crowdwise.kickstarter.explanation import Change, Neighbour

LONGEST = 120  # letters of a name


def changes(found: Sequence[Change]) -> str:
    """Give the changes that help most as a list, each with the points it is worth alone."""
    start = "<h3>What would help most</h3>"
    if not found:
        return start + (
            '<p class="cw-hint">No change of goal, duration, preparation, launch or length of description, within '
            "what was seen of past projects, goes with a higher chance.</p>"
        )
    rows = (
        f"<li><span>{text(one.words[:1].upper() + one.words[1:])}</span>"
        f'<span class="cw-points cw-up">+{one.points:.1f} points</span></li>'
        for one in found
    )
    return start + (
        '<p class="cw-hint">Each by itself, all else as it is; together they may be worth less. This is what went '
        "with success among past projects: an association, not a promise.</p>"
        f'<ol class="cw-changes">{"".join(rows)}</ol>'
    )


def past_projects(found: Sequence[Neighbour]) -> str:
    """Give past projects like a draft as a list: name, category, year, goal in US dollars, and how each ended."""
    if not found:
        return ""
    won = sum(one.successful for one in found)
    rows = (
        f'<li><span class="cw-past-name">{text(cut(one.name))}</span>'
        f'<span class="cw-past-facts">{text(one.category)} · {one.launch_year} · goal ${one.goal_usd:,.0f}</span>'
        f'<span class="cw-outcome {"cw-up" if one.successful else "cw-down"}">'
        f"{'Funded' if one.successful else 'Not funded'}</span></li>"
        for one in found
    )
    return (
        f"<h3>The most similar past projects</h3>"
        f'<p class="cw-hint">{won} of these {len(found)} reached their goal. They are nearest in category, goal, '
        "duration, preparation, the creator's record and words; how they ended played no part in the choice. They are "
        "of those the crawl caught, and it caught more of the funded ones.</p>"
        f'<ol class="cw-past">{"".join(rows)}</ol>'
    )


def cut(words: str, most: int = LONGEST) -> str:
    """Give words whole, or their start with an ellipsis where they are longer than `most` letters."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
