"""Raw files in buckets: addresses, whole and checked transfers, what goes wrong with a server, what is kept where."""

from __future__ import annotations

import errno
import gzip
import hashlib
import logging
import random
import subprocess
import sys
from pathlib import Path

import pytest

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.storage import bucket as buckets
from crowdwise.storage.address import Place, parse, project_bucket
from crowdwise.storage.bucket import open_bucket
from crowdwise.storage.fetch import fetch, find
from crowdwise.storage.provenance import write_provenance
from s3_server import KEY_ID, SECRET, Fault

BODY = gzip.compress(random.Random(3).randbytes(400_000), mtime=0)
OTHER = gzip.compress(random.Random(4).randbytes(400_000), mtime=0)
MD5, SHA256 = hashlib.md5(BODY).hexdigest(), hashlib.sha256(BODY).hexdigest()
NAME = "x.json.gz"
SHELF = f"s3://shelf/deep/{NAME}"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def into(home: Path) -> Path:
    return Layout("full").raw("steam")


def put_object(s3, body: bytes, key: str = f"deep/{NAME}", **metadata: str) -> None:
    s3.client.put_object(Bucket="shelf", Key=key, Body=body, Metadata=metadata)


# --- addresses ---


def test_an_address_is_a_bucket_and_a_key_as_it_stands() -> None:
    assert parse("s3://shelf/a b/ü?#%20.gz") == Place("shelf", "a b/ü?#%20.gz")
    assert parse("s3://shelf") == parse("s3://shelf/") == Place("shelf")
    assert str(Place("shelf") / "a" / "b") == "s3://shelf/a/b"


