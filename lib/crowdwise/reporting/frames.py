"""How a frame looks in a notebook and on its page: text to the left, numbers to the right, nothing cut short."""

from __future__ import annotations

import html
import re
from typing import Any

import pandas as pd
from IPython import get_ipython
from pandas.api import types

FIGURES = re.compile(r"[\d.,:%\s()\[\]–−+-]*(to [\d.,%\s()\]–−+-]*)?")
ROWS = 200  # more than any reader reads; the rest is counted


def _text(value: Any) -> str:
    if value is None or (not isinstance(value, (list, tuple)) and pd.isna(value)):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if value == int(value) and abs(value) >= 1000:
            return f"{value:,.0f}"
        return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)


def _cells(column: pd.Series) -> list[str]:
    values = column.tolist()
    if types.is_datetime64_any_dtype(column.dtype):
        days = all(pd.isna(value) or value == value.normalize() for value in values)
        return ["–" if pd.isna(v) else (f"{v:%Y-%m-%d}" if days else f"{v:%Y-%m-%d %H:%M}") for v in values]
    return [_text(value) for value in values]


def _kind(column: pd.Series, cells: list[str]) -> str:
    """Give a column's class: numbers stand right, figures written as text (intervals, dates) stay on one line."""
    if types.is_numeric_dtype(column.dtype) and not types.is_bool_dtype(column.dtype):
        return "number"
    return "figures" if cells and all(FIGURES.fullmatch(cell) for cell in cells) else "text"


def frame_to_html(frame: pd.DataFrame) -> str:
    """Give a frame as an HTML table; an index of nameless numbers is left out, and text is escaped.

    Whole numbers have thousands separators, other numbers four significant digits.
    """
    shown = frame.head(ROWS)
    if frame.index.nlevels > 1 or frame.index.name or not types.is_integer_dtype(frame.index.dtype):
        shown = shown.reset_index(names=frame.index.names if any(frame.index.names) else [""] * frame.index.nlevels)
    columns = [_cells(shown.iloc[:, position]) for position in range(shown.shape[1])]
    kinds = [_kind(shown.iloc[:, position], columns[position]) for position in range(shown.shape[1])]
    names = [" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in shown.columns]
    head = "".join(
        f'<th scope="col" class="{k}">{html.escape(n)}</th>' if n else f'<td class="{k}"></td>'
        for n, k in zip(names, kinds, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(f'<td class="{k}">{html.escape(v)}</td>' for v, k in zip(row, kinds, strict=True)) + "</tr>"
        for row in zip(*columns, strict=True)
    )
    if len(frame) == 0:
        body = f'<tr><td colspan="{max(1, len(names))}">none</td></tr>'
    more = f"<caption>{len(frame) - ROWS:,} more rows</caption>" if len(frame) > ROWS else ""
    return f'<table class="frame">{more}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def install() -> None:
    """Let this kernel, if it is one, show every frame so."""
    shell = get_ipython()
    if shell is not None:
        shell.display_formatter.formatters["text/html"].for_type(pd.DataFrame, frame_to_html)
