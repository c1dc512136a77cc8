"""From the scanner's places and values to Arrow's columns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numba import njit

from crowdwise.steam.literals.form import TYPES, Form, Kind
from crowdwise.steam.literals.reference import decode
from crowdwise.steam.literals.scanner import COUNTED, ESCAPED, EXACT_DIGITS, LISTED, MISSING, PLAIN

NOTHING = np.empty(0, dtype=np.uint8)
TENS = 10.0 ** np.arange(EXACT_DIGITS + 1)


def make_store(rows: int, fields: int) -> np.ndarray:
    """Give a store of cells: int64 of shape (rows, fields, 3), what a value is and two numbers that say which.

    ``MISSING`` (or None); ``PLAIN`` or ``ESCAPED`` text: where it begins and ends in the buffer; ``COUNTED``: a whole
    number and how many of its digits are decimals (-1: no point); ``LISTED``: the first and last row in another store.
    """
    return np.empty((rows, fields, 3), dtype=np.int64)


class Columns:
    """Makes columns from stores over one buffer, and remembers which rows hold an escape that Python refuses.

    Parameters
    ----------
    data : bytes
        What was scanned.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.buffer = np.frombuffer(data, dtype=np.uint8)

    def lines(
        self, form: Form, lines: np.ndarray, records: np.ndarray, texts: np.ndarray
    ) -> tuple[list[pa.Array], np.ndarray]:
        """Give a column a field, and which rows of `lines` are to be left to Python after all (bool)."""
        refused = np.zeros(len(lines), dtype=bool)
        arrays = []
        for k, kind in enumerate(form.fields.values()):
            if kind == Kind.RECORDS:
                array, wrong = self._records(form, lines[:, k], records)
            elif kind == Kind.TEXTS:
                array, wrong = self._texts(lines[:, k], texts)
            else:
                array, wrong = self._scalars(kind, lines[:, k])
            refused |= wrong
            arrays.append(array)
        return arrays, refused

    def _records(self, form: Form, cells: np.ndarray, store: np.ndarray) -> tuple[pa.Array, np.ndarray]:
        assert form.inner is not None
        offsets, listed, place = _lists(cells)
        columns = [self._scalars(kind, store[place, k]) for k, kind in enumerate(form.inner.fields.values())]
        inner = pa.StructArray.from_arrays([array for array, _ in columns], fields=form.inner.arrow_fields())
        refused = np.logical_or.reduce([wrong for _, wrong in columns])
        array = pa.ListArray.from_arrays(offsets, inner, type=form.arrow_type(form.records), mask=_arrow_mask(~listed))
        return array, _any(refused, offsets)

    def _texts(self, cells: np.ndarray, store: np.ndarray) -> tuple[pa.Array, np.ndarray]:
        offsets, listed, place = _lists(cells)
        array, refused = self._slices(store[place, 0])
        lists = pa.ListArray.from_arrays(offsets, array, type=TYPES[Kind.TEXTS], mask=_arrow_mask(~listed))
        return lists, _any(refused, offsets)

    def _scalars(self, kind: Kind, cells: np.ndarray) -> tuple[pa.Array, np.ndarray]:
        missing, none = cells[:, 0] != COUNTED, np.zeros(len(cells), dtype=bool)
        if kind == Kind.TEXT:
            return self._slices(cells)
        if kind == Kind.WHOLE:
            return pa.array(cells[:, 1], mask=_mask(missing)), none
        if kind == Kind.TRUTH:
            return pa.array(cells[:, 1] == 1, mask=_mask(missing)), none
        power = TENS[np.where(missing, 0, np.maximum(cells[:, 2], 0))]
        number = pa.array(np.where(missing, 0, cells[:, 1]) / power, mask=_mask(missing))
        if kind == Kind.NUMBER:
            return number, none
        text, refused = self._slices(cells)
        neither = cells[:, 0] == MISSING
        return pa.StructArray.from_arrays([number, text], fields=list(TYPES[kind]), mask=_arrow_mask(neither)), refused

    def _slices(self, cells: np.ndarray) -> tuple[pa.Array, np.ndarray]:
        """Give the texts at some slices, and which of them Python refuses."""
        escaped = np.flatnonzero(cells[:, 0] == ESCAPED)
        there = cells[:, 0] == PLAIN
        there[escaped] = True
        start, end = cells[:, 1].copy(), cells[:, 2].copy()
        if not there.all():
            start[~there] = end[~there] = 0
        refused = np.zeros(len(cells), dtype=bool)
        extra = self._decode(escaped, start, end, refused) if len(escaped) else NOTHING
        offsets = np.zeros(len(cells) + 1, dtype=np.int32)
        np.cumsum(end - start, out=offsets[1:])
        data = np.empty(int(offsets[-1]), dtype=np.uint8)
        gather(self.buffer, extra, start, end, data)
        valid = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little").tobytes())
        buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(data)]
        return pa.Array.from_buffers(pa.string(), len(cells), buffers), refused

    def _decode(self, rows: np.ndarray, start: np.ndarray, end: np.ndarray, refused: np.ndarray) -> np.ndarray:
        """Decode literals, point their slices beyond the buffer, and give the bytes that stand there."""
        parts, size = [], len(self.data)
        for row in rows.tolist():
            try:
                text = decode(self.data[start[row] - 1 : end[row] + 1]).encode()
            except (ValueError, SyntaxError):
                text, refused[row] = b"", True
            parts.append(text)
            start[row], size = size, size + len(text)
            end[row] = size
        return np.frombuffer(b"".join(parts), dtype=np.uint8)


def _lists(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray | slice]:
    """Give the offsets of lists, which of them are there, and the rows of the store that they hold, in order."""
    listed = cells[:, 0] == LISTED
    start, length = cells[:, 1], np.where(listed, cells[:, 2] - cells[:, 1], 0)
    offsets = np.zeros(len(cells) + 1, dtype=np.int32)
    np.cumsum(length, out=offsets[1:])
    first = start[listed]
    if len(first) == 0 or (first[0] == 0 and (first[1:] == (first + length[listed])[:-1]).all()):
        return offsets, listed, slice(0, int(offsets[-1]))  # one field of lists: nothing lies between them
    return offsets, listed, np.arange(offsets[-1]) + np.repeat(first - offsets[:-1][listed], length[listed])


def _mask(missing: np.ndarray) -> np.ndarray | None:
    return missing if missing.any() else None


def _arrow_mask(missing: np.ndarray) -> pa.Array | None:
    return pa.array(missing) if missing.any() else None


def _any(refused: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Say of each list whether any of its values is refused."""
    return np.diff(np.concatenate([[0], np.cumsum(refused)])[offsets]) > 0


@njit(cache=True)
def gather(buffer: np.ndarray, extra: np.ndarray, start: np.ndarray, end: np.ndarray, into: np.ndarray) -> None:
    """Copy slices one after the other into `into`; a slice from ``len(buffer)`` on is one of `extra`."""
    at, size = 0, len(buffer)
    for row in range(len(start)):
        first, last = start[row], end[row]
        if first >= size:
            for j in range(first - size, last - size):
                into[at] = extra[j]
                at += 1
        else:
            for j in range(first, last):
                into[at] = buffer[j]
                at += 1
