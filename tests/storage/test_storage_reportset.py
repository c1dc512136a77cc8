"""A profile's reports in the bucket: a version by its content, the latest named last, compared from there."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.storage.publish import main
from crowdwise.storage.reportset import fetch_set, publish_set, read_set
from s3_server import S3, Fault

LATEST = "team/sample/reports/latest.json"
PAGES = ("index.html", "runs.html", "steam/3-model.html", "steam/3-model.ipynb", "steam/3-model.metrics.json")


@pytest.fixture
def shelf(s3: S3, home: Path, monkeypatch: pytest.MonkeyPatch) -> S3:
    monkeypatch.setenv("CROWDWISE_S3", "s3://shelf/team")
    return s3


@pytest.fixture
def layout(home: Path) -> Layout:
    return write(Layout("sample"), "one")


def write(layout: Layout, text: str, *names: str) -> Layout:
    for name in names or PAGES:
        path = layout.reports / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name} {text}")
    return layout


def latest(shelf: S3) -> str:
    return str(json.loads(shelf.body("shelf", LATEST))["version"])


def test_all_of_a_set_is_sent_and_the_latest_is_named_last(shelf: S3, layout: Layout) -> None:
    said = publish_set(layout)
    assert said["files"] == sorted(PAGES)
    below = f"team/sample/reports/{said['version']}"
    assert shelf.keys("shelf") == sorted([LATEST, *(f"{below}/{name}" for name in PAGES)])
    assert shelf.body("shelf", f"{below}/steam/3-model.html") == b"steam/3-model.html one"
    puts = [path for method, path in shelf.asked if method == "PUT"]
    assert puts[-1] == f"/shelf/{LATEST}"
    publish_set(layout)
    assert shelf.count("PUT", "") == len(puts), "what is there is not sent again"


def test_another_content_is_another_version_and_other_times_are_not(shelf: S3, layout: Layout) -> None:
    one = publish_set(layout)["version"]
    write(layout, "later", "runs.html")
    assert publish_set(layout)["version"] == one
    write(layout, "two", "steam/3-model.html")
    two = publish_set(layout)["version"]
    assert latest(shelf) == two != one
    assert shelf.body("shelf", f"team/sample/reports/{one}/steam/3-model.html") == b"steam/3-model.html one"


@pytest.mark.slow
@pytest.mark.parametrize("at", ["3-model.metrics.json", "latest.json"])
def test_a_publish_that_fails_leaves_the_latest_and_the_next_completes(shelf: S3, layout: Layout, at: str) -> None:
    one = publish_set(layout)["version"]
    write(layout, "two")
    shelf.faults.append(Fault("PUT", at, 503, times=99))
    with pytest.raises(Problem, match="overloaded"):
        publish_set(layout)
    assert latest(shelf) == one
    shelf.faults.clear()
    two = publish_set(layout)["version"]
    assert latest(shelf) == two != one


@pytest.mark.slow
@pytest.mark.parametrize("at", ["steam/3-model.html", "latest.json"])
def test_a_killed_publish_leaves_the_latest_and_the_next_completes(shelf: S3, layout: Layout, at: str) -> None:
    one = publish_set(layout)["version"]
    write(layout, "two")
    shelf.asked.clear()
    go = threading.Event()
    shelf.faults.append(Fault("PUT", at, hold=go, status=503))
    command = [sys.executable, "-m", "crowdwise.storage.publish", "--profile", "sample", "--reports"]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    shelf.await_request("PUT", at)
    running.send_signal(signal.SIGKILL)
    assert running.wait(30) == -signal.SIGKILL
    go.set()
    assert latest(shelf) == one
    two = publish_set(layout)["version"]
    assert latest(shelf) == two != one


@pytest.mark.slow
def test_the_latest_or_a_version_is_fetched_to_be_compared(shelf: S3, layout: Layout, tmp_path: Path) -> None:
    one = publish_set(layout)["version"]
    write(layout, "two")
    two = publish_set(layout)["version"]
    place = "s3://shelf/team/sample/reports"
    for address, version, text in (
        (place, two, "two"),
        (f"{place}/latest", two, "two"),
        (f"{place}/{one}", one, "one"),
    ):
        folder = tmp_path / text / version
        assert fetch_set(address, folder) == version
        assert [p.name for p in folder.rglob("*") if p.is_file()] == ["3-model.metrics.json"]
        assert (folder / "steam/3-model.metrics.json").read_text().endswith(text)
    with pytest.raises(Problem, match="there is no published set here"):
        fetch_set("s3://shelf/team/full/reports", tmp_path / "none")


def test_a_list_that_contradicts_itself_or_leads_out_is_refused(shelf: S3, layout: Layout) -> None:
    publish_set(layout)
    document = json.loads(shelf.body("shelf", LATEST))
    assert read_set(json.dumps(document).encode(), "x").version == document["version"]
    with pytest.raises(Problem, match="contradicts itself"):
        read_set(json.dumps({**document, "version": "0" * 12}).encode(), "x")
    document["files"]["../../escaped"] = document["files"]["index.html"]
    with pytest.raises(Problem, match="contradicts itself"):
        read_set(json.dumps(document).encode(), "x")
    with pytest.raises(Problem, match="no list of a set's files"):
        read_set(b"[]", "x")


def test_the_command_notes_what_was_published_or_says_what_is_missing(
    shelf: S3, layout: Layout, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "note.json"
    assert main(["--profile", "sample", "--reports", "--note", str(note)]) == 0
    assert json.loads(note.read_text())["version"] == latest(shelf)
    assert main(["--profile", "full", "--reports"]) == 1
    assert "reports/full: there are no reports here. Run `make report` first." in capsys.readouterr().err
    monkeypatch.delenv("CROWDWISE_S3")
    assert main(["--profile", "sample", "--reports"]) == 1
    assert "Set CROWDWISE_S3=s3://bucket/prefix" in capsys.readouterr().err
