"""Where a page comes from: the commit, the parameters, and the hashes of all that its run used.

It stands in ``<notebook>.provenance.json``, is the same after a second run of the same tree, and holds no time, no host
and no path of a machine: those are in ``runs.jsonl``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.reporting.commits import last_commit, state_of
from crowdwise.reporting.trace import Trace
from crowdwise.storage.whole import current, whole_file

LOCK = "requirements.lock"


def hash_of(path: Path) -> str:
    """Give the SHA-256 of a file, or of a folder's names and files; empty if it is not there."""
    if path.is_dir():
        parts = [f"{p.relative_to(path).as_posix()} {hash_of(p)}\n" for p in sorted(path.rglob("*")) if p.is_file()]
        return hashlib.sha256("".join(parts).encode()).hexdigest()
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seeds(values: Mapping[str, Any], name: str = "") -> dict[str, int]:
    """Give every parameter called a seed, nested ones by their path."""
    found: dict[str, int] = {}
    for key, value in values.items():
        path = f"{name}.{key}" if name else key
        if isinstance(value, Mapping):
            found |= _seeds(value, path)
        elif "seed" in key and isinstance(value, int):
            found[path] = value
    return found


def departures(lock: Path) -> list[str]:
    """Give the packages here whose version is another than the lock's, as ``name 1.2 (locked: 1.3)``."""
    if not lock.is_file():
        return []
    locked: dict[str, list[str]] = {}  # a version for each Python or system that asks for its own
    for name, pinned in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock.read_text(encoding="utf-8"), re.M):
        locked.setdefault(name, []).append(pinned)
    found = []
    for name, versions in locked.items():
        try:
            here = version(name)
        except PackageNotFoundError:  # for another system, or for development only
            continue
        if here not in versions:
            found.append(f"{name} {here} (locked: {' or '.join(versions)})")
    return sorted(found)


def command_of(layout: Layout, system: str, notebook: str) -> str:
    """Give the command that makes the page again, from the project's folder."""
    page = layout.relative(layout.report(system, notebook, "html"))
    stamp = layout.reports / "params" / f"{system}-1-acquire.json"
    source = json.loads(stamp.read_text(encoding="utf-8")).get("source", "") if stamp.is_file() else ""
    if layout.profile == "local" and str(source).endswith(f"/{system}"):
        return shlex.join(["make", f"RAW={str(source).removesuffix(f'/{system}')}", page])
    return shlex.join(["make", f"PROFILE={layout.profile}", page])


def _raw(layout: Layout, system: str, pending: Mapping[Path, Path]) -> list[dict[str, Any]]:
    """Give what acquire wrote of the raw files: name, origin, size and hashes."""
    path = layout.tables(system) / "provenance.json"
    path = pending.get(path.resolve(), path)
    files: list[dict[str, Any]] = []
    if path.is_file():
        files = json.loads(path.read_text(encoding="utf-8")).get("files", [])
    return files


def _hashed(layout: Layout, paths: Iterable[Path], known: Mapping[tuple[str, int], str]) -> list[dict[str, str]]:
    listed = {}
    for path in paths:
        key = (path.name, path.stat().st_size if path.is_file() else -1)
        listed[os.path.relpath(path, layout.root)] = known.get(key) or hash_of(path)
    return [{"file": name, "sha256": found} for name, found in sorted(listed.items())]


def describe(
    layout: Layout,
    system: str,
    notebook: str,
    values: Mapping[str, Any],
    used: Trace,
    pending: Mapping[Path, Path] | None = None,
) -> dict[str, Any]:
    """Give the provenance of a run.

    Parameters
    ----------
    layout : Layout
    system, notebook : str
    values : mapping
        The parameters it was run with.
    used : Trace
        What its kernel imported and read.
    pending : mapping of Path to Path, optional
        Where files are that are not in their places yet.

    Returns
    -------
    dict
        ``command``, ``parameters``, ``seeds``, ``commit``, ``source``, ``code`` and ``inputs`` (files with their
        SHA-256), ``raw`` (what acquire read), ``code_sha256`` over all code, ``lock_sha256``, ``departures``
        from the lock.
    """
    source = layout.notebook(system, notebook)
    code = _hashed(layout, used.modules, {})
    files = [file["file"] for file in code]
    names = sorted({*files, layout.relative(source), layout.relative(layout.params(system)), LOCK})
    raw = _raw(layout, system, pending or {})
    known = {(file["name"], file["size"]): str(file["sha256"]) for file in raw}  # they can be large
    return {
        "system": system,
        "notebook": notebook,
        "profile": layout.profile,
        "command": command_of(layout, system, notebook),
        "parameters": dict(values),
        "seeds": _seeds(values),
        "commit": last_commit(layout.root, names),
        "source": {"file": layout.relative(source), "sha256": hash_of(source)},
        "code": code,
        "code_sha256": hashlib.sha256("".join(f"{f['file']} {f['sha256']}\n" for f in code).encode()).hexdigest(),
        "inputs": _hashed(layout, used.inputs, known),
        "raw": raw if notebook == NOTEBOOKS[0] else [],
        "lock_sha256": hash_of(layout.root / LOCK),
        "departures": departures(layout.root / LOCK),
    }


def read_provenance(layout: Layout, system: str, notebook: str) -> dict[str, Any] | None:
    """Give a page's provenance, or None if it was made by a version that kept none."""
    path = current(layout.report(system, notebook, "provenance.json"))
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if "command" in found else None


def write_provenance(layout: Layout, document: Mapping[str, Any]) -> None:
    """Write a page's provenance, whole or not at all."""
    place = layout.report(str(document["system"]), str(document["notebook"]), "provenance.json")
    with whole_file(place) as new:
        text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
        new.write_text(text + "\n", encoding="utf-8")


def _is_as_run(layout: Layout, document: Mapping[str, Any]) -> bool:
    files = [*document["code"], document["source"], {"file": LOCK, "sha256": document["lock_sha256"]}]
    return all(hash_of(layout.root / file["file"]) == file["sha256"] for file in files)


def update_commits(layout: Layout) -> list[tuple[str, str]]:
    """Name the commit anew where the files that a page was made of have been committed since; give those pages.

    A page is not made again for a commit, but says which one it stands at. Whoever calls this renders them.
    """
    note = layout.reports / ".commit"
    state = state_of(layout.root)
    text = hashlib.sha256((state or "").encode()).hexdigest()
    if not layout.reports.is_dir() or (note.is_file() and note.read_text(encoding="utf-8") == text):
        return []
    changed = []
    for system in SYSTEMS:
        for notebook in NOTEBOOKS:
            document = read_provenance(layout, system, notebook)
            if document is None or not _is_as_run(layout, document):
                continue
            params = layout.relative(layout.params(system))
            names = sorted({*(f["file"] for f in document["code"]), document["source"]["file"], params, LOCK})
            commit = last_commit(layout.root, names)
            if commit != document["commit"]:
                write_provenance(layout, {**document, "commit": commit})
                changed.append((system, notebook))
    note.write_text(text, encoding="utf-8")
    return changed
