"""What is tried of each model: the values of each setting, and which groups of features are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from crowdwise.base.seeds import generator
from crowdwise.kickstarter.constraints import COMMON_SENSE
from crowdwise.kickstarter.evaluation import CHOSEN, PORTABLE_MODEL

# What feature selection tries to do without.
LEAVE_OUT: tuple[list[str], ...] = (
    [],
    ["launch_month", "launch_weekday"],
    ["name_words", "name_exclaims", "blurb_words", "blurb_exclaims"],
)
TREES = {
    "trees": (150, 250, 350, 500),
    "leaves": (4, 7, 11, 15, 31),
    "learning_rate": (0.03, 0.05, 0.08),
    "smallest_leaf": (20, 50, 100),
    "feature_share": (0.4, 0.6, 0.8),
    "l2": (2.0, 10.0, 50.0),
    "smooth": (20.0, 200.0),
    "category_l2": (10.0, 100.0, 400.0),
}
# With all features and a score of words for each parent category, many small steps and categories that are believed
# sooner rank better within sub-category and year (`params/local`): so these are searched further out.
SLOW = {
    "trees": (250, 500, 900, 1500),
    "learning_rate": (0.015, 0.03, 0.05, 0.08),
    "smallest_leaf": (50, 100, 200),
    "l2": (0.5, 2.0, 10.0),
    "category_l2": (1.0, 10.0, 100.0),
}


@dataclass(frozen=True)
class Grid:
    """A model and the values of its settings.

    Attributes
    ----------
    name : str
        Of its line in ``params/``.
    model : str
        The model's name, which says which features it sees.
    values : mapping
        By setting of `crowdwise.kickstarter.models.Boosted`, the values to try.
    judged_by : str
        ``auc`` or ``auc_within``: of all pairs of projects, or of those of one sub-category and year.
    """

    name: str
    model: str
    values: Mapping[str, Sequence[Any]]
    judged_by: str

    def draw(self, budget: int, seed: int) -> list[dict[str, Any]]:
        """Give up to `budget` different combinations, drawn at random (Bergstra and Bengio 2012); all if fewer."""
        every = [dict(zip(self.values, values, strict=True)) for values in product(*self.values.values())]
        order = generator(seed, "tuning", self.name).permutation(len(every))
        return [every[k] for k in order[:budget]]


# The inner folds are of the same crawls, and so reward a model that believes its sub-categories; on samples of other
# crawls it then falls from an AUC of .77 to .69 (`crowdwise.kickstarter.feature_sets`). So that is not searched.
CAUTIOUS = {"smooth": (200.0,), "category_l2": (400.0, 1000.0), "monotone": ({}, COMMON_SENSE), "without": LEAVE_OUT}
GRIDS = (
    Grid("boosted", CHOSEN, {**TREES, **SLOW, "without": (*LEAVE_OUT, ["category"], ["launch_time"])}, "auc"),
    Grid("portable", PORTABLE_MODEL, {**TREES, **CAUTIOUS}, "auc_within"),
)
