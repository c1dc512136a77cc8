"""What the Kickstarter form calls each field of a draft."""

from __future__ import annotations

LABELS = {
    "name": "Name",
    "blurb": "Short description",
    "category": "Sub-category",
    "goal": "Goal",
    "currency": "Currency",
    "country": "Country",
    "launched_on": "Launch date",
    "duration_days": "Days it runs",
    "prelaunch_days": "Days from first draft to launch",
    "earlier": "Earlier projects",
}
# The two numbers of a draft that the rows of earlier projects are told in.
COUNTED = ("earlier_projects", "earlier_successes")
