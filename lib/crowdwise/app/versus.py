"""Two drafts side by side: both chances, and what each difference between them adds, as HTML."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crowdwise.app.advice import cut
from crowdwise.app.labels import LABELS
from crowdwise.app.markup import percent, text
from crowdwise.app.places import COUNTRIES

if TYPE_CHECKING:
    from crowdwise.app.outlook import Outlook
    from crowdwise.kickstarter.draft import Draft
    from crowdwise.kickstarter.explanation import Prediction

LONGEST = 90
COLUMNS = ("", "Draft A", "Draft B", "Adds")
STEPS = {"earlier_projects": "earlier", "earlier_successes": "earlier", "currency": "goal"}


def versus(outlook: Outlook) -> str:
    """Give the comparison with draft A; nothing where none is kept."""
    found = outlook.comparison
    if found is None or outlook.draft is None or outlook.kept is None:
        return ""
    start = '<section class="cw-versus" aria-label="Draft A and draft B"><h2>Draft A and draft B</h2>'
    if not found.differences:
        return (
            f'{start}<p class="cw-hint">This draft is the same as draft A: change it to see a difference.</p></section>'
        )
    a, b = (round(1000 * one.probability) for one in (found.first, found.second))
    shares = apportion([10 * step.points for step in found.differences], b - a)
    rows = [_row("Chance", _chance(found.first, a), _chance(found.second, b), _points(b - a), "cw-total")]
    for step, share in zip(found.differences, shares, strict=True):
        name = STEPS.get(step.fields[0], step.fields[0])
        idle = set(step.fields) <= set(outlook.unread)
        adds = '<span class="cw-points">not read</span>' if idle else _points(share)
        rows.append(_row(LABELS[name], text(_value(outlook.kept, name)), text(_value(outlook.draft, name)), adds))
    head = "".join(f'<span role="columnheader">{words}</span>' for words in COLUMNS)
    return (
        f'{start}<p class="cw-hint">The differences are taken one at a time in the order below, each on top of those '
        "above it; their points add up to the whole. In another order each might be worth something else.</p>"
        '<div class="cw-table" role="table" aria-label="Draft A and draft B">'
        f'<div role="row" class="cw-head">{head}</div>{"".join(rows)}</div></section>'
    )


def apportion(parts: Sequence[float], total: int) -> list[int]:
    """Round parts to whole numbers that add up to a total (the largest remainders are rounded up)."""
    rounded = [math.floor(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda k: rounded[k] - parts[k])
    left = total - sum(rounded)
    # One more or less than there are parts can only come of the total's own rounding.
    for turn in range(abs(left)):
        rounded[order[turn % len(order)] if left > 0 else order[-1 - turn % len(order)]] += 1 if left > 0 else -1
    return rounded


def _row(label: str, first: str, second: str, adds: str, kind: str = "") -> str:
    return (
        f'<div role="row" class="cw-row {kind}"><span role="rowheader">{text(label)}</span>'
        f'<span role="cell" data-draft="A">{first}</span><span role="cell" data-draft="B">{second}</span>'
        f'<span role="cell" class="cw-adds">{adds}</span></div>'
    )


def _chance(prediction: Prediction, tenths: int) -> str:
    return (
        f"<b>{tenths / 10:.1f}\u00a0%</b> "
        f'<span class="cw-hint">({percent(prediction.low)} to {percent(prediction.high)})</span>'
    )


def _points(tenths: int) -> str:
    kind = "cw-up" if tenths > 0 else "cw-down" if tenths < 0 else ""
    sign = "+" if tenths > 0 else "−" if tenths < 0 else ""
    return f'<span class="cw-points {kind}">{sign}{abs(tenths) / 10:.1f} points</span>'


def _value(draft: Draft, name: str) -> str:
    if name == "goal":
        return f"{draft.goal:,.10g} {draft.currency.upper()}"
    if name == "earlier":
        return f"{draft.earlier_projects}, {draft.earlier_successes} funded"
    value = getattr(draft, name)
    if name == "country":
        return COUNTRIES.get(value, value)
    return cut(str(value), LONGEST) or "(empty)"
