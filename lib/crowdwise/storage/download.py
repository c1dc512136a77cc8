"""Download one file by HTTP: streamed, retried with growing pauses, resumed where a break left it."""

from __future__ import annotations

import logging
import time
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path

import requests
from urllib3.exceptions import HTTPError

from crowdwise.base.errors import Problem
from crowdwise.storage.address import without_credentials
from crowdwise.storage.attempts import Broken, Part, Progress, persist

TIMEOUT = (10, 60)  # seconds to connect, seconds without a byte
BLOCK = 1 << 18
PASSING = {408, 425, 429, 500, 502, 503, 504}

log = logging.getLogger("crowdwise.storage")


def download(url: str, part: Path) -> None:
    """Bring the whole of `url` to the file `part`, going on from what an earlier run left there.

    What has come is used only if the server says that its file is still the same (``If-Range`` with a strong ETag
    or a date); otherwise it starts over. The caller moves `part` into its place and calls `forget` when it is done.

    Raises
    ------
    Problem
        If the server refuses, answers with a web page, or no byte comes in six attempts; `part` stays, to be
        gone on with.
    """
    place, came = without_credentials(url), Part(part)
    try:
        persist(place, came, lambda: _attempt(url, came, place))
    except requests.RequestException as error:
        raise Problem(f"this can't be downloaded ({error})", where=place, remedy="Check the address") from error


def _attempt(url: str, part: Part, place: str) -> None:
    mark = part.mark(place)
    start = part.size if mark else 0
    headers = {"Accept-Encoding": "identity", "User-Agent": "crowdwise"}
    if start:
        headers |= {"Range": f"bytes={start}-", "If-Range": mark}
    try:
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as response:
            if start and _is_complete(response, start):
                return
            start = _judge(response, start, mark, part, place)
            _receive(response, start, part, place)
    except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError, HTTPError) as error:
        raise Broken(f"the connection failed ({type(error).__name__})") from error


def _is_complete(response: requests.Response, start: int) -> bool:
    """Say whether the server means that nothing follows what has come already."""
    unsatisfiable = response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    return unsatisfiable and response.headers.get("Content-Range", "") == f"bytes */{start}"


def _judge(response: requests.Response, start: int, mark: str, part: Part, place: str) -> int:
    """See what the server answers and give the byte it goes on from."""
    status = response.status_code
    if status in PASSING:
        raise Broken(f"the server answers {status}", _asked_pause(response))
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and start:
        part.remove()
        raise Broken("the server has no such range any more")
    if status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        remedy = "Check the address, and whether the publisher has moved the file"
        raise Problem(f"the server answers {status} {response.reason or ''}".rstrip(), where=place, remedy=remedy)
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml") and not place.endswith((".html", ".htm")):
        remedy = "Check the address, and whether the publisher has moved the file"
        raise Problem("the server answers with a web page in place of data", where=place, remedy=remedy)
    if status == HTTPStatus.PARTIAL_CONTENT:
        span = response.headers.get("Content-Range", "")
        if not span.startswith(f"bytes {start}-") or (_mark(response) or mark) != mark:
            part.remove()
            raise Broken("the server goes on with another file or from another byte")
        return start
    part.begin(place, _mark(response))
    return 0


def _receive(response: requests.Response, start: int, part: Part, place: str) -> None:
    length = response.headers.get("Content-Length", "")
    total = start + int(length) if length.isdigit() else None
    size = f"{total / 1e6:,.1f} MB" if total is not None else "size unknown"
    log.info("%s: downloading (%s%s)", place, size, f", {start / 1e6:,.1f} MB are here" if start else "")
    progress = Progress(place, total, start)
    with part.path.open("ab") as file:
        for block in response.raw.stream(BLOCK, decode_content=False):
            file.write(block)
            progress.add(len(block))
    if total is not None and progress.have != total:
        raise Broken(f"only {progress.have:,} of {total:,} bytes came")


def _mark(response: requests.Response) -> str:
    """Give what names this version of the file: a strong ETag, or else its date."""
    etag = response.headers.get("ETag", "")
    if etag and not etag.startswith("W/"):
        return etag
    return response.headers.get("Last-Modified", "")


def _asked_pause(response: requests.Response) -> float:
    asked = response.headers.get("Retry-After", "")
    if asked.isdigit():
        return float(asked)
    try:
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    except (TypeError, ValueError):
        return 0.0
