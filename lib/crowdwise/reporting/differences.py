"""In what two files differ: the first places, in words that lead there.

Bytes are compared first. Where they differ, the place is looked for by what the file is: the column and row of a table,
the key of a JSON document, the cell of a notebook, the index of an array, the line of a text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.reporting.texts import differ, strip_pictures

NAMES_OF_BYTES = ("sha256", "md5", "code_sha256", "lock_sha256", "version", "commit", "departures")


def _short(value: Any, most: int = 60) -> str:
    text = value if isinstance(value, str) else repr(value)
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def are_close(a: Any, b: Any, tolerance: float) -> bool:
    """Say whether two numbers are equal within `tolerance` times the larger of them and 1; NaN equals NaN."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if a == b or (a != a and b != b):
        return True
    return math.isfinite(a) and math.isfinite(b) and abs(a - b) <= tolerance * max(1.0, abs(a), abs(b))


def of_documents(a: Any, b: Any, tolerance: float, path: str = "") -> Iterator[str]:
    """Give the keys at which two JSON documents differ; items of lists that have names are called by them."""
    here = path or "the whole document"
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted({*a, *b}):
            name = f"{path}.{key}" if path else str(key)
            if tolerance and key in NAMES_OF_BYTES:
                continue  # they name bytes, which may differ here
            if key not in a or key not in b:
                yield f"key {name} is only in the {'second' if key in b else 'first'}"
            else:
                yield from of_documents(a[key], b[key], tolerance, name)
    elif isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            yield f"{here} has {len(a)} items and {len(b)}"
        for number, (one, other) in enumerate(zip(a, b, strict=False)):
            yield from of_documents(one, other, tolerance, f"{path}[{_name(one) or number}]")
    elif isinstance(a, int | float) and isinstance(b, int | float):
        if not are_close(a, b, tolerance):
            yield f"key {here}: {a!r} and {b!r}"
    elif isinstance(a, str) and isinstance(b, str):
        if differ(a, b, tolerance):
            yield f"key {here}: {_short(a)} and {_short(b)}"
    elif a != b or type(a) is not type(b):
        yield f"key {here}: {_short(a)} and {_short(b)}"


def _name(item: Any) -> str:
    parts = [item.get(key) for key in ("name", "file", "model", "split", "slice")] if isinstance(item, dict) else []
    return ", ".join(str(part) for part in parts if part and part != "all")


def of_tables(a: pd.DataFrame, b: pd.DataFrame, tolerance: float) -> Iterator[str]:
    """Give the columns at which two tables differ, with the first row of each."""
    for name in [*a, *(name for name in b if name not in a)]:
        if name not in a or name not in b:
            yield f"column {name} is only in the {'second' if name in b else 'first'}"
    if list(a) != list(b) and set(a) == set(b):
        yield f"the columns stand in another order: {', '.join(map(str, a))} and {', '.join(map(str, b))}"
    if len(a) != len(b):
        yield f"it has {len(a):,} rows and {len(b):,}"
        return
    for name in (name for name in a if name in b):
        one, other = a[name], b[name]
        if one.dtype != other.dtype:
            yield f"column {name} is of type {one.dtype} and {other.dtype}"
        else:
            places = _places(one, other, tolerance)
            if len(places):
                row, many = int(places[0]), len(places)
                first = f"column {name}, row {row}: {_short(one.iloc[row])} and {_short(other.iloc[row])}"
                yield f"{first} ({many:,} of {len(a):,} rows differ)" if many > 1 else first


def _places(one: pd.Series, other: pd.Series, tolerance: float) -> np.ndarray:
    both = one.isna().to_numpy() & other.isna().to_numpy()
    if pd.api.types.is_numeric_dtype(one) and not pd.api.types.is_bool_dtype(one):
        x, y = (column.to_numpy(dtype=float, na_value=np.nan) for column in (one, other))
        room = tolerance * np.maximum(1.0, np.maximum(np.abs(x), np.abs(y)))
        same = (x == y) | (np.abs(x - y) <= room)
    else:
        pairs = zip(one.tolist(), other.tolist(), strict=True)
        same = np.array([repr(x) == repr(y) for x, y in pairs], dtype=bool)
    return np.flatnonzero(~(same | both))


