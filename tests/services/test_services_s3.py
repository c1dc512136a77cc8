"""Buckets on a real S3 server, which looks at signatures: OpenStack Swift."""

from __future__ import annotations

import gzip
import hashlib
import logging
import random
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from swift import KEY_ID, SECRET, Swift

from crowdwise.app.serve import bring_models
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.kickstarter.acquisition import acquire as acquire_kickstarter
from crowdwise.kickstarter.madeup.months import make_months
from crowdwise.steam.acquisition import acquire as acquire_steam
from crowdwise.steam.madeup import make as make_steam
from crowdwise.steam.raw import FILES
from crowdwise.storage import bucket as buckets
from crowdwise.storage.address import Place
from crowdwise.storage.bucket import open_bucket
from crowdwise.storage.fetch import fetch, find
from crowdwise.storage.publish import publish
from crowdwise.storage.reportset import fetch_set, publish_set
from project_copy import copy_project, run_make
from s3_server import use

pytestmark = pytest.mark.services

BODY = gzip.compress(random.Random(3).randbytes(400_000), mtime=0)
MD5 = hashlib.md5(BODY).hexdigest()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in ("params", "notebooks"):
        (tmp_path / folder).mkdir()
    monkeypatch.delenv("CROWDWISE_PENDING", raising=False)
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def shelf(swift: Swift, home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Give an empty bucket's name, and set the environment for its server."""
    use(monkeypatch, swift.endpoint, KEY_ID, SECRET)
    name = f"shelf-{hashlib.md5(request.node.nodeid.encode()).hexdigest()[:12]}"
    swift.make_bucket(name)
    return name


def send(home: Path, shelf: str, key: str, body: bytes) -> None:
    path = home / "sent"
    path.write_bytes(body)
    open_bucket(Place(shelf)).send(path, key)


def send_made_up(home: Path, place: Place, *, players: int, projects: int) -> None:
    """Send made-up raw files of both systems."""
    make_steam(home / "made" / "steam", players=players, seed=20170131)
    make_months(home / "made" / "kickstarter", projects=projects, seed=20180112, leak=True)
    for path in sorted((home / "made").rglob("*")):
        if path.is_file():
            open_bucket(place).send(path, path.relative_to(home / "made").as_posix())


def test_a_wrong_secret_is_refused_in_a_sentence_without_it(shelf, home, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG, "crowdwise")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-s3cret")
    for call in (
        lambda: fetch(f"s3://{shelf}/raw/x.gz", home / "raw"),
        lambda: find(f"s3://{shelf}/raw", ["*"]),
        lambda: send(home, shelf, "x", BODY),
    ):
        with pytest.raises(
            Problem, match=rf"s3://{shelf}.*refuses the secret key \(SignatureDoesNotMatch\)"
        ) as problem:
            call()
        assert "Check AWS_SECRET_ACCESS_KEY" in problem.value.remedy
        for said in (str(problem.value), repr(problem.value), caplog.text):
            assert "another-s3cret" not in said
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "no:body")
    with pytest.raises(Problem, match=r"refuses the secret key|does not know this key id|access is refused"):
        find(f"s3://{shelf}/raw", ["*"])


def test_a_missing_bucket_and_a_missing_key_are_told_apart(shelf, home):
    with pytest.raises(Problem, match=rf"s3://{shelf}/x.gz: there is no such object"):
        fetch(f"s3://{shelf}/x.gz", home / "raw")
    with pytest.raises(Problem, match="s3://nowhere: there is no such bucket"):
        fetch("s3://nowhere/x.gz", home / "raw")
    with pytest.raises(Problem, match="s3://nowhere: there is no such bucket"):
        send(home, "nowhere", "x.gz", BODY)


def test_a_file_comes_back_as_it_was_sent(shelf, home):
    key = "a b/ü+%20/x.json.gz"
    send(home, shelf, key, BODY)
    fetched = fetch(f"s3://{shelf}/{key}", home / "raw", size=len(BODY), md5=MD5)
    assert fetched.path.read_bytes() == BODY
    with pytest.raises(Problem, match="is pinned"):
        fetch(f"s3://{shelf}/{key}", home / "raw", md5="00")
    assert find(f"s3://{shelf}/a b/ü+%20", ["*.gz"]) == [f"s3://{shelf}/{key}"]


def test_a_large_file_goes_in_pieces_and_comes_back_whole_after_a_break(shelf, home, monkeypatch):
    monkeypatch.setattr(buckets, "PIECE", 5 << 20)
    body = gzip.compress(random.Random(5).randbytes(17 << 20), compresslevel=1, mtime=0)
    send(home, shelf, "big.gz", body)
    bucket = open_bucket(Place(shelf))
    held = bucket.look("big.gz")
    assert held is not None
    assert held.etag.strip('"').endswith("-4"), "it was sent in four pieces"
    assert held.sha256 == hashlib.sha256(body).hexdigest()
    part = home / "raw" / ".big.gz.part"
    part.parent.mkdir()
    buckets.Part(part).begin(f"s3://{shelf}/big.gz", held.etag)
    part.write_bytes(body[: 9 << 20])  # what an earlier run left
    assert fetch(f"s3://{shelf}/big.gz", home / "raw").path.read_bytes() == body
    buckets.Part(part).begin(f"s3://{shelf}/big.gz", '"of another version"')
    part.write_bytes(b"x" * 1000)
    assert bucket.bring("big.gz", part).sha256 == held.sha256


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """Serve the folder ``web``, and count what is asked for."""
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *rest: object) -> None:
            super().__init__(*rest, directory=str(tmp_path / "web"))  # type: ignore[arg-type]

        def do_GET(self) -> None:
            asked.append(self.path)
            super().do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def acquire(layout: Layout, source: str):
    kept = {"max_reject_share": 0.01, "twin_share": 0.9, "twin_min_owners": 20}
    return acquire_steam(layout, source, pinned={}, players=0, seed=0, **kept)


