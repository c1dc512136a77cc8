"""Where bytes live elsewhere: addresses of buckets, and addresses fit to be shown.

``CROWDWISE_S3=s3://bucket/prefix`` names the bucket of a project, which is laid out like the folder ``data/``:

    <prefix>/<profile>/<system>/raw/<file>                    raw files, as downloaded from their publisher
    <prefix>/<profile>/<system>/models/<edition>/<file>       a saved model; never written to again
    <prefix>/<profile>/<system>/models/latest.json            which edition is the newest, and its files' hashes
    <prefix>/<profile>/<system>/metrics/<notebook>.metrics.json
    <prefix>/<profile>/reports/<version>/<file>               all reports as one set; never written to again
    <prefix>/<profile>/reports/latest.json                    which set is the newest, and its files' hashes

An object that was sent from here carries the ``sha256`` and ``md5`` of its bytes as metadata.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from crowdwise.base.errors import Problem

VARIABLE = "CROWDWISE_S3"
SCHEME = "s3://"
CREDENTIALS = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"


@dataclass(frozen=True)
class Place:
    """A bucket and a key in it, or the prefix of keys; prints as its address."""

    bucket: str
    key: str = ""

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.key}".rstrip("/")

    def __truediv__(self, name: str) -> Place:
        return Place(self.bucket, f"{self.key}/{name}" if self.key else name)


def parse(url: str, *, source: str = "") -> Place:
    """Give the place that ``s3://bucket/key`` names; everything after the bucket is the key as it stands.

    Parameters
    ----------
    url : str
    source : str, optional
        What the address was given by, for the message.

    Raises
    ------
    Problem
        If it is no such address, or holds credentials.
    """
    bucket, _, key = url.removeprefix(SCHEME).partition("/")
    shown = f"{source}={without_credentials(url)}" if source else without_credentials(url)
    if "@" in bucket:
        raise Problem("an address must not hold credentials", where=shown, remedy=CREDENTIALS)
    if not url.startswith(SCHEME) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]", bucket):
        raise Problem("this is no address of a bucket", where=shown, remedy="Write s3://bucket/prefix")
    return Place(bucket, key.strip("/"))


def project_bucket() -> Place | None:
    """Give what ``CROWDWISE_S3`` names, or None if it is not set.

    Raises
    ------
    Problem
        If it is no address of a bucket.
    """
    url = os.environ.get(VARIABLE, "").strip()
    return parse(url, source=VARIABLE) if url else None


def without_credentials(url: str) -> str:
    """Give a URL without a user's name and password, fit for logs and provenance."""
    if "@" not in url:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
