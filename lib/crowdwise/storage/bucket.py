"""Objects of a bucket: looked at, listed, brought home, sent; their hashes go with them and are checked."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crowdwise.base.errors import Problem
from crowdwise.storage.address import Place
from crowdwise.storage.attempts import ATTEMPTS, Broken, Part, Progress, forget, persist
from crowdwise.storage.integrity import Digest, digest
from crowdwise.storage.s3 import connect, explained

PIECE = 16 << 20  # bytes sent at once; larger files go as several pieces, four side by side
SIDE_BY_SIDE = 4
BLOCK = 1 << 18
LARGEST_NOTE = 1 << 20

log = logging.getLogger("crowdwise.storage")


class Spoilt(Problem):
    """An object whose bytes are not those that were sent."""


@dataclass(frozen=True)
class Held:
    """What a bucket says of an object; the hashes are those it was sent with, or empty if it was sent without."""

    size: int
    etag: str
    changed: datetime
    md5: str
    sha256: str

    def is_like(self, found: Digest) -> bool:
        """Say for certain that a file has the same bytes; False if that can't be known."""
        if self.size != found.size:
            return False
        # Sent whole, an object's ETag is its MD5; where it is something else it can't be equal.
        return self.sha256 == found.sha256 if self.sha256 else self.etag.strip('"') == found.md5

    def differs_from(self, size: int | None, md5: str | None) -> str:
        """Say how it differs from what was pinned, as far as the bucket knows, or give an empty string."""
        known = Digest(self.size, self.md5 or (md5 or "").lower(), self.sha256)
        return known.differs_from(size, md5)