def of_arrays(a: np.ndarray, b: np.ndarray, tolerance: float) -> Iterator[str]:
    """Give the first index at which two arrays differ, and how many do."""
    if a.shape != b.shape or a.dtype != b.dtype:
        yield f"an array of {a.shape} {a.dtype} and one of {b.shape} {b.dtype}"
        return
    places = _places(pd.Series(np.ravel(a)), pd.Series(np.ravel(b)), tolerance)
    if len(places):
        index = ", ".join(map(str, np.unravel_index(int(places[0]), a.shape)))
        words = f"[{index}]: {a.flat[places[0]]!r} and {b.flat[places[0]]!r}"
        yield f"{words} ({len(places):,} of {a.size:,} values differ)"


def of_notebooks(a: dict[str, Any], b: dict[str, Any], tolerance: float) -> Iterator[str]:
    """Give the cells (from 1, text cells counted) in which two executed notebooks differ."""
    if len(a["cells"]) != len(b["cells"]):
        yield f"it has {len(a['cells'])} cells and {len(b['cells'])}"
    for number, (one, other) in enumerate(zip(a["cells"], b["cells"], strict=False), start=1):
        if one.get("source") != other.get("source"):
            yield f"cell {number}, source: {_first(_text(one['source']), _text(other['source']), 0.0)}"
        if one.get("outputs", []) == other.get("outputs", []):
            continue
        if len(one.get("outputs", [])) != len(other.get("outputs", [])):
            yield f"cell {number} has {len(one.get('outputs', []))} outputs and {len(other.get('outputs', []))}"
        for first, second in zip(one.get("outputs", []), other.get("outputs", []), strict=False):
            x, y = (_text(output.get("text", output.get("data", {}))) for output in (first, second))
            if differ(x, y, tolerance):
                yield f"cell {number}, output: {_first(x, y, tolerance)}"
    one, other = ({key: value for key, value in notebook.items() if key != "cells"} for notebook in (a, b))
    yield from of_documents(one, other, tolerance)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(_text(value[key]) for key in sorted(value))
    return "".join(value) if isinstance(value, list) else str(value)


def _first(a: str, b: str, tolerance: float) -> str:
    """Give the first line in which two texts differ, cut to where it does."""
    for number, (x, y) in enumerate(zip_longest(a.splitlines(), b.splitlines(), fillvalue=""), start=1):
        if differ(x, y, tolerance):
            x, y = strip_pictures(x), strip_pictures(y)
            start = next((k for k, (p, q) in enumerate(zip(x, y, strict=False)) if p != q), min(len(x), len(y)))
            start = max(0, start - 24)
            return f"line {number}: …{_short(x[start : start + 60])} and …{_short(y[start : start + 60])}"
    return "the ends of lines"


def of_files(first: Path, second: Path, tolerance: float = 0.0) -> list[str]:
    """Give in what two files differ; an empty list if they are the same, or alike within the tolerance.

    Parameters
    ----------
    first, second : Path
    tolerance : float
        0 asks for the same bytes. Above it, numbers may differ by that much of the larger of them and 1, printed ones
        by one in their last place beside; hashes are passed over, and so are pictures made of pixels.
    """
    if first.read_bytes() == second.read_bytes():
        return []
    try:
        found = list(_found(first, second, tolerance))
    except (ValueError, OSError, KeyError) as error:
        kind = first.suffix.removeprefix(".") or "text"
        return [f"the bytes differ, and one can't be read as {kind} ({_short(str(error))})"]
    return found if found or tolerance else ["the same values in other bytes"]


def _found(first: Path, second: Path, tolerance: float) -> Iterator[str]:
    kind = first.suffix
    if kind == ".parquet":
        yield from of_tables(pd.read_parquet(first), pd.read_parquet(second), tolerance)
    elif kind == ".csv":
        dtype = None if tolerance else str
        yield from of_tables(pd.read_csv(first, dtype=dtype), pd.read_csv(second, dtype=dtype), tolerance)
    elif kind in (".json", ".ipynb"):
        one, other = (json.loads(path.read_text(encoding="utf-8")) for path in (first, second))
        yield from (of_notebooks if kind == ".ipynb" else of_documents)(one, other, tolerance)
    elif kind == ".npy":
        yield from of_arrays(np.load(first), np.load(second), tolerance)
    elif kind == ".npz":
        packed, more = dict(np.load(first)), dict(np.load(second))
        yield from (f"only one holds {name}" for name in sorted(packed.keys() ^ more.keys()))
        for name in sorted(packed.keys() & more.keys()):
            yield from (f"{name}{words}" for words in of_arrays(packed[name], more[name], tolerance))
    else:
        text, new = (path.read_text(encoding="utf-8") for path in (first, second))
        if differ(text, new, tolerance):
            yield _first(text, new, tolerance)
