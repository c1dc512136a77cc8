"""Type-ahead: which games a few typed letters may mean."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def fold(words: str) -> str:
    """Give words as a search compares them: no case, no accents, no punctuation, single spaces."""
    plain = words
    for _ in range(2):  # a letter's plain form can have a case of its own, and the other way round
        plain = unicodedata.normalize("NFKD", plain).casefold()
    kept = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c) and c not in "'’`®™")
    return " ".join("".join(kept).split())


class Search:
    """Find games by name.

    Parameters
    ----------
    ids, names : sequences of str, of one length
    weights : sequence of float
        How well known each game is; of two equal matches, the better known comes first.
    """

    def __init__(self, ids: Sequence[str], names: Sequence[str], weights: Sequence[float]) -> None:
        order = sorted(range(len(ids)), key=lambda k: (-weights[k], names[k], ids[k]))
        self._entries = [(ids[k], fold(names[k]) or names[k].casefold()) for k in order]

    def find(self, words: str, n: int = 8) -> list[str]:
        """Give up to `n` ids: equal names first, then names that begin so, then words that do, then what holds it."""
        wanted = fold(words) or words.strip().casefold()
        if not wanted:
            return []
        ranks: list[list[str]] = [[], [], [], []]
        for game_id, name in self._entries:
            at = name.find(wanted)
            if at < 0:
                continue
            if name == wanted:
                ranks[0].append(game_id)
            elif at == 0:
                ranks[1].append(game_id)
            elif f" {wanted}" in name:
                ranks[2].append(game_id)
            else:
                ranks[3].append(game_id)
        return [game_id for rank in ranks for game_id in rank][:n]
