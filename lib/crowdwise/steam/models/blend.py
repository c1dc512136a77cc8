"""A blend of two models that are both sums over the owned games: so is the blend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from crowdwise.base.seeds import generator
from crowdwise.steam.interactions import Interactions
from crowdwise.steam.models.ease import EASE
from crowdwise.steam.models.light import FoldedIn
from crowdwise.steam.scoring import Scoring

SAMPLE = 1000


@dataclass
class Blend:
    """EASE's scores plus a share of LightFM's, folded in: the one finds the next games, the other orders the rest.

    One scoring function, linear in the library: `scoring` is what a recommender is served from.

    Parameters
    ----------
    ease : EASE
    light : FoldedIn
    share : float
        LightFM's weight, in units of the ratio of the two models' standard deviations over libraries learnt from.
    seed : int
        Where the libraries come from that the ratio is taken over.
    """

    ease: EASE
    light: FoldedIn
    share: float = 1.0
    seed: int = 0
    name: str = "EASE + LightFM"
    _unit: float = field(default=0.0, init=False, repr=False)

    @property
    def size(self) -> int:
        """Bytes of both parts."""
        return self.ease.size + self.light.size

    def scoring(self, owned: sparse.csr_matrix) -> Scoring:
        """Give the scoring function, its typical spread measured on the libraries `owned`."""
        return Scoring.measured(self.ease.weights, self.light.fold, self.share * self._unit, owned)

    def fit(self, train: Interactions) -> Blend:
        """Fit both parts."""
        self.ease.fit(train)
        self.light.fit(train)
        return self.weigh(train)

    def weigh(self, train: Interactions) -> Blend:
        """Take the ratio of the parts' spreads, when both are fitted on `train` already."""
        players = train.shape[0]
        drawn = np.sort(generator(self.seed, "steam", "blend").permutation(players)[:SAMPLE])
        libraries = train.take(drawn)
        spreads = [float(part.scores(libraries).std()) for part in (self.ease, self.light)]
        self._unit = spreads[0] / spreads[1] if spreads[1] > 0 else 0.0
        return self

    def choose(self, shares: Sequence[float], score: Callable[[Blend], float]) -> dict[float, float]:
        """Keep the share that a score is highest with, and give the score of each.

        Parameters
        ----------
        shares : sequence of float
            What is tried.
        score : callable
            Judges this model on validation players, none of whom is tested on; higher is better.
        """
        tried = {}
        for share in shares:
            self.share = share
            tried[share] = score(self)
        self.share = max(tried, key=lambda share: tried[share])
        return tried

    def scores(self, libraries: Interactions) -> np.ndarray:
        """Give the scores, shape (n, games)."""
        scores = self.light.scores(libraries)
        scores *= np.float32(self.share * self._unit)
        scores += self.ease.scores(libraries)
        return scores
