"""What a predictor knows of the projects it learnt from, and of those it speaks of."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crowdwise.kickstarter.calibration import log_odds, shift_odds
from crowdwise.kickstarter.prior import ReferenceRate

__all__ = ["Facts", "ReferenceRate"]


@dataclass(frozen=True)
class Facts:
    """What the predictor knows of the projects it learnt from.

    Attributes
    ----------
    base_rate : float
        Their success rate.
    projects : int
    offsets : dict
        Log-odds added to each group's contribution, so that all of them at zero mean the base rate.
    category_rates : dict
        Projects and successes of each category.
    usd_rates : dict
        US dollars for one unit of each currency, as the latest month that shows it has them.
    seen : dict
        Lowest, 1st percentile, 99th percentile and highest of some features.
    last_launch : str
        Day of the latest launch.
    standing : dict
        Each category's past when learning ended (see `crowdwise.kickstarter.standing`); empty where the model reads
        none of it.
    reference : ReferenceRate or None
        What probabilities are shifted to; with none they speak of projects like those the crawl caught.
    """

    base_rate: float
    projects: int
    offsets: dict[str, float]
    category_rates: dict[str, list[int]]
    usd_rates: dict[str, float]
    seen: dict[str, list[float]]
    last_launch: str
    standing: dict[str, dict[str, float]] = field(default_factory=dict)
    reference: ReferenceRate | None = None

    @property
    def shift(self) -> float:
        """Log-odds between the crawl's success rate and the reference's (Saerens, Latinne and Decaestecker 2002).

        It is right where the crawl caught successes and failures at different rates, and at one rate within each.
        """
        if self.reference is None:
            return 0.0
        ends = log_odds(np.array([self.base_rate, self.reference.rate]))
        return float(ends[1] - ends[0])

    def moved(self, probability: float) -> float:
        """Give a probability among the crawl's projects as one among the reference's."""
        return float(shift_odds(np.array(probability), self.shift))

    @property
    def start(self) -> float:
        """The rate that contributions start from."""
        return self.base_rate if self.reference is None else self.reference.rate

    @property
    def start_of(self) -> str:
        """Which projects that rate is of, in words."""
        if self.reference is None:
            return f"all {self.projects:,} finished projects the model learnt from"
        return f"all projects, as {self.reference.source} counted them"

    @property
    def speaks_of(self) -> str:
        """Among which projects probabilities hold, in words."""
        return "projects like those the crawl caught" if self.reference is None else self.start_of