@dataclass(frozen=True)
class Bucket:
    """The objects below one place, by their names from there on."""

    place: Place
    client: Any
    attempts: int = ATTEMPTS

    def look(self, name: str) -> Held | None:
        """Give what is known of an object, or None if there is none.

        Raises
        ------
        Problem
            If the bucket is missing or can't be used.
        """
        from botocore.exceptions import ClientError

        place = self.place / name
        with explained(place):
            try:
                answer = self.client.head_object(Bucket=place.bucket, Key=place.key)
            except ClientError as error:
                status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
                if status in (403, 404):
                    self._ask_why(place)
                if status == 404:
                    return None
                raise
        kept = {name.lower(): value.lower() for name, value in answer.get("Metadata", {}).items()}
        return Held(
            int(answer["ContentLength"]),
            str(answer.get("ETag", "")),
            answer["LastModified"],
            _hash(kept.get("md5", ""), 32),
            _hash(kept.get("sha256", ""), 64),
        )

    def _ask_why(self, place: Place) -> None:
        """Ask for a listing, whose refusal names a missing bucket or wrong secret: the answer to a HEAD can't."""
        self.client.list_objects_v2(Bucket=place.bucket, Prefix=place.key, MaxKeys=1)

    def names(self) -> list[str]:
        """Give the names of the objects directly below this place, sorted.

        Raises
        ------
        Problem
            If the bucket is missing or can't be used.
        """
        start = f"{self.place.key}/" if self.place.key else ""
        with explained(self.place):
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.place.bucket, Prefix=start, Delimiter="/"
            )
            keys = [str(item["Key"]) for page in pages for item in page.get("Contents", [])]
        return sorted(key.removeprefix(start) for key in keys if key != start)

    def bring(self, name: str, part: Path) -> Digest:
        """Bring an object to the file `part`, going on from what an earlier run left there, and give its hashes.

        The caller moves `part` into its place and calls `attempts.forget`.

        Raises
        ------
        Problem
            If it is not there or does not come; `part` stays then. `Spoilt` if its bytes are not those that were
            sent; nothing is left then.
        """
        origin, came, seen = str(self.place / name), Part(part), []

        def attempt() -> None:
            seen.append(self._demand(name))
            self._attempt(name, seen[-1], came)

        persist(origin, came, attempt, attempts=self.attempts)
        found, held = digest(part), seen[-1]
        sent = Digest(held.size, held.md5 or found.md5, held.sha256 or found.sha256)
        if found != sent:
            forget(part)
            what = f"its SHA-256 is {found.sha256} where it was sent with {sent.sha256}"
            raise Spoilt(what, where=origin, remedy="Remove this object, and send the right one again")
        return found

    def _demand(self, name: str) -> Held:
        held = self.look(name)
        if held is None:
            where = str(self.place / name)
            raise Problem("there is no such object", where=where, remedy="Check its name, and what the bucket holds")
        return held

    def _attempt(self, name: str, held: Held, part: Part) -> None:
        from botocore.exceptions import BotoCoreError, ClientError
        from urllib3.exceptions import HTTPError

        place = self.place / name
        if part.mark(str(place)) != held.etag or part.size > held.size:
            part.begin(str(place), held.etag)
            part.path.touch()
        start = part.size
        if start == held.size:
            return
        progress = Progress(str(place), held.size, start)
        here = f", {start / 1e6:,.1f} MB are here" if start else ""
        log.log(_level(held.size), "%s: downloading (%.1f MB%s)", place, held.size / 1e6, here)
        span = {"Range": f"bytes={start}-"} if start else {}
        with explained(place):
            try:
                answer = self.client.get_object(Bucket=place.bucket, Key=place.key, IfMatch=held.etag, **span)
            except ClientError as error:
                if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") in (404, 412, 416):
                    raise Broken("the object was changed meanwhile") from error
                raise
        if start and not str(answer.get("ContentRange", "")).startswith(f"bytes {start}-"):
            part.remove()
            raise Broken("the server goes on from another byte")
        blocks = answer["Body"].iter_chunks(BLOCK)
        with part.path.open("ab") as file:
            while True:
                try:
                    block = next(blocks, None)
                except (BotoCoreError, HTTPError, ConnectionError) as error:
                    raise Broken(f"the connection failed ({type(error).__name__})") from error
                if block is None:
                    break
                file.write(block)
                progress.add(len(block))
        if progress.have != held.size:
            raise Broken(f"only {progress.have:,} of {held.size:,} bytes came")

    def send(self, path: Path, name: str, found: Digest | None = None, *, anyway: bool = False) -> bool:
        """Send a file with its hashes, unless the same is there already (or `anyway`); say whether it was sent.

        It is there whole or not at all. The pieces of a large file that a killed process leaves are no object; a
        rule of the bucket can remove them.

        Raises
        ------
        Problem
            If it can't be sent.
        """
        place, found = self.place / name, found or digest(path)
        held = None if anyway else self.look(name)
        if held is not None and held.sha256 and held.is_like(found):
            return False
        log.log(_level(found.size), "%s: sending (%.1f MB)", place, found.size / 1e6)
        progress = Progress(str(place), found.size)
        with explained(place):
            self._transfer(path, place, {"sha256": found.sha256, "md5": found.md5}, progress.add)
        return True

    def _transfer(self, path: Path, place: Place, metadata: dict[str, str], count: Callable[[int], None]) -> None:
        from boto3.s3.transfer import ProgressCallbackInvoker, TransferConfig, create_transfer_manager

        pieces = TransferConfig(multipart_threshold=PIECE, multipart_chunksize=PIECE, max_concurrency=SIDE_BY_SIDE)
        with create_transfer_manager(self.client, pieces) as manager:
            extra = {"Metadata": metadata}
            told = [ProgressCallbackInvoker(count)]
            manager.upload(str(path), place.bucket, place.key, extra_args=extra, subscribers=told).result()

    def read(self, name: str) -> bytes | None:
        """Give a small object's bytes, or None if there is none.

        Raises
        ------
        Problem
            If the bucket can't be used, or the object is not small.
        """
        from botocore.exceptions import BotoCoreError
        from urllib3.exceptions import HTTPError

        held, place = self.look(name), self.place / name
        if held is None:
            return None
        if held.size > LARGEST_NOTE:
            raise Problem(f"this is no note ({held.size:,} bytes)", where=str(place), remedy="Remove this object")
        with explained(place):
            try:
                body = self.client.get_object(Bucket=place.bucket, Key=place.key)["Body"]
                return bytes(body.read())
            except HTTPError as error:
                raise BotoCoreError from error

    def write(self, name: str, content: bytes) -> None:
        """Write a small object, in one step.

        Raises
        ------
        Problem
            If it can't be written.
        """
        place = self.place / name
        with explained(place):
            self.client.put_object(Bucket=place.bucket, Key=place.key, Body=content)


def open_bucket(place: Place, *, patient: bool = True) -> Bucket:
    """Give the objects below a place; nothing is asked of the server yet.

    Parameters
    ----------
    place : Place
    patient : bool
        Whether to try again for minutes, or give up within seconds.

    Raises
    ------
    Problem
        If the settings of S3 can't be used.
    """
    return Bucket(place, connect(patient=patient), ATTEMPTS if patient else 2)


def _level(size: int) -> int:
    """Give the level to tell of a transfer at: a model's many small files are no news."""
    return logging.INFO if size >= 1e6 else logging.DEBUG


def _hash(text: str, length: int) -> str:
    return text if re.fullmatch(rf"[0-9a-f]{{{length}}}", text) else ""
