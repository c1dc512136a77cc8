"""The values of a file of outcomes: text turned into numbers, held to what a column can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crowdwise.experiment.plan_columns import Holds

NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
LONGEST = 255  # characters of a text


@dataclass
class Labels:
    """Texts and the number that stands for each."""

    known: dict[str, int]

    def number(self, texts: list[str]) -> list[float]:
        """Give the number of each text, a new one for a new text."""
        return [float(self.known.setdefault(text, len(self.known))) for text in texts]

    def text(self) -> list[str]:
        """Give the texts in the order of their numbers."""
        return list(self.known)


def read_times(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Give microseconds since 1970 in UTC, and where there is a time: without a zone it is UTC, a day is its start."""
    days = as_mask(pc.match_substring_regex(texts, DAY))
    given = pd.Series(texts.to_pandas()).where(days)
    times = pd.to_datetime(given, format="ISO8601", utc=True, errors="coerce").dt.as_unit("us")
    known = times.notna().to_numpy()
    return np.where(known, times.astype("int64").to_numpy(), 0), known


def _read_numbers(texts: pa.Array, _: Labels) -> tuple[np.ndarray, np.ndarray]:
    numeric = pc.match_substring_regex(texts, NUMBER)
    plain = pc.replace_substring_regex(pc.if_else(numeric, texts, "nan"), r"^\+", "")
    values = plain.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return values, ~np.isfinite(values)


def _read_counts(texts: pa.Array, labels: Labels) -> tuple[np.ndarray, np.ndarray]:
    values, wrong = _read_numbers(texts, labels)
    return values, wrong | (values < 0) | (values != np.floor(values))


def _read_proportions(texts: pa.Array, labels: Labels) -> tuple[np.ndarray, np.ndarray]:
    lower = pc.utf8_lower(texts)
    words = pc.if_else(pc.equal(lower, "true"), "1", pc.if_else(pc.equal(lower, "false"), "0", texts))
    values, wrong = _read_numbers(words, labels)
    return values, wrong | ((values != 0) & (values != 1))


def _read_moments(texts: pa.Array, _: Labels) -> tuple[np.ndarray, np.ndarray]:
    at, known = read_times(texts)
    return at / 1e6, ~known


def _read_texts(texts: pa.Array, labels: Labels) -> tuple[np.ndarray, np.ndarray]:
    length = pc.utf8_length(texts).to_numpy(zero_copy_only=False)
    return np.array(labels.number(texts.to_pylist()), dtype=np.float64), (length == 0) | (length > LONGEST)


READERS: dict[Holds, Callable[[pa.Array, Labels], tuple[np.ndarray, np.ndarray]]] = {
    "number": _read_numbers,
    "count": _read_counts,
    "proportion": _read_proportions,
    "time": _read_moments,
    "text": _read_texts,
}


def as_mask(values: pa.Array) -> np.ndarray:
    """Give Arrow's booleans as NumPy's."""
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=bool)