def test_what_comes_from_the_publisher_is_kept_and_taken_from_the_bucket(shelf, home, publisher, monkeypatch):
    url, asked = publisher
    make_steam(home / "web", players=300, seed=1)
    (home / "web" / "made-up.json").unlink()
    monkeypatch.setenv("CROWDWISE_S3", f"s3://{shelf}/team")
    layout = Layout("full")
    first = acquire(layout, url)
    assert len(asked) == len(FILES)
    assert open_bucket(Place(shelf, "team/full/steam/raw")).names() == sorted(FILES.values())
    shutil.rmtree(home / "data")
    again = acquire(layout, url)
    assert len(asked) == len(FILES), "the publisher was not asked again"
    assert again.files == first.files
    assert {file.origin for file in again.files} == {f"{url}/{name}" for name in FILES.values()}


def test_both_systems_read_a_bucket_as_their_source(shelf, home):
    send_made_up(home, Place(shelf, "deep"), players=300, projects=300)
    steam = acquire(Layout("local"), f"s3://{shelf}/deep/steam")
    assert len(steam.tables.players) > 0
    assert steam.files[0].origin == f"s3://{shelf}/deep/steam/{FILES['libraries']}"
    kickstarter = acquire_kickstarter(Layout("local"), f"s3://{shelf}/deep/kickstarter")
    assert len(kickstarter.months) == 2
    assert kickstarter.provenance["source"] == "made up", "a copy of made-up data stays made up"


def test_what_is_published_is_fetched_by_the_app(shelf, home, monkeypatch, caplog):
    monkeypatch.setenv("CROWDWISE_S3", f"s3://{shelf}/team")
    here, there = Layout("sample"), Layout("sample", home / "elsewhere")
    here.model("steam").mkdir(parents=True)
    for version in ("one", "two"):
        (here.model("steam") / "card.json").write_text(f'{{"version": "{version}"}}')
        (here.model("steam") / "vectors.npy").write_bytes(version.encode() * 100_000)
        publish(here, "steam")
        bring_models(there)
        assert (there.model("steam") / "vectors.npy").read_bytes() == version.encode() * 100_000
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-s3cret")
    bring_models(there)
    assert "refuses the secret key" in caplog.text
    assert "another-s3cret" not in caplog.text
    assert (there.model("steam") / "vectors.npy").exists()


def test_a_set_of_reports_is_published_and_fetched_by_its_version(shelf, home, monkeypatch):
    monkeypatch.setenv("CROWDWISE_S3", f"s3://{shelf}/team")
    layout, versions = Layout("sample"), []
    for text in ("one", "two"):
        for path in (layout.reports / "index.html", layout.report("steam", "3-model", "metrics.json")):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        versions.append(publish_set(layout)["version"])
    place = f"s3://{shelf}/team/sample/reports"
    assert fetch_set(place, home / "latest") == versions[1]
    assert fetch_set(f"{place}/{versions[0]}", home / "earlier") == versions[0]
    fetched = [home / name / "steam/3-model.metrics.json" for name in ("earlier", "latest")]
    assert [path.read_text() for path in fetched] == ["one", "two"]


@pytest.mark.slow
@pytest.mark.pipeline
def test_make_reads_from_a_bucket_and_publishes_to_it(shelf, home, swift, monkeypatch):
    send_made_up(home, Place(shelf, "raw"), players=1500, projects=4000)
    root = copy_project(home / "project")
    keys = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_ENDPOINT_URL": swift.endpoint}
    environment = {**keys, "CROWDWISE_S3": f"s3://{shelf}/team"}
    ran = run_make(root, "-j2", "model", f"RAW=s3://{shelf}/raw", **environment)
    assert ran.returncode == 0, ran.stderr
    assert "Made-up data." in (root / "reports/local/index.html").read_text()
    metrics = open_bucket(Place(shelf, "team/local/steam/metrics")).names()
    assert metrics == ["1-acquire.metrics.json", "3-model.metrics.json"]
    again = run_make(root, "model", "PROFILE=local", **environment)
    assert "published" not in again.stderr, "nothing changed"
    monkeypatch.setenv("CROWDWISE_S3", f"s3://{shelf}/team")
    bring_models(Layout("local", home / "elsewhere"))
    for system in ("steam", "kickstarter"):
        for path in Layout("local", root).model(system).iterdir():
            assert (Layout("local", home / "elsewhere").model(system) / path.name).read_bytes() == path.read_bytes()
    for path in [*root.glob("reports/**/*"), *root.glob("data/**/*")]:
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path
