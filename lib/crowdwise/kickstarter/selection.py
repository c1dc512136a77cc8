"""What a one-sided crawl does to a model, shown on a drawn world where the sub-category has no say in success."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdwise.base.seeds import derive, generator
from crowdwise.base.statistics import Estimate, auc_interval
from crowdwise.kickstarter.design import Design
from crowdwise.kickstarter.models import Boosted

LISTINGS, LONG = 24, 4
VIEWS = {
    "sub-category alone": ("category",),
    "goal alone": ("goal_log",),
    "sub-category and goal": ("category", "goal_log"),
}
IN_CRAWL, IN_WORLD = "other crawled projects", "projects of the whole site"


@dataclass(frozen=True)
class Selection:
    """A drawn world and a crawl of it.

    Attributes
    ----------
    listings : DataFrame
        A row a sub-category, the longest first: ``projects, rate`` (in the world)``, crawled, crawled_rate``.
    scores : dict
        The AUC of a model (VIEWS) that learnt from the crawl, by model and by whom it is judged.
    """

    listings: pd.DataFrame
    scores: dict[tuple[str, str], Estimate]


def draw_world(projects: int, rng: np.random.Generator) -> pd.DataFrame:
    """Give projects whose success depends on the goal alone: ``category`` (0 is the longest), ``goal_log, success``."""
    share = 1 / np.arange(1, LISTINGS + 1)
    category = rng.choice(LISTINGS, projects, p=share / share.sum())
    goal_log = rng.normal(3.7, 0.7, projects)
    chance = 1 / (1 + np.exp(1.6 * (goal_log - 3.5)))
    return pd.DataFrame({"category": category, "goal_log": goal_log, "success": rng.random(projects) < chance})


def crawl(world: pd.DataFrame) -> pd.DataFrame:
    """Give what the crawl catches: everything of short listings, the successes only of the LONG longest."""
    return world[world["success"] | (world["category"] >= LONG)].reset_index(drop=True)


def demonstrate(seed: int, *, projects: int = 12_000, trees: int = 60, level: float = 0.95) -> Selection:
    """Fit models on the crawl of a drawn world; judge them by other crawled projects, and by the whole world.

    Parameters
    ----------
    projects : int
        In the world that is learnt from, and again in the one that is judged by.
    """
    learnt, judged = (draw_world(projects, generator(seed, "selection", part)) for part in ("learnt", "judged"))
    caught = crawl(learnt)
    scores = {}
    for name, view in VIEWS.items():
        model = Boosted(trees=trees, seed=derive(seed, "selection", name))
        model.fit(_design(caught, view), caught["success"].to_numpy(dtype=bool))
        for by, others in ((IN_CRAWL, crawl(judged)), (IN_WORLD, judged)):
            found = model.probability(_design(others, view))
            scores[name, by] = auc_interval(others["success"].to_numpy(dtype=bool), found, level=level)
    world, seen = (part.groupby("category")["success"].agg(["size", "mean"]) for part in (learnt, caught))
    listings = pd.DataFrame(
        {"projects": world["size"], "rate": world["mean"], "crawled": seen["size"], "crawled_rate": seen["mean"]}
    )
    return Selection(listings.reset_index(drop=True), scores)


def _design(projects: pd.DataFrame, view: tuple[str, ...]) -> Design:
    matrix = projects[list(view)].to_numpy(float)
    return Design(matrix, view, {place: LISTINGS for place, name in enumerate(view) if name == "category"})
