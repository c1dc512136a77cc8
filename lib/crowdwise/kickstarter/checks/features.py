"""Features that add nothing, features that say the same, and a search that stopped at its edge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.checks.finding import Check, Finding, Severity

TWIN = 0.98
EDGE = Check(
    "CW-K07",
    "search at its edge",
    "a chosen value is the smallest or largest of those tried (of numbers with at least three)",
    "Search on beyond this edge, or say why there is nothing there",
)
USELESS = Check(
    "CW-K09",
    "useless features",
    "the interval of a permutation importance holds 0",
    "Leave the feature out if nothing speaks for it, and score the model without it",
)
TWINS = Check(
    "CW-K10",
    "twin features",
    f"a rank correlation is above {TWIN:g} or below -{TWIN:g}",
    "Keep one of them: importances of both are shared, and neither can be read alone",
)


def search_edge(tried: pd.DataFrame, chosen: Mapping[str, Any]) -> Finding:
    """Look for chosen values at the border of those tried.

    Parameters
    ----------
    tried : DataFrame
        A row a trial, a column a parameter; other columns are passed over.
    chosen : mapping
        The values chosen, by the columns' names.

    Raises
    ------
    Problem
        If a chosen value was never tried.
    """
    at_edge, looked = [], 0
    for name, value in chosen.items():
        if name not in tried or isinstance(value, bool | str):
            continue
        values = np.unique(pd.to_numeric(tried[name], errors="coerce").dropna().to_numpy(float))
        if len(values) < 3:
            continue
        looked += 1
        if not np.isclose(values, float(value)).any():
            shown = f"{name} = {value:g} was chosen and never tried"
            raise Problem(shown, where="table of tried values", remedy="Run `make tune` again")
        for end, word in ((values[0], "smallest"), (values[-1], "largest")):
            if np.isclose(end, float(value)):
                at_edge.append(f"{name} = {value:g} is the {word} of {len(values)} tried")
    if not looked:
        return EDGE.skipped("no chosen number was one of three tried or more")
    finding = ", ".join(at_edge) or f"none of {looked} chosen values"
    return EDGE.found(Severity.WARNING if at_edge else Severity.OK, finding)


def useless_features(importance: pd.DataFrame) -> Finding:
    """Look for features whose shuffling is not shown to cost anything.

    Parameters
    ----------
    importance : DataFrame
        A row a feature: its name in the first column, ``low`` the lower end of what shuffling it costs.
    """
    names = importance.iloc[:, 0].astype(str)
    useless = names[(importance["low"] <= 0).to_numpy()].tolist()
    finding = f"{len(useless)} of {len(names)}: {', '.join(useless)}" if useless else f"none of {len(names)}"
    return USELESS.found(Severity.NOTE if useless else Severity.OK, finding)


def twin_features(features: pd.DataFrame) -> Finding:
    """Look for numbers that rank projects alike (Spearman 1904)."""
    numbers = features.select_dtypes("number")
    numbers = numbers.loc[:, numbers.max() > numbers.min()]
    correlation = numbers.corr("spearman").to_numpy()
    first, second = np.nonzero(np.triu(np.abs(correlation) > TWIN, k=1))
    names = list(map(str, numbers.columns))
    pairs = [f"{names[a]} and {names[b]} ({correlation[a, b]:+.3f})" for a, b in zip(first, second, strict=True)]
    finding = ", ".join(pairs) or f"none of {numbers.shape[1]} numbers"
    return TWINS.found(Severity.NOTE if pairs else Severity.OK, finding)
