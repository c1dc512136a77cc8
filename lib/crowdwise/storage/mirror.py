"""A copy in one's own bucket of what was downloaded from the web, so that it is downloaded once.

With ``CROWDWISE_S3=s3://bucket/prefix``, the files of ``data/<profile>/<system>/raw/`` that have a URL are looked for
at ``<prefix>/<profile>/<system>/raw/<file>`` first, and sent there after they came from their publisher and were found
to be whole. Files of a local folder and made-up ones are never sent. An object that is not what it was sent as, or not
what is pinned, is named in a warning, not used, and replaced by the publisher's file.
"""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from crowdwise.base.layout import find_root
from crowdwise.storage.address import project_bucket
from crowdwise.storage.attempts import forget
from crowdwise.storage.bucket import Bucket, Spoilt, open_bucket
from crowdwise.storage.integrity import Digest, digest

log = logging.getLogger("crowdwise.storage")


@dataclass
class Mirror:
    """The objects that stand for a folder of raw files, and those of them that were found to be spoilt."""

    bucket: Bucket
    spoilt: set[str] = field(default_factory=set)

    def take(self, target: Path, part: Path, size: int | None, md5: str | None) -> bool:
        """Bring a file's copy to `part`, and say whether it was there and is what it should be.

        Parameters
        ----------
        target : Path
            Where the file goes: its name, and maybe the same bytes already.
        part : Path
        size, md5 : optional
            What is pinned.

        Raises
        ------
        Problem
            If the bucket can't be used.
        """
        held = self.bucket.look(target.name)
        if held is None:
            return False
        origin = self.bucket.place / target.name
        wrong = held.differs_from(size, md5)
        if not wrong and not held.sha256 and md5 is None:
            wrong = "neither is a hash kept with it nor one pinned"
        if not wrong and target.is_file() and held.is_like(digest(target)):
            shutil.copyfile(target, part)
            log.info("%s: already here", origin)
            return True
        if not wrong:
            try:
                wrong = self.bucket.bring(target.name, part).differs_from(size, md5)
            except Spoilt as problem:
                wrong = problem.what
        if wrong:
            forget(part)
            self.spoilt.add(target.name)
            log.warning("%s: %s; it is not used, the publisher's file is", origin, wrong)
        return not wrong

    def keep(self, path: Path, found: Digest) -> None:
        """Send a file that came from the web, unless the same is there.

        Raises
        ------
        Problem
            If the bucket can't be used; the file itself stays where it is.
        """
        if self.bucket.send(path, path.name, found, anyway=path.name in self.spoilt):
            log.info("%s: kept in the bucket", self.bucket.place / path.name)


def open_mirror(into: Path) -> Mirror | None:
    """Give the objects that stand for a folder below ``data/``, or None if there is no bucket or it is another folder.

    Raises
    ------
    Problem
        If ``CROWDWISE_S3`` is no address, or the settings of S3 can't be used.
    """
    place = project_bucket()
    data, folder = (find_root() / "data").resolve(), Path(into).resolve()
    if place is None or not folder.is_relative_to(data):
        return None
    return Mirror(open_bucket(place / folder.relative_to(data).as_posix()))
