"""A plan's hash, and what changed since the experiment started."""

from __future__ import annotations

import dataclasses
import hashlib
import json

from crowdwise.base.errors import Problem
from crowdwise.experiment.plan import Plan

_NOTHING = object()


def hash_plan(plan: Plan) -> str:
    """Give the SHA-256 of a plan's canonical JSON, as 64 hexadecimal digits.

    Comments, the order of keys, and whether a default is spelt out don't matter; the order of a list does.
    """
    return hashlib.sha256(write_plan(plan).encode()).hexdigest()


def write_plan(plan: Plan) -> str:
    """Give a plan as canonical JSON: all fields, sorted keys, no spaces, numbers as floats.

    A field that came later is left out where it is not given, so that plans without it keep their hash.
    """
    fields = json.loads(json.dumps(dataclasses.asdict(plan), allow_nan=False), parse_int=float)
    if fields["looks"]["units"] is None:
        del fields["looks"]["units"]
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def list_changes(plan: Plan, started_plan: Plan) -> list[str]:
    """Give what differs from the plan that was started, a sentence a key, in the order of keys."""
    now, then = _flat(json.loads(write_plan(plan))), _flat(json.loads(write_plan(started_plan)))
    changes = []
    for key in sorted(now.keys() | then.keys()):
        new, old = now.get(key, _NOTHING), then.get(key, _NOTHING)
        if old is _NOTHING:
            changes.append(f"{key} is new ({new!r})")
        elif new is _NOTHING:
            changes.append(f"{key} is gone (it was {old!r})")
        elif new != old:
            changes.append(f"{key} was {old!r} and is {new!r}")
    return changes


def refuse_changed(plan: Plan, started_hash: str, started_plan: Plan | None = None) -> None:
    """Refuse a plan that is not the one the experiment started with, and say what changed.

    Raises
    ------
    Problem
        If the plan's hash is another; or if `started_plan` is not the one that was hashed.
    """
    if hash_plan(plan) == started_hash:
        return
    remedy = "Analyse by the plan the experiment started with, or report the change as a new, exploratory analysis"
    if started_plan is None:
        what = f"its hash is {hash_plan(plan)[:12]}, and the experiment started with {started_hash[:12]}"
    elif hash_plan(started_plan) != started_hash:
        what = f"the plan said to be the started one does not have its hash, {started_hash[:12]}"
    else:
        what = "it changed after the start: " + "; ".join(list_changes(plan, started_plan))
    raise Problem(what, where=f"plan {plan.name!r}", remedy=remedy)


def _flat(value: object, key: str = "") -> dict[str, object]:
    """Give a nested value as one mapping of dotted keys; what has a name is called by it, not by its place."""
    if isinstance(value, dict):
        parts = {f"{key}.{name}" if key else name: inner for name, inner in value.items()}
    elif isinstance(value, list):
        parts = {
            f"{key}[{inner['name'] if isinstance(inner, dict) and 'name' in inner else place}]": inner
            for place, inner in enumerate(value)
        }
        if len(parts) == len(value) and any(isinstance(inner, dict) and "name" in inner for inner in value):
            parts[f"{key} in order"] = ", ".join(inner["name"] for inner in value)
    else:
        return {key: value}
    return {name: inner for part, given in parts.items() for name, inner in _flat(given, part).items()}
