"""Looks that were held: the next one's bound follows from when they were, so each is kept with the experiment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.experiment.analysis import Analysis, analyse
from crowdwise.experiment.looks import NEAR
from crowdwise.experiment.plan import Plan
from crowdwise.experiment.register import SAME, HeldLook
from crowdwise.experiment.sample import take_sample


def hold_look(
    plan: Plan,
    data: pd.DataFrame,
    held: Sequence[HeldLook],
    *,
    started_hash: str,
    started_plan: Plan | None = None,
    now: datetime,
    final: bool = False,
) -> tuple[Analysis, HeldLook]:
    """Analyse an experiment whose plan has several looks, after those that were held; give also this look, to keep.

    A look with the units of the last one is that look again, and spends nothing.

    Parameters
    ----------
    data : DataFrame
        As `analyse` takes it.
    held : sequence of HeldLook
        In the order in which they were held.

    Raises
    ------
    Problem
        As `analyse` does; or if the plan does not say how many units the last look has, a look with more units was held
        before, or an earlier one ended the test.
    """
    if plan.looks.units is None:
        what = "the plan has several looks and does not say how many units the last one has"
        raise Problem(what, where=plan.name, remedy="Give looks.units in the plan of the next experiment")
    share = len(take_sample(plan, data, now).data) / plan.looks.units
    earlier = [look for look in held if look.information < share - SAME]
    if later := [look for look in held if look.information > share + SAME]:
        what = f"a look with {later[-1].information:.1%} of the planned units was held, and this one has {share:.1%}"
        raise Problem(what, where=plan.name, remedy=f"Read what was measured by {later[-1].held_at:%Y-%m-%d}, or later")
    if ended := [look for look in earlier if look.stops]:
        what = f"its look of {ended[0].held_at:%Y-%m-%d} ended the test"
        raise Problem(what, where=plan.name, remedy=f"Read what was measured by then: NOW={_text(ended[0].held_at)}")
    analysis = analyse(
        plan,
        data,
        started_hash=started_hash,
        started_plan=started_plan,
        now=now,
        information=[*(look.information for look in earlier), share],
        final=final or share >= 1 - NEAR,
        crossed_before=any(look.crosses for look in earlier),
    )
    assert analysis.reading is not None
    reading = analysis.reading
    return analysis, HeldLook(now.astimezone(UTC), share, reading.z, reading.crosses, reading.stops)


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
