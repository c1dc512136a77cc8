"""The Steam tab's state as a JSON document: short enough for an address, whatever the library's size."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Mapping
from typing import Any

from crowdwise.app.hours import MOST_HOURS
from crowdwise.base.errors import Problem

MOST_OWNED = 5_000  # games of one library
LISTED = 60  # a library of more is packed: an address has room for some 60,000 characters
MOST_UNPACKED = 40 * MOST_OWNED  # characters; whoever packs more than that means no library
ENTRY = re.compile(r"([^,=]{1,40})(?:=(\d{1,6}(?:\.\d{1,2})?))?")


def write_owned(owned: Mapping[str, float | None]) -> list[list[Any]] | str:
    """Give owned games as pairs of id and hours; many of them as one packed word.

    Hours are packed to two decimals. Ids with a comma or an equals sign, which no app id has, are not packed.
    """
    if len(owned) <= LISTED:
        return [[game_id, played] for game_id, played in owned.items()]
    words = (game_id if played is None else f"{game_id}={played:.2f}" for game_id, played in owned.items())
    return base64.urlsafe_b64encode(zlib.compress(",".join(words).encode(), 9)).decode().rstrip("=")


def read_owned(written: Any) -> dict[str, float | None]:
    """Take what `write_owned` gave.

    Raises
    ------
    Problem
        If it is something else, holds hours that are none, or more than `MOST_OWNED` games.
    """
    try:
        owned = _unpack(written) if isinstance(written, str) else _pair(written)
    except (TypeError, ValueError, zlib.error, binascii.Error) as error:
        raise no_state() from error
    if len(owned) > MOST_OWNED or any(
        played is not None and not 0 <= played <= MOST_HOURS for played in owned.values()
    ):
        raise no_state()
    return owned


def no_state() -> Problem:
    """Give the problem of a document that is no state."""
    return Problem("this is no state of the Steam tab", remedy="Start anew")


def _pair(written: Any) -> dict[str, float | None]:
    return {str(game_id): None if played is None else float(played) for game_id, played in written}


def _unpack(written: str) -> dict[str, float | None]:
    packed = base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True)
    reader = zlib.decompressobj()
    words = reader.decompress(packed, MOST_UNPACKED).decode()
    if not reader.eof:
        raise ValueError("packed words go on after their end")
    owned: dict[str, float | None] = {}
    for word in words.split(","):
        entry = ENTRY.fullmatch(word)
        if entry is None:
            raise ValueError(word[:40])
        owned[entry[1]] = None if entry[2] is None else float(entry[2])
    return owned
