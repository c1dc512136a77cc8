"""What a project looks like at its launch, in numbers and categories; nothing that is known later can get in."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.history import CATEGORY_PAST, RECORD
from crowdwise.kickstarter.moments import EARLY, moment_of, refuse_late

CATEGORICAL = ("category", "parent_category", "country", "currency")
# What belongs together for a reader; contributions are told in this order.
GROUPS: dict[str, tuple[str, ...]] = {
    "category": ("category", "parent_category"),
    "goal": ("goal_log", "goal_digits"),
    "duration": ("duration_days",),
    "preparation": ("prelaunch_log",),
    "timing": ("launch_time", "launch_month", "launch_weekday"),
    "place": ("country", "currency"),
    "text": (
        *("name_length", "name_words", "name_capitals", "name_exclaims"),
        *("name_digits", "name_marks", "name_foreign", "name_word_letters", "name_ending", "name_quotes"),
        *("blurb_length", "blurb_words", "blurb_capitals", "blurb_exclaims"),
        *("blurb_digits", "blurb_marks", "blurb_foreign", "blurb_word_letters", "blurb_ending", "blurb_quotes"),
    ),
    "record": RECORD,
}
FEATURES: tuple[str, ...] = tuple(name for names in GROUPS.values() for name in names)
# Made from other projects of the category: they read what the crawl caught, and are built only when asked for.
CRAWLED: tuple[str, ...] = ("goal_relative", "category_finished", "category_rate", "category_recent")
_PAST = ("category_finished", "category_rate", "category_recent")
UNKNOWN = "unknown"
SIGNS = {
    "digits": re.compile(r"\d"),
    "marks": re.compile(r"[,:;\-\u2013\u2014|]"),
    "foreign": re.compile(r"[^\x00-\x7f]"),
    "quotes": re.compile("[\"\u201c\u201d'\u2019&()]"),
}
UNITS = {
    "goal_log": "log10 of US dollars",
    "goal_digits": "digits",
    "duration_days": "days",
    "prelaunch_log": "log of 1 + days",
    "launch_time": "years since 2009",
    "launch_month": "month, 1 to 12",
    "launch_weekday": "day, 0 (Monday) to 6",
    **{f"{name}_length": "letters" for name in ("name", "blurb")},
    **{f"{name}_words": "words" for name in ("name", "blurb")},
    **{f"{name}_capitals": "share of letters" for name in ("name", "blurb")},
    **{f"{name}_exclaims": "exclamation marks" for name in ("name", "blurb")},
    **{f"{name}_digits": "digits" for name in ("name", "blurb")},
    **{f"{name}_marks": "commas, colons, dashes and bars" for name in ("name", "blurb")},
    **{f"{name}_foreign": "characters beyond ASCII" for name in ("name", "blurb")},
    **{f"{name}_word_letters": "letters of a word" for name in ("name", "blurb")},
    **{f"{name}_ending": "1 full stop, 2 ! or ?, 0 other" for name in ("name", "blurb")},
    **{f"{name}_quotes": "quotes, brackets and ampersands" for name in ("name", "blurb")},
    **dict.fromkeys(RECORD, "projects"),
    "goal_relative": "log10 of the ratio",
    "category_finished": "projects",
    "category_rate": "share",
    "category_recent": "share",
}


def launch_view(projects: pd.DataFrame) -> pd.DataFrame:
    """Give the columns that are known at launch, and no other."""
    return projects[[name for name in projects if moment_of(str(name)) in EARLY]]


def build_features(
    projects: pd.DataFrame, past: pd.DataFrame, names: Sequence[str] = FEATURES, *, during: Collection[str] = ()
) -> pd.DataFrame:
    """Give projects' features as of their launch.

    Parameters
    ----------
    projects : DataFrame
        With the launch columns of the projects table; any other is not looked at.
    past : DataFrame
        On the same index, the creator's record (see `crowdwise.kickstarter.history.earlier_record`); for the features
        in `CRAWLED` also what `crowdwise.kickstarter.history.category_past` gives.
    names : sequence of str
        Which features, in this order.
    during : collection of str
        Names known during the campaign to let in all the same (``staff_pick``), for a study of them.

    Returns
    -------
    DataFrame
        Numbers as float64 (NaN where not known), categories as text (``unknown`` where not known).

    Raises
    ------
    Problem
        If a name is known later than at launch, or nothing says when it is known, or no feature is called so.
    """
    refuse_late(names, allow=during)
    seen = launch_view(projects)
    columns = {**_numbers(seen), **_style(seen, "name"), **_style(seen, "blurb")}
    for name in RECORD:
        columns[name] = past[name].to_numpy(float)
    if set(CATEGORY_PAST) <= set(past):
        columns |= {name: past[name].to_numpy(float) for name in _PAST}
        columns["goal_relative"] = columns["goal_log"] - past["category_goal"].to_numpy(float)
    for name in CATEGORICAL:
        columns[name] = seen[name].fillna(UNKNOWN).astype("str").to_numpy(dtype=object)
    for name in during:
        columns[name] = projects[name].astype("boolean").to_numpy(dtype=float, na_value=np.nan)
    for name in names:
        if name not in columns:
            raise Problem("there is no such feature", where=f"feature {name!r}", remedy=f"Use {', '.join(columns)}")
    return pd.DataFrame({name: columns[name] for name in names}, index=projects.index)


def with_past(features: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
    """Give features with another record and the `CRAWLED` ones, as told by the outcomes that a model may learn from.

    Parameters
    ----------
    features : DataFrame
        As `build_features` gives, with ``goal_log``.
    past : DataFrame
        On the same index: what `crowdwise.kickstarter.history.earlier_record` and `category_past` give.
    """
    columns = {name: past[name] for name in (*RECORD, *_PAST)}
    return features.assign(**columns, goal_relative=features["goal_log"] - past["category_goal"])


def describe_features(features: pd.DataFrame) -> pd.DataFrame:
    """Give the numbers among features to read: ``feature, unit, known, mean, std, min, median, max``.

    The day of launch is told in years since the start of 2009.
    """
    numbers = features.select_dtypes("number")
    if "launch_time" in numbers:
        numbers = numbers.assign(launch_time=numbers["launch_time"] - 2009)
    table = numbers.describe().T.rename(columns={"count": "known", "50%": "median"})
    table.insert(0, "unit", [UNITS.get(str(name), "") for name in table.index])
    table = table.rename_axis("feature").reset_index().astype({"known": int})
    return table[["feature", "unit", "known", "mean", "std", "min", "median", "max"]]


def goal_digits(goal: np.ndarray) -> np.ndarray:
    """Give how many digits a goal needs before its zeros: 1 for 5,000, 2 for 5,500, 6 for what is not whole."""
    whole = np.round(goal).astype(np.int64)
    digits = np.full(len(goal), 6.0)
    for count in range(5, 0, -1):
        step = 10 ** np.maximum(0, np.floor(np.log10(np.maximum(whole, 1))).astype(np.int64) + 1 - count)
        digits = np.where((whole % step == 0) & (np.abs(goal - whole) < 0.005), float(count), digits)
    return digits


def _numbers(seen: pd.DataFrame) -> dict[str, np.ndarray]:
    goal = seen["goal_usd"].to_numpy(float)
    launched = seen["launched_at"]
    start, end, made = (seen[name].to_numpy("datetime64[s]") for name in ("launched_at", "deadline", "created_at"))
    day = np.timedelta64(86_400, "s")
    # Whole days, whatever the month's precision: else the crawl a project comes from would show.
    prepared = np.floor((start - made) / day)
    return {
        "goal_log": np.log10(goal),
        "goal_digits": goal_digits(goal),
        "duration_days": np.round((end - start) / day),
        "prelaunch_log": np.log1p(prepared),
        "launch_time": np.floor((start - np.datetime64("2009-01-01", "s")) / day) / 365.25 + 2009,
        "launch_month": launched.dt.month.to_numpy(float),
        "launch_weekday": launched.dt.day_of_week.to_numpy(float),
    }


def _style(seen: pd.DataFrame, name: str) -> dict[str, np.ndarray]:
    texts = seen[name].fillna("").tolist()
    length = np.array([len(text) for text in texts], dtype=float)
    words = np.array([len(text.split()) for text in texts], dtype=float)
    capitals = np.array([sum(map(str.isupper, text)) for text in texts], dtype=float)
    exclaims = np.array([text.count("!") for text in texts], dtype=float)
    share = np.divide(capitals, length, out=np.zeros_like(length), where=length > 0)
    return {
        f"{name}_length": length,
        f"{name}_words": words,
        f"{name}_capitals": share,
        f"{name}_exclaims": exclaims,
        **{f"{name}_{trait}": _count(sign, texts) for trait, sign in SIGNS.items()},
        f"{name}_word_letters": np.array([letters_of_a_word(text) for text in texts], dtype=float),
        f"{name}_ending": np.array([ending_of(text) for text in texts], dtype=float),
    }


def letters_of_a_word(text: str) -> float:
    """Give how many characters a text's words have on average; 0 if it has none."""
    words = text.split()
    return sum(map(len, words)) / len(words) if words else 0.0


def ending_of(text: str) -> int:
    """Give what a text ends with: 1 for a full stop, 2 for an exclamation or question mark, 0 for anything else."""
    last = text.rstrip()[-1:]
    return 1 if last == "." else 2 if last in ("!", "?") else 0


def _count(sign: re.Pattern[str], texts: Sequence[str]) -> np.ndarray:
    return np.array([len(sign.findall(text)) for text in texts], dtype=float)
