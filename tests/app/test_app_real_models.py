"""The page over small models of the real kinds: made, saved, loaded and asked as in use."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from crowdwise.app.kickstarter_model import KickstarterModel
from crowdwise.app.page import Page
from crowdwise.app.sources import open_players, open_predictor, open_recommender
from crowdwise.app.steam_model import SteamModel
from crowdwise.base.layout import Layout
from crowdwise.base.seeds import generator
from crowdwise.kickstarter import acquisition as kickstarter_acquisition
from crowdwise.kickstarter.evaluation import set_up_study
from crowdwise.kickstarter.training import train_predictor
from crowdwise.steam import acquisition as steam_acquisition
from crowdwise.steam.deployment import build_recommender
from crowdwise.steam.interactions import build_interactions
from crowdwise.steam.models import EASE, Blend, FoldedIn, Light
from crowdwise.storage.ingest import ingest
from crowdwise.storage.tables import read_table

METRICS = {"source": "made up"}


def make_steam(layout: Layout) -> None:
    limits = {"max_reject_share": 0.5, "twin_share": 0.9, "twin_min_owners": 5}
    steam_acquisition.acquire(layout, "made-up", pinned={}, players=300, seed=3, **limits)
    games, owned = (read_table(layout.table("steam", name)) for name in ("games", "owned"))
    blend = Blend(EASE(penalty=20.0), FoldedIn(Light(8, 4, seed=3)), 0.5)
    recommender = build_recommender(blend, build_interactions(owned), games)
    recommender.save(layout.model("steam"), card={"trained_on": "a test", "deploy": True}, metrics=METRICS)


def make_kickstarter(layout: Layout) -> None:
    kickstarter_acquisition.acquire(layout, "made-up", projects=400, seed=3)
    study = set_up_study(read_table(layout.table("kickstarter", "projects")), components=4, seed=3)
    noise = generator(3, "guesses").normal(0, 0.2, len(study.outcome))
    guessed = np.clip(np.where(study.outcome, 0.6, 0.4) + noise, 0.05, 0.95)
    rates = read_table(layout.table("kickstarter", "rates"))
    predictor = train_predictor(study, guessed, rates, boosted_trees=10, seed=3)
    predictor.save(layout.model("kickstarter"), metrics=METRICS, trained_on="a test", deploy=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A project with small models of both systems and a database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SQLALCHEMY_DATABASE_URI", raising=False)
        layout = Layout("sample", tmp_path_factory.mktemp("made"))
        make_steam(layout)
        make_kickstarter(layout)
        ingest(layout, "steam")
    return layout


@pytest.fixture(autouse=True)
def _rooted(made: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROWDWISE_ROOT", str(made.root))
    monkeypatch.delenv("SQLALCHEMY_DATABASE_URI", raising=False)


@pytest.fixture
def page() -> Page:
    page = Page("sample")
    page.load()
    return page


def test_a_known_player_gets_ten_games_of_the_catalogue(made: Layout) -> None:
    players = open_players(made)
    model = SteamModel(open_recommender(made), players)
    model.player = players.some()[0].player_id
    answer = model.answer()
    owned = {game.game_id for game in players.library(model.player)}
    assert len(answer.games) == 10
    assert not {shown.game.game_id for shown in answer.games} & owned
    assert all(shown.reasons and shown.reasons[0].share > 0 for shown in answer.games)


def test_every_game_that_can_be_found_can_be_owned_and_has_games_like_it(made: Layout) -> None:
    model = SteamModel(open_recommender(made))
    found = model.find("a", 20)
    assert len(found) == 20
    for game in found:
        model.own(game.game_id)
        assert len(model.alike(game.game_id)) == 10
    assert not {shown.game.game_id for shown in model.answer().games} & set(model.owned)


def test_the_drivers_lead_from_the_base_rate_to_the_chance(made: Layout) -> None:
    model = KickstarterModel(open_predictor(made), date(2024, 3, 5))
    model.change("name", "A test of tests")
    prediction = model.answer().prediction
    steps = sum(one.points for one in prediction.contributions)
    assert steps == pytest.approx(100 * (prediction.probability - prediction.base_rate), abs=0.01)


def test_every_choice_the_form_offers_can_be_asked_about(made: Layout) -> None:
    model = KickstarterModel(open_predictor(made), date(2024, 3, 5))
    model.change("name", "A test")
    choices = model.choices()
    for name in ("country", "currency"):
        for value in choices[name]:
            model.change(name, value)
            assert 0 < model.answer().prediction.probability < 1
    for slug in choices["category"][::12]:
        model.change("category", slug)
        assert 0 < model.answer().prediction.probability < 1


def test_the_whole_page_answers_in_both_tabs(page: Page) -> None:
    assert "Made-up data" in page.banner.value
    assert page.steam.notice.value == ""
    page.steam.pick.value = page.steam.pick.options[1][1]
    page.steam.go.click()
    assert "Because you play" in page.steam.cards[9].face.value
    page.steam.cards[9].more.click()
    assert "cw-alike" in page.steam.cards[9].below.value
    page.kickstarter.fields["name"].value = "A <b>test</b>"
    page.kickstarter.go.click()
    assert page.kickstarter.notice.value == ""
    assert "A &lt;b&gt;test&lt;/b&gt;" in page.kickstarter.chance.value
    assert re.search(r"\d+\u00a0%", page.kickstarter.chance.value)
    assert "points" in page.kickstarter.drivers.value
    assert "What to bear in mind" in page.kickstarter.notes.value


def test_a_model_that_was_tampered_with_is_a_sentence_in_its_tab(made: Layout, tmp_path: Path) -> None:
    shutil.copytree(made.root / "data", tmp_path / "data")
    other = Layout("sample", tmp_path)
    (other.model("kickstarter") / "card.json").write_text("{}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CROWDWISE_ROOT", str(tmp_path))
        page = Page("sample")
        page.load()
    assert "data/sample/kickstarter/model: " in page.kickstarter.chance.value
    assert str(tmp_path) not in page.kickstarter.chance.value
    assert "make report PROFILE=sample" in page.kickstarter.chance.value
    assert not page.steam.go.disabled


@pytest.mark.slow
def test_the_app_loads_no_training_or_plotting_library() -> None:
    unwanted = ["sklearn", "lightfm", "seaborn", "matplotlib", "implicit", "statsmodels"]
    code = (
        "import sys, json; from crowdwise.app.page import Page; p = Page('sample'); p.load(); "
        f"print(json.dumps([p.steam.go.disabled, [n for n in {unwanted} if n in sys.modules]]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [False, []]
