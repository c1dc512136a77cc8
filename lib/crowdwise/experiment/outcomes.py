"""A metric's values, one a unit, with missing ones counted as the plan says and nothing else filled in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.experiment.plan import Covariate, Metric


@dataclass(frozen=True)
class Outcome:
    """A metric's values, shape (n,); its denominators; whether each unit counts; and how many values were missing."""

    counted: np.ndarray
    denominator: np.ndarray | None
    kept: np.ndarray
    missing: int


def take_outcome(metric: Metric, data: pd.DataFrame) -> Outcome:
    """Give a metric's values from a row a unit.

    Raises
    ------
    Problem
        If a value is missing and the plan refuses it, is infinite or no number, or not of the metric's kind.
    """
    columns = [metric.column, *([metric.denominator] if metric.denominator else [])]
    parts = [take_numbers(data[name], f"metric {metric.name!r}, {name}") for name in columns]
    gone = np.isnan(parts[0])
    for part in parts[1:]:
        gone |= np.isnan(part)
    missing = int(np.count_nonzero(gone))
    if missing:
        if metric.nulls == "refuse":
            raise Problem(
                f"{missing:,} of {len(gone):,} values are missing",
                where=f"metric {metric.name!r}",
                remedy="Say in the plan how they count before it starts: nulls: zero, excluded, or failure",
            )
        worse = 1.0 if metric.nulls == "failure" and metric.direction == "decrease" else 0.0
        parts = [np.where(gone, worse, part) for part in parts]
    _check_kind(metric, parts[0])
    kept = ~gone if metric.nulls == "excluded" else np.ones(len(gone), dtype=bool)
    return Outcome(parts[0], parts[1] if metric.denominator else None, kept, missing)


def take_covariates(covariates: tuple[Covariate, ...], data: pd.DataFrame) -> np.ndarray:
    """Give covariates, a column each, and beside one with missing values a column that says where.

    Raises
    ------
    Problem
        If a value is missing and the plan refuses it, or is no number.
    """
    columns = []
    for covariate in covariates:
        where = f"covariate {covariate.column!r}"
        values = take_numbers(data[covariate.column], where)
        gone = np.isnan(values)
        if gone.any():
            if covariate.nulls == "refuse":
                raise Problem(
                    f"{int(gone.sum()):,} of {len(gone):,} values are missing",
                    where=where,
                    remedy="Say in the plan that they count (nulls: indicator), or leave the covariate out",
                )
            columns.append(gone.astype(np.float64))
            values = np.where(gone, 0.0, values)
        columns.append(values)
    return np.column_stack(columns)


def take_numbers(column: pd.Series, where: str) -> np.ndarray:
    """Give a column as floats with NaN for what is missing; refuse what is infinite or no number."""
    try:
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise Problem("a value is not a number", where=where, remedy="Give numbers, or true and false") from None
    if np.isinf(values).any():
        raise Problem(f"{int(np.isinf(values).sum()):,} values are infinite", where=where, remedy="Mend the column")
    return values


def _check_kind(metric: Metric, values: np.ndarray) -> None:
    where = f"metric {metric.name!r}"
    if metric.kind == "proportion" and not ((values == 0) | (values == 1)).all():
        raise Problem("a proportion's value is neither 0 nor 1", where=where, remedy="Give 0 and 1, or plan a mean")
    if metric.kind == "count" and ((values < 0) | (values != np.floor(values))).any():
        raise Problem("a count is negative or not whole", where=where, remedy="Give whole numbers, or plan a mean")
