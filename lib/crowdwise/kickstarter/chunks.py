"""Many records of a month become rows of an Arrow table at once.

Each usual row is converted a column at a time. A row with anything unusual in it goes, one by one, through
`crowdwise.kickstarter.observation.observe`, which alone decides what is left out and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from crowdwise.kickstarter.categories import canonical, parent_of
from crowdwise.kickstarter.observation import (
    ABSURD_USD,
    DAY,
    EARLIEST,
    LONGEST_DAYS,
    MOST_BACKERS,
    Unusable,
    clean_text,
    observe,
    truth_of,
)
from crowdwise.kickstarter.records import Record
from crowdwise.kickstarter.rejects import Reject
from crowdwise.kickstarter.vocabulary import STATES

Kept = Record | Reject | bytes
_S, _F, _I = pa.string(), pa.float64(), pa.int64()
OBSERVED = pa.schema(
    [
        *(("project_id", _S), ("name", _S), ("blurb", _S), ("category", _S), ("parent_category", _S)),
        *(("goal_usd", _F), ("pledged_usd", _F), ("currency", _S), ("country", _S), ("state", _S)),
        *(("launched_at", _I), ("deadline", _I), ("created_at", _I), ("creator_id", _S), ("place_id", _S)),
        *(("staff_pick", pa.bool_()), ("backers_count", _I), ("usd_rate", _F)),
    ]
)
"""A row as it is collected: times are in seconds since 1970."""

PLAIN = ("id", "name", "blurb", "goal", "pledged", "currency", "country", "state", "launched_at", "deadline")
WANTED = (*PLAIN, "created_at", "staff_pick", "backers_count", "static_usd_rate")
UNUSUAL = (None,) * (len(WANTED) + 3)  # without an id no row is usual
_wanted = itemgetter(*WANTED)
_NOTHING: dict[str, Any] = {}


def pick(record: Record) -> tuple[Any, ...]:
    """Give the values of a record that become columns: `WANTED`, the category's slug, the creator's and place's id."""
    data = record.data
    if not record.plain:
        return UNUSUAL
    get = data.get
    try:
        category, creator, place, profile = get("category"), get("creator"), get("location"), get("profile")
        if type(category) is not dict:
            category = _nested(category)
        slug = category.get("slug") or category.get("name")
        if type(slug) is not str:
            return UNUSUAL
        creator, place = _identity(creator), _identity(place)
        if type(profile) is str:
            _nested(profile)
    except ValueError:
        return UNUSUAL
    try:
        values = _wanted(data)
    except KeyError:
        values = tuple(map(get, WANTED))
    return (*values, slug, creator, place)


def convert(
    lines: Sequence[int], rows: Sequence[Kept], picked: list[Any], counts: Counter[str]
) -> tuple[pa.Table, list[Reject]]:
    """Give the table of a chunk's rows, in their order, and those that were left out.

    Parameters
    ----------
    lines : sequence of int
        Each row's line.
    rows : sequence of Record, Reject or bytes
        The last: the text of a record of which only what was picked is still held.
    picked : list
        What `pick` gave for each row, all in one list.
    counts : Counter
        ``mended`` and ``broken`` nested texts are counted in it.
    """
    table, usual = _columns(picked)
    if usual.all():
        return table, []
    odd, places, rejects = [], [], []
    for place in np.flatnonzero(~usual).tolist():
        row = rows[place]
        if isinstance(row, Reject):
            rejects.append(row)
            continue
        if not isinstance(row, Record):
            row = Record(lines[place], {}, row)
        try:
            odd.append(observe(row.exact(), counts))
            places.append(place)
        except Unusable as error:
            rejects.append(Reject(row.line, str(error), row.text()))
    columns = zip(*odd, strict=True) if odd else [()] * len(OBSERVED)
    single = pa.table([pa.array(c, f.type) for c, f in zip(columns, OBSERVED, strict=True)], schema=OBSERVED)
    order = np.argsort(np.concatenate([np.flatnonzero(usual), np.array(places, dtype=np.int64)]))
    return pa.concat_tables([table.filter(pa.array(usual)), single]).take(pa.array(order)), rejects


