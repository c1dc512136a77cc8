"""Which features a model may read: all that are known at launch, or only those that do not read the crawl.

What may stay in the portable set was measured on two crawls, five years apart, and on samples of two others (2018-11
and 2020-04, 452 projects): AUC learnt on 2023-07 and judged on 2018-01, the other way round, in the last year of
either, and on the samples, with 400 trees of 7 leaves.

====================================  =====  =====  =====  =====  =====
features                              to 18  to 23  in 18  in 23  samples
====================================  =====  =====  =====  =====  =====
portable without the sub-category     .774   .789   .836   .860   .767
with it, as LightGBM takes it         .802   .789   .877   .969   .690
with it, smoothed much more           .786   .802   .860   .909   .769
with the mean goal of the category    .777   .791   .841   .887
with the parent category              .748   .770   .843   .966
all (`charter`)                       .828   .788   .882   .981   .754
====================================  =====  =====  =====  =====  =======

Words with weights by parent category, the score of the name's spelling and the traits of style (``name_digits`` and so
on) were measured later, all of them learnt beside the sub-category or without any outcome, with 350 trees of 7 leaves
that believe it slowly: to 18 .812 with such words alone and .815 with spelling and style, to 23 .802 and .808, in the
last cut of 18 .871 and .875, of 23 .961 and .961. So they are portable.

So a sub-category may stay if a model must see a lot before it believes in one (``smooth``, ``category_l2`` of
`crowdwise.kickstarter.models.Boosted`): two crawls agree on much that a third does not. The rest goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from crowdwise.kickstarter.features import CRAWLED, FEATURES
from crowdwise.kickstarter.text import NAME_SCORE, SCORE


@dataclass(frozen=True)
class FeatureSet:
    """Features by name, and a sentence for each that is left out.

    Attributes
    ----------
    features : tuple of str
        The structured ones, and the scores of words.
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

    @property
    def told(self) -> tuple[str, ...]:
        """The features, with ``text`` for the decomposition's columns if they belong to the set."""
        return self.features if "text" in self.left_out else (*self.features, "text")


_LEFT_OUT = {
    "parent_category": "Months caught different sub-categories of it, so that its rate says little in another month.",
    "launch_time": "Nearly every crawled project of before 2014 succeeded: a trend in time is the crawl's own.",
    "country": "Months differ in which countries they hold, and country tells the month.",
    "currency": "It follows from the country.",
    "category_finished": "It counts what the crawl caught of a category.",
    "category_rate": "It is the crawl's own success rate.",
    "category_recent": "It is the crawl's own success rate of late.",
    "goal_relative": "Its reference is the mean goal of the projects that were crawled.",
    "text": "The decomposition's columns tell the category past all smoothing.",
}
CHARTER = FeatureSet(
    "charter",
    (*FEATURES, *CRAWLED, SCORE, NAME_SCORE),
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
