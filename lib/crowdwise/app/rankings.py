"""Lists of games for a library: recommended, most owned, or like one game."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crowdwise.app.popular import most_owned
from crowdwise.app.shown import Because, Game, Shown

if TYPE_CHECKING:
    from crowdwise.app.catalogue import Catalogue
    from crowdwise.steam.recommender import Recommender


@dataclass(frozen=True)
class Rankings:
    """Ranks games as the app shows them.

    In each list `deny` holds games to leave out, and `among` those to choose from (None: all).
    """

    recommender: Recommender
    catalogue: Catalogue

    def recommended(
        self,
        minutes: Mapping[str, float],
        *,
        deny: Collection[str] = (),
        among: Collection[str] | None = None,
        damping: float = 0.0,
        n: int = 10,
    ) -> tuple[Shown, ...]:
        """Give what suits a library best, with the owned games that speak for it."""
        best = self.recommender.recommend(minutes, n=n, deny=deny, among=among, damping=damping)
        return tuple(
            Shown(
                self._game(one.game_id, one.name),
                tuple(Because(why.name, why.share, minutes.get(why.game_id, 1) > 0) for why in one.reasons),
                score=one.score,
            )
            for one in best
        )

    def popular(
        self, owned: Collection[str], *, deny: Collection[str] = (), among: Collection[str] | None = None, n: int = 10
    ) -> tuple[Shown, ...]:
        """Give what most players own of what is not owned; the score is the number of owners."""
        best = most_owned(self.catalogue.rows, owned, n, deny=deny, among=among)
        return tuple(Shown(self.catalogue.games[one], score=self.catalogue.owners[one]) for one in best)

    def alike(
        self, game_id: str, *, deny: Collection[str] = (), among: Collection[str] | None = None, n: int = 10
    ) -> tuple[Shown, ...]:
        """Give the games most like one, each with what it stands for of its series."""
        return tuple(
            Shown(self._game(one.game_id, one.name), likeness=one.score, score=one.score, also=tuple(one.also))
            for one in self.recommender.similar(game_id, n=n, deny=deny, among=among)
        )

    def _game(self, game_id: str, name: str) -> Game:
        return self.catalogue.games.get(game_id, Game(game_id, name))
