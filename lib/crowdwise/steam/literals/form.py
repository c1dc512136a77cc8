"""What a line should hold: names of fields and the kind of each value, as Arrow types and as the scanner's arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa


class Kind(IntEnum):
    """What a field's value is."""

    TEXT = 0
    """``str``"""
    WHOLE = 1
    """``int`` of 64 bits, no ``bool``"""
    TRUTH = 2
    """``bool``"""
    NUMBER = 3
    """``float``, or ``int`` that a float holds exactly"""
    NUMBER_OR_TEXT = 4
    """One of the two: an Arrow struct of ``number`` and ``text``"""
    TEXTS = 5
    """``list`` of ``str``"""
    RECORDS = 6
    """``list`` of ``dict``, each of an inner form"""


TYPES = {
    Kind.TEXT: pa.string(),
    Kind.WHOLE: pa.int64(),
    Kind.TRUTH: pa.bool_(),
    Kind.NUMBER: pa.float64(),
    Kind.NUMBER_OR_TEXT: pa.struct([("number", pa.float64()), ("text", pa.string())]),
    Kind.TEXTS: pa.list_(pa.string()),
}
FAULT = pa.struct([("field", pa.string()), ("why", pa.string()), ("text", pa.string())])


class Plan(NamedTuple):
    """A form for compiled code."""

    names: np.ndarray
    """uint8: the fields' names, one after the other."""
    fields: np.ndarray
    """int64 of shape (fields, 3): where the name begins, its bytes, the value's kind."""
    required: int
    """A bit a field that may not be missing."""


@dataclass(frozen=True)
class Form:
    """The fields of a line, or of the records inside it.

    Parameters
    ----------
    fields : mapping of str to Kind
        In the order in which the publisher writes them: another order is read too, more slowly.
    required : tuple of str
        Fields without which a line (or an inner record) can't be used.
    inner : Form, optional
        The form of the records in the one field of kind RECORDS.
    """

    fields: Mapping[str, Kind]
    required: tuple[str, ...] = ()
    inner: Form | None = None

    def __post_init__(self) -> None:
        if len(self.fields) > 60:
            raise ValueError("a form has at most 60 fields: a bit of a number stands for each")
        if list(self.fields.values()).count(Kind.RECORDS) != (self.inner is not None):
            raise ValueError("an inner form goes with exactly one field of kind RECORDS")

    @cached_property
    def records(self) -> str:
        """The name of the field of kind RECORDS, or nothing."""
        return next((name for name, kind in self.fields.items() if kind == Kind.RECORDS), "")

    @property
    def shortest(self) -> int:
        """The fewest bytes that a record with all that is required can have."""
        return len("{}") + sum(len(f"'{name}':0,") for name in self.required)

    def arrow_fields(self) -> list[pa.Field]:
        """Give the fields as Arrow's."""
        return [pa.field(name, self.arrow_type(name)) for name in self.fields]

    def arrow_type(self, name: str) -> pa.DataType:
        """Give a field's Arrow type."""
        if self.inner is not None and name == self.records:
            return pa.list_(pa.struct(self.inner.arrow_fields()))
        return TYPES[self.fields[name]]

    @cached_property
    def schema(self) -> pa.Schema:
        """The schema of a batch: ``line``, the fields, and ``why``, ``raw``, ``faults`` for what could not be read."""
        tail = [("why", pa.string()), ("raw", pa.binary()), ("faults", pa.list_(FAULT))]
        return pa.schema([pa.field("line", pa.int64()), *self.arrow_fields(), *(pa.field(*one) for one in tail)])

    @cached_property
    def plan(self) -> Plan:
        """The form for compiled code."""
        encoded = [name.encode() for name in self.fields]
        widths = np.array([len(name) for name in encoded], dtype=np.int64)
        kinds = np.array(list(self.fields.values()), dtype=np.int64)
        return Plan(
            np.frombuffer(b"".join(encoded), dtype=np.uint8),
            np.column_stack([np.cumsum(widths) - widths, widths, kinds]),
            sum(1 << k for k, name in enumerate(self.fields) if name in self.required),
        )
