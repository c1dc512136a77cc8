"""When each field and feature is known: the one table that decides what a model may see.

A prediction is made at launch. What is known before or at launch may be used; what happens during or after the campaign
may not, however well it predicts. A name that is not in the table is refused too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from crowdwise.base.errors import Problem


class Moment(StrEnum):
    """When a value is settled, in the course of a project."""

    BEFORE = "before launch"
    LAUNCH = "at launch"
    DURING = "during the campaign"
    AFTER = "after the campaign"


@dataclass(frozen=True)
class Known:
    """A field's or feature's moment. `kind` is ``field`` (of the crawl), ``column`` (of our table) or ``feature``."""

    name: str
    moment: Moment
    kind: str
    words: str


def _known(kind: str, moment: Moment, words: str, *names: str) -> list[Known]:
    return [Known(name, moment, kind, words) for name in names]


def _traits(text: str) -> list[str]:
    return [f"{text}_{trait}" for trait in ("digits", "marks", "foreign", "word_letters", "ending", "quotes")]


MOMENTS: tuple[Known, ...] = (
    *_known("field", Moment.BEFORE, "given when the draft is made", "id", "created_at", "creator", "creator.id"),
    *_known("field", Moment.BEFORE, "whether a page before launch gathered followers", "prelaunch_activated"),
    *_known("field", Moment.LAUNCH, "as crawled; may have been edited since", "name", "blurb", "slug", "location"),
    *_known("field", Moment.LAUNCH, "fixed at launch", "goal", "launched_at"),
    *_known("field", Moment.LAUNCH, "taken as it is, fixed at launch", "currency", "country", "category"),
    *_known("field", Moment.LAUNCH, "fixed at launch", "deadline", "static_usd_rate", "country_displayable_name"),
    *_known("field", Moment.LAUNCH, "follows from the currency", "currency_symbol", "currency_trailing_code"),
    *_known("field", Moment.DURING, "can be given at any time of the campaign", "staff_pick"),
    *_known("field", Moment.DURING, "can be replaced while the campaign runs", "photo", "video"),
    *_known("field", Moment.AFTER, "the outcome itself", "state", "spotlight", "outcome"),
    *_known("field", Moment.AFTER, "the course of the campaign", "pledged", "usd_pledged", "backers_count"),
    *_known("field", Moment.AFTER, "the course of the campaign", "converted_pledged_amount", "percent_funded"),
    *_known("field", Moment.AFTER, "when the outcome was set", "state_changed_at"),
    *_known("field", Moment.AFTER, "set up on the page of a funded project", "profile", "profile.state"),
    *_known("field", Moment.AFTER, "set up on the page of a funded project", "profile.show_feature_image"),
    *_known("field", Moment.AFTER, "set up on the page of a funded project", "profile.blurb", "profile.name"),
    *_known("field", Moment.AFTER, "of suspended projects", "disable_communication"),
    *_known("field", Moment.AFTER, "on the day of the crawl", "fx_rate", "usd_type", "current_currency", "urls"),
    *_known("field", Moment.AFTER, "on the day of the crawl", "source_url", "is_starrable", "is_starred", "is_backing"),
    *_known("field", Moment.AFTER, "on the day of the crawl", "friends", "permissions", "is_liked", "is_disliked"),
    *_known("column", Moment.BEFORE, "given when the draft is made", "project_id", "creator_id"),
    *_known("column", Moment.LAUNCH, "fixed at launch", "goal_usd", "place_id"),
    *_known("column", Moment.LAUNCH, "the category", "parent_category"),
    *_known("column", Moment.AFTER, "the course of the campaign", "pledged_usd"),
    *_known("column", Moment.AFTER, "a property of the crawl", "seen_in", "time_precision"),
    *_known("column", Moment.AFTER, "a property of the crawls", "first_seen_in", "months_seen"),
    *_known("feature", Moment.LAUNCH, "the goal in US dollars, log10", "goal_log"),
    *_known("feature", Moment.LAUNCH, "the goal: digits before its zeros (1 for 5,000; 2 for 5,500)", "goal_digits"),
    *_known("feature", Moment.LAUNCH, "the goal over the mean of its category's before, log10", "goal_relative"),
    *_known("feature", Moment.LAUNCH, "launch and deadline", "duration_days"),
    *_known("feature", Moment.LAUNCH, "first draft and launch: log(1 + days between)", "prelaunch_log"),
    *_known("feature", Moment.LAUNCH, "the day of launch", "launch_time", "launch_month", "launch_weekday"),
    *_known("feature", Moment.LAUNCH, "the name", "name_length", "name_words", "name_capitals", "name_exclaims"),
    *_known("feature", Moment.LAUNCH, "the blurb", "blurb_length", "blurb_words", "blurb_capitals"),
    *_known("feature", Moment.LAUNCH, "the blurb", "blurb_exclaims"),
    *_known("feature", Moment.LAUNCH, "the name", *_traits("name")),
    *_known("feature", Moment.LAUNCH, "the blurb", *_traits("blurb")),
    *_known("feature", Moment.LAUNCH, "words of name and blurb, weighed on training projects only", "text"),
    *_known("feature", Moment.LAUNCH, "what these words add to a project's category, learnt out of fold", "text_score"),
    *_known("feature", Moment.LAUNCH, "what the name's spelling adds to it, learnt out of fold", "name_score"),
    *_known("feature", Moment.BEFORE, "the creator's projects finished before this launch", "earlier_projects"),
    *_known("feature", Moment.BEFORE, "the creator's projects finished before this launch", "earlier_successes"),
    *_known("feature", Moment.BEFORE, "the category's projects finished before this launch", "category_finished"),
    *_known("feature", Moment.BEFORE, "the share of them that succeeded, shrunk", "category_rate"),
    *_known("feature", Moment.BEFORE, "the share of the last 30 of them that succeeded", "category_recent"),
)
_BY_NAME = {known.name: known for known in MOMENTS}
EARLY = (Moment.BEFORE, Moment.LAUNCH)


def moment_of(name: str) -> Moment | None:
    """Give when a field, column or feature is known; None if the table does not hold it."""
    # A text feature is one number of several: text_0, text_1 and so on.
    stem, _, number = name.rpartition("_")
    known = _BY_NAME.get(stem if stem == "text" and number.isdigit() else name)
    return known.moment if known else None


def refuse_late(names: Iterable[str], *, allow: Collection[str] = ()) -> None:
    """Refuse names that are not known at launch.

    Parameters
    ----------
    names : iterable of str
        Fields, columns or features that someone wants to learn from.
    allow : collection of str
        Names known *during* the campaign that are wanted all the same (for a study of them); never later ones.

    Raises
    ------
    Problem
        Naming the first that is too late, or that the table of moments does not hold.
    """
    for name in names:
        moment = moment_of(str(name))
        if moment is None:
            remedy = "Add it to crowdwise/kickstarter/moments.py, saying when it is known"
            raise Problem("nothing says when this is known", where=f"feature {name!r}", remedy=remedy)
        if moment is Moment.AFTER or (moment is Moment.DURING and name not in allow):
            remedy = "Leave it out: a prediction is made at launch"
            raise Problem(f"it is known only {moment}", where=f"feature {name!r}", remedy=remedy)


def moments_table(names: Iterable[str] | None = None) -> pd.DataFrame:
    """Give the table to show, ``name, known, made from``: the named features in their order, or everything.

    Raises
    ------
    KeyError
        If the table of moments does not hold a name.
    """
    shown = MOMENTS if names is None else [_BY_NAME[name] for name in names]
    return pd.DataFrame([(k.name, str(k.moment), k.words) for k in shown], columns=["name", "known", "made from"])
