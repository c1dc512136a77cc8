"""The steps from one draft to another: which fields change together, and in which order.

A probability is no sum, so what a difference adds depends on the differences taken before it. The order is that in
which contributions are told (`crowdwise.kickstarter.features.GROUPS`), and it is stated beside the points.
"""

from __future__ import annotations

from dataclasses import replace

from crowdwise.kickstarter.draft import Draft

# An amount has a currency, and successes are some of the projects: half of such a change is no draft anyone means.
STEPS: tuple[tuple[str, ...], ...] = (
    ("category",),
    ("goal", "currency"),
    ("duration_days",),
    ("prelaunch_days",),
    ("launched_on",),
    ("country",),
    ("name",),
    ("blurb",),
    ("earlier_projects", "earlier_successes"),
)


def drafts_between(first: Draft, second: Draft) -> tuple[tuple[tuple[str, ...], ...], tuple[Draft, ...]]:
    """Give the steps that lead from one draft to another, and the drafts from the first to the second on the way.

    Returns
    -------
    steps : tuple of tuple of str
        The fields that change in each, out of `STEPS`; a step without a difference is left out. A longer campaign is
        taken after its launch, since one of more than 60 days is allowed only where that was early.
    drafts : tuple of Draft, shape (steps + 1,)
    """
    order = list(STEPS)
    if second.duration_days > first.duration_days:
        order.remove(("duration_days",))
        order.insert(order.index(("launched_on",)) + 1, ("duration_days",))
    drafts = [first]
    taken = []
    for step in order:
        changed = {name: getattr(second, name) for name in step if getattr(second, name) != getattr(first, name)}
        if changed:
            taken.append(tuple(changed))
            drafts.append(replace(drafts[-1], **{name: getattr(second, name) for name in step}))
    return tuple(taken), tuple(drafts)
