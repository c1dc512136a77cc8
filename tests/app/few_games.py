"""A hand-made recommender of a few games, one of them with a name that is up to no good."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from crowdwise.steam.owning import read_owned

NASTY = "<script>alert('x')</script> & \"friends\""
NAMES = {"10": "Portal", "20": "Portal 2", "30": "Garry's Mod", "40": NASTY, "50": "Café Düsseldorf", "60": "Terraria"}


@dataclass(frozen=True)
class Reason:
    game_id: str
    name: str
    share: float


@dataclass(frozen=True)
class Recommended:
    game_id: str
    name: str
    score: float
    reasons: tuple[Reason, ...] = ()
    also: tuple[str, ...] = ()


@dataclass
class FewGames:
    """Recommends what is not owned, by id, for the first owned game's sake, and notes what it was asked."""

    asked: list[Mapping[str, float]] = field(default_factory=list)
    dampings: list[float] = field(default_factory=list)
    broken: Exception | None = None

    @property
    def games(self) -> pd.DataFrame:
        columns = {
            "game_id": list(NAMES),
            "name": list(NAMES.values()),
            "genres": [["Action"], ["Action", "Puzzle"], [], ["RPG"], ["Casual"], ["Indie"]],
            "price": [9.99, 0.0, None, 4.5, None, 19.99],
            "price_text": [None, None, None, None, "Third-party", None],
            "owners": [50, 90, 70, 5, 1, 60],
        }
        return pd.DataFrame(columns)

    def recommend(
        self,
        owned: Mapping[str, float],
        *,
        n: int = 10,
        deny: Collection[str] = (),
        among: Collection[str] | None = None,
        damping: float = 0.0,
    ) -> list[Recommended]:
        self.asked.append(dict(owned))
        self.dampings.append(damping)
        if self.broken:
            raise self.broken
        reasons = tuple(Reason(key, NAMES.get(key, key), 0.5) for key in list(owned)[:1])
        left = [
            key for key in NAMES if key not in owned and key not in read_owned(deny) and (among is None or key in among)
        ]
        return [Recommended(key, NAMES[key], 1.0, reasons) for key in left][:n]

    def similar(
        self, game_id: str, n: int = 10, *, deny: Collection[str] = (), among: Collection[str] | None = None
    ) -> list[Recommended]:
        if self.broken:
            raise self.broken
        left = [
            key for key in NAMES if key != game_id and key not in read_owned(deny) and (among is None or key in among)
        ]
        return [Recommended(key, NAMES[key], 0.5) for key in left][:n]
