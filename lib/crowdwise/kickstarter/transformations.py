"""Which transformation each kind of feature needs before a model, and why."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

AS_IT_IS = "none"
_NUMBERS = (
    (
        "goal, US dollars",
        "goal_usd",
        np.log10,
        "log10",
        "a step from 1,000 to 2,000 weighs as one from 10,000 to 20,000",
    ),
    (
        "days from draft to launch",
        "prelaunch_days",
        np.log1p,
        "log(1 + days)",
        "most are short, some are long; 0 stays 0",
    ),
    ("days of campaign", "duration_days", None, AS_IT_IS, "it has a largest value, and no long tail"),
    ("earlier projects", "earlier_projects", None, AS_IT_IS, "trees cut a count anywhere; the logistic model bins it"),
)
_OTHERS = (
    ("day of launch", "whole days since 2009", "months differ in precision: seconds would tell which month it was"),
    ("month and weekday", "their numbers", "a model of trees or bins needs no cycle"),
    ("category, country, currency", "a kind of its own each", "they have no order; a missing one is a kind too"),
    ("name and blurb", "words weighed, then some 50 numbers", "very many words, most of them rare"),
)


def list_transformations(decided: pd.DataFrame) -> pd.DataFrame:
    """Give ``feature, median, largest, skewness, enters as, skewness then, because``; NaN for what is no number."""
    rows = []
    for words, column, change, name, because in _NUMBERS:
        values = decided[column].dropna().to_numpy(float)
        if len(values) == 0:
            continue
        before = float(stats.skew(values)) if np.ptp(values) else 0.0
        changed = values if change is None else change(values)
        after = float(stats.skew(changed)) if np.ptp(values) else 0.0
        rows.append((words, float(np.median(values)), float(values.max()), before, name, after, because))
    rows += [(words, np.nan, np.nan, np.nan, name, np.nan, because) for words, name, because in _OTHERS]
    names = ["feature", "median", "largest", "skewness", "enters as", "skewness then", "because"]
    return pd.DataFrame(rows, columns=names)
