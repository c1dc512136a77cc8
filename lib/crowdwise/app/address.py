"""The state of a page in its address: what stands behind the ``#``, which no server ever sees."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from crowdwise.base.errors import Problem
from crowdwise.base.layout import SYSTEMS

LONGEST = 2_000  # characters behind the #: an address that mail and chats carry whole
MOST = 2_000_000  # bytes that a state may unfold to: whoever edits an address must not fill the memory
LONGEST_ADDRESS = 200_000
ENTRY = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class PageState:
    """Which tab is open, and what is in each.

    Parameters
    ----------
    tab : int
        From 0.
    systems : mapping
        A system's state as its model's `get` gave it, or the id of the diary's entry that holds it.
    """

    tab: int = 0
    systems: Mapping[str, Mapping[str, Any] | str] = field(default_factory=dict)


def split_address(address: str) -> tuple[str, str]:
    """Give what follows the question mark and what follows the ``#``; what is too long counts as nothing."""
    if len(address) > LONGEST_ADDRESS:
        return "", ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.query, parts.fragment


def write_fragment(state: PageState, entries: Mapping[str, str] | None = None) -> str:
    """Give a state as it stands behind the ``#``; nothing for the start.

    Parameters
    ----------
    state : PageState
    entries : mapping, optional
        A system's last entry in the diary: its id takes the place of a state that makes the address too long, the
        longest state first.
    """
    systems: dict[str, Any] = dict(state.systems)
    if not systems and not state.tab:
        return ""
    text = _pack(state.tab, systems)
    for system in sorted(systems, key=lambda name: -len(json.dumps(systems[name]))):
        if len(text) <= LONGEST:
            break
        entry_id = (entries or {}).get(system)
        systems = {name: one for name, one in systems.items() if name != system}
        if entry_id:
            systems[system] = entry_id
        text = _pack(state.tab, systems)
    return text


def read_fragment(fragment: str) -> PageState:
    """Read what `write_fragment` gave; anybody may have edited it. The name of a place in the page is no state.

    Raises
    ------
    Problem
        If it is nothing of the kind.
    """
    if not fragment.startswith("s="):
        return PageState()
    what, remedy = "what stands behind the # is no state of this page", "The page starts anew"
    try:
        document = _unpack(fragment)
        tab, systems = document["tab"], {name: document[name] for name in SYSTEMS if name in document}
        whole = type(tab) is int and 0 <= tab <= 9
        whole = whole and all(isinstance(one, dict) or ENTRY.fullmatch(one) for one in systems.values())
    except (ValueError, KeyError, TypeError, zlib.error, RecursionError) as error:
        raise Problem(what, where="the address", remedy=remedy) from error
    if not whole:
        raise Problem(what, where="the address", remedy=remedy)
    return PageState(tab, systems)


def _pack(tab: int, systems: Mapping[str, Any]) -> str:
    text = json.dumps({"tab": tab, **systems}, separators=(",", ":"), sort_keys=True)
    return "s=" + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def _unpack(fragment: str) -> Any:
    packed = fragment[2:]
    unfolding = zlib.decompressobj()
    text = unfolding.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), MOST)
    if not unfolding.eof:
        raise ValueError("cut off, or too long")
    return json.loads(text)
