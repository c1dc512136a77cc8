"""The games that the model knows, as the app looks them up: by id, by name, by a few letters, by a filter."""

from __future__ import annotations

from collections import Counter
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from crowdwise.app.search import Search, fold
from crowdwise.app.shown import Game, as_game
from crowdwise.base.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from crowdwise.app.filters import Filters

FAMOUS = 100


class Catalogue:
    """The games of a model.

    Parameters
    ----------
    table : DataFrame
        ``game_id, name``, and what is known of ``genres, price, price_text, owners, players, twin_of, is_game``.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self.rows: Sequence[Mapping[Any, Any]] = table.to_dict("records")
        self.games = {str(row["game_id"]): as_game(row) for row in self.rows}
        self.owners = {str(row["game_id"]): float(row.get("owners", 0) or 0) for row in self.rows}
        kept = [row for row in self.rows if row.get("is_game", True) and not isinstance(row.get("twin_of"), str)]
        self.kept = [str(row["game_id"]) for row in kept]
        names = [str(row["name"]) for row in kept]
        self._search = Search(self.kept, names, [self.owners[game_id] for game_id in self.kept])

    def __contains__(self, game_id: str) -> bool:
        return game_id in self.games

    def game(self, game_id: str) -> Game:
        """Give what is known of a game; a Problem if the model does not know it."""
        if game_id not in self.games:
            raise Problem(f"no game has the id {game_id!r}", remedy="Choose one from the list")
        return self.games[game_id]

    def find(self, words: str, n: int = 8) -> list[Game]:
        """Give up to `n` games that the typed words may mean."""
        return [self.games[game_id] for game_id in self._search.find(words, n)]

    def named(self, words: str) -> str | None:
        """Give the id of the game of that name, whatever its case, accents and signs; None if there is none.

        Of games of one name it is the one that is recommended, then the one with more owners.
        """
        wanted = fold(words)
        return self._by_name.get(wanted) if wanted else None

    @cached_property
    def genres(self) -> tuple[str, ...]:
        """The genres that games are filed under, the most common first."""
        counted = Counter(genre for game_id in self.kept for genre in self.games[game_id].genres)
        return tuple(sorted(counted, key=lambda genre: (-counted[genre], genre)))

    @cached_property
    def famous(self) -> frozenset[str]:
        """The hundred games that most players own."""
        return frozenset(sorted(self.kept, key=lambda game_id: -self.owners[game_id])[:FAMOUS])

    @lru_cache(maxsize=16)  # noqa: B019 - a page has one catalogue, and it lasts as long as the page
    def admitted(self, filters: Filters) -> frozenset[str]:
        """Give the ids of the games that filters leave."""
        return frozenset(game_id for game_id in self.kept if filters.admit(self.games[game_id]))

    @cached_property
    def unpriced(self) -> int:
        """How many games have no known price."""
        return sum(self.games[game_id].price is None for game_id in self.kept)

    @cached_property
    def _by_name(self) -> dict[str, str]:
        kept = set(self.kept)
        found: dict[str, str] = {}
        for game_id in sorted(self.games, key=lambda one: (one not in kept, -self.owners[one])):
            found.setdefault(fold(self.games[game_id].name), game_id)
        return found
