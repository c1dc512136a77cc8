"""Models and metrics in the bucket: published whole, the latest named last, fetched whole."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.storage.edition import edition_of, read_edition
from crowdwise.storage.publish import fetch_model, main, publish
from s3_server import S3, SECRET, Fault

LATEST = "team/sample/steam/models/latest.json"
EARLY = 1_000_000  # seconds since 1970: before anything was published


@pytest.fixture
def shelf(s3: S3, home: Path, monkeypatch: pytest.MonkeyPatch) -> S3:
    monkeypatch.setenv("CROWDWISE_S3", "s3://shelf/team")
    return s3


@pytest.fixture
def layout(home: Path) -> Layout:
    return save(Layout("sample"), "one")


def save(layout: Layout, version: str, **changes: bytes) -> Layout:
    """Save a model of three files, and the metrics of two notebooks."""
    folder = layout.model("steam")
    folder.mkdir(parents=True, exist_ok=True)
    card = json.dumps({"version": version, "deploy": True}).encode()
    files = {"card.json": card, "vectors.npy": version.encode() * 1000, "metrics.json": b"[]", **changes}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    for notebook in ("1-acquire", "3-model"):
        path = layout.report("steam", notebook, "metrics.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'"{version}"')
    return layout


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def age(layout: Layout) -> None:
    """Let the model here be older than all that was published."""
    for path in layout.model("steam").iterdir():
        os.utime(path, (EARLY, EARLY))


def latest(shelf: S3) -> str:
    return str(json.loads(shelf.body("shelf", LATEST))["edition"])


# --- publish ---


def test_a_model_its_metrics_and_what_is_the_latest_are_published(shelf, layout):
    said = publish(layout, "steam")
    name = said["edition"]
    assert name.startswith("one-")
    assert said == {
        "bucket": "s3://shelf/team/sample/steam",
        "edition": name,
        "metrics": ["1-acquire.metrics.json", "3-model.metrics.json"],
    }
    files = [f"team/sample/steam/models/{name}/{file}" for file in ("card.json", "metrics.json", "vectors.npy")]
    metrics = [f"team/sample/steam/metrics/{file}" for file in said["metrics"]]
    assert shelf.keys("shelf") == sorted([*files, *metrics, LATEST])
    assert shelf.body("shelf", files[2]) == b"one" * 1000
    assert latest(shelf) == name
    puts = [path for method, path in shelf.asked if method == "PUT"]
    assert puts[-1] == f"/shelf/{LATEST}", "the latest is named when all of it is there"


def test_what_is_there_is_not_sent_again(shelf, layout):
    publish(layout, "steam")
    before = shelf.count("PUT", "")
    publish(layout, "steam")
    assert shelf.count("PUT", "") == before


def test_another_card_is_another_edition_and_the_earlier_one_stays(shelf, layout):
    one = publish(layout, "steam")["edition"]
    before = shelf.body("shelf", f"team/sample/steam/models/{one}/card.json")
    save(layout, "one", **{"card.json": b'{"version": "one", "deploy": false}'})
    other = publish(layout, "steam")["edition"]
    assert other != one
    assert other.startswith("one-")
    assert latest(shelf) == other
    assert shelf.body("shelf", f"team/sample/steam/models/{one}/card.json") == before


@pytest.mark.slow
def test_a_publish_that_fails_leaves_the_latest_and_the_next_completes(shelf, layout):
    one = publish(layout, "steam")["edition"]
    save(layout, "two")
    shelf.faults.append(Fault("PUT", "vectors.npy", 503, times=99))
    with pytest.raises(Problem, match=r"s3://shelf/team/sample/steam/models/two-\w+/vectors.npy: .*overloaded"):
        publish(layout, "steam")
    assert latest(shelf) == one
    shelf.faults.clear()
    two = publish(layout, "steam")["edition"]
    assert latest(shelf) == two != one


@pytest.mark.slow
@pytest.mark.parametrize("at", ["vectors.npy", "metrics/3-model", "latest.json"])
def test_a_killed_publish_leaves_the_latest_and_the_next_completes(shelf, layout, at):
    one = publish(layout, "steam")["edition"]
    save(layout, "two")
    shelf.asked.clear()
    go = threading.Event()
    shelf.faults.append(Fault("PUT", at, hold=go, status=503))
    command = [sys.executable, "-m", "crowdwise.storage.publish", "--profile", "sample", "--system", "steam"]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    shelf.await_request("PUT", at)
    running.send_signal(signal.SIGKILL)
    assert running.wait(30) == -signal.SIGKILL
    go.set()
    assert latest(shelf) == one
    assert read_edition(shelf.body("shelf", LATEST), "").name == one
    two = publish(layout, "steam")["edition"]
    assert latest(shelf) == two != one


def test_the_command_says_what_is_missing_in_a_sentence(shelf, layout, monkeypatch, capsys):
    arguments = ["--profile", "sample", "--system"]
    assert main([*arguments, "kickstarter"]) == 1
    assert "kickstarter/model: there is no saved model here. Run `make model` first" in capsys.readouterr().err
    monkeypatch.setenv("CROWDWISE_S3", "s3://nowhere/team")
    assert main([*arguments, "steam"]) == 1
    said = capsys.readouterr().err
    assert "crowdwise: s3://nowhere: there is no such bucket. Make it, or mend its name." in said
    assert "Traceback" not in said
    monkeypatch.delenv("CROWDWISE_S3")
    assert main([*arguments, "steam"]) == 1
    assert "Set CROWDWISE_S3=s3://bucket/prefix" in capsys.readouterr().err


def test_the_command_notes_what_it_published_without_a_secret(shelf, layout, home, capsys):
    assert main(["--profile", "sample", "--system", "steam", "--note", str(home / "note.json")]) == 0
    note = json.loads((home / "note.json").read_text())
    assert note["edition"] == latest(shelf)
    assert SECRET not in capsys.readouterr().err + (home / "note.json").read_text()


# --- fetch ---


@pytest.fixture
def published(shelf: S3, layout: Layout) -> Layout:
    """Give another root's profile, empty, after a model was published."""
    publish(layout, "steam")
    return Layout("sample", layout.root / "elsewhere")


