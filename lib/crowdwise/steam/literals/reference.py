"""What Python itself makes of a line: the reference, and the way of every line that the scanner leaves."""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache
from typing import Any

from crowdwise.steam.literals.form import Form, Kind

NAMES = {
    Kind.TEXT: "a str",
    Kind.WHOLE: "an int",
    Kind.TRUTH: "a bool",
    Kind.NUMBER: "a number",
    Kind.NUMBER_OR_TEXT: "a number or str",
    Kind.TEXTS: "a list",
    Kind.RECORDS: "a list",
}


class Unusable(ValueError):
    """A value that can't be what its field holds."""


def read_line(line: bytes, form: Form) -> dict[str, Any]:
    """Give a row of the form's schema (but for ``line``) for any line: with its fields, or with ``why`` and ``raw``.

    A value of another kind than its field's is left out and named in ``faults``, as is an inner record that lacks what
    it must have; where the line itself must have it, the line can't be read.
    """
    if not line.strip():
        return {"why": "blank line"}
    try:
        record = evaluate(line.decode("utf-8"))
        if not isinstance(record, dict):
            raise Unusable("not a record")
        faults: list[dict[str, str]] = []
        return conform(record, form, faults) | {"faults": faults or None}
    except UnicodeDecodeError:
        return {"why": "not UTF-8", "raw": line}
    except Unusable as error:
        return {"why": str(error), "raw": line}
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return {"why": "not a Python literal", "raw": line}


def evaluate(text: str) -> Any:
    """Give what `ast.literal_eval` does; it need not warn of escapes that Python does not know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.literal_eval(text)


@lru_cache(maxsize=1 << 15)  # a game's name stands in many libraries
def decode(literal: bytes) -> str:
    r"""Give the text of a literal with escapes, in UTF-8.

    Python 2 wrote characters beyond U+FFFF as two halves (``\ud83c\udfae``) on some machines: they are joined.

    Raises
    ------
    ValueError, SyntaxError
        If it is no text, or holds half a character that no other half follows.
    """
    return mend(evaluate(literal.decode()))


def mend(text: Any) -> str:
    """Join the halves of characters; raise an Unusable if it is no text or a half stands alone."""
    if not isinstance(text, str):
        raise Unusable("not a str")
    try:
        text.encode()
        return text
    except UnicodeEncodeError:
        pass
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise Unusable("holds half a character") from error


def conform(record: dict[Any, Any], form: Form, faults: list[dict[str, str]]) -> dict[str, Any]:
    """Give a record's values for the fields of a form, None where one is missing or of another kind.

    Raises
    ------
    Unusable
        If a required field is missing or of another kind.
    """
    row: dict[str, Any] = {}
    for name, kind in form.fields.items():
        value = record.get(name)
        try:
            row[name] = None if value is None else _value(value, name, kind, form, faults)
        except Unusable as error:
            if name in form.required:
                raise Unusable(f"{name} {error}") from error
            faults.append(_fault(name, f"{name} {error}", value))
            row[name] = None
        if row[name] is None and name in form.required:
            raise Unusable(f"without {name}" if name not in record else f"{name} is not {NAMES[kind]}")
    return row


def _value(value: Any, name: str, kind: Kind, form: Form, faults: list[dict[str, str]]) -> Any:
    if kind == Kind.TEXT and isinstance(value, str):
        return mend(value)
    if kind == Kind.TRUTH and isinstance(value, bool):
        return value
    if kind == Kind.WHOLE and type(value) is int:
        if not -(2**63) <= value < 2**63:
            raise Unusable("has more than 64 bits")
        return value
    if kind in (Kind.NUMBER, Kind.NUMBER_OR_TEXT) and isinstance(value, int | float) and not isinstance(value, bool):
        number = _number(value)
        return number if kind == Kind.NUMBER else {"number": number, "text": None}
    if kind == Kind.NUMBER_OR_TEXT and isinstance(value, str):
        return {"number": None, "text": mend(value)}
    if kind == Kind.TEXTS and isinstance(value, list | tuple):
        return [text for part in value if (text := _text(part, name, faults)) is not None]
    if kind == Kind.RECORDS and isinstance(value, list) and form.inner is not None:
        return [row for part in value if (row := _record(part, name, form.inner, faults)) is not None]
    raise Unusable(f"is not {NAMES[kind]}")


def _number(value: float) -> float:
    try:
        number = float(value)
    except OverflowError as error:
        raise Unusable("is beyond any float") from error
    if number != value and value == value:
        raise Unusable("has more digits than a float holds")
    return number


def _text(part: Any, name: str, faults: list[dict[str, str]]) -> str | None:
    try:
        return mend(part)
    except Unusable as error:
        faults.append(_fault(name, f"a part of {name} is {error}", part))
        return None


def _record(part: Any, name: str, form: Form, faults: list[dict[str, str]]) -> dict[str, Any] | None:
    """Give an inner record, or None if it can't be used: an optional value of another kind makes it so too."""
    found: list[dict[str, str]] = []
    try:
        if not isinstance(part, dict):
            raise Unusable("not a record")
        row = conform(part, form, found)
        if found:
            raise Unusable(found[0]["why"])
    except Unusable as error:
        faults.append(_fault(name, str(error), part))
        return None
    return row


def _fault(field: str, why: str, value: Any) -> dict[str, str]:
    """Name what is left out, and show it as Python would; halves of characters as escapes."""
    return {"field": field, "why": why, "text": repr(value).encode("utf-8", "backslashreplace").decode()}
