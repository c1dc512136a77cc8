"""Before it serves, the app fetches what was published, and starts without it when it can't."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from crowdwise.app import serve as serving
from crowdwise.app.serve import bring_models, main
from crowdwise.base.layout import SYSTEMS, Layout
from crowdwise.storage.publish import publish
from s3_server import S3, SECRET


@pytest.fixture
def published(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> S3:
    """Publish a model of each system from another root."""
    monkeypatch.setenv("CROWDWISE_S3", "s3://shelf/team")
    layout = Layout("sample", tmp_path / "elsewhere")
    for system in SYSTEMS:
        layout.model(system).mkdir(parents=True)
        (layout.model(system) / "card.json").write_text(f'{{"version": "{system}"}}')
        publish(layout, system)
    return s3


def test_both_models_are_fetched(published: S3, layout: Layout) -> None:
    bring_models(layout)
    for system in SYSTEMS:
        assert (layout.model(system) / "card.json").read_text() == f'{{"version": "{system}"}}'


def test_without_a_bucket_nothing_is_asked(published: S3, layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CROWDWISE_S3")
    published.asked.clear()
    bring_models(layout)
    assert published.asked == []


def test_a_bucket_that_is_down_is_logged_and_the_model_here_serves(
    published: S3, layout: Layout, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bring_models(layout)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    start = time.monotonic()
    bring_models(layout)
    assert time.monotonic() - start < 5
    assert "no steam model was fetched, what is here is served: s3://shelf/team/sample/steam/" in caplog.text
    assert "no kickstarter model" not in caplog.text, "a server that does not answer is not asked twice"
    assert SECRET not in caplog.text
    assert all((layout.model(system) / "card.json").exists() for system in SYSTEMS)


def test_one_spoilt_model_does_not_keep_the_other_away(
    published: S3, layout: Layout, caplog: pytest.LogCaptureFixture
) -> None:
    published.client.put_object(Bucket="shelf", Key="team/sample/steam/models/latest.json", Body=b"[]")
    bring_models(layout)
    assert "no list of a model's files" in caplog.text
    assert not layout.model("steam").exists()
    assert layout.model("kickstarter").is_dir()


def test_an_address_that_is_none_is_a_sentence(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CROWDWISE_S3", "shelf/team")
    monkeypatch.setattr(serving, "check_port", lambda *_: None)
    assert main(["--profile", "sample"]) == 1
    assert "CROWDWISE_S3=shelf/team: this is no address of a bucket" in capsys.readouterr().err


def test_an_interrupted_fetch_ends_quietly(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: Layout) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(serving, "check_port", lambda *_: None)
    monkeypatch.setattr(serving, "bring_models", interrupted)
    assert main(["--profile", "sample"]) == 130
    assert "Traceback" not in capsys.readouterr().err
