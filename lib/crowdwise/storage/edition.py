"""What names a saved model's bytes: its version and the hashes of its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crowdwise.base.errors import Problem
from crowdwise.storage.integrity import Digest, digest, leads_out, read_digests

CARD = "card.json"


@dataclass(frozen=True)
class Edition:
    """A model's version by its card, and what identifies each of its files.

    Two editions can have one version: the same learnt numbers with another card or other metrics.
    """

    version: str
    files: Mapping[str, Digest]

    @property
    def name(self) -> str:
        """Its name, ``<version>-<eight digits of all its hashes>``."""
        lines = "".join(f"{file} {found.sha256}\n" for file, found in sorted(self.files.items()))
        return f"{self.version}-{hashlib.sha256(lines.encode()).hexdigest()[:8]}"

    def to_json(self) -> bytes:
        """Give it as the bytes of a JSON document."""
        files = {file: vars(found) for file, found in self.files.items()}
        document = {"edition": self.name, "version": self.version, "files": files}
        return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()


def edition_of(folder: Path) -> Edition:
    """Give the edition of a saved model's folder.

    Raises
    ------
    Problem
        If there is no model in it.
    """
    card = Path(folder) / CARD
    if not card.is_file():
        raise Problem("there is no saved model here", where=folder, remedy="Run `make model` first")
    try:
        version = str(json.loads(card.read_text(encoding="utf-8"))["version"])
    except (ValueError, KeyError, TypeError) as error:
        raise Problem("this card names no version", where=card, remedy="Run `make model` again") from error
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    return Edition(version, {path.relative_to(folder).as_posix(): digest(path) for path in files})


def read_edition(text: bytes, where: str) -> Edition:
    """Read what `Edition.to_json` wrote.

    Raises
    ------
    Problem
        If it is something else, its name does not fit its files, or a file's name leads out of the folder.
    """
    remedy = "Publish the model again with `make publish`"
    try:
        document: Any = json.loads(text)
        edition, name = Edition(str(document["version"]), read_digests(document)), document["edition"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem("this is no list of a model's files", where=where, remedy=remedy) from error
    outside = any(map(leads_out, edition.files))
    if outside or name != edition.name or "/" in name or CARD not in edition.files:
        raise Problem("this list of a model's files contradicts itself", where=where, remedy=remedy)
    return edition