def test_a_model_is_fetched_as_it_was_saved(shelf, layout, published):
    assert fetch_model(published, "steam")
    assert content(published.model("steam")) == content(layout.model("steam"))
    before = shelf.count("GET", "/models/one")
    assert not fetch_model(published, "steam")
    assert shelf.count("GET", "/models/one") == before
    assert [path.name for path in published.model("steam").parent.iterdir()] == ["model"]


def test_nothing_is_fetched_where_nothing_is_published(shelf, home):
    assert not fetch_model(Layout("sample"), "kickstarter")
    assert not Layout("sample").model("kickstarter").exists()


def test_a_later_edition_replaces_the_whole_of_an_earlier_one(shelf, layout, published):
    save(layout, "one", **{"only-in-one": b"1"})
    publish(layout, "steam")
    fetch_model(published, "steam")
    (layout.model("steam") / "only-in-one").unlink()
    publish(save(layout, "two"), "steam")
    assert fetch_model(published, "steam")
    assert content(published.model("steam")) == content(layout.model("steam"))


def test_a_model_saved_here_later_stays_and_an_earlier_one_goes(shelf, layout, published, caplog):
    save(published, "mine")
    later = time.time() + 60
    os.utime(published.model("steam") / "card.json", (later, later))
    assert not fetch_model(published, "steam")
    assert "the model here is newer; publish it with `make publish`" in caplog.text
    assert edition_of(published.model("steam")).version == "mine"
    age(published)
    assert fetch_model(published, "steam")
    assert edition_of(published.model("steam")).version == "one"


