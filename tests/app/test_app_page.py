from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from few_games import FewGames

from crowdwise.app import sources
from crowdwise.app.page import Page
from crowdwise.app.sources import StoredPlayers, open_players, read_source
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout


@pytest.fixture(autouse=True)
def _rooted(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROWDWISE_ROOT", str(layout.root))
    monkeypatch.delenv("CROWDWISE_PROFILE", raising=False)
    monkeypatch.delenv("SQLALCHEMY_DATABASE_URI", raising=False)


def made_from(layout: Layout, system: str, source: str) -> None:
    layout.model(system).mkdir(parents=True, exist_ok=True)
    (layout.model(system) / "metrics.json").write_text(json.dumps({"source": source}))


def test_text_comes_before_heavy_imports(root: Path) -> None:
    heavy = "{'numpy', 'scipy', 'pandas', 'pyarrow', 'sqlalchemy', 'lightgbm', 'sklearn', 'seaborn', 'lightfm'}"
    code = f"import sys; from crowdwise.app.page import Page; Page('sample'); print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_with_nothing_made_yet_both_tabs_say_what_to_run() -> None:
    page = Page()
    page.load()
    for shown in (page.steam.title.value, page.kickstarter.chance.value):
        assert "this model is not made yet" in shown
        assert "<code>make report PROFILE=sample</code>" in shown
    assert page.steam.go.disabled
    assert page.kickstarter.go.disabled
    assert page.banner.value == ""


def test_one_tab_works_while_the_other_says_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, recommender: FewGames, stored: StoredPlayers
) -> None:
    monkeypatch.setattr(sources, "open_recommender", lambda layout: recommender)
    page = Page()
    page.load()
    page.steam.pick.value = "765"
    page.steam.go.click()
    assert "Ten games for player 765" in page.steam.title.value
    assert "make report" in page.kickstarter.chance.value


def test_without_a_database_the_steam_tab_still_takes_games(
    monkeypatch: pytest.MonkeyPatch, recommender: FewGames
) -> None:
    monkeypatch.setattr(sources, "open_recommender", lambda layout: recommender)
    page = Page()
    page.load()
    assert "the database is not made yet" in page.steam.notice.value
    assert "make report PROFILE=sample" in page.steam.notice.value
    page.steam.add("10")
    page.steam.go.click()
    assert "Ten games for you" in page.steam.title.value


def test_a_broken_model_is_a_sentence_in_its_tab_and_a_traceback_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(layout: Layout) -> None:
        raise RuntimeError("bad bytes")

    monkeypatch.setattr(sources, "open_recommender", fail)
    page = Page()
    with caplog.at_level("ERROR", logger="crowdwise.app"):
        page.load()
    assert "log has the cause under" in page.steam.title.value
    assert "bad bytes" not in page.steam.title.value
    assert page.steam.go.disabled


def test_the_profile_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROWDWISE_PROFILE", "local")
    page = Page()
    page.load()
    assert "data/local/steam/model" in page.steam.title.value


def test_a_profile_that_is_none_is_said_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page("../x")
    page.load()
    assert "is not a profile" in page.banner.value


@pytest.mark.parametrize(
    ("sources_of", "words"),
    [
        (("made up", "made up"), "the games' owners and the projects were"),
        (("made up", "local"), "the games' owners were"),
        (("local", "made up"), "the projects were"),
    ],
)
def test_made_up_data_is_said_to_be(layout: Layout, sources_of: tuple[str, str], words: str) -> None:
    for system, source in zip(("steam", "kickstarter"), sources_of, strict=True):
        made_from(layout, system, source)
    page = Page()
    page._say_source(layout)
    assert words in page.banner.value.replace("&#x27;", "'")


def test_real_data_needs_no_banner(layout: Layout) -> None:
    made_from(layout, "steam", "local")
    page = Page()
    page._say_source(layout)
    assert page.banner.value == ""


@pytest.mark.parametrize("content", ["", "[]", "{}", "not json"])
def test_metrics_that_do_not_say_are_no_error(layout: Layout, content: str) -> None:
    layout.model("steam").mkdir(parents=True)
    (layout.model("steam") / "metrics.json").write_text(content)
    assert read_source(layout, "steam") == ""


def test_asking_for_a_missing_database_does_not_make_one(layout: Layout) -> None:
    with pytest.raises(Problem, match="not made yet"):
        open_players(layout)
    assert not layout.database.exists()


def test_another_profiles_database_is_refused(
    layout: Layout, stored: StoredPlayers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQLALCHEMY_DATABASE_URI", f"sqlite:///{layout.database}")
    with pytest.raises(Problem, match="holds profile sample, not local"):
        open_players(Layout("local", layout.root))