def _columns(picked: list[Any]) -> tuple[pa.Table, np.ndarray]:
    """Convert all rows, and say which of them are usual: the others' values mean nothing."""
    names = (*WANTED, "slug", "creator", "place")
    columns = {name: picked[k :: len(names)] for k, name in enumerate(names)}
    usual = np.ones(len(columns["id"]), dtype=bool)
    identity = _texts([str(v) if type(v) is int else v for v in columns["id"]], usual)
    name = pa.array([clean_text(v) for v in columns["name"]], _S)
    state, currency = _texts(columns["state"], usual), _texts(columns["currency"], usual)
    category = _each(columns["slug"], lambda slug: canonical(slug or ""))
    parent = pa.array(_each(category, parent_of), _S)
    goal, rate, pledged, backers = (
        _numbers(columns[key], usual) for key in ("goal", "static_usd_rate", "pledged", "backers_count")
    )
    launched, deadline = (np.trunc(_numbers(columns[key], usual)) for key in ("launched_at", "deadline"))
    unknown = np.array([v is None for v in columns["created_at"]])
    created = np.trunc(_numbers([0 if v is None else v for v in columns["created_at"]], usual))
    staff_pick = [truth_of(v) for v in columns["staff_pick"]]
    with np.errstate(over="ignore", invalid="ignore"):
        goal_usd, pledged_usd = goal * rate, pledged * rate
        usual &= (goal > 0) & (rate > 0) & (pledged >= 0) & (backers >= 0) & (backers <= MOST_BACKERS)
        usual &= (goal_usd < ABSURD_USD) & (pledged_usd < ABSURD_USD) & (launched >= EARLIEST)
        usual &= (deadline >= launched) & (deadline - launched <= LONGEST_DAYS * DAY)
    # An integer that orjson made a float of might be told as true or false.
    usual &= np.array([type(v) is not float for v in columns["staff_pick"]])
    for holds in (
        pc.match_substring_regex(identity, r"^[0-9]+$"),
        pc.match_substring_regex(currency, r"^[A-Z]{3}$"),
        pc.is_in(state, value_set=pa.array(STATES)),
        pc.is_valid(name),
        pc.not_equal(parent, ""),
    ):
        usual &= holds.fill_null(False).to_numpy(zero_copy_only=False)
    late = unknown | (created < EARLIEST) | (created > launched)
    seconds = [_seconds(values, usual) for values in (launched, deadline, created)]
    arrays = [
        *(identity, name, pa.array([clean_text(v) for v in columns["blurb"]], _S), pa.array(category, _S), parent),
        *(pa.array(goal_usd), pa.array(pledged_usd), currency),
        *(pa.array(_each(columns["country"], clean_text), _S), state),
        *(pa.array(seconds[0]), pa.array(seconds[1]), pa.array(seconds[2], mask=late)),
        *(pa.array(columns["creator"], _S), pa.array(columns["place"], _S), pa.array(staff_pick, pa.bool_())),
        *(pa.array(_seconds(backers, usual)), pa.array(rate)),
    ]
    return pa.table(arrays, schema=OBSERVED), usual


def _nested(value: Any) -> dict[str, Any]:
    """Give a nested field's object; what is no object and no text of one has nothing in it.

    Raises
    ------
    ValueError
        If it is text that is not plainly an object.
    """
    if type(value) is str:
        value = orjson.loads(value)
        if type(value) is not dict:
            raise ValueError("no object")
    return value if type(value) is dict else _NOTHING


def _identity(value: Any) -> str | None:
    identity = (value if type(value) is dict else _nested(value)).get("id")
    if identity is None or type(identity) is str:
        return identity or None
    if type(identity) is int:
        return str(identity)
    raise ValueError("an unusual id")


def _each(values: Sequence[Any], change: Callable[[Any], Any]) -> list[Any]:
    """Change values of which few are different."""
    try:
        changed = {value: change(value) for value in set(values)}
    except TypeError:  # a list among them, say
        return [change(value) for value in values]
    return list(map(changed.__getitem__, values))


def _texts(values: Sequence[Any], usual: np.ndarray) -> pa.Array:
    try:
        return pa.array(values, _S)
    except (pa.ArrowException, TypeError):
        usual &= np.array([v is None or type(v) is str for v in values])
        return pa.array([v if type(v) is str else None for v in values], _S)


def _numbers(values: Sequence[Any], usual: np.ndarray) -> np.ndarray:
    try:
        found = np.fromiter(map(float, values), np.float64, len(values))
    except (TypeError, ValueError, OverflowError):
        found = np.array([_number(v) for v in values])
    finite = np.isfinite(found)
    usual &= finite
    return np.where(finite, found, 0.0)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return float("nan")


def _seconds(values: np.ndarray, usual: np.ndarray) -> np.ndarray:
    return np.where(usual & (np.abs(values) < 2.0**53), values, 0).astype(np.int64)
