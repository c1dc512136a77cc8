"""New months from a page, a folder and a bucket: taken in whole, judged, or not at all."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys

import pytest
from refresh_world import HELD, NEW, Home, Later, pack, report

from crowdwise.kickstarter.refresh.__main__ import main
from project_copy import ROOT, clean_environment
from s3_server import S3

LATEST = NEW.replace("2023-10-19", "2023-11-16")
DIE_AT = (
    "import os, sys; from crowdwise.kickstarter.refresh import __main__, intake\n"
    "setattr(intake, sys.argv[1], lambda *_, **__: os.kill(os.getpid(), 9))\n"
    "__main__.main(['--profile', 'full'])"
)


def test_a_second_run_finds_nothing_new_and_changes_nothing(
    published: Home, later: Later, capsys: pytest.CaptureFixture[str]
) -> None:
    published.publish({NEW: pack(later.like)})
    assert main(["--profile", "full"]) == 0
    before = published.state()
    capsys.readouterr()
    assert main(["--profile", "full"]) == 0
    assert "Nothing is new" in capsys.readouterr().out
    assert published.state() == before


def test_one_month_at_a_time_oldest_first_unless_more_are_asked_for(
    published: Home, later: Later, capsys: pytest.CaptureFixture[str]
) -> None:
    published.publish({LATEST: pack(later.drifted), NEW: pack(later.like)})
    assert main(["--profile", "full"]) == 0
    assert "Left for a later run: 1 more" in capsys.readouterr().out
    assert published.raw() == sorted([HELD, NEW])
    assert main(["--profile", "full", "--most", "5"]) == 0
    assert published.raw() == sorted([HELD, NEW, LATEST])


def test_earlier_months_are_taken_when_asked_for(published: Home, later: Later) -> None:
    earlier = NEW.replace("2023-10", "2021-10")
    published.publish({earlier: pack(later.like)})
    assert main(["--profile", "full"]) == 0
    assert published.raw() == [HELD]
    assert main(["--profile", "full", "--since", "2021"]) == 0
    assert published.raw() == sorted([HELD, earlier])


def test_made_up_data_has_nothing_to_refresh(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.use("made-up")
    assert main(["--profile", "full"]) == 0
    assert "made up: there is nothing to refresh" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("  psi: 0.25\n", ""), "section `refresh` does not hold"),
        (("  psi: 0.25\n", "  psi: often\n"), "refresh: psi"),
        (("  most: 1\n", "  most: some\n"), "no number of months"),
        (("  failures: [failed]", "  failures: [live]"), "the state 'live' can't count as failure"),
        (("refresh:\n", "refreshed:\n"), "section `refresh` does not hold"),
    ],
)
def test_parameters_that_can_not_be_used_are_named(
    published: Home, change: tuple[str, str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    published.params.write_text(published.params.read_text().replace(*change))
    assert main(["--profile", "full"]) == 1
    assert words in capsys.readouterr().err


def test_without_tables_it_says_what_to_run_first(published: Home, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(published.layout.tables("kickstarter"))
    assert main(["--profile", "full"]) == 1
    assert "Run `make report` first" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("no links", "has the page changed"),
        ("no page", "no web page"),
        ("gone", "answers 404"),
        ("truncated", "truncated or corrupt"),
        ("a field is missing", "no field deadline"),
    ],
)
def test_what_can_not_be_used_is_said_and_changes_nothing(
    published: Home, later: Later, wrong: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert published.web is not None
    if wrong == "no links":
        published.web.serve("months/", b"<html><a href='/about'>About</a></html>", kind="text/html")
    elif wrong == "no page":
        published.web.serve("months/", b"\x1f\x8b123")
    elif wrong == "gone":
        published.publish({}, NEW)
    elif wrong == "truncated":
        published.publish({NEW: pack(later.like)[:-5000]})
    else:
        for record in (records := json.loads(json.dumps(later.like[:300]))):
            del record["data"]["deadline"]
        published.publish({NEW: pack(records)})
    before = published.state()
    assert main(["--profile", "full"]) == 1
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said
    assert published.state() == before
    assert not list((published.layout.raw("kickstarter").parent / "arriving").glob("*.gz"))


@pytest.mark.slow
@pytest.mark.parametrize("step", ["_compare", "pin_months"])
def test_a_killed_run_leaves_the_parameters_and_the_next_one_ends_it(published: Home, later: Later, step: str) -> None:
    published.publish({NEW: pack(later.like)})
    before, root = published.state(), published.layout.root
    values = clean_environment(PYTHONPATH=str(ROOT / "lib"), CROWDWISE_ROOT=str(root))
    values = {name: value for name, value in values.items() if name.lower() != "http_proxy"}
    killed = subprocess.run([sys.executable, "-c", DIE_AT, step], cwd=root, env=values, check=False)
    assert killed.returncode == -signal.SIGKILL
    if step == "_compare":
        assert published.state() == before
    assert NEW not in published.params.read_text()
    assert main(["--profile", "full"]) == 0
    assert published.months()[-1]["url"].endswith(NEW)
    assert published.raw() == sorted([HELD, NEW])


def test_a_folder_is_looked_at_and_its_months_fetched(home: Home, later: Later) -> None:
    folder, params = home.layout.root / "source", home.params.read_text()
    (folder / NEW).write_bytes(pack(later.like))
    (folder / "notes.json").write_text("{}")
    home.use(str(folder))
    assert main(["--profile", "full"]) == 0
    assert home.raw() == sorted([HELD, NEW])
    assert home.months() == json.loads(json.dumps(home.months()))
    assert "2023-10-19" not in home.params.read_text()
    assert params.count("url:") == home.params.read_text().count("url:")


def test_a_bucket_is_looked_at(home: Home, later: Later, s3: S3) -> None:
    for name, content in ((HELD, b"not looked at"), (NEW, pack(later.like))):
        s3.client.put_object(Bucket="shelf", Key=f"months/{name}", Body=content)
    home.use("s3://shelf/months")
    assert main(["--profile", "full"]) == 0
    assert home.raw() == sorted([HELD, NEW])
    assert report(home)["months"][0]["origin"] == f"s3://shelf/months/{NEW}"
