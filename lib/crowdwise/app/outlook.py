"""What the Kickstarter tab answers: a prediction and all that is shown beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crowdwise.kickstarter.draft import Draft
    from crowdwise.kickstarter.explanation import Change, Comparison, Neighbour, Prediction, Profile


@dataclass(frozen=True)
class Outlook:
    """A prediction and what is shown beside it.

    Attributes
    ----------
    prediction : Prediction
    category : str
    category_projects : int
    category_rate : float or None
        How the projects of its category fared; none where none was seen.
    draft, kept : Draft or None
        What the prediction is of, and draft A where one is kept.
    profiles, changes, neighbours : tuple
        As in `crowdwise.kickstarter.explanation.Explanation`.
    comparison : Comparison or None
        From the kept draft to this one.
    unread : tuple of str
        Fields of a draft that the model does not read.
    """

    prediction: Prediction
    category: str
    category_projects: int
    category_rate: float | None
    draft: Draft | None = None
    kept: Draft | None = None
    profiles: tuple[Profile, ...] = ()
    changes: tuple[Change, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    comparison: Comparison | None = None
    unread: tuple[str, ...] = ()


def sum_up(shown: Outlook | None) -> dict[str, Any]:
    """Give what the diary keeps of an answer: of one that was not shown, no number."""
    if shown is None:
        return {"shown": False}
    told = shown.prediction
    return {"shown": True, "probability": told.probability, "low": told.low, "high": told.high}
