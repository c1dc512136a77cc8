"""Publish a profile's model and metrics to the bucket of ``CROWDWISE_S3``, and fetch what was published.

Run as ``python -m crowdwise.storage.publish --profile sample --system steam``; with ``--reports`` in place of a system
it sends the whole set of reports (`reportset`).

An edition of a model is written below its own name and never changed; ``latest.json`` is written last, in one step. A
run that fails or is killed leaves the earlier edition as the latest, and the next run sends only what is not there yet.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crowdwise.base import logs
from crowdwise.base.errors import Problem
from crowdwise.base.layout import SYSTEMS, Layout
from crowdwise.storage.address import VARIABLE, project_bucket
from crowdwise.storage.attempts import forget
from crowdwise.storage.bucket import Bucket, open_bucket
from crowdwise.storage.documents import write_json
from crowdwise.storage.edition import CARD, edition_of, read_edition
from crowdwise.storage.integrity import Digest
from crowdwise.storage.reportset import publish_set
from crowdwise.storage.whole import whole_folder

LATEST = "models/latest.json"

log = logging.getLogger("crowdwise.storage")


def _open(layout: Layout, system: str, *, patient: bool) -> Bucket:
    place = project_bucket()
    if place is None:
        remedy = f"Set {VARIABLE}=s3://bucket/prefix"
        raise Problem("no bucket is named to publish to", where=VARIABLE, remedy=remedy)
    return open_bucket(place / layout.profile / system, patient=patient)


def publish(layout: Layout, system: str) -> dict[str, Any]:
    """Send a system's saved model and the metrics files of its notebooks, and give what is published.

    Raises
    ------
    Problem
        If no bucket is named, it can't be used, or there is no saved model. The latest edition there stays what it was.
    """
    bucket, folder = _open(layout, system, patient=True), layout.model(system)
    edition = edition_of(folder)
    sent = [bucket.send(folder / f, f"models/{edition.name}/{f}", found) for f, found in edition.files.items()]
    metrics = sorted((layout.reports / system).glob("*.metrics.json"))
    sent += [bucket.send(path, f"metrics/{path.name}") for path in metrics]
    if bucket.read(LATEST) != edition.to_json():
        bucket.write(LATEST, edition.to_json())
        log.info("%s: %s is the latest now", bucket.place, edition.name)
    log.info("%s: published, %d of %d files were sent", bucket.place, sum(sent), len(sent))
    return {"bucket": str(bucket.place), "edition": edition.name, "metrics": [path.name for path in metrics]}


def fetch_model(layout: Layout, system: str) -> bool:
    """Bring a system's latest published model into its place, whole or not at all, and say whether it was brought.

    A model that is here stays if it is the same, or was saved after the latest one was published.

    Raises
    ------
    Problem
        If no bucket is named, it can't be used, or what it holds is not what was published. The model that is here
        stays as it was.
    """
    bucket, folder = _open(layout, system, patient=False), layout.model(system)
    text, held = bucket.read(LATEST), bucket.look(LATEST)
    if text is None or held is None:
        log.info("%s: no model is published here", bucket.place)
        return False
    latest, published = read_edition(text, str(bucket.place / LATEST)), held.changed.timestamp()
    card = folder / CARD
    if card.is_file():
        if edition_of(folder).name == latest.name:
            log.info("%s: the latest model is here (%s)", bucket.place, latest.name)
            return False
        if card.stat().st_mtime > published:
            log.warning("%s: the model here is newer; publish it with `make publish`", bucket.place / LATEST)
            return False
    try:
        with whole_folder(folder) as new:
            for file, wanted in latest.files.items():
                _bring(bucket, f"models/{latest.name}/{file}", new / file, wanted)
                # The bucket's clock, so that a later edition is newer whatever this machine's clock says.
                os.utime(new / file, (published, published))
    except OSError as error:
        remedy = "Make room, or see to the folder's rights"
        raise Problem(f"the model can't be written ({error.strerror})", where=folder, remedy=remedy) from error
    log.info("%s: %s is here now", bucket.place, latest.name)
    return True


def _bring(bucket: Bucket, name: str, place: Path, wanted: Digest) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.part")
    if bucket.bring(name, part) != wanted:
        remedy = "Publish the model again with `make publish`"
        raise Problem("its bytes are not those that latest.json names", where=str(bucket.place / name), remedy=remedy)
    part.replace(place)
    forget(part)


def main(arguments: Sequence[str] | None = None) -> int:
    """Publish what the command line names, and note it in a file for make; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m crowdwise.storage.publish", description="Publish a model.")
    parser.add_argument("--profile", required=True)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--system", choices=SYSTEMS)
    what.add_argument("--reports", action="store_true", help="the reports of both systems as one set")
    parser.add_argument("--note", type=Path, help="a file to write what was published to")
    given = parser.parse_args(arguments)
    try:
        logs.set_up()
        layout = Layout(given.profile)
        published = publish_set(layout) if given.reports else publish(layout, given.system)
        if given.note:
            write_json(published, given.note)
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("crowdwise: publishing was interrupted; what was the latest still is.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