@pytest.mark.parametrize("sent_with", [True, False])
def test_a_model_that_is_not_what_was_published_is_refused(shelf, layout, published, sent_with):
    key = next(key for key in shelf.keys("shelf") if key.endswith("vectors.npy"))
    body = b"two" * 1000
    hashes = {"sha256": hashlib.sha256(body if sent_with else b"one" * 1000).hexdigest()}
    shelf.client.put_object(Bucket="shelf", Key=key, Body=body, Metadata=hashes)
    save(published, "mine")
    age(published)
    before = content(published.model("steam"))
    with pytest.raises(Problem, match=r"vectors.npy: its (bytes are not those that latest.json names|SHA-256 is)"):
        fetch_model(published, "steam")
    assert content(published.model("steam")) == before
    assert [path.name for path in published.model("steam").parent.iterdir()] == ["model"]


def test_a_file_that_is_gone_is_named_and_the_model_here_stays(shelf, layout, published):
    key = next(key for key in shelf.keys("shelf") if key.endswith("vectors.npy"))
    shelf.client.delete_object(Bucket="shelf", Key=key)
    with pytest.raises(Problem, match=r"vectors.npy: there is no such object"):
        fetch_model(published, "steam")
    assert list(published.model("steam").parent.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: [], "no list of a model's files"),
        (lambda d: {**d, "files": {"card.json": {"size": "many"}}}, "no list of a model's files"),
        (lambda d: {**d, "edition": "one-00000000"}, "contradicts itself"),
        (lambda d: {**d, "files": {}}, "contradicts itself"),
        (lambda d: {**d, "files": {**d["files"], "../../evil": d["files"]["card.json"]}}, "contradicts itself"),
        (lambda d: {**d, "files": {**d["files"], "/evil": d["files"]["card.json"]}}, "contradicts itself"),
    ],
)
def test_a_list_of_files_that_was_tampered_with_is_refused(shelf, published, change, words):
    document = change(json.loads(shelf.body("shelf", LATEST)))
    shelf.client.put_object(Bucket="shelf", Key=LATEST, Body=json.dumps(document).encode())
    with pytest.raises(Problem, match=words):
        fetch_model(published, "steam")
    assert not published.model("steam").exists()


def test_no_file_leads_out_of_the_models_folder():
    for name in ("../x", "a/../../x", "/x", "a//x", "a\\..\\x", "."):
        found = {"size": 1, "md5": "0", "sha256": "0"}
        lines = "".join(f"{file} 0\n" for file in sorted(("card.json", name)))
        edition = f"one-{hashlib.sha256(lines.encode()).hexdigest()[:8]}"
        document = {"edition": edition, "version": "one", "files": {"card.json": found, name: found}}
        with pytest.raises(Problem, match="contradicts itself"):
            read_edition(json.dumps(document).encode(), "here")


def test_a_full_disk_is_a_sentence_and_the_model_here_stays(shelf, published, monkeypatch):
    save(published, "mine")
    age(published)
    before = content(published.model("steam"))

    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(Problem, match=r"the disk is full\. Make room"):
            fetch_model(published, "steam")
    assert content(published.model("steam")) == before
    assert fetch_model(published, "steam")


def test_a_server_that_does_not_answer_is_given_up_in_seconds(shelf, published, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    start = time.monotonic()
    with pytest.raises(Problem, match=r"can't be reached"):
        fetch_model(published, "steam")
    assert time.monotonic() - start < 5
    monkeypatch.setenv("AWS_ENDPOINT_URL", shelf.endpoint)
    shelf.asked.clear()
    shelf.faults.append(Fault("HEAD", "latest.json", 503, times=99))
    with pytest.raises(Problem, match=r"overloaded or broken"):
        fetch_model(published, "steam")
    assert shelf.count("HEAD", "latest.json") == 2


def test_what_goes_on_is_logged(shelf, layout, published, caplog):
    caplog.set_level(logging.INFO, "crowdwise")
    fetch_model(published, "steam")
    assert f"s3://shelf/team/sample/steam: {latest(shelf)} is here now" in caplog.text
