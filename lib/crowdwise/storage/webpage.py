"""A web page's links: where a publisher lists files whose names can't be known beforehand."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from crowdwise.base.errors import Problem
from crowdwise.storage import attempts
from crowdwise.storage.address import without_credentials
from crowdwise.storage.download import PASSING, TIMEOUT

LARGEST = 16 << 20  # bytes; a page of links has a few hundred thousand


class _Links(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base, self.found, self.elements = address, [], 0  # type: ignore[var-annotated]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements += 1
        address = dict(attrs).get("href")
        if tag == "base" and address:
            self.base = _joined(self.base, address)
        elif tag == "a" and address:
            self.found.append(_joined(self.base, address))


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:  # a link no browser could follow either
        return ""


def read_links(url: str) -> list[str]:
    """Give the addresses that a page's links lead to, whole, in the page's order, each once.

    Raises
    ------
    Problem
        If the page can't be had, or what is there is no HTML.
    """
    place = without_credentials(url)
    kind, text, address = _read(url, place)
    parser = _Links(address)
    parser.feed(text)
    if kind not in ("text/html", "application/xhtml+xml") or not parser.elements:
        remedy = "Open the address in a browser, and name the page that lists the files"
        raise Problem(f"this is no web page (its type is {kind or 'not said'})", where=place, remedy=remedy)
    return list(dict.fromkeys(link for link in parser.found if link.startswith(("http://", "https://"))))


def _read(url: str, place: str) -> tuple[str, str, str]:
    """Give a page's type, its text, and the address it came from after redirects."""
    again = Retry(total=4, backoff_factor=attempts.PAUSE, status_forcelist=sorted(PASSING), raise_on_status=False)
    try:
        with requests.Session() as session:
            for scheme in ("http://", "https://"):
                session.mount(scheme, HTTPAdapter(max_retries=again))
            with session.get(url, headers={"User-Agent": "crowdwise"}, stream=True, timeout=TIMEOUT) as response:
                if response.status_code != requests.codes.ok:
                    remedy = "Check the address, and whether the publisher has moved the page"
                    said = f"{response.status_code} {response.reason or ''}".rstrip()
                    raise Problem(f"the server answers {said}", where=place, remedy=remedy)
                content = b""
                for block in response.iter_content(1 << 16):
                    content += block
                    if len(content) > LARGEST:
                        raise Problem(f"this has more than {LARGEST:,} bytes", where=place, remedy="Name a web page")
                kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                return kind, content.decode(response.encoding or "utf-8", errors="replace"), response.url
    except (requests.RequestException, LookupError) as error:
        what = f"the page can't be had ({type(error).__name__})"
        raise Problem(what, where=place, remedy="Check the address and the connection, and try again") from error
