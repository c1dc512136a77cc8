"""Files from a real HTTP server: whole, checked, retried, resumed."""

from __future__ import annotations

import gzip
import hashlib
import logging
import random
import socket
from pathlib import Path

import pytest

from crowdwise.base.errors import Problem
from crowdwise.storage.address import without_credentials
from crowdwise.storage.fetch import fetch

BODY = gzip.compress(random.Random(3).randbytes(400_000), mtime=0)
OTHER = gzip.compress(random.Random(4).randbytes(400_000), mtime=0)
MD5 = hashlib.md5(BODY).hexdigest()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def into(home: Path) -> Path:
    return home / "raw"


def test_a_file_arrives_whole_with_its_size_and_hashes(web, into):
    web.serve("a/x.json.gz", BODY)
    fetched = fetch(web.url("a/x.json.gz"), into)
    assert fetched.path.read_bytes() == BODY
    assert (fetched.name, fetched.path) == ("x.json.gz", into / "x.json.gz")
    assert (fetched.size, fetched.md5) == (len(BODY), MD5)
    assert fetched.sha256 == hashlib.sha256(BODY).hexdigest()
    assert fetched.origin == web.url("a/x.json.gz")
    assert names(into) == ["x.json.gz"]


def test_a_file_here_with_the_pinned_hash_is_not_downloaded_again(web, into):
    served = web.serve("x.json.gz", BODY)
    first = fetch(web.url("x.json.gz"), into, size=len(BODY), md5=MD5)
    again = fetch(web.url("x.json.gz"), into, size=len(BODY), md5=MD5.upper())
    assert first == again
    assert len(served.asked) == 1


def test_a_file_here_with_another_hash_is_replaced(web, into):
    into.mkdir()
    (into / "x.json.gz").write_bytes(OTHER)
    web.serve("x.json.gz", BODY)
    fetch(web.url("x.json.gz"), into, md5=MD5)
    assert (into / "x.json.gz").read_bytes() == BODY


def test_a_connection_that_breaks_goes_on_where_it_broke(web, into):
    served = web.serve("x.json.gz", BODY, breaks=[100_000, 250_000])
    assert fetch(web.url("x.json.gz"), into).md5 == MD5
    assert [asked.get("range") for asked in served.asked] == [None, "bytes=100000-", "bytes=250000-"]
    assert served.asked[1]["if-range"] == '"one"'
    assert names(into) == ["x.json.gz"]


def test_progress_counts_so_that_many_breaks_are_no_failure(web, into):
    web.serve("x.json.gz", BODY, breaks=list(range(20_000, 400_000, 20_000)))
    assert fetch(web.url("x.json.gz"), into).md5 == MD5


def test_a_later_run_goes_on_where_an_earlier_one_gave_up(web, into):
    served = web.serve("x.json.gz", BODY, breaks=[100_000], statuses=[200] + [503] * 6)
    with pytest.raises(Problem, match="100,000 bytes are kept"):
        fetch(web.url("x.json.gz"), into)
    assert "x.json.gz" not in names(into)
    assert fetch(web.url("x.json.gz"), into).md5 == MD5
    assert served.asked[-1]["range"] == "bytes=100000-"
    assert names(into) == ["x.json.gz"]


def test_a_download_that_was_complete_but_not_moved_is_not_repeated(web, into):
    served = web.serve("x.json.gz", BODY)
    fetch(web.url("x.json.gz"), into)
    (into / "x.json.gz").rename(into / ".x.json.gz.part")
    (into / ".x.json.gz.part.json").write_text(f'{{"url": "{web.url("x.json.gz")}", "mark": "\\"one\\""}}')
    assert fetch(web.url("x.json.gz"), into).md5 == MD5
    assert served.asked[-1]["range"] == f"bytes={len(BODY)}-"
    assert len(served.asked) == 2


def test_a_file_that_changed_between_two_attempts_is_never_mixed(web, into):
    served = web.serve("x.json.gz", OTHER, breaks=[100_000], statuses=[200] + [503] * 6)
    with pytest.raises(Problem):
        fetch(web.url("x.json.gz"), into)
    served.body, served.etag = BODY, '"two"'
    assert fetch(web.url("x.json.gz"), into).md5 == MD5


