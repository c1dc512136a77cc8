"""Files from folders: copied whole, checked, found by pattern."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest

from crowdwise.base.errors import Problem
from crowdwise.storage.fetch import fetch, find
from crowdwise.storage.inputs import recorded
from crowdwise.storage.provenance import is_made_up, write_provenance
from crowdwise.storage.whole import current, discard, settle

BODY = gzip.compress(b"one\ntwo\n" * 1000, mtime=0)


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text)  # with a date of its own: the same bytes every time
    return buffer.getvalue()


def test_a_relative_path_is_from_the_root_wherever_one_stands(home, put, monkeypatch):
    put("from/x.json.gz", BODY)
    monkeypatch.chdir("/")
    fetched = fetch("from/x.json.gz", home / "raw")
    assert fetched.path.read_bytes() == BODY
    assert fetched.origin == "from/x.json.gz"
    assert fetched.md5 == hashlib.md5(BODY).hexdigest()


def test_an_absolute_path_is_named_relative_to_the_root(home, put):
    source = put("from/x.json.gz", BODY)
    assert fetch(str(source), home / "raw").origin == "from/x.json.gz"


def test_the_same_bytes_are_not_copied_again_and_others_are(home, put):
    source = put("from/x.json.gz", BODY)
    target = fetch(str(source), home / "raw").path
    first = target.stat().st_mtime_ns, target.stat().st_ino
    fetch(str(source), home / "raw")
    assert (target.stat().st_mtime_ns, target.stat().st_ino) == first
    changed = gzip.compress(b"one\nTWO\n" * 1000, mtime=0)
    put("from/x.json.gz", changed)
    fetch(str(source), home / "raw")
    assert target.read_bytes() == changed


def test_a_file_may_already_stand_where_it_goes(home, put):
    put("raw/x.json.gz", BODY)
    assert fetch("raw/x.json.gz", home / "raw").path.read_bytes() == BODY


def test_what_is_read_from_a_folder_is_noted_as_an_input(home, put):
    source = put("from/x.json.gz", BODY)
    fetch("from/x.json.gz", home / "raw")
    find("from", ["*.gz"])
    assert {source, source.parent} <= set(recorded())


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("x.json.gz", b"", "empty"),
        ("x.json.gz", BODY[: len(BODY) // 2], "truncated or corrupt"),
        ("x.json.gz", BODY[:-8] + b"\0" * 8, "truncated or corrupt"),
        ("x.json.gz", b'{"a": 1}', "no gzip"),
        ("x.json.gz", b" <html><head>", "web page"),
        ("x.json", b"\xef\xbb\xbf<!doctype HTML>", "web page"),
        ("x.zip", zipped(a="text" * 500)[:-30], "truncated or corrupt"),
        ("x.zip", zipped(), "holds nothing"),
        ("x.zip", zipped(a="text" * 500).replace(b"texttext", b"texttxet", 1), "member 'a' is corrupt"),
    ],
)
def test_what_is_not_whole_data_is_refused_by_name(home, put, name, body, words):
    put(f"from/{name}", body)
    with pytest.raises(Problem, match=words) as problem:
        fetch(f"from/{name}", home / "raw")
    assert problem.value.where == f"from/{name}"
    assert problem.value.remedy
    assert not (home / "raw" / name).exists()


def test_whole_zips_and_plain_files_pass(home, put):
    put("from/x.zip", zipped(a="text"))
    put("from/x.json", b"[]")
    put("from/x.html", b"<html></html>")
    for name in ("x.zip", "x.json", "x.html"):
        assert fetch(f"from/{name}", home / "raw").path.exists()


def test_a_pinned_size_or_hash_that_differs_is_refused(home, put):
    put("from/x.json.gz", BODY)
    with pytest.raises(Problem, match=f"{len(BODY)} bytes where 3 are pinned"):
        fetch("from/x.json.gz", home / "raw", size=3)
    with pytest.raises(Problem, match=r"MD5 is .* where 00 is pinned"):
        fetch("from/x.json.gz", home / "raw", md5="00")


def test_a_missing_file_or_folder_and_no_match_are_problems(home, put):
    put("from/x.json.gz", BODY)
    with pytest.raises(Problem, match=r"from/y\.json\.gz: there is no such file"):
        fetch("from/y.json.gz", home / "raw")
    with pytest.raises(Problem, match="nowhere: there is no such folder"):
        find("nowhere", ["*"])
    with pytest.raises(Problem, match="there is no such folder"):
        find("", ["*"])
    with pytest.raises(Problem, match=r"no file here is named like \*.zip or \*.csv"):
        find("from", ["*.zip", "*.csv"])


def test_files_are_found_once_sorted_and_without_hidden_ones(home, put):
    for name in ("b.gz", "a.gz", ".a.gz.part", "c.txt", "deep/d.gz"):
        put(f"from/{name}", b"x")
    assert find("from", ["*.gz", "a*", "*part", "deep"]) == ["from/a.gz", "from/b.gz"]
    assert find(str(home / "from"), ["c*"]) == [str(home / "from" / "c.txt")]


def test_a_copy_waits_for_the_end_of_its_stage(home, put, monkeypatch):
    put("from/x.json.gz", BODY)
    journal = home / "journal"
    monkeypatch.setenv("CROWDWISE_PENDING", str(journal))
    target = fetch("from/x.json.gz", home / "raw").path
    assert not target.exists()
    assert current(target).read_bytes() == BODY
    discard(journal)
    assert list(target.parent.iterdir()) == []
    fetch("from/x.json.gz", home / "raw")
    settle(journal)
    assert target.read_bytes() == BODY


def provenance(home: Path, source: str, *origins: str) -> dict:
    files = [fetch(origin, home / "raw") for origin in origins]
    document = write_provenance(home / "tables", source, files)
    assert json.loads((home / "tables" / "provenance.json").read_text()) == document
    return document


def test_provenance_names_every_file_with_its_hashes(home, put):
    put("from/x.json.gz", BODY)
    document = provenance(home, "local", str(home / "from" / "x.json.gz"))
    assert document["source"] == "local"
    assert document["files"] == [
        {
            "name": "x.json.gz",
            "origin": "from/x.json.gz",
            "size": len(BODY),
            "md5": hashlib.md5(BODY).hexdigest(),
            "sha256": hashlib.sha256(BODY).hexdigest(),
        }
    ]


def test_what_our_generators_made_is_made_up_whatever_is_said(home, put):
    put("from/x.json.gz", BODY)
    assert not is_made_up(home / "from")
    put("from/made-up.json", b"{}")
    assert is_made_up(home / "from")
    assert provenance(home, "local", "from/x.json.gz")["source"] == "made up"
    put("raw/made-up.json", b"{}")
    put("other/y.json.gz", BODY)
    assert provenance(home, "published", "other/y.json.gz")["source"] == "made up"


def test_an_unknown_source_is_an_error(home):
    with pytest.raises(ValueError, match="source is one of"):
        write_provenance(home / "tables", "rumour", [])


def test_what_is_not_mirrored_neither_comes_from_the_bucket_nor_goes_there(home, web, s3, monkeypatch):
    monkeypatch.setenv("CROWDWISE_S3", "s3://shelf")
    web.serve("x.json.gz", BODY)
    fetch(web.url("x.json.gz"), home / "data" / "full" / "raw", mirrored=False)
    assert s3.asked == []
    fetch(web.url("x.json.gz"), home / "data" / "full" / "raw")
    assert s3.keys("shelf") == ["full/raw/x.json.gz"]
