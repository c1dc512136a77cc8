"""New months from a page, a folder and a bucket: taken in whole, judged, or not at all."""

from __future__ import annotations

import gzip
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from refresh_world import HELD, NEW, Home, Later, make_held, make_later, pack

from crowdwise.base.layout import Layout
from crowdwise.kickstarter.refresh.__main__ import main
from crowdwise.reporting import refresh as page
from crowdwise.storage.tables import read_table, write_table
from project_copy import ROOT, clean_environment
from s3_server import S3, moto, moto_client, s3  # noqa: F401
from web_server import Web, web  # noqa: F401

LATEST = NEW.replace("2023-10-19", "2023-11-16")
DIE_AT = (
    "import os, sys; from crowdwise.kickstarter.refresh import __main__, intake\n"
    "setattr(intake, sys.argv[1], lambda *_, **__: os.kill(os.getpid(), 9))\n"
    "__main__.main(['--profile', 'full'])"
)


@pytest.fixture(scope="session")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_held(tmp_path_factory.mktemp("held") / "root")


@pytest.fixture(scope="session")
def later(tmp_path_factory: pytest.TempPathFactory) -> Later:
    return make_later(tmp_path_factory.mktemp("later"))


@pytest.fixture
def home(held: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    root = tmp_path / "root"
    shutil.copytree(held, root)
    monkeypatch.setenv("CROWDWISE_ROOT", str(root))
    for name in ("CROWDWISE_PENDING", "CROWDWISE_S3"):
        monkeypatch.delenv(name, raising=False)
    return Home(Layout("full", root))


@pytest.fixture
def published(home: Home, web: Web) -> Home:  # noqa: F811
    home.web = web
    home.use("published")
    return home


def report(home: Home) -> dict[str, Any]:
    return dict(json.loads((home.layout.reports / "kickstarter" / "refresh.json").read_text()))


def test_a_new_month_of_the_same_world_is_taken_in_and_asks_for_nothing(
    published: Home, later: Later, capsys: pytest.CaptureFixture[str]
) -> None:
    before, content = published.params.read_text(), pack(later.like)
    published.publish({NEW: content})
    assert main(["--profile", "full"]) == 0
    said = capsys.readouterr().out
    assert "Retrain: no, because none of the 5 criteria" in said
    assert (published.layout.raw("kickstarter") / NEW).read_bytes() == content
    added = published.months()[-1]
    assert added["url"].endswith(f"/months/files/{NEW}")
    assert (added["size"], len(added["md5"])) == (len(content), 32)
    # Nothing but the one line is new: comments, order and the other sections stay.
    lines = published.params.read_text().splitlines()
    assert [line for line in lines if NEW not in line] == before.splitlines()
    assert not (published.layout.raw("kickstarter").parent / "arriving").exists()


def test_a_drifted_month_asks_for_a_new_model_and_says_why(
    published: Home, later: Later, capsys: pytest.CaptureFixture[str]
) -> None:
    published.publish({NEW: pack(later.drifted)})
    assert main(["--profile", "full"]) == 0
    said = capsys.readouterr().out
    for reason in ("Retrain: yes", "goal_log", "parent_category", "calibration error", "CHF ("):
        assert reason in said
    month = report(published)["months"][0]
    met = {criterion["name"] for criterion in month["verdict"]["criteria"] if criterion["met"]}
    assert {
        "stability index beyond chance, largest",
        "calibration error beyond chance",
        "projects with a value never seen",
    } <= met
    overall = month["success"][0]
    assert overall["difference_high"] < 0
    assert month["novelty"]["unseen"]["currency"].keys() == {"CHF"}
    assert month["novelty"]["unseen"]["country"] == {}
    assert month["fields"] == {"new": [], "gone": []}


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


def test_the_same_month_gives_the_same_report(published: Home, later: Later) -> None:
    published.publish({NEW: pack(later.like)})
    params = published.params.read_text()
    assert main(["--profile", "full"]) == 0
    first = report(published)
    published.params.write_text(params)
    assert main(["--profile", "full"]) == 0
    assert report(published) == first


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


def test_without_a_model_the_month_is_held_against_the_tables(published: Home, later: Later) -> None:
    shutil.rmtree(published.layout.model("kickstarter"))
    published.publish({NEW: pack(later.drifted)})
    assert main(["--profile", "full"]) == 0
    found = report(published)
    assert (found["held_against"]["model"], found["held_against"]["months"]) == (None, [HELD])
    assert (found["months"][0]["model"], found["retrain"]) == (None, True)


def test_the_model_is_judged_only_by_decided_projects_that_are_not_held(published: Home, later: Later) -> None:
    raw = published.layout.raw("kickstarter") / HELD
    again = [json.loads(line) for line in gzip.decompress(raw.read_bytes()).splitlines()][:500]
    new = list(later.like[:600])
    ended = sum(record["data"]["state"] == "live" for record in again)
    decided = sum(record["data"]["state"] in ("successful", "failed") for record in new)
    for record in again:
        record["data"]["state"] = "failed"  # as no one has learnt it, but for those that were still live
    published.publish({NEW: pack(again + new)})
    assert main(["--profile", "full"]) == 0
    month = report(published)["months"][0]
    assert (month["projects"], month["not_held"]) == (1100, 600)
    assert month["model"]["projects"] == decided + ended
    assert month["model"]["now"]["auc"]["n"] == decided + ended


def test_a_month_is_held_against_the_decided_projects_of_the_months_that_the_model_learnt_from(
    published: Home, later: Later
) -> None:
    # A later month has come into the tables since the model was fitted.
    place = published.layout.table("kickstarter", "projects")
    table = read_table(place)
    table.loc[: len(table) // 3, "seen_in"] = "2023-10-01"
    write_table(table, place)
    published.publish({NEW: pack(later.like[:400])})
    assert main(["--profile", "full"]) == 0
    learnt = table["state"].isin(["successful", "failed"]) & (table["seen_in"] == "2023-09-21")
    assert report(published)["held_against"]["projects"] == learnt.sum()


def test_too_few_new_projects_say_nothing_of_the_model(published: Home, later: Later) -> None:
    published.publish({NEW: pack(later.like[:150])})
    assert main(["--profile", "full"]) == 0
    verdict = report(published)["months"][0]["verdict"]
    assert [criterion["value"] is None for criterion in verdict["criteria"]] == [True, True, True, False, False]
    assert "too few" in verdict["criteria"][1]["words"]


def test_a_month_of_live_projects_is_taken_in_and_judged_as_far_as_it_can_be(published: Home, later: Later) -> None:
    for record in (records := json.loads(json.dumps(later.like[:300]))):
        record["data"]["state"] = "live"
    published.publish({NEW: pack(records)})
    assert main(["--profile", "full"]) == 0
    month = report(published)["months"][0]
    assert (month["projects"], month["decided"], month["verdict"]["retrain"]) == (300, 0, False)
    assert page.main(["--profile", "full"]) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("  psi: 0.25\n", ""), "section `refresh` does not hold"),
        (("  psi: 0.25\n", "  psi: often\n"), "refresh: psi"),
        (("  most: 1\n", "  most: some\n"), "no number of months"),
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


def test_a_bucket_is_looked_at(home: Home, later: Later, s3: S3) -> None:  # noqa: F811
    for name, content in ((HELD, b"not looked at"), (NEW, pack(later.like))):
        s3.client.put_object(Bucket="shelf", Key=f"months/{name}", Body=content)
    home.use("s3://shelf/months")
    assert main(["--profile", "full"]) == 0
    assert home.raw() == sorted([HELD, NEW])
    assert report(home)["months"][0]["origin"] == f"s3://shelf/months/{NEW}"


def test_the_page_says_what_the_report_holds(published: Home, later: Later) -> None:
    assert page.main(["--profile", "full"]) == 0
    place = published.layout.report("kickstarter", "refresh", "html")
    assert not place.exists()
    published.publish({NEW: pack(later.drifted)})
    assert main(["--profile", "full"]) == 0
    assert page.main(["--profile", "full"]) == 0
    text = place.read_text()
    for words in ("Yes: fit it anew.", NEW, "features drifted by more than 0.25", "CHF", "calibration error"):
        assert words in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert place.stat().st_size < 200_000
    assert page.main(["--profile", "full"]) == 0
    assert place.read_text() == text
