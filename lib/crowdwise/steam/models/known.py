"""Which of the libraries asked about belong to players a model has learnt from."""

from __future__ import annotations

import numpy as np

from crowdwise.steam.interactions import Interactions


class Known:
    """The players a model has learnt from, by id."""

    def __init__(self, train: Interactions) -> None:
        self._row = {player: row for row, player in enumerate(train.player_ids)}

    def rows(self, libraries: Interactions) -> np.ndarray:
        """Give each library's row in what was learnt from, -1 for a player never seen (int64, shape (n,))."""
        return np.array([self._row.get(player, -1) for player in libraries.player_ids], dtype=np.int64)
