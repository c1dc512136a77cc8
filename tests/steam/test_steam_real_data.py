"""The real files: every count that is known of them, and what a player of shooters is recommended."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path

import pytest

from crowdwise.steam.deployment import build_recommender
from crowdwise.steam.forms import BUNDLE, GAME, LIBRARY, REVIEWER
from crowdwise.steam.interactions import build_interactions, eligible
from crowdwise.steam.literals import batches
from crowdwise.steam.literals import parse as parse_literals
from crowdwise.steam.literals.reference import read_line
from crowdwise.steam.models import EASE, Blend, FoldedIn, Light
from crowdwise.steam.raw import FILES
from crowdwise.steam.tables import parse
from crowdwise.storage.lines import read_blocks, read_lines

pytestmark = [pytest.mark.realdata, pytest.mark.slow]


@pytest.fixture(scope="module")
def real(realdata):
    return parse(realdata / "steam")


@pytest.mark.parametrize(
    ("key", "form"), [("libraries", LIBRARY), ("catalogue", GAME), ("reviews", REVIEWER), ("bundles", BUNDLE)]
)
def test_every_line_is_read_as_python_reads_it_and_by_compiled_code(realdata, monkeypatch, key, form):
    assert list(parse_literals([], form)) == []  # compiled by now
    left = []
    monkeypatch.setattr(batches, "read_line", lambda line, form: left.append(line) or read_line(line, form))
    path = realdata / "steam" / FILES[key]
    rows = (row for batch in parse_literals(read_blocks(path), form) for row in batch.to_pylist())
    fields = set(form.fields)
    for line, row in zip(read_lines(path), rows, strict=True):
        record = ast.literal_eval(line.decode())
        for name, value in row.items():
            if isinstance(value, dict):  # a number or a text
                row[name] = value["text"] if value["number"] is None else value["number"]
        assert {name: record.get(name) for name in fields} == {name: row[name] for name in fields}
        assert set(record) <= fields
    assert left == []


def test_no_line_is_lost(real):
    table = real.reconciliation()
    assert table["balances"].all()
    assert len(real.rejects()) == 0
    lines = table[table["unit"] == "lines"].set_index("file")["read"].to_dict()
    assert lines == {
        "australian_users_items.json.gz": 5_663,
        "steam_games.json.gz": 32_135,
        "australian_user_reviews.json.gz": 2_813,
        "bundle_data.json.gz": 615,
    }
    assert (len(real.players), len(real.owned)) == (5_614, 550_345)
    assert (len(real.reviews), len(real.bundles)) == (7_179, 3_514)


def test_the_catalogue_is_read_as_it_is_known_to_be(real):
    games, facts = real.games, real.facts.set_index("what")["count"]
    assert games["in_catalogue"].sum() == 32_132
    assert facts["catalogue: no price"] == 1_377
    assert games["price_text"].notna().sum() == 1_910
    assert games["price_text"].nunique() == 18
    assert facts["catalogue: price is other text"] == 2
    assert games.loc[games["price_meaning"] == "from", "price"].tolist() == [499.0, 449.0]
    assert facts["catalogue: no release date"] + facts["catalogue: release date to the month, quarter or year"] == 2_349
    known = games.set_index("game_id")
    assert known.loc["761140", "released_on"] == dt.date(2018, 1, 4)
    assert "Design & Illustration" in set(games["genres"].explode())
    assert not games["name"].str.contains("&amp;", regex=False).any()


def test_known_twins_and_test_servers_are_found(real):
    games = real.games.set_index("game_id")
    assert games.loc["223530", "twin_of"] == "550"
    assert games.loc["340", "twin_of"] == "220"  # Lost Coast has more owners than Half-Life 2, and fewer players
    assert games.loc["205790", "name"] == "Dota 2 Test"
    assert not games.loc["205790", "is_game"]
    assert games.loc[["10", "550", "4000"], "is_game"].all()
    assert games["twin_of"].notna().sum() == pytest.approx(285, abs=5)


def test_libraries_are_read_as_they_are_known_to_be(real):
    assert (real.players["games"] > 0).sum() == 4_909
    assert (real.owned["minutes_total"] == 0).mean() == pytest.approx(0.337, abs=0.001)
    assert real.facts.set_index("what").loc["owned copies: more minutes in two weeks than in all", "count"] == 33
    assert real.players["player_id"].str.fullmatch(r"\d{17}").all()


ROOT = Path(__file__).parents[2]


def test_a_shooters_player_is_recommended_shooters(real):
    blend = Blend(EASE(), FoldedIn(Light(32, 10, seed=1)), 0.5)
    owned = eligible(real.owned, min_games=10, min_owners=5)
    recommender = build_recommender(blend, build_interactions(owned), real.games)
    shooters = {"10": 5000.0, "80": 300.0, "240": 9000.0, "730": 20000.0}
    best = recommender.recommend(shooters)
    genres = recommender.games.set_index("game_id")["genres"]
    assert sum("Action" in genres[one.game_id] for one in best) >= 7
    assert all(why.game_id in shooters for one in best for why in one.reasons)
