"""Whether a project is like those a model learnt from, by a stated rule.

A project is unlike them if one strong sign or two weak ones show. Strong: a category or country never seen, a goal
beyond all that were seen, no word that the model knows, a launch more than five years after the latest. Weak: a goal,
duration, preparation, length of name or blurb, or number of earlier projects outside the range that holds 98 % of past
projects, a share of known words below that of 99 %, a launch more than a year after the latest. What a model does not
read gives no sign.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crowdwise.kickstarter.design import Encoder
from crowdwise.kickstarter.features import UNKNOWN
from crowdwise.kickstarter.text import WordCounts, texts_of, tokens

if TYPE_CHECKING:  # serving needs no models to compare
    from crowdwise.kickstarter.evaluation import Study
    from crowdwise.kickstarter.splits import Split

LATE_DAYS, FAR_DAYS, RAREST = 365, 5 * 365, 10
DOUBT = "Doubt its probability more than the range says"
LATE = "launch late"
# Each sign, the feature that must be in the model for it to count, and its words.
STRONG = {
    "category": ("category", "no project in its category was seen"),
    "country": ("country", "no project from its country was seen"),
    "goal beyond all": ("goal_log", "no project with such a goal was seen"),
    "words": ("text", "the model knows no word of its name and blurb"),
    "launch": ("", "it is launched more than five years after the latest project seen"),
}
WEAK = {
    "goal_usd": ("goal_log", "few goals are like its own"),
    "duration_days": ("duration_days", "few campaigns run as long or as short"),
    "prelaunch_days": ("prelaunch_log", "few are prepared for as long"),
    "earlier_projects": ("earlier_projects", "few creators have as many earlier projects"),
    "name_length": ("name_length", "few names are as long or as short"),
    "blurb_length": ("blurb_length", "few blurbs are as long or as short"),
    "known_words": ("text", "the model knows few of its words"),
    LATE: ("", "it is launched more than a year after the latest project seen"),
}
# A strong sign says better what a weak one says too.
SAID_BY = {"goal beyond all": "goal_usd", "words": "known_words", "launch": LATE}


def measures_of(projects: pd.DataFrame, features: pd.DataFrame, known_words: np.ndarray) -> dict[str, np.ndarray]:
    """Give the numbers that weak signs are read from, an array each, in the units of the form.

    Parameters
    ----------
    projects, features : DataFrame
        With ``goal_usd``; as `build_features` gives.
    known_words : ndarray, shape (projects,)
        As `known_share` gives.
    """
    made = {
        "goal_usd": projects["goal_usd"].to_numpy(float),
        "prelaunch_days": np.expm1(features["prelaunch_log"].to_numpy(float)),
        "known_words": known_words,
    }
    return {name: made[name] if name in made else features[name].to_numpy(float) for name in WEAK if name != LATE}


def known_share(texts: Iterable[str], known: Collection[str]) -> np.ndarray:
    """Give the share of each text's words that are known, each occurrence counted; 0 for a text without a word."""
    found = (tokens(text) for text in texts)
    return np.array([sum(word in known for word in words) / len(words) if words else 0.0 for words in found])


def spread_of(measures: Mapping[str, np.ndarray]) -> dict[str, list[float]]:
    """Give each measure's lowest, 1st percentile, 99th percentile and highest."""
    return {name: [float(x) for x in np.nanquantile(values, [0, 0.01, 0.99, 1])] for name, values in measures.items()}


def find_signs(
    projects: pd.DataFrame,
    measures: Mapping[str, np.ndarray],
    *,
    seen: Mapping[str, Sequence[float]],
    levels: Mapping[str, Collection[str]],
    last_launch: np.datetime64,
    read: Collection[str],
) -> dict[str, np.ndarray]:
    """Give which signs projects show, an array of bool a sign.

    Parameters
    ----------
    projects : DataFrame
        With ``category, country, launched_at``.
    measures : mapping
        As `measures_of` gives.
    seen : mapping
        As `spread_of` gives of the projects learnt from.
    levels : mapping
        The categories and countries learnt from.
    last_launch : datetime64
    read : collection of str
        The features in the model, with ``text`` for its text columns.
    """
    goal, launched = measures["goal_usd"], projects["launched_at"].to_numpy("datetime64[s]")
    known = {name: frozenset(levels[name]) for name in ("category", "country")}
    found = {
        "category": np.array([name not in known["category"] for name in projects["category"]]),
        "country": np.array([name not in known["country"] for name in projects["country"].fillna(UNKNOWN)]),
        "goal beyond all": (goal < seen["goal_usd"][0]) | (goal > seen["goal_usd"][3]),
        "words": measures["known_words"] == 0,
    }
    late = launched - last_launch
    found |= {"launch": late > np.timedelta64(FAR_DAYS, "D"), LATE: late > np.timedelta64(LATE_DAYS, "D")}
    for name in measures:
        _, low, high, _ = seen[name]
        # Rounding makes a value that equals an end differ from it in the last digits.
        beyond = measures[name] > high + 1e-6
        found[name] = (measures[name] < low - 1e-6) | (beyond if name != "known_words" else False)
    needed = {name: feature for name, (feature, _) in (STRONG | WEAK).items()}
    return {name: found[name] & (not needed[name] or needed[name] in read) for name in needed}


def is_unlike(signs: Mapping[str, np.ndarray]) -> np.ndarray:
    """Give which projects are unlike those learnt from: one strong sign, or two weak ones."""
    strong, weak = (np.sum([signs[name] for name in names], axis=0) for names in (STRONG, WEAK))
    return np.asarray((strong >= 1) | (weak >= 2))


def tell_signs(signs: Mapping[str, np.ndarray]) -> list[str]:
    """Give each project's signs in words; nothing for one that they do not make unlike."""
    told = []
    for row, unlike in enumerate(is_unlike(signs).tolist()):
        shown = {name for name, found in signs.items() if found[row]} if unlike else set()
        # Beyond all that were seen says it better than beyond most.
        shown -= {
            weak for strong, weak in (("goal beyond all", "goal_usd"), ("words", "known_words")) if strong in shown
        }
        words = "; ".join((STRONG | WEAK)[name][1] for name in signs if name in shown)
        told.append(f"This is unlike the projects the model learnt from: {words}. {DOUBT}" if shown else "")
    return told


def held_out_signs(study: Study, folds: Sequence[Split], read: Collection[str]) -> pd.DataFrame:
    """Give the signs of projects held out, by what each split's training rows show, with ``row`` and ``unlike``.

    Parameters
    ----------
    study : Study
    folds : sequence of Split
    read : collection of str
        As in `find_signs`.
    """
    launched, texts = study.projects["launched_at"].to_numpy("datetime64[s]"), texts_of(study.projects)
    counted = WordCounts.of(texts)
    found = []
    for split in folds:
        documents = np.bincount(counted.counts[split.train].indices, minlength=len(counted.words))
        known = frozenset(counted.words[k] for k in np.flatnonzero(documents >= RAREST))
        measures = measures_of(study.projects, study.features, known_share(texts, known))
        signs = find_signs(
            *(study.projects.iloc[split.test], {name: values[split.test] for name, values in measures.items()}),
            seen=spread_of({name: values[split.train] for name, values in measures.items()}),
            levels=Encoder.fit(study.features.iloc[split.train]).levels,
            last_launch=launched[split.train].max(),
            read=read,
        )
        found.append(pd.DataFrame({**signs, "unlike": is_unlike(signs), "row": split.test}))
    return pd.concat(found, ignore_index=True)
