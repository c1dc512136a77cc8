"""The data behind a figure, read back from what was drawn, so that no figure is without it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryLocator
from matplotlib.collections import Collection, LineCollection, PathCollection, PolyCollection
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle, StepPatch
from matplotlib.ticker import FixedLocator
from matplotlib.transforms import Transform

Row = dict[str, Any]


def read_marks(figure: Figure) -> pd.DataFrame:
    """Give a figure's marks as a table, a row a mark.

    Parameters
    ----------
    figure : Figure

    Returns
    -------
    DataFrame
        With ``plot, series, mark, x, y, low, high``, without those columns that say nothing; `low` and `high` are a
        whisker's or a band's ends. Places on an axis with words are those words. Empty for a figure with no marks in
        its axes' units. What has no marks but lines across and words is left out.
    """
    rows: list[Row] = []
    for number, axes in enumerate(figure.axes, start=1):
        title = (axes.get_title(loc="left") or axes.get_title()).replace("\n", " ")
        name = title or " by ".join(part for part in (axes.get_ylabel(), axes.get_xlabel()) if part) or f"plot {number}"
        rows += [{"plot": name, **row} for row in _read_axes(axes)]
    table = pd.DataFrame(rows, columns=["plot", "series", "mark", "x", "y", "low", "high"])
    said = [column for column in ("plot", "series", "mark") if table[column].nunique() < 2]
    empty = [column for column in ("low", "high") if table[column].isna().all()]
    return table.drop(columns=[*said, *empty])


def _read_axes(axes: Axes) -> Iterator[Row]:
    x_word, y_word = _words_of(axes.xaxis), _words_of(axes.yaxis)
    for row in _all_marks(axes):
        yield {**row, "x": x_word(row["x"]), "y": y_word(row["y"])}


def _all_marks(axes: Axes) -> Iterator[Row]:
    taken: set[int] = set()
    for container in axes.containers:
        if isinstance(container, ErrorbarContainer):
            taken |= {id(part) for part in container.get_children()}
            yield from _read_whiskers(container)
        elif isinstance(container, BarContainer):
            taken |= {id(patch) for patch in container.patches}
            yield from _read_bars(container)
            if container.errorbar is not None:
                taken |= {id(part) for part in container.errorbar.get_children()}
    for line in axes.lines:
        if id(line) not in taken and _is_data(line.get_transform(), axes):
            x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
            yield from ({**_named(line, "line"), "x": a, "y": b} for a, b in zip(x, y, strict=True))
    for patch in axes.patches:
        if isinstance(patch, StepPatch):
            yield from _read_steps(patch)
        elif id(patch) not in taken and isinstance(patch, Rectangle) and _is_data(patch.get_transform(), axes):
            yield {**_named(patch, "bar"), "x": patch.get_x() + patch.get_width() / 2, "y": patch.get_height()}
    for collection in axes.collections:
        if id(collection) not in taken:
            yield from _read_collection(collection, axes)
    for image in axes.images:
        values: Any = np.ma.asarray(image.get_array())
        if values.ndim == 2:
            yield from (
                {"series": "", "mark": "cell", "x": column, "y": row, "low": float(value), "high": float(value)}
                for (row, column), value in np.ndenumerate(values)
            )


def _read_whiskers(container: ErrorbarContainer) -> Iterator[Row]:
    line, _, bars = container.lines
    if line is None:
        return
    named = _named(line, "point", container.get_label())
    ends = [collection.get_segments() for collection in bars]
    for k, (x, y) in enumerate(zip(np.asarray(line.get_xdata()), np.asarray(line.get_ydata()), strict=True)):
        row = {**named, "x": x, "y": y}
        if len(ends) == 1 and k < len(ends[0]) and len(ends[0][k]) == 2:
            row |= _span(ends[0][k])
        yield row


def _read_bars(container: BarContainer) -> Iterator[Row]:
    lying = container.orientation == "horizontal"
    for patch in container.patches:
        named = _named(patch, "bar", container.get_label())
        across = patch.get_y() + patch.get_height() / 2 if lying else patch.get_x() + patch.get_width() / 2
        start, length = (patch.get_x(), patch.get_width()) if lying else (patch.get_y(), patch.get_height())
        row = {**named, "x": length, "y": across} if lying else {**named, "x": across, "y": length}
        yield row | ({"low": start, "high": start + length} if start else {})


def _read_steps(patch: StepPatch) -> Iterator[Row]:
    values, edges, _ = patch.get_data()
    named = _named(patch, "step")
    for value, low, high in zip(values, edges[:-1], edges[1:], strict=True):
        yield {**named, "x": (low + high) / 2, "y": value, "low": low, "high": high}


def _read_collection(collection: Collection, axes: Axes) -> Iterator[Row]:
    if isinstance(collection, PathCollection) and _is_data(collection.get_offset_transform(), axes):
        named = _named(collection, "point")
        yield from ({**named, "x": x, "y": y} for x, y in np.ma.getdata(collection.get_offsets()))
    elif isinstance(collection, LineCollection) and _is_data(collection.get_transform(), axes):
        named = _named(collection, "span")
        for ends in collection.get_segments():
            if len(ends) == 2:
                yield {**named, "x": ends[0][0], "y": ends[0][1], **_span(ends)}
    elif isinstance(collection, PolyCollection) and _is_data(collection.get_transform(), axes):
        named = _named(collection, "band")
        for path in collection.get_paths():
            points = pd.DataFrame(np.asarray(path.vertices)[:-1], columns=["x", "y"])
            for x, ys in points.groupby("x", sort=True)["y"]:
                yield {**named, "x": x, "y": ys.mean(), "low": ys.min(), "high": ys.max()}


def _is_data(transform: Transform, axes: Axes) -> bool:
    """Say whether both coordinates are in the axes' units, as those of a line across the whole plot are not."""
    return all(transform.contains_branch_seperately(axes.transData))  # spelt so by matplotlib


def _span(ends: Any) -> Row:
    """Give the ends of a line along the axis that it lies on."""
    (x_1, y_1), (x_2, y_2) = ends
    low, high = (x_1, x_2) if y_1 == y_2 else (y_1, y_2)
    return {"low": min(low, high), "high": max(low, high)}


def _named(artist: Any, mark: str, label: str | None = None) -> Row:
    word = str(label if label is not None else artist.get_label())
    return {"series": "" if word.startswith("_") or word == "None" else word, "mark": mark}


def _words_of(axis: Axis) -> Callable[[Any], Any]:
    """Give what turns a place on an axis into the word that stands there, if words do."""
    locator = axis.get_major_locator()
    known: dict[float, str] = {}
    if isinstance(locator, (FixedLocator, StrCategoryLocator)):
        fixed: Any = locator  # its places have no type
        places = [float(place) for place in (fixed.locs if isinstance(locator, FixedLocator) else locator())]
        known = dict(zip(places, axis.get_major_formatter().format_ticks(places), strict=True))
    if not any(re.match(r"[^\W\d_]", label) for label in known.values()):
        known = {}  # numbers at chosen places

    def word(value: Any) -> Any:
        if isinstance(value, str):
            return value
        if not known:
            return float(value) if isinstance(value, (int, float, np.number)) else value
        nearest = min(known, key=lambda place: abs(place - float(value)))
        return known[nearest] if abs(nearest - float(value)) < 0.5 else float(value)

    return word
