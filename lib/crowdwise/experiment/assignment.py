"""Who gets which arm: by the hash of experiment and unit, the same on every machine and day.

A unit's digest is the SHA-256 of the experiment's name, its salt and the unit's id, so experiments are independent of
each other. Each arm draws a number for the unit from that digest and the arm's name, and the unit goes to the arm with
the largest score, ``-weight / log(number)`` (rendezvous hashing: Thaler & Ravishankar 1998; with weights: Schindelhauer
& Schomaker 2005). An arm's share is its weight over the sum of weights.

**When an arm is added**, the old arms' numbers stay as they were: a unit stays in its arm or moves to the new one,
never between old arms. A unit that already saw its old arm should not move at all: `assign` takes what was assigned
`earlier`, keeps it, and lets only new units reach the new arm. Compare arms then among units assigned since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.experiment.plan import Plan

_SEPARATOR = "\x1f"  # stands in no name, so that no two pairs of names run together to the same text


def assign(
    units: Iterable[object],
    weights: Mapping[str, float],
    *,
    experiment: str,
    salt: str = "",
    earlier: Mapping[object, str] | pd.Series | None = None,
) -> pd.Series:
    """Give each unit its arm.

    Parameters
    ----------
    units : iterable of int or str, length n
        Ids; a number and its text are the same unit.
    weights : mapping
        Arm to weight, relative to the others'.
    salt : str
        Another salt shuffles anew, as after a bug that needs a fresh start.
    earlier : mapping or Series, optional
        Unit to arm, as it was assigned before: these units keep their arm, also one that is closed by now.

    Returns
    -------
    Series of category, shape (n,)
        Arms by unit, in the order given; the categories are in the order of `weights`, closed arms last.

    Raises
    ------
    Problem
        If there is no arm, a weight is not positive, an id is missing or empty, or a unit was assigned twice before.
    """
    names = list(weights)
    shares = np.array([weights[name] for name in names], dtype=np.float64)
    if not names or not (np.isfinite(shares) & (shares > 0)).all():
        raise Problem(f"the weights are {dict(weights)}", where=experiment, remedy="Give each arm a weight above 0")
    given = _listed(units)
    best = np.full(len(given), -np.inf)
    arms = np.zeros(len(given), dtype=np.int64)
    digests = digest(given, experiment=experiment, salt=salt)
    for place, (name, share) in enumerate(zip(names, shares, strict=True)):
        score = -share / np.log(_uniform(digests, name))
        ahead = score > best
        best[ahead], arms[ahead] = score[ahead], place
    if earlier is not None:
        kept = pd.Series(earlier, dtype=object)
        kept.index = kept.index.map(str)
        if not kept.index.is_unique:
            what = f"{kept.index[kept.index.duplicated()][0]} was assigned twice"
            raise Problem(what, where=experiment, remedy="Keep each unit's first assignment")
        closed = [name for name in dict.fromkeys(kept) if name not in weights]
        places = {name: place for place, name in enumerate(names + closed)}
        found = kept.map(places).reindex([str(unit) for unit in given])
        held = found.notna().to_numpy()
        arms[held] = found[held].astype(np.int64)
        names += closed
    return pd.Series(pd.Categorical.from_codes(arms, categories=pd.Index(names)), index=pd.Index(given), name="arm")


def assign_by_plan(units: Iterable[object], plan: Plan, *, earlier: Mapping[object, str] | None = None) -> pd.Series:
    """Give each unit its arm by a plan's name and weights."""
    return assign(units, plan.weights, experiment=plan.name, earlier=earlier)


def digest(units: Iterable[object], *, experiment: str, salt: str = "") -> np.ndarray:
    """Give the first 64 bits of SHA-256 of experiment, salt and unit (big-endian, joined by U+001F), shape (n,)."""
    start = hashlib.sha256(f"{experiment}{_SEPARATOR}{salt}{_SEPARATOR}".encode())
    pieces = []
    for unit in _listed(units):
        if not isinstance(unit, str | int) or isinstance(unit, bool) or unit == "":
            raise Problem(
                f"a unit's id is {unit!r}", where=experiment, remedy="Give ids as text or whole numbers, none missing"
            )
        one = start.copy()
        one.update(str(unit).encode())
        pieces.append(one.digest()[:8])
    return np.frombuffer(b"".join(pieces), dtype=">u8").astype(np.uint64)


def _listed(units: Iterable[object]) -> list[object]:
    """Give ids as Python's own values: NumPy's whole numbers become int."""
    if isinstance(units, np.ndarray | pd.Series | pd.Index):
        return list(units.tolist())
    return [unit.item() if isinstance(unit, np.integer) else unit for unit in units]


def _uniform(digests: np.ndarray, arm: str) -> np.ndarray:
    """Give a number in (0, 1) for each unit that depends on its digest and the arm's name (SplitMix64's mixing)."""
    key = int.from_bytes(hashlib.sha256(arm.encode()).digest()[:8], "big")
    mixed = digests ^ np.uint64(key)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
