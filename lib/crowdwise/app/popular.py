"""The games that most players own: what is shown where nothing is recommended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any


def most_owned(
    rows: Iterable[Mapping[Any, Any]],
    owned: Collection[str],
    n: int = 10,
    *,
    deny: Collection[str] = (),
    among: Collection[str] | None = None,
) -> list[str]:
    """Give the ids of the `n` games with most owners that are not owned, nor their twins; of equals, the first listed.

    Parameters
    ----------
    rows : iterable of mapping
        ``game_id, owners``, perhaps ``twin_of`` and ``is_game``: what is no game, and the less known of twins, is left
        out, as it is where games are recommended.
    deny : collection of str
        Further games to leave out.
    among : collection of str, optional
        Games to choose from; all of them when left out.
    """
    listed = list(rows)
    hidden = {*owned, *deny}
    hidden |= {str(row["twin_of"]) for row in listed if str(row["game_id"]) in owned and _has_twin(row)}
    kept = [row for row in listed if row.get("is_game", True) and not _has_twin(row)]
    ranked = sorted(kept, key=lambda row: -float(row.get("owners", 0) or 0))
    ids = (str(row["game_id"]) for row in ranked)
    return [game_id for game_id in ids if game_id not in hidden and (among is None or game_id in among)][:n]


def _has_twin(row: Mapping[Any, Any]) -> bool:
    return isinstance(row.get("twin_of"), str)
