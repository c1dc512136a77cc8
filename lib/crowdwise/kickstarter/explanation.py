"""What is said about a draft: its probability with a range, the reasons, what else might be, and what came before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Contribution:
    """What one thing about a draft adds to its probability, in percentage points."""

    feature: str
    words: str
    points: float


@dataclass(frozen=True)
class Prediction:
    """A draft's probability of reaching its goal, and what it is made of.

    Attributes
    ----------
    probability, low, high : float
        The range is that of projects which got about this score (see `crowdwise.kickstarter.score_range`).
    base_rate : float
        What the contributions start from: the reference's rate where one was given, else the crawl's.
    base_rate_of : str
        Which projects that rate is of, in words.
    speaks_of : str
        Among which projects the probability holds, in words.
    contributions : tuple of Contribution
        Steps from the base rate to the probability, taken in the order of `crowdwise.kickstarter.features.GROUPS`: a
        step's size depends on those before it. Their points add up to ``100 * (probability - base_rate)``.
    notes : tuple of str
        What to bear in mind.
    warning : str
        Why the draft is unlike what the model has learnt from; empty if it is not.
    ranged_by : int
        How many past projects, those with the nearest scores, the range was looked up from; 0 where that is not known.
    """

    probability: float
    low: float
    high: float
    base_rate: float
    base_rate_of: str
    speaks_of: str
    contributions: tuple[Contribution, ...]
    notes: tuple[str, ...]
    warning: str = ""
    ranged_by: int = 0


@dataclass(frozen=True)
class Profile:
    """A draft's probability along the values that one of its fields might take, all else as it is.

    Attributes
    ----------
    field : str
    tried, probabilities : tuple, shape (values,)
    present : int
        The place of the draft's own value.
    seen : tuple of float or None
        The 1st and 99th percentile among past projects, in the field's unit; none where the field is no number.
    extrapolated : tuple of bool, shape (values,)
        Which values lie beyond those two, or were never seen.
    """

    field: str
    tried: tuple[Any, ...]
    probabilities: tuple[float, ...]
    present: int
    seen: tuple[float, float] | None
    extrapolated: tuple[bool, ...]


@dataclass(frozen=True)
class Change:
    """One change that a creator could make, and the points its probability would be higher by."""

    field: str
    value: Any
    words: str
    points: float


@dataclass(frozen=True)
class Difference:
    """A step from one draft to another: the fields that change in it, and the points it adds."""

    fields: tuple[str, ...]
    points: float


@dataclass(frozen=True)
class Comparison:
    """Two drafts' predictions, and the steps from the first to the second.

    Attributes
    ----------
    first, second : Prediction
    differences : tuple of Difference
        In the order they are taken in (see `crowdwise.kickstarter.differences`): a step's size depends on those before
        it. Their points add up to ``100 * (second.probability - first.probability)``.
    """

    first: Prediction
    second: Prediction
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Neighbour:
    """A past project much like the draft: what is public of it, how it ended, and how far it is (0: the same)."""

    name: str
    category: str
    goal_usd: float
    launch_year: int
    successful: bool
    distance: float


@dataclass(frozen=True)
class Explanation:
    """A prediction and all that goes with it: profiles, the changes that help most, and the nearest past projects."""

    prediction: Prediction
    profiles: tuple[Profile, ...]
    changes: tuple[Change, ...]
    neighbours: tuple[Neighbour, ...]
