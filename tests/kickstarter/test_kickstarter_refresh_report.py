"""What a refresh says of a new month: whether it drifted, how the model does on it, and whether to fit anew."""

from __future__ import annotations

import gzip
import json
import shutil

import pytest
from refresh_world import HELD, NEW, Home, Later, pack, report

from crowdwise.kickstarter.refresh.__main__ import main
from crowdwise.reporting import refresh as page
from crowdwise.reporting.index import render_index
from crowdwise.storage.documents import read_json, write_json
from crowdwise.storage.tables import read_table, write_table


@pytest.mark.slow
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


def test_the_same_month_gives_the_same_report(published: Home, later: Later) -> None:
    published.publish({NEW: pack(later.like)})
    params = published.params.read_text()
    assert main(["--profile", "full"]) == 0
    first = report(published)
    published.params.write_text(params)
    assert main(["--profile", "full"]) == 0
    assert report(published) == first


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


def test_what_counts_as_failure_follows_the_parameter(published: Home, later: Later) -> None:
    records = json.loads(json.dumps(later.like))
    failed = [record["data"] for record in records if record["data"]["state"] == "failed"]
    for data in failed[:40]:
        data["state"] = "canceled"
    decided = []
    for failures in ("[failed]", "[failed, canceled]"):
        params = published.params.read_text()
        published.params.write_text(params.replace("  failures: [failed]", f"  failures: {failures}"))
        published.publish({NEW: pack(records)})
        assert main(["--profile", "full"]) == 0
        decided.append(report(published)["months"][0]["decided"])
        published.params.write_text(params)
    assert decided[1] - decided[0] == len({data["id"] for data in failed[:40]})


def test_the_index_tells_of_the_last_refresh_until_a_model_has_learnt_from_it(published: Home, later: Later) -> None:
    assert "refresh" not in render_index(published.layout)
    (published.layout.reports / "index.html").write_text("of old")
    published.publish({NEW: pack(later.drifted)})
    assert main(["--profile", "full"]) == 0
    assert page.main(["--profile", "full"]) == 0
    text = (published.layout.reports / "index.html").read_text()
    assert 'href="kickstarter/refresh.html"' in text
    assert "1 new month: the model should be fitted anew." in text
    card = published.layout.model("kickstarter") / "card.json"
    write_json(read_json(card) | {"months": [HELD, NEW]}, card)
    assert "the model has learnt from what it brought since." in render_index(published.layout)
