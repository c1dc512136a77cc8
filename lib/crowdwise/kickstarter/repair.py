"""Nested JSON text that was written without care: quotes and line breaks inside its strings left as they are."""

from __future__ import annotations

import json
import re
from typing import Any

# A text value runs from its opening quote to the first quote that a key, or the end of the object, follows.
_TEXT_VALUE = re.compile(
    r'(?P<start>"[A-Za-z0-9_]+"\s*:\s*")(?P<text>.*?)(?P<end>"\s*(?=,\s*"[A-Za-z0-9_]+"\s*:|[}\]]\s*(?:[,}\]]|$)))',
    re.DOTALL,
)
_BARE_QUOTE = re.compile(r'(?<!\\)((?:\\\\)*)"')


class Unrepairable(ValueError):
    """Text from which no object can be read with certainty."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise Unrepairable("a name stands twice")
    return dict(pairs)


def read_nested(text: str) -> tuple[dict[str, Any], bool]:
    """Read an object from JSON text, mending bare quotes and line breaks inside strings where that is certain.

    A mended text is certain when each string ends where the next name, or the object, begins, the whole then
    parses, and no name stands twice.

    Parameters
    ----------
    text : str
        As a month's column holds it, as in ``{"id":1,"name":"Creator "quoted" name"}``.

    Returns
    -------
    object : dict
    was_mended : bool

    Raises
    ------
    Unrepairable
        If no object can be read from it with certainty.
    """
    try:
        found, mended = json.loads(text), False
    except json.JSONDecodeError:
        try:
            escaped = _TEXT_VALUE.sub(
                lambda part: part["start"] + _BARE_QUOTE.sub(r'\1\\"', part["text"]) + part["end"], text
            )
            found, mended = json.loads(escaped, strict=False, object_pairs_hook=_unique), True
        except json.JSONDecodeError as error:
            raise Unrepairable(str(error)) from error
    except (RecursionError, ValueError) as error:  # lists in lists without end, a number of thousands of digits
        raise Unrepairable(str(error)) from error
    if not isinstance(found, dict):
        raise Unrepairable(f"it holds {type(found).__name__}, not an object")
    return found, mended
