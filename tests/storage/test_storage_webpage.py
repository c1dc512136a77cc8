"""A publisher's page: its links as a browser would follow them."""

from __future__ import annotations

import pytest

from crowdwise.base.errors import Problem
from crowdwise.storage.webpage import read_links
from web_server import Web

PAGE = b"""<!doctype html><html><head><title>Months</title></head><body>
<!-- <a href="/hidden.gz">not yet</a> -->
<a href="/files/a.json.gz">JSON</a> <A HREF='b.zip'>CSV</A> <a href="https://else.example/c?x=1&amp;y=2">c</a>
<a name="top">no link</a> <a href="mailto:a@b.example">mail</a> <a href="#top">up</a>
<a href=" /files/a.json.gz ">again</a>
<a href="http://[broken">broken</a> <a href=unclosed.gz>last
"""


def test_links_are_given_whole_in_order_and_once(web: Web) -> None:
    web.serve("list/index", PAGE, kind="text/html; charset=utf-8")
    assert read_links(web.url("list/index")) == [
        web.url("files/a.json.gz"),
        web.url("list/b.zip"),
        "https://else.example/c?x=1&y=2",
        web.url("list/index#top"),
        web.url("list/unclosed.gz"),
    ]


def test_the_pages_own_base_is_followed(web: Web) -> None:
    web.serve("page", b'<head><base href="https://files.example/x/"></head><a href="a.gz">a</a>', kind="text/html")
    assert read_links(web.url("page")) == ["https://files.example/x/a.gz"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b'{"a": 1}', "application/json"), (b"a,b\n1,2\n", "text/html"), (PAGE, "application/octet-stream")],
)
def test_what_is_no_page_is_a_problem(web: Web, body: bytes, kind: str) -> None:
    web.serve("page", body, kind=kind)
    with pytest.raises(Problem, match="no web page"):
        read_links(web.url("page"))


def test_a_missing_page_and_a_dead_server_are_problems(web: Web) -> None:
    with pytest.raises(Problem, match="the server answers 404"):
        read_links(web.url("nowhere"))
    with pytest.raises(Problem, match="can't be had"):
        read_links("http://127.0.0.1:9/page")


def test_a_busy_server_is_asked_again(web: Web) -> None:
    served = web.serve("page", b'<a href="/a">a</a>', kind="text/html", statuses=[503, 502])
    assert read_links(web.url("page")) == [web.url("a")]
    assert len(served.asked) == 3


def test_a_page_without_end_is_left(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crowdwise.storage.webpage.LARGEST", 1000)
    web.serve("page", b'<a href="/a">a</a>' * 100, kind="text/html")
    with pytest.raises(Problem, match="more than 1,000 bytes"):
        read_links(web.url("page"))
