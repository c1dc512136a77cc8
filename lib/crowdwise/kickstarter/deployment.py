"""Which model is deployed, and on what score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.comparison import Score, pick
from crowdwise.kickstarter.evaluation import CHOSEN, PORTABLE_MODEL
from crowdwise.kickstarter.feature_sets import FEATURE_SETS, FeatureSet

MODELS = {"charter": CHOSEN, "portable": PORTABLE_MODEL}
"""The model of each feature set."""
_NEEDED = {"features": str, "split": str, "slice": str, "auc": float}


@dataclass(frozen=True)
class Deployment:
    """A rule: the model of a feature set is deployed if its AUC in a split's slice is at least a bar.

    Attributes
    ----------
    features : FeatureSet
    model : str
        Its name among the models.
    split, slice : str
        A protocol's name, and a part of it (``all``, ``mean over cuts``, ``within sub-category and year``).
    auc : float
    """

    features: FeatureSet
    model: str
    split: str
    slice: str
    auc: float


def read_deployment(given: Mapping[str, Any]) -> Deployment:
    """Read the rule from a parameter with ``features, split, slice, auc``.

    Raises
    ------
    Problem
        If a part is missing, unknown or of the wrong kind.
    """
    where = "parameter deployment"
    if set(given) != set(_NEEDED):
        raise Problem(f"it holds {', '.join(map(str, given))}", where=where, remedy=f"Give {', '.join(_NEEDED)}")
    for name, kind in _NEEDED.items():
        if not isinstance(given[name], kind):
            raise Problem(f"{name} is {given[name]!r}", where=where, remedy=f"Give {kind.__name__}")
    if given["features"] not in FEATURE_SETS:
        what = f"there is no feature set {given['features']!r}"
        raise Problem(what, where=where, remedy=f"Use {' or '.join(FEATURE_SETS)}")
    if not 0.5 < given["auc"] < 1:
        raise Problem(f"auc is {given['auc']}", where=where, remedy="Give a bar between 0.5 and 1")
    name = given["features"]
    return Deployment(FEATURE_SETS[name], MODELS[name], given["split"], given["slice"], given["auc"])


def state_deployment(scores: Sequence[Score], rule: Deployment) -> tuple[bool, str]:
    """Hold the model against the rule; give whether it is deployed, and the sentence."""
    start = f"Deployed is what {rule.model} says, if its AUC in {rule.split}, {rule.slice}, is at least {rule.auc:g}"
    try:
        found = pick(scores, "auc", rule.model, rule.split, rule.slice)
    except KeyError:
        return False, f"{start}: that was not measured here, so it is not."
    told = f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"
    return found.value >= rule.auc, f"{start}: it is {told}, so it is{'' if found.value >= rule.auc else ' not'}."
