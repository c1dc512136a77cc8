"""What a recommender answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """An owned game that speaks for a recommendation, and its `share` of all that owned games add to the score.

    What owned twins of the game add is part of its share.
    """

    game_id: str
    name: str
    share: float


@dataclass(frozen=True)
class Recommendation:
    """A game to play next. The score orders games for one player; it is no probability."""

    game_id: str
    name: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Similar:
    """A game like another: its `score` orders the list, and `also` names what of its series stands behind it."""

    game_id: str
    name: str
    score: float
    also: tuple[str, ...] = ()
