"""What the Kickstarter tables hold: columns, types and what must be true of every row."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError, SchemaErrors

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.vocabulary import STATES

_UTC = pd.DatetimeTZDtype(unit="us", tz="UTC")
_TEXT = pa.Column(str, nullable=True)
_MONTH = pa.Column(str, pa.Check.str_matches(r"^\d{4}-\d{2}-\d{2}$|^\d{4}-\d{2}$|^unknown$"))

_OBSERVED = {
    "project_id": pa.Column(str, pa.Check.str_matches(r"^\d+$")),
    "name": pa.Column(str),
    "blurb": _TEXT,
    "category": pa.Column(str, pa.Check.str_length(min_value=1)),
    "parent_category": pa.Column(str, pa.Check.str_length(min_value=1)),
    "goal_usd": pa.Column(float, pa.Check.gt(0)),
    "pledged_usd": pa.Column(float, pa.Check.ge(0)),
    "currency": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{3}$")),
    "country": _TEXT,
    "state": pa.Column(str, pa.Check.isin(STATES)),
    "launched_at": pa.Column(_UTC),
    "deadline": pa.Column(_UTC),
    "created_at": pa.Column(_UTC, nullable=True),
    "time_precision": pa.Column(str, pa.Check.isin(("second", "day"))),
    "creator_id": _TEXT,
    "place_id": _TEXT,
    "staff_pick": pa.Column(pd.BooleanDtype(), nullable=True),
    "backers_count": pa.Column("int64", pa.Check.ge(0)),
    "seen_in": _MONTH,
}
_ADDED = {
    "outcome": pa.Column(pd.BooleanDtype(), nullable=True),
    "first_seen_in": _MONTH,
    "months_seen": pa.Column("int64", pa.Check.ge(1)),
}
_CHECKS = [
    pa.Check(lambda table: table["deadline"] >= table["launched_at"], error="deadline before launch"),
    pa.Check(lambda table: ~(table["created_at"] > table["launched_at"]), error="launch before creation"),
]
OBSERVATIONS = pa.DataFrameSchema(
    {**_OBSERVED, "usd_rate": pa.Column(float, pa.Check.gt(0))},
    checks=_CHECKS,
    strict=True,
    ordered=True,
    name="observations",
)
"""A month's rows: a project may stand there more than once."""
PROJECTS = pa.DataFrameSchema(
    {**_OBSERVED, "project_id": pa.Column(str, pa.Check.str_matches(r"^\d+$"), unique=True), **_ADDED},
    checks=[
        *_CHECKS,
        pa.Check(
            lambda table: (table["outcome"] == (table["state"] == "successful")).fillna(table["state"] != "successful"),
            error="outcome against state",
        ),
    ],
    strict=True,
    ordered=True,
    name="projects",
)
CATEGORIES = pa.DataFrameSchema(
    {
        "category": pa.Column(str, unique=True),
        "parent_category": pa.Column(str),
        "projects": pa.Column("int64", pa.Check.ge(0)),
    },
    strict=True,
    name="categories",
)
PARENTS = pa.DataFrameSchema(
    {
        "parent_category": pa.Column(str, unique=True),
        "categories": pa.Column("int64", pa.Check.gt(0)),
        "projects": pa.Column("int64", pa.Check.ge(0)),
    },
    strict=True,
    name="parents",
)
COUNTRIES = pa.DataFrameSchema(
    {"country": pa.Column(str, unique=True), "projects": pa.Column("int64", pa.Check.gt(0))},
    strict=True,
    name="countries",
)


def check_table(table: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Give the table back if every row is as the schema says.

    Raises
    ------
    Problem
        If not: names the table and what is wrong first.
    """
    try:
        return schema.validate(table)
    except (SchemaError, SchemaErrors) as error:
        first = str(error).splitlines()[0][:300]
        remedy = "Run `make acquire`; if it persists, the reader let a row through that it should not have"
        raise Problem(
            f"this table is not as its schema says: {first}", where=str(schema.name), remedy=remedy
        ) from error
