"""A profile's reports as one set: published under the name of its content, the newest named last.

    <prefix>/<profile>/reports/<version>/<file>    pages, notebooks, metrics and provenance; never written to again
    <prefix>/<profile>/reports/latest.json         which version is the newest, and its files' hashes

A run that fails or is killed leaves the earlier set as the latest; the next one sends what is not there yet.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crowdwise.base.errors import Problem
from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.storage.address import VARIABLE, parse, project_bucket
from crowdwise.storage.attempts import forget
from crowdwise.storage.bucket import Bucket, open_bucket
from crowdwise.storage.integrity import Digest, digest, leads_out, read_digests

LATEST = "latest.json"
ENDINGS = ("html", "ipynb", "metrics.json", "provenance.json")
TIMES = "runs.html"  # goes along and names nothing: it is another after every run

log = logging.getLogger("crowdwise.storage")


@dataclass(frozen=True)
class ReportSet:
    """The files of a set by their names below its folder, with what identifies their bytes."""

    files: Mapping[str, Digest]

    @property
    def version(self) -> str:
        """Its name: the first twelve digits of a hash over all its files but the page of times."""
        lines = "".join(f"{name} {found.sha256}\n" for name, found in sorted(self.files.items()) if name != TIMES)
        return hashlib.sha256(lines.encode()).hexdigest()[:12]

    def to_json(self) -> bytes:
        """Give it as the bytes of a JSON document."""
        document = {"version": self.version, "files": {name: vars(found) for name, found in self.files.items()}}
        return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()


def read_set(text: bytes, where: str) -> ReportSet:
    """Read what `ReportSet.to_json` wrote.

    Raises
    ------
    Problem
        If it is something else, its version does not fit its files, or a file's name leads out of the folder.
    """
    remedy = "Publish the reports again with `make publish`"
    try:
        document: Any = json.loads(text)
        found, version = ReportSet(read_digests(document)), document["version"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem("this is no list of a set's files", where=where, remedy=remedy) from error
    if any(map(leads_out, found.files)) or version != found.version:
        raise Problem("this list of a set's files contradicts itself", where=where, remedy=remedy)
    return found


def paths_of(layout: Layout) -> dict[str, Path]:
    """Give the files of a profile's set that are there, by their names in it.

    Raises
    ------
    Problem
        If there is no index yet.
    """
    index = layout.reports / "index.html"
    if not index.is_file():
        raise Problem(
            "there are no reports here", where=layout.relative(layout.reports), remedy="Run `make report` first"
        )
    found = {path.name: path for path in (index, layout.reports / TIMES)}
    for system in SYSTEMS:
        for notebook in NOTEBOOKS:
            for ending in ENDINGS:
                found[f"{system}/{notebook}.{ending}"] = layout.report(system, notebook, ending)
        for ending in ("html", "json"):  # the index links to it
            found[f"{system}/refresh.{ending}"] = layout.report(system, "refresh", ending)
    return {name: path for name, path in found.items() if path.is_file()}


def publish_set(layout: Layout) -> dict[str, Any]:
    """Send a profile's reports, and name them the latest when all of them are there.

    Raises
    ------
    Problem
        If no bucket is named, it can't be used, or there is no index. The latest set stays what it was.
    """
    place = project_bucket()
    if place is None:
        raise Problem("no bucket is named to publish to", where=VARIABLE, remedy=f"Set {VARIABLE}=s3://bucket/prefix")
    bucket, paths = open_bucket(place / layout.profile / "reports"), paths_of(layout)
    found = ReportSet({name: digest(path) for name, path in paths.items()})
    sent = 0
    for name, path in paths.items():
        object_name = f"{found.version}/{name}"
        if name != TIMES or bucket.look(object_name) is None:
            sent += bucket.send(path, object_name, found.files[name])
    text = bucket.read(LATEST)
    if text is None or _version(text) != found.version:
        bucket.write(LATEST, found.to_json())
        log.info("%s: %s is the latest now", bucket.place, found.version)
    log.info("%s: published, %d of %d files were sent", bucket.place, sent, len(paths))
    return {"bucket": str(bucket.place), "version": found.version, "files": sorted(paths)}


def _version(text: bytes) -> str:
    try:
        return read_set(text, LATEST).version
    except Problem:  # what is no list is written anew
        return ""


def fetch_set(address: str, folder: Path) -> str:
    """Bring a published set's metrics and provenance into a folder, and give its version.

    Parameters
    ----------
    address : str
        ``s3://bucket/prefix/<profile>/reports`` for the latest, or with ``/<version>`` at its end.
    folder : Path

    Raises
    ------
    Problem
        If there is no set, or what came is not what was published.
    """
    place = parse(address.rstrip("/").removesuffix("/latest"), source="set")
    bucket = open_bucket(place, patient=False)
    text = bucket.read(LATEST)
    if text is None:  # a version's own folder: its files are listed by the bucket
        return _fetch_version(bucket, folder)
    found = read_set(text, str(bucket.place / LATEST))
    for name, wanted in found.files.items():
        if name.endswith((".metrics.json", ".provenance.json")):
            _bring(bucket, f"{found.version}/{name}", folder / name, wanted)
    return found.version


def _fetch_version(bucket: Bucket, folder: Path) -> str:
    many = 0
    for system in SYSTEMS:
        names = open_bucket(bucket.place / system, patient=False).names()
        for name in (name for name in names if name.endswith((".metrics.json", ".provenance.json"))):
            _bring(bucket, f"{system}/{name}", folder / system / name, None)
            many += 1
    if not many:
        remedy = "Name s3://bucket/prefix/<profile>/reports, or a version below it"
        raise Problem("there is no published set here", where=str(bucket.place), remedy=remedy)
    return bucket.place.key.rpartition("/")[2]


def _bring(bucket: Bucket, name: str, place: Path, wanted: Digest | None) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.part")
    found = bucket.bring(name, part)
    if wanted is not None and found != wanted:
        where, remedy = str(bucket.place / name), "Publish the reports again with `make publish`"
        raise Problem("its bytes are not those that latest.json names", where=where, remedy=remedy)
    part.replace(place)
    forget(part)
