"""From raw files to tables on disk: where they come from, what is refused, and that nothing half-made is left."""

from __future__ import annotations

import gzip
import json
import shutil

import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.steam.acquisition import acquire
from crowdwise.steam.raw import FILES, bring
from crowdwise.steam.schemas import SCHEMAS
from crowdwise.steam.tables import parse
from crowdwise.storage.documents import read_json
from crowdwise.storage.tables import read_table

SETTINGS = {"players": 300, "seed": 7, "max_reject_share": 0.001, "twin_share": 0.9, "twin_min_owners": 20}


@pytest.fixture
def source(tmp_path, made_up):
    """A copy of the made-up files, to spoil."""
    return shutil.copytree(made_up, tmp_path / "source")


def test_the_tables_are_written_with_where_they_come_from(tmp_path, made_up, tables, monkeypatch):
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    layout = Layout("local", tmp_path)
    acquired = acquire(layout, str(made_up), pinned={}, **SETTINGS)
    for name, schema in SCHEMAS.items():
        written = read_table(layout.table("steam", name))
        assert list(written) == list(schema.columns)
        made = getattr(tables, name)
        lists = [column for column in ("genres", "tags") if column in made]
        pd.testing.assert_frame_equal(written.drop(columns=lists), made.drop(columns=lists))
        assert all(written[column].map(list).equals(made[column]) for column in lists)
    provenance = read_json(layout.tables("steam") / "provenance.json")
    assert provenance["source"] == "made up"
    assert [file["name"] for file in provenance["files"]] == list(FILES.values())
    assert acquired.file_table()["sha256"].tolist() == [file["sha256"] for file in provenance["files"]]


def test_what_was_made_up_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    files, kind = bring("made-up", tmp_path / "raw", pinned={}, players=300, seed=7)
    assert kind == "made up"
    assert files[0].origin == "made up by crowdwise.steam.madeup (300 players, seed 7)"
    with pytest.raises(Problem, match="made-up data is here, and other is asked for"):
        bring(str(tmp_path), tmp_path / "raw", pinned={}, players=300, seed=7)


@pytest.mark.parametrize(
    ("source_name", "words"),
    [("", "no source is named"), ("nowhere", "there is no such file")],
)
def test_a_source_that_is_not_there_is_a_problem(tmp_path, source_name, words, monkeypatch):
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    with pytest.raises(Problem, match=words):
        bring(source_name, tmp_path / "raw", pinned={}, players=0, seed=0)


@pytest.mark.parametrize(
    ("pins", "words"),
    [
        ({"size": 1}, "bytes where 1 are pinned"),
        ({"md5": "0" * 32}, "where 0{32} is pinned"),
        ({"crc": 1}, r"is pinned by \['crc'\]"),
    ],
)
def test_a_file_that_is_not_what_is_pinned_is_a_problem(tmp_path, made_up, pins, words, monkeypatch):
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    with pytest.raises(Problem, match=words):
        bring(str(made_up), tmp_path / "raw", pinned={FILES["libraries"]: pins}, players=0, seed=0)


@pytest.mark.parametrize("key", list(FILES))
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (gzip.compress(b""), "holds nothing"),
        (b"<!DOCTYPE html><html>Not found</html>", "this is a web page"),
        (gzip.compress(b"{'a': 1}\n" * 999)[:-20], "truncated or corrupt"),
        (gzip.compress(b"<html>\n<p>Sign in</p>\n</html>\n"), r"3 of 3 lines can't be read .*line 1"),
    ],
    ids=["empty", "empty gzip", "web page", "truncated gzip", "web page in a gzip"],
)
def test_a_file_that_is_no_data_stops_the_run_and_leaves_earlier_tables(
    tmp_path, source, key, content, words, monkeypatch
):
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    # The other files are short here: what is wrong must be found in the one that is spoilt.
    for name in FILES.values():
        lines = gzip.decompress((source / name).read_bytes()).splitlines(keepends=True)[:5]
        (source / name).write_bytes(gzip.compress(b"".join(lines), mtime=0))
    (source / FILES[key]).write_bytes(content)
    layout = Layout("local", tmp_path)
    earlier = layout.table("steam", "games")
    earlier.parent.mkdir(parents=True)
    earlier.write_bytes(b"earlier")
    with pytest.raises(Problem, match=words) as caught:
        acquire(layout, "source", pinned={}, **SETTINGS)
    assert FILES[key] in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [path.name for path in earlier.parent.iterdir()] == ["games.parquet"]
    assert earlier.read_bytes() == b"earlier"


def test_one_unreadable_line_among_many_is_counted_and_shown(source):
    path = source / FILES["reviews"]
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    for name in ("catalogue", "bundles"):
        some = gzip.decompress((source / FILES[name]).read_bytes()).splitlines(keepends=True)[:20]
        (source / FILES[name]).write_bytes(gzip.compress(b"".join(some)))
    path.write_bytes(gzip.compress(b"".join([lines[0], b"{'user_id': \n", *lines[1:]])))
    with pytest.raises(Problem, match=r"australian_user_reviews\.json\.gz: 1 of .* lines can't be read"):
        parse(source)
    tables = parse(source, max_reject_share=0.5)
    assert tables.rejects().to_numpy().tolist() == [
        ["australian_user_reviews.json.gz", 2, "not a Python literal", "{'user_id': "]
    ]
    assert tables.reconciliation()["balances"].all()


def test_what_could_not_be_read_is_kept_whole_beside_the_tables_or_where_the_run_failed(tmp_path, source, monkeypatch):
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    monkeypatch.setenv("CROWDWISE_PENDING", str(tmp_path / "journal"))
    layout = Layout("local", tmp_path)
    path = source / FILES["bundles"]
    broken = "{'bundle_id': '" + "x" * 200
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()) + broken.encode() + b"\n"))
    with pytest.raises(Problem, match=r"Read reports/local/failed/steam-rejects\.jsonl\."):
        acquire(layout, "source", pinned={}, **{**SETTINGS, "max_reject_share": 0.0})
    (failed,) = (layout.reports / "failed" / "steam-rejects.jsonl").read_text().splitlines()
    row = json.loads(failed)
    assert (row["file"], row["unit"], row["why"], row["text"]) == (path.name, "lines", "not a Python literal", broken)
    monkeypatch.delenv("CROWDWISE_PENDING")
    acquire(layout, "source", pinned={}, **{**SETTINGS, "max_reject_share": 0.1})
    kept = (layout.tables("steam") / "rejects.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in kept] == [row]
