"""Which features a model may read: all that are known at launch, or only those that do not read the crawl."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from crowdwise.kickstarter.features import CRAWLED, FEATURES
from crowdwise.kickstarter.text import SCORE


@dataclass(frozen=True)
class FeatureSet:
    """Features by name, and a sentence for each that is left out.

    Attributes
    ----------
    features : tuple of str
        The structured ones, and ``text_score``.
    left_out : mapping
        Why, by feature; ``text`` stands for the decomposition's columns.
    """

    name: str
    features: tuple[str, ...]
    left_out: Mapping[str, str]

    def columns(self, names: Sequence[str]) -> list[str]:
        """Give those of a design's columns that belong to the set, in their order."""
        decomposed = "text" not in self.left_out
        return [n for n in names if n in self.features or (decomposed and n != SCORE and n.startswith("text_"))]


_LEFT_OUT = {
    "category": "Sub-categories differ in the crawl mostly by whether their failures were caught at all.",
    "parent_category": "A parent's rate is that of its sub-categories, with the crawl's holes in them.",
    "launch_time": "Nearly every crawled project of before 2014 succeeded: a trend in time is the crawl's own.",
    "country": "Months differ in which countries they hold, and country tells the month.",
    "currency": "It follows from the country.",
    "category_finished": "It counts what the crawl caught of a category.",
    "category_rate": "It is the crawl's own success rate.",
    "goal_relative": "Its reference is the mean goal of the projects that were crawled.",
    "text": "The decomposition's columns tell the category, and so bring it back in.",
}
CHARTER = FeatureSet(
    "charter",
    (*FEATURES, *CRAWLED, SCORE),
    {"staff_pick": "It can be given at any time of the campaign, and mostly to projects that do well."},
)
PORTABLE = FeatureSet(
    "portable",
    tuple(name for name in CHARTER.features if name not in _LEFT_OUT),
    {**CHARTER.left_out, **_LEFT_OUT},
)
FEATURE_SETS = {chosen.name: chosen for chosen in (CHARTER, PORTABLE)}


def left_out_table(chosen: FeatureSet) -> pd.DataFrame:
    """Give a set's left-out features to read: ``feature, why``."""
    return pd.DataFrame(list(chosen.left_out.items()), columns=["feature", "why"])
