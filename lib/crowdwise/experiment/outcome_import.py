"""Outcomes from a CSV file into the database: all rows that can be taken, or nothing; a second time changes nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, Engine, select

from crowdwise.base.errors import Problem
from crowdwise.experiment.outcome_file import Held, Labels, Measured, read_outcomes
from crowdwise.experiment.outcome_rejects import Rejects
from crowdwise.experiment.plan_columns import PlanColumn, list_columns
from crowdwise.experiment.register import as_utc, read_experiment
from crowdwise.storage.database import explained, writing
from crowdwise.storage.schema import assignments, outcomes

CHUNK = 50_000  # rows that are Python objects at once
EPOCH = datetime(1970, 1, 1)

log = logging.getLogger("crowdwise.experiment")


@dataclass(frozen=True)
class Imported:
    """What became of a file's rows: `rows` = `written` + `repeated` (in the file or by the database) + rejected."""

    rows: int
    written: int
    repeated: int
    rejects: Rejects


def import_outcomes(
    engine: Engine,
    name: str,
    path: Path,
    *,
    listed_in: Path,
    max_reject_share: float = 0.001,
    now: datetime | None = None,
) -> Imported:
    """Import an experiment's outcomes from a CSV file (see `crowdwise.experiment.outcome_file`).

    What was imported before stays: a later measurement of a unit's metric is a row of its own, and the last one
    counts. Another value for the same unit, metric and time is rejected; so are rows of the file that contradict each
    other, all of them.

    Parameters
    ----------
    listed_in : Path
        Where rejects are listed, also when the file is refused.
    max_reject_share : float
        Of the file's rows; above it nothing is written.
    now : datetime, optional
        The present when left out: nothing can have been measured later.

    Raises
    ------
    Problem
        If there is no such experiment, nobody is assigned, the file can't be read, or too much of it is rejected.
    """
    if not 0 <= max_reject_share <= 1:
        raise Problem(f"{max_reject_share} is no share", where="MAX_REJECT_SHARE", remedy="Give one from 0 to 1")
    columns = list_columns(read_experiment(engine, name).plan)
    units, assigned_at = _read_assigned(engine, name)
    rejects, labels = Rejects(), Labels({})
    found = read_outcomes(path, Held(units, assigned_at, columns, as_utc(now).replace(tzinfo=UTC)), labels, rejects)
    with explained(engine), writing(engine, "outcomes") as connection:
        stored = _read_stored(connection, name, units, columns, labels)
        fresh, repeated, contradicted = sort_out(found, stored)
        rejects.add_all(contradicted[0], "it contradicts another row of its unit, metric and time")
        rejects.add_all(contradicted[1], "the database holds another value for its unit, metric and time")
        rejects.write(listed_in)
        rejects.refuse(path, max_reject_share, listed_in)
        for rows in _as_rows(fresh, name, units, list(columns.values()), labels, path.name):
            connection.execute(outcomes.insert(), rows)
    done = Imported(rejects.rows, len(fresh.row), repeated, rejects)
    said = f"{done.rows:,} rows, {done.written:,} written, {done.repeated:,} known already, {rejects.total:,} rejected"
    log.info("%s: %s", path.name, said)
    for why, count in rejects.reasons.most_common():
        log.warning("%s: %s times %s", path.name, f"{count:,}", why)
    return done


def sort_out(found: Measured, stored: Measured) -> tuple[Measured, int, tuple[np.ndarray, np.ndarray]]:
    """Compare the rows of a file with each other and with what the database holds.

    Returns
    -------
    fresh : Measured
        The rows to write, in the order of their key.
    repeated : int
        How many say what is said already.
    contradicted : pair of ndarray
        The rows that contradict each other, and those that contradict the database.
    """
    both = Measured.join([stored, found])
    order = np.lexsort((both.row, both.moment, both.metric, both.unit))
    both = both.take(order)
    n = len(both.row)
    if not n:
        return both, 0, (both.row, both.row)
    begins = np.ones(n, dtype=bool)
    begins[1:] = (
        (both.unit[1:] != both.unit[:-1])
        | (both.metric[1:] != both.metric[:-1])
        | (both.moment[1:] != both.moment[:-1])
    )
    group = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)  # what the database holds comes first in its group: its row is 0
    differs = both.value != both.value[first][group]
    held = (both.row[first] == 0)[group]
    at_odds = np.bincount(group, weights=differs)[group] > 0
    own = both.row > 0
    fresh = begins & own & ~at_odds
    repeated = int(np.count_nonzero(own & ~differs & ~fresh & (held | ~at_odds)))
    return both.take(fresh), repeated, (both.row[own & ~held & at_odds], both.row[own & held & differs])


def _read_assigned(engine: Engine, name: str) -> tuple[pa.Array, np.ndarray]:
    query = select(assignments.c.unit, assignments.c.assigned_at).where(assignments.c.experiment == name)
    with explained(engine), engine.connect() as connection:
        rows = connection.execute(query.order_by(assignments.c.unit)).all()
    if not rows:
        remedy = "Import outcomes once units were assigned, as by using the app"
        raise Problem("nobody is assigned to it yet", where=f"experiment {name!r}", remedy=remedy)
    units, times = zip(*rows, strict=True)
    return pa.array(units, pa.string()), pd.DatetimeIndex(times).as_unit("us").asi8


def _read_stored(
    connection: Connection, name: str, units: pa.Array, columns: dict[str, PlanColumn], labels: Labels
) -> Measured:
    place = {unit: k for k, unit in enumerate(units.to_pylist())}
    which = {metric: k for k, metric in enumerate(columns)}
    query = select(*outcomes.c["unit", "metric", "measured_at", "value", "label"]).where(outcomes.c.experiment == name)
    parts = []
    result = connection.execute(query.execution_options(yield_per=CHUNK))
    for chunk in result.partitions():
        unit, metric, at, value, label = zip(*chunk, strict=True)
        texts = {k: text for k, text in enumerate(label) if text is not None}
        numbers = np.array([np.nan if number is None else number for number in value], dtype=np.float64)
        numbers[list(texts)] = labels.number(list(texts.values()))
        parts.append(
            Measured(
                np.array([place[one] for one in unit], dtype=np.int32),
                np.array([which[one] for one in metric], dtype=np.int16),
                numbers,
                pd.DatetimeIndex(at).as_unit("us").asi8,
                np.zeros(len(chunk), dtype=np.int64),
            )
        )
    return Measured.join(parts)


def _as_rows(
    fresh: Measured, name: str, units: pa.Array, columns: list[PlanColumn], labels: Labels, source: str
) -> Iterator[list[dict[str, Any]]]:
    texts = labels.text()
    for begin in range(0, len(fresh.row), CHUNK):
        part = fresh.take(np.arange(begin, min(begin + CHUNK, len(fresh.row))))
        ids = units.take(pa.array(part.unit)).to_pylist()
        rows = []
        for unit, k, value, at in zip(
            ids, part.metric.tolist(), part.value.tolist(), part.moment.tolist(), strict=True
        ):
            is_text = columns[k].holds == "text"
            rows.append(
                {
                    "experiment": name,
                    "unit": unit,
                    "metric": columns[k].name,
                    "measured_at": EPOCH + timedelta(microseconds=at),
                    "value": None if is_text else value,
                    "label": texts[int(value)] if is_text else None,
                    "source": source,
                }
            )
        yield rows
