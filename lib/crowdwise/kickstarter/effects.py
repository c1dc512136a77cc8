"""How predictions change along a feature: accumulated local effects (Apley & Zhu 2020)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.base.seeds import generator
from crowdwise.kickstarter.design import Design
from crowdwise.kickstarter.models import Model


@dataclass(frozen=True)
class Scale:
    """How a feature is told: its words with the unit, the way from the model's number to the reader's and back."""

    words: str
    read: Callable[[np.ndarray], np.ndarray]
    write: Callable[[np.ndarray], np.ndarray]
    ticks: tuple[int, ...]


SCALES = {
    "goal_log": Scale("goal, US dollars", lambda x: 10.0**x, np.log10, (100, 1000, 10_000, 100_000, 1_000_000)),
    "duration_days": Scale("length of the campaign, days", np.asarray, np.asarray, (0, 10, 20, 30, 40, 50, 60, 90)),
    "prelaunch_log": Scale("from first draft to launch, days", np.expm1, np.log1p, (0, 1, 3, 10, 30, 100, 300, 1000)),
}
RANGE = (0.01, 0.99)


@dataclass(frozen=True)
class Effect:
    """A feature's accumulated local effect.

    Attributes
    ----------
    name : str
    curve : DataFrame
        ``value, effect, low, high``: at each border between bins, as the model counts it; in percentage points of
        probability, 0 on average over the projects.
    values : ndarray
        The projects' own values within the range: where the curve rests on data.
    left_out : int
        Projects whose value lies outside the range, or is not known.
    """

    name: str
    curve: pd.DataFrame
    values: np.ndarray
    left_out: int

    @property
    def swing(self) -> float:
        """Give the distance between the curve's highest and lowest points."""
        return float(self.curve["effect"].max() - self.curve["effect"].min())


def accumulated_effects(model: Model, design: Design, *, seed: int, level: float = 0.95) -> list[Effect]:
    """Give the effects of the features in `SCALES` that can be drawn: those that take two values or more."""
    effects = []
    for name in SCALES:
        column = design.matrix[:, design.names.index(name)]
        if len(np.unique(np.quantile(column[~np.isnan(column)], RANGE))) > 1:
            effects.append(accumulated_effect(model, design, name, seed=seed, level=level))
    return effects


def accumulated_effect(
    model: Model,
    design: Design,
    name: str,
    *,
    seed: int,
    bins: int = 20,
    most: int = 4000,
    level: float = 0.95,
    resamples: int = 500,
) -> Effect:
    """Give how a model's probability changes along a numeric feature, other features as the projects have them.

    In each bin of about equal counts, the projects there are moved to its lower and its upper border; the mean
    differences add up along the feature. Unlike partial dependence, no project is moved far from where projects are.

    Parameters
    ----------
    model : Model
    design : Design
        Of projects; at most `most` are drawn.
    name : str
        A numeric column of the design. Only values between the 1st and 99th percentile take part.
    bins : int
        At most; borders that coincide are one.
    resamples : int
        Of the projects within each bin, for the interval. The model is as it is: the interval tells how far the
        projects' differences scatter, not what another training set would have given.

    Raises
    ------
    Problem
        If the column takes fewer than two values in its range.
    """
    drawn = np.sort(generator(seed, "effects", "rows").permutation(len(design.matrix))[:most])
    place = design.names.index(name)
    column = design.matrix[drawn, place]
    known = column[~np.isnan(column)]
    low, high = np.quantile(known, RANGE) if len(known) else (np.nan, np.nan)
    kept = (column >= low) & (column <= high)
    rows, values = drawn[kept], column[kept]
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1))) if len(values) else np.array([])
    if len(edges) < 2:
        remedy = "Leave it out, or use more projects"
        raise Problem("it takes fewer than two values, so nothing can change along it", where=name, remedy=remedy)
    bin_of = np.clip(np.searchsorted(edges, values, side="left") - 1, 0, len(edges) - 2)
    told = []
    for border in (edges[bin_of], edges[bin_of + 1]):
        matrix = design.matrix[rows]
        matrix[:, place] = border
        told.append(100 * model.probability(Design(matrix, design.names, design.categories)))
    step = told[1] - told[0]
    n = np.bincount(bin_of, minlength=len(edges) - 1)
    effect = _accumulate(np.bincount(bin_of, step, minlength=len(n)) / n, edges, values)
    effects = np.empty((resamples, len(edges)))
    rng = generator(seed, "effects", name)
    for k in range(resamples):
        weight = rng.poisson(1.0, len(step))
        seen = np.bincount(bin_of, weight, minlength=len(n))
        means = np.bincount(bin_of, weight * step, minlength=len(n)) / np.maximum(seen, 1)
        effects[k] = _accumulate(means, edges, values)
    ends = np.quantile(effects, [(1 - level) / 2, (1 + level) / 2], axis=0)
    curve = pd.DataFrame({"value": edges, "effect": effect, "low": ends[0], "high": ends[1]})
    return Effect(name, curve, values, len(drawn) - len(rows))


def _accumulate(steps: np.ndarray, edges: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Add up the bins' steps, and move the curve so that its mean over the projects is 0."""
    height = np.r_[0.0, np.cumsum(steps)]
    return height - np.interp(values, edges, height).mean()
