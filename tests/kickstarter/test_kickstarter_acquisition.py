import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.kickstarter.acquisition import acquire
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