@pytest.mark.parametrize(
    "url", ["", "shelf/a", "s3:/shelf", "s3://", "s3:///a", "s3://a/b", "http://shelf/a", "s3://a b/"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Problem, match="no address of a bucket"):
        parse(url)


def test_an_address_with_credentials_is_refused_and_not_repeated() -> None:
    with pytest.raises(Problem, match="must not hold credentials") as problem:
        parse("s3://me:hush@shelf/a")
    assert "hush" not in str(problem.value)


def test_the_projects_bucket_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROWDWISE_S3", "")
    assert project_bucket() is None
    monkeypatch.setenv("CROWDWISE_S3", "s3://shelf/team/")
    assert project_bucket() == Place("shelf", "team")
    monkeypatch.setenv("CROWDWISE_S3", "shelf")
    with pytest.raises(Problem, match="CROWDWISE_S3=shelf: this is no address"):
        project_bucket()


def test_boto3_is_imported_only_when_it_is_needed() -> None:
    code = "import sys, crowdwise.storage.publish, crowdwise.storage.fetch; print('boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


# --- a bucket as the source ---


def test_a_file_comes_from_a_bucket_with_its_hashes(s3, into):
    put_object(s3, BODY, sha256=SHA256, md5=MD5)
    fetched = fetch(SHELF, into, size=len(BODY), md5=MD5)
    assert fetched.path.read_bytes() == BODY
    assert (fetched.origin, fetched.md5, fetched.sha256) == (SHELF, MD5, SHA256)
    assert names(into) == [NAME]


def test_a_file_that_was_sent_without_hashes_is_taken_as_it_is(s3, into):
    put_object(s3, BODY)
    assert fetch(SHELF, into).md5 == MD5


@pytest.mark.parametrize("pin", [MD5, None])
@pytest.mark.parametrize("hashes", [{"sha256": SHA256}, {}])
def test_the_same_bytes_are_not_brought_again(s3, into, pin, hashes):
    put_object(s3, BODY, **hashes)
    first = fetch(SHELF, into, md5=pin)
    assert fetch(SHELF, into, md5=pin) == first
    assert s3.count("GET", f"/deep/{NAME}") == 1
    put_object(s3, OTHER)
    assert fetch(SHELF, into).path.read_bytes() == OTHER


def test_months_are_listed_once_sorted_without_hidden_or_deeper_ones(s3):
    for key in ("deep/b.gz", "deep/a.gz", "deep/.c.gz", "deep/d/e.gz", "deep/", "deeper.gz", "f.gz"):
        put_object(s3, b"x", key)
    assert find("s3://shelf/deep/", ["*.gz", "a*"]) == ["s3://shelf/deep/a.gz", "s3://shelf/deep/b.gz"]
    assert find("s3://shelf", ["*.gz"]) == ["s3://shelf/deeper.gz", "s3://shelf/f.gz"]
    with pytest.raises(Problem, match=r"s3://shelf/deep: no file here is named like \*.zip"):
        find("s3://shelf/deep", ["*.zip"])


def test_a_pin_that_differs_is_refused_and_the_file_here_stays(s3, into):
    put_object(s3, BODY)
    fetch(SHELF, into)
    put_object(s3, OTHER)
    with pytest.raises(Problem, match=r"its MD5 is .* where 00 is pinned"):
        fetch(SHELF, into, md5="00")
    assert (into / NAME).read_bytes() == BODY
    assert names(into) == [NAME]


def test_an_object_that_is_not_what_it_was_sent_as_is_refused(s3, into):
    put_object(s3, OTHER, sha256=SHA256)
    with pytest.raises(Problem, match=rf"{SHELF}: its SHA-256 is .* where it was sent with {SHA256}"):
        fetch(SHELF, into)
    assert names(into) == []


def test_what_is_not_whole_data_is_refused(s3, into):
    put_object(s3, BODY[:-20])
    with pytest.raises(Problem, match="truncated or corrupt"):
        fetch(SHELF, into)
    assert names(into) == []


def test_a_copy_of_made_up_data_stays_made_up(s3, into, home):
    put_object(s3, BODY)
    files = [fetch(SHELF, into)]
    assert write_provenance(home / "tables", "local", files)["source"] == "local"
    put_object(s3, b"{}", "deep/made-up.json")
    assert write_provenance(home / "tables", "local", files)["source"] == "made up"


# --- what goes wrong ---


def test_a_missing_key_and_a_missing_bucket_are_told_apart(s3, into):
    with pytest.raises(Problem, match=rf"{SHELF}: there is no such object"):
        fetch(SHELF, into)
    for call in (lambda: fetch("s3://nowhere/x.gz", into), lambda: find("s3://nowhere/a", ["*"])):
        with pytest.raises(Problem, match="s3://nowhere: there is no such bucket"):
            call()
    assert names(into) == []


@pytest.mark.parametrize("variable", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_missing_credentials_are_a_sentence(s3, into, monkeypatch, variable):
    monkeypatch.delenv(variable)
    with pytest.raises(Problem, match=r"Credentials.*Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"):
        fetch(SHELF, into)


def test_a_profile_that_is_not_there_is_a_sentence(s3, into, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(Problem, match=r"settings of S3 can't be used \(ProfileNotFound\)"):
        fetch(SHELF, into)


def test_a_server_that_is_not_there_is_named_without_its_credentials(s3, into, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://me:hush@127.0.0.1:9")
    with pytest.raises(Problem, match=r"http://127\.0\.0\.1:9\S* can't be reached") as problem:
        fetch(SHELF, into)
    assert "hush" not in str(problem.value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "me:hush@localhost")
    with pytest.raises(Problem, match="no URL of a server") as problem:
        fetch(SHELF, into)
    assert "hush" not in str(problem.value)


def refusal(code: str) -> bytes:
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{SECRET}</Message></Error>".encode()


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "SignatureDoesNotMatch", "refuses the secret key"),
        (403, "InvalidAccessKeyId", "does not know this key id"),
        (403, "AccessDenied", "access is refused"),
        (400, "ExpiredToken", "session token has expired"),
        (301, "PermanentRedirect", "in another region"),
        (418, "Teapot", "the server answers Teapot"),
        (503, "SlowDown", "stays overloaded or broken"),
    ],
)
def test_each_refusal_is_a_sentence_without_the_servers_words(s3, status, code, words):
    s3.faults.append(Fault("GET", "list-type", status, refusal(code), times=99))
    with pytest.raises(Problem, match=words) as problem:
        find("s3://shelf/deep", ["*"])
    assert SECRET not in str(problem.value)
    assert problem.value.remedy
    assert "s3://shelf" in problem.value.where


def test_the_secret_reaches_no_line_of_the_log_and_no_message(s3, into, caplog):
    caplog.set_level(logging.DEBUG, "crowdwise")
    put_object(s3, BODY)
    fetch(SHELF, into)
    for fault in (
        Fault("HEAD", NAME, 403, b"", times=9),
        Fault("GET", "list-type", 403, refusal("SignatureDoesNotMatch")),
    ):
        s3.faults.append(fault)
    with pytest.raises(Problem) as problem:
        fetch(SHELF, into)
    assert "secret key" in str(problem.value)
    for said in (caplog.text, str(problem.value), repr(problem.value)):
        assert SECRET not in said
        assert KEY_ID not in said


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_busy_server_is_asked_again(s3, into, method):
    put_object(s3, BODY)
    s3.faults.append(Fault(method, NAME, 503, times=2))
    assert fetch(SHELF, into).md5 == MD5
    assert s3.count(method, NAME) >= 3


def test_a_connection_that_breaks_goes_on_where_it_broke(s3, into, caplog):
    put_object(s3, BODY, sha256=SHA256)
    s3.faults += [Fault("GET", NAME, cut_after=100_000), Fault("GET", NAME, cut_after=50_000)]
    assert fetch(SHELF, into).md5 == MD5
    assert s3.count("GET", NAME) == 3
    assert "100,000 bytes kept" in caplog.text
    assert "150,000 bytes kept" in caplog.text
    assert names(into) == [NAME]


def test_a_later_run_goes_on_where_an_earlier_one_gave_up(s3, into):
    put_object(s3, BODY)
    s3.faults += [Fault("GET", NAME, cut_after=100_000), Fault("GET", NAME, cut_after=0, times=6)]
    with pytest.raises(Problem, match="100,000 bytes are kept"):
        fetch(SHELF, into)
    assert NAME not in names(into)
    s3.faults[:] = [Fault("GET", NAME, cut_after=len(BODY) - 100_000)]  # all that is missing, and no more
    assert fetch(SHELF, into).md5 == MD5


def test_what_came_of_another_version_is_not_used(s3, into):
    put_object(s3, OTHER)
    s3.faults += [Fault("GET", NAME, cut_after=100_000), Fault("GET", NAME, cut_after=0, times=6)]
    with pytest.raises(Problem, match="bytes are kept"):
        fetch(SHELF, into)
    s3.faults.clear()
    put_object(s3, BODY)
    assert fetch(SHELF, into).path.read_bytes() == BODY


def test_a_full_disk_is_a_sentence_and_the_next_run_completes(s3, into, monkeypatch):
    put_object(s3, BODY)
    open_file, room = Path.open, [100_000]

    def opened(path, mode="r", *rest, **more):
        file = open_file(path, mode, *rest, **more)
        if not path.name.endswith(".part") or "a" not in mode:
            return file
        write = file.write

        class Full:
            def __enter__(self):
                return self

            def __exit__(self, *_):
                file.close()

            def write(self, block):
                room[0] -= len(block)
                if room[0] < 0:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return write(block)

        return Full()

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(Problem, match=rf"{NAME}: the file can't be written \(No space left on device\). Make room"):
        fetch(SHELF, into)
    assert NAME not in names(into)
    monkeypatch.setattr(Path, "open", open_file)
    assert fetch(SHELF, into).path.read_bytes() == BODY
    assert names(into) == [NAME]


def test_large_files_go_in_pieces(s3, home, put, monkeypatch):
    monkeypatch.setattr(buckets, "PIECE", 5 << 20)
    body = random.Random(5).randbytes(11 << 20)
    path, bucket = put("big", body), open_bucket(Place("shelf"))
    assert bucket.send(path, "big")
    assert s3.count("PUT", "partNumber") == 3
    assert s3.body("shelf", "big") == body
    assert not bucket.send(path, "big")
    s3.faults.append(Fault("PUT", "partNumber=2", 403, refusal("AccessDenied")))
    with pytest.raises(Problem, match=r"s3://shelf/big2: access is refused"):
        bucket.send(path, "big2")
    assert s3.keys("shelf") == ["big"]
    assert s3.client.list_multipart_uploads(Bucket="shelf").get("Uploads", []) == []


def test_progress_is_told(s3, home, put, monkeypatch, caplog):
    caplog.set_level(logging.INFO, "crowdwise")
    monkeypatch.setattr("crowdwise.storage.attempts.TELL_EVERY", -1.0)
    open_bucket(Place("shelf")).send(put("from/x", b"a" * 1_000_000), "x")
    assert "s3://shelf/x: 1.0 MB, 100%" in caplog.text


def test_a_server_of_ones_own_is_asked_in_the_form_that_all_servers_know(s3, home, put, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.endpoint.replace("127.0.0.1", "localhost"))
    open_bucket(Place("shelf")).send(put("from/x", b"a"), "x")
    assert s3.asked[-1] == ("PUT", "/shelf/x"), "the bucket stands in the path, not in the server's name"
    sent = s3.headers[-1]
    assert [name for name in sent if "checksum" in name or "trailer" in name] == []
    assert "chunked" not in sent.get("content-encoding", "") + sent.get("transfer-encoding", "")


# --- CROWDWISE_S3: what was downloaded from the web is kept ---


@pytest.fixture
def mirrored(s3, monkeypatch):
    monkeypatch.setenv("CROWDWISE_S3", "s3://shelf/team")
    return s3


KEY = f"team/full/steam/raw/{NAME}"


def test_what_was_downloaded_is_kept_and_taken_from_there_next_time(mirrored, web, into):
    served = web.serve(NAME, BODY)
    first = fetch(web.url(NAME), into, md5=MD5)
    assert mirrored.body("shelf", KEY) == BODY
    assert mirrored.client.head_object(Bucket="shelf", Key=KEY)["Metadata"] == {"sha256": SHA256, "md5": MD5}
    (into / NAME).unlink()
    assert fetch(web.url(NAME), into, md5=MD5) == first
    (into / NAME).unlink()
    again = fetch(web.url(NAME), into)
    assert again.path.read_bytes() == BODY
    assert again.origin == web.url(NAME), "the origin is the publisher's, wherever the bytes came from"
    assert len(served.asked) == 1
    assert mirrored.count("PUT", NAME) == 1


def test_a_file_here_with_the_pinned_hash_is_kept_too(mirrored, web, into, monkeypatch):
    served = web.serve(NAME, BODY)
    monkeypatch.delenv("CROWDWISE_S3")
    fetch(web.url(NAME), into, md5=MD5)
    assert mirrored.keys("shelf") == []
    monkeypatch.setenv("CROWDWISE_S3", "s3://shelf/team")
    fetch(web.url(NAME), into, md5=MD5)
    assert mirrored.keys("shelf") == [KEY]
    assert len(served.asked) == 1


def test_bytes_that_are_here_are_not_brought_from_the_bucket(mirrored, web, into):
    web.serve(NAME, BODY)
    fetch(web.url(NAME), into)
    fetch(web.url(NAME), into)
    assert mirrored.count("GET", f"/{KEY}") == 0


@pytest.mark.parametrize(
    ("body", "hashes", "pin", "words"),
    [
        (OTHER, {"sha256": SHA256, "md5": MD5}, MD5, "its SHA-256 is"),
        (OTHER, {"sha256": SHA256}, None, "its SHA-256 is"),
        (
            OTHER,
            {"sha256": hashlib.sha256(OTHER).hexdigest(), "md5": hashlib.md5(OTHER).hexdigest()},
            MD5,
            "its MD5 is",
        ),
        (OTHER, {}, MD5, "its MD5 is"),
        (OTHER, {}, None, "neither is a hash kept with it nor one pinned"),
        (BODY[:-5], {}, None, "neither is a hash kept"),
    ],
)
def test_a_spoilt_copy_is_named_not_used_and_replaced(mirrored, web, into, caplog, body, hashes, pin, words):
    served = web.serve(NAME, BODY)
    put_object(mirrored, body, KEY, **hashes)
    fetched = fetch(web.url(NAME), into, md5=pin)
    assert fetched.path.read_bytes() == BODY
    assert len(served.asked) == 1
    assert f"s3://shelf/{KEY}: {words}" in caplog.text
    assert mirrored.body("shelf", KEY) == BODY
    assert names(into) == [NAME]


def test_a_pinned_copy_without_hashes_is_used(mirrored, web, into):
    served = web.serve(NAME, OTHER)
    put_object(mirrored, BODY, KEY)
    assert fetch(web.url(NAME), into, md5=MD5).path.read_bytes() == BODY
    assert served.asked == []


def test_local_files_and_other_folders_are_never_sent(mirrored, web, into, home, put):
    put(f"from/{NAME}", BODY)
    fetch(f"from/{NAME}", into)
    web.serve(NAME, BODY)
    fetch(web.url(NAME), home / "elsewhere")
    put_object(mirrored, BODY)
    fetch(SHELF, into)
    assert mirrored.keys("shelf") == [f"deep/{NAME}"]


def test_a_bucket_that_refuses_is_named_and_the_next_run_completes(mirrored, web, into):
    served = web.serve(NAME, BODY)
    mirrored.faults.append(Fault("PUT", NAME, 403, refusal("AccessDenied")))
    with pytest.raises(Problem, match=rf"s3://shelf/{KEY}: access is refused"):
        fetch(web.url(NAME), into, md5=MD5)
    assert mirrored.keys("shelf") == []
    fetch(web.url(NAME), into, md5=MD5)
    assert mirrored.keys("shelf") == [KEY]
    assert len(served.asked) == 1, "what came from the publisher was not lost"


def test_a_page_in_place_of_data_is_not_kept(mirrored, web, into):
    web.serve(NAME, b"<html>sign in</html>")
    with pytest.raises(Problem, match="web page"):
        fetch(web.url(NAME), into)
    assert mirrored.keys("shelf") == []
