"""Bring bytes in as many attempts as it takes: what has come is kept, pauses grow, giving up says how to go on."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crowdwise.base.errors import Problem

ATTEMPTS = 6  # in a row without a new byte
PAUSE = 0.5  # seconds before the second attempt; doubled for each further one
LONGEST_PAUSE = 60.0
TELL_EVERY = 5.0  # seconds between lines of progress

log = logging.getLogger("crowdwise.storage")


class Broken(Exception):
    """An attempt failed in a way that another may not; `pause` is what the server asked for, in seconds."""

    def __init__(self, why: str, pause: float = 0.0) -> None:
        super().__init__(why)
        self.pause = pause


@dataclass
class Part:
    """What has come of a file so far, and the mark (an ETag or a date) of the version it belongs to."""

    path: Path

    @property
    def note(self) -> Path:
        """The file beside it that says where it comes from."""
        return self.path.with_name(self.path.name + ".json")

    @property
    def size(self) -> int:
        """Bytes that are here."""
        return self.path.stat().st_size if self.path.exists() else 0

    def mark(self, origin: str) -> str:
        """Give the mark of what is here, or an empty string if it comes from elsewhere or has none."""
        try:
            note = json.loads(self.note.read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError):
            return ""
        return str(note["mark"]) if isinstance(note, dict) and note.get("url") == origin and note.get("mark") else ""

    def begin(self, origin: str, mark: str) -> None:
        """Start over with a version of a file."""
        self.remove()
        self.note.write_text(json.dumps({"url": origin, "mark": mark}), encoding="utf-8")

    def remove(self) -> None:
        """Remove what has come, and the note."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def persist(origin: str, part: Part, attempt: Callable[[], None], *, attempts: int = ATTEMPTS) -> None:
    """Call `attempt` until it ends without `Broken`, or brings no new byte so many times in a row.

    Raises
    ------
    Problem
        If it was given up; `part` stays, to be gone on with.
    """
    furthest, failed = part.size, 0
    while True:
        try:
            attempt()
            return
        except Broken as broken:
            held = part.size
            failed = 1 if held > furthest else failed + 1
            furthest = max(furthest, held)
            if failed >= attempts:
                what = f"the download broke off {failed} times in a row, at last because {broken}"
                remedy = f"{held:,} bytes are kept: try again later and it goes on from there"
                raise Problem(what, where=origin, remedy=remedy) from broken
            pause = min(max(PAUSE * 2 ** (failed - 1), broken.pause), LONGEST_PAUSE)
            log.warning("%s: %s; trying again in %.1f s with %s bytes kept", origin, broken, pause, f"{held:,}")
            time.sleep(pause)


def forget(part: Path) -> None:
    """Remove what is left of a download."""
    Part(part).remove()


class Progress:
    """How many bytes have gone over the wire; says so every few seconds. Several threads may count."""

    def __init__(self, place: str, total: int | None, have: int = 0) -> None:
        self.place, self.total, self.have = place, total, have
        self._told, self._lock = time.monotonic(), threading.Lock()

    def add(self, count: int) -> None:
        """Count some bytes."""
        with self._lock:
            self.have += count
            if time.monotonic() - self._told > TELL_EVERY:
                self._told = time.monotonic()
                share = f", {self.have / self.total:.0%}" if self.total else ""
                log.info("%s: %.1f MB%s", self.place, self.have / 1e6, share)
