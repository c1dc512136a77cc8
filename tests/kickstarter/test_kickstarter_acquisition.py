import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.kickstarter.acquisition import acquire, most_recent
from crowdwise.kickstarter.madeup.months import make_months
from crowdwise.storage.tables import read_table

Make = Callable[..., dict[str, Any]]
Write = Callable[..., Path]


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    return Layout("sample", tmp_path)


def test_made_up_months_become_tables_that_say_so(layout: Layout) -> None:
    acquired = acquire(layout, "made-up", projects=300, seed=3)
    projects = read_table(layout.table("kickstarter", "projects"))
    pd.testing.assert_frame_equal(projects, acquired.union.projects)
    assert (len(projects), acquired.provenance["source"]) == (300, "made up")
    assert read_table(layout.table("kickstarter", "categories"))["projects"].sum() == 300
    rates = read_table(layout.table("kickstarter", "rates")).set_index("currency")["usd_rate"]
    assert rates["USD"] == 1.0
    assert 1.1 < rates["GBP"] < 1.5


def test_a_folder_of_real_months_is_local(layout: Layout, project: Make, write_month: Write) -> None:
    path = write_month([project(), project(id=2, country=None)])
    acquired = acquire(layout, str(path.parent))
    assert (acquired.provenance["source"], acquired.files[0].name) == ("local", path.name)
    assert acquired.countries["projects"].sum() == 1
    assert (layout.raw("kickstarter") / path.name).read_bytes() == path.read_bytes()


def test_a_folder_that_was_made_up_is_made_up_under_any_profile(layout: Layout, tmp_path: Path) -> None:
    make_months(tmp_path / "elsewhere", projects=300, seed=3)
    assert acquire(layout, str(tmp_path / "elsewhere")).provenance["source"] == "made up"


def test_real_months_after_made_up_ones_are_not_called_made_up(
    layout: Layout, project: Make, write_month: Write
) -> None:
    acquire(layout, "made-up", projects=300, seed=3)
    acquired = acquire(layout, str(write_month([project()]).parent))
    assert (acquired.provenance["source"], len(acquired.union.projects)) == ("local", 1)


def test_bad_sources_are_problems_and_leave_earlier_tables(layout: Layout, project: Make, write_month: Write) -> None:
    acquire(layout, str(write_month([project()]).parent))
    before = layout.table("kickstarter", "projects").read_bytes()
    empty = layout.root / "empty"
    empty.mkdir()
    html = layout.root / "html"
    html.mkdir()
    (html / "Kickstarter_2020-01-01.json.gz").write_bytes(b"<html>Sign in</html>")
    for source, words in (
        ("", "no source is named"),
        ("nowhere", "no such folder"),
        (str(empty), "no file here"),
        (str(html), "web page"),
        ("published", "no month is named"),
    ):
        with pytest.raises(Problem, match=words):
            acquire(layout, source)
    assert layout.table("kickstarter", "projects").read_bytes() == before


def test_the_same_seed_gives_the_same_tables(layout: Layout, tmp_path: Path) -> None:
    acquire(layout, "made-up", projects=300, seed=3)
    other = Layout("other", tmp_path)
    acquire(other, "made-up", projects=300, seed=3)
    for name in ("projects", "categories", "parents", "countries", "rates"):
        assert layout.table("kickstarter", name).read_bytes() == other.table("kickstarter", name).read_bytes()
    assert json.loads((layout.tables("kickstarter") / "provenance.json").read_text())["source"] == "made up"


def test_rows_that_were_left_out_are_written_whole(layout: Layout, project: Make, write_month: Write) -> None:
    path = write_month([project(), '{"id": 1, "na', project(id=2, goal=0, blurb="ä")])
    acquire(layout, str(path.parent), max_reject_share=0.7)
    lines = (layout.tables("kickstarter") / "rejects.jsonl").read_text(encoding="utf-8").splitlines()
    first, second = (json.loads(line) for line in lines)
    assert first == {"file": path.name, "unit": "rows", "line": 2, "why": "line is not JSON", "text": '{"id": 1, "na'}
    assert (second["line"], second["why"]) == (3, "goal or rate is not above 0")
    assert json.loads(second["text"])["data"]["blurb"] == "ä"


def test_too_many_rejects_stop_the_run_and_are_kept_to_look_at(
    layout: Layout, project: Make, write_month: Write
) -> None:
    path = write_month([*(project(id=k) for k in range(98)), "{", '{"name": "\\ud800"}'])
    with pytest.raises(Problem, match=r"2 of 100 rows can't be used \(at most 1.00% may .*line 99, line is not JSON"):
        acquire(layout, str(path.parent), max_reject_share=0.01)
    assert not layout.table("kickstarter", "projects").exists()
    kept = (layout.reports / "failed" / "kickstarter-rejects.jsonl").read_text().splitlines()
    assert [json.loads(line)["line"] for line in kept] == [99, 100]
    assert len(acquire(layout, str(path.parent), max_reject_share=0.02).union.projects) == 98
    with pytest.raises(Problem, match="max_reject_share is 2"):
        acquire(layout, str(path.parent), max_reject_share=2)


def test_one_month_under_two_names_is_refused(layout: Layout, project: Make, write_month: Write) -> None:
    path = write_month([project()])
    path.with_name("Kickstarter_2021-01-01.json.gz").write_bytes(path.read_bytes())
    with pytest.raises(Problem, match=r"2021-01-01\.json\.gz: this is the same file as Kickstarter_2020-03-12"):
        acquire(layout, str(path.parent))


def test_only_the_most_recent_months_are_taken(layout: Layout, project: Make, write_month: Write) -> None:
    write_month([project(id=1)], "Kickstarter_2019-05.json.gz")
    write_month([project(id=2)], "b_2020-05-01.json.gz")
    folder = write_month([project(id=3)], "Kickstarter_2021-05-01.json.gz").parent
    for n, ids in ((0, ["1", "2", "3"]), (1, ["3"]), (2, ["2", "3"]), (9, ["1", "2", "3"])):
        acquired = acquire(layout, str(folder), num_splits=n)
        assert acquired.union.projects["project_id"].tolist() == ids
        assert len(acquired.files) == len(ids)


@pytest.mark.parametrize(
    ("names", "n", "words"),
    [
        (["a_2020-01-01.json"], -1, "num_splits is -1"),
        (["a_2020-01-01.json"], True, "num_splits is True"),
        (["a_2020-01-01.json"], "2", "num_splits is '2'"),
        (["a_2020-01-01.json", "https://host/2020-01-01/b.json"], 1, "b.json does not say when"),
    ],
)
def test_what_is_no_number_of_months_is_a_problem(names: list[str], n: Any, words: str) -> None:
    with pytest.raises(Problem, match=words):
        most_recent(names, n)


def test_canceled_projects_can_count_as_failures(layout: Layout) -> None:
    before = acquire(layout, "made-up", projects=300, seed=3).union.projects
    after = acquire(layout, "made-up", projects=300, seed=3, failures=["failed", "canceled"]).union.projects
    changed = before["outcome"].isna() & after["outcome"].notna()
    assert set(before.loc[changed, "state"]) == {"canceled"}
    assert not after.loc[changed, "outcome"].any()
    pd.testing.assert_frame_equal(before.drop(columns="outcome"), after.drop(columns="outcome"))
    with pytest.raises(Problem, match="'live' can't count as failure"):
        acquire(layout, "made-up", projects=300, seed=3, failures=["live"])