def test_a_server_without_marks_or_ranges_is_read_from_the_start_again(web, into):
    served = web.serve("x.json.gz", BODY, breaks=[100_000], etag=None)
    assert fetch(web.url("x.json.gz"), into).md5 == MD5
    assert "range" not in served.asked[1]
    served = web.serve("y.json.gz", BODY, breaks=[100_000], ranges=False)
    assert fetch(web.url("y.json.gz"), into).md5 == MD5


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_failure_of_the_server_is_tried_again(web, into, status):
    web.serve("x.json.gz", BODY, statuses=[status, status])
    assert fetch(web.url("x.json.gz"), into).md5 == MD5


def test_a_server_that_always_fails_is_a_problem_after_six_attempts(web, into):
    served = web.serve("x.json.gz", BODY, statuses=[500] * 20)
    with pytest.raises(Problem, match="broke off 6 times in a row, at last because the server answers 500"):
        fetch(web.url("x.json.gz"), into)
    assert len(served.asked) == 6


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refusal_is_a_problem_at_once(web, into, status):
    served = web.serve("x.json.gz", BODY, statuses=[status])
    with pytest.raises(Problem, match=rf"http://127.*x\.json\.gz: the server answers {status}"):
        fetch(web.url("x.json.gz"), into)
    assert len(served.asked) == 1
    assert names(into) == []


def test_a_web_page_in_place_of_data_is_refused_by_its_type_or_its_bytes(web, into):
    page = b"\n<!DOCTYPE html><html><body>Sign in</body></html>"
    for kind in ("text/html; charset=utf-8", "application/gzip"):
        web.serve("x.json.gz", page, kind=kind)
        with pytest.raises(Problem, match="web page"):
            fetch(web.url("x.json.gz"), into)
    assert names(into) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (BODY[:-9], "truncated or corrupt"),
        (b"{}", "no gzip"),
        (gzip.compress(b"", mtime=0), "holds nothing"),
    ],
)
def test_what_is_no_whole_gzip_is_refused_and_what_was_here_stays(web, into, body, words):
    into.mkdir()
    (into / "x.json.gz").write_bytes(OTHER)
    web.serve("x.json.gz", body)
    with pytest.raises(Problem, match=words):
        fetch(web.url("x.json.gz"), into)
    assert (into / "x.json.gz").read_bytes() == OTHER
    assert names(into) == ["x.json.gz"]


def test_a_changed_upstream_file_is_named_as_such(web, into):
    web.serve("x.json.gz", OTHER)
    with pytest.raises(Problem, match=f"MD5 is .* where {MD5} is pinned.*has changed"):
        fetch(web.url("x.json.gz"), into, md5=MD5)
    with pytest.raises(Problem, match="bytes where 12 are pinned"):
        fetch(web.url("x.json.gz"), into, size=12)
    assert names(into) == []


def test_a_file_packed_on_the_way_is_kept_as_it_came(web, into):
    web.serve("x.json.gz", BODY, packed_on_the_way=True)
    assert fetch(web.url("x.json.gz"), into).md5 == MD5


def test_a_server_that_is_not_there_is_a_problem(web, into):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Problem, match="the connection failed"):
        fetch(f"http://127.0.0.1:{port}/x.json.gz", into)


def test_credentials_in_a_url_are_neither_logged_nor_kept(web, into, caplog):
    web.serve("x.json.gz", BODY)
    secret = web.url("x.json.gz").replace("http://", "http://me:pa55@")
    with caplog.at_level(logging.DEBUG, logger="crowdwise"):
        assert fetch(secret, into).origin == web.url("x.json.gz")
    assert "pa55" not in caplog.text
    web.serve("x.json.gz", BODY, statuses=[404])
    with pytest.raises(Problem) as problem:
        fetch(secret, into)
    assert "pa55" not in str(problem.value)
    assert without_credentials("https://h/p?q=1") == "https://h/p?q=1"


def test_an_address_of_no_file_and_an_unknown_scheme_are_problems(into):
    with pytest.raises(Problem, match="does not end in a file's name"):
        fetch("http://127.0.0.1/folder/", into)
    with pytest.raises(Problem, match="can't be fetched by ftp"):
        fetch("ftp://127.0.0.1/x.gz", into)


def test_a_folder_that_can_not_be_written_is_a_problem(web, home):
    web.serve("x.json.gz", BODY)
    (home / "file").write_text("in the way")
    with pytest.raises(Problem, match="can't be written"):
        fetch(web.url("x.json.gz"), home / "file")
