"""What the columns of Steam's tables are, checked before a table is written."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow
from pandera.errors import SchemaError

from crowdwise.base.errors import Problem
from crowdwise.steam.prices import MEANINGS

TEXT = pd.StringDtype(na_value=np.nan)
DATE = pd.ArrowDtype(pyarrow.date32())


def _text(checks: pa.Check | None = None, *, nullable: bool = False, unique: bool = False) -> pa.Column:
    return pa.Column(TEXT, checks, nullable=nullable, unique=unique)


def _count() -> pa.Column:
    return pa.Column("int64", pa.Check.ge(0))


SCHEMAS = {
    "games": pa.DataFrameSchema(
        {
            "game_id": _text(unique=True),
            "name": _text(checks=pa.Check.str_length(min_value=1)),
            "genres": pa.Column(object),
            "tags": pa.Column(object),
            "developer": _text(nullable=True),
            "publisher": _text(nullable=True),
            "price": pa.Column("float64", pa.Check.ge(0), nullable=True),
            "price_meaning": _text(checks=pa.Check.isin(MEANINGS)),
            "price_text": _text(nullable=True),
            "released_on": pa.Column(DATE, nullable=True),
            "release_precision": _text(checks=pa.Check.isin(["day", "month", "quarter", "year", "none"])),
            "early_access": pa.Column("bool"),
            "metascore": pa.Column("float64", pa.Check.in_range(0, 100), nullable=True),
            "in_catalogue": pa.Column("bool"),
            "owners": _count(),
            "players": _count(),
            "twin_of": _text(nullable=True),
            "is_game": pa.Column("bool"),
        },
        strict=True,
        ordered=True,
    ),
    "players": pa.DataFrameSchema(
        {
            "player_id": _text(unique=True),
            "user_id": _text(),
            "games": _count(),
            "games_played": _count(),
            "minutes_total": _count(),
        },
        strict=True,
        ordered=True,
    ),
    "owned": pa.DataFrameSchema(
        {"player_id": _text(), "game_id": _text(), "minutes_total": _count(), "minutes_two_weeks": _count()},
        unique=["player_id", "game_id"],
        strict=True,
        ordered=True,
    ),
    "reviews": pa.DataFrameSchema(
        {
            "player_id": _text(nullable=True),
            "user_id": _text(),
            "game_id": _text(),
            "recommend": pa.Column("bool"),
            "posted_on": pa.Column(DATE, nullable=True),
            "posted_precision": _text(checks=pa.Check.isin(["day", "month_day", "none"])),
        },
        strict=True,
        ordered=True,
    ),
    "bundles": pa.DataFrameSchema(
        {
            "bundle_id": _text(),
            "bundle_name": _text(),
            "game_id": _text(),
            "game_name": _text(),
            "price": pa.Column("float64", pa.Check.ge(0), nullable=True),
            "final_price": pa.Column("float64", pa.Check.ge(0), nullable=True),
        },
        unique=["bundle_id", "game_id"],
        strict=True,
        ordered=True,
    ),
}


def check(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Give the table back if it is what its schema says.

    Raises
    ------
    Problem
        If a column is missing, of another type, or holds a value it may not.
    """
    try:
        return SCHEMAS[name].validate(table)
    except SchemaError as error:
        what = str(error).splitlines()[0]
        raise Problem(
            f"the table {name} is not what its schema says: {what}",
            where=f"{name}.parquet",
            remedy="Look at the raw file that it comes from: its form may have changed",
        ) from error
