"""Made-up data: the same bytes for a seed, the publishers' form, their distributions and their flaws."""

from __future__ import annotations

import gzip
import re

import numpy as np
import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.steam.madeup import __main__ as command
from crowdwise.steam.madeup import make
from crowdwise.steam.madeup.people import draw_people
from crowdwise.steam.madeup.world import draw_world
from crowdwise.steam.raw import FILES
from crowdwise.steam.tables import parse
from crowdwise.storage.provenance import MARK


def test_the_same_seed_gives_the_same_bytes(made_up, tmp_path):
    make(tmp_path, players=300, seed=7)
    for name in (*FILES.values(), MARK):
        assert (tmp_path / name).read_bytes() == (made_up / name).read_bytes(), name


def test_another_seed_gives_another_world():
    first, second = (draw_world(300, seed, clean=False) for seed in (7, 8))
    assert first.names != second.names
    assert draw_people(first, 300, 7).steam_ids != draw_people(first, 300, 8).steam_ids


def test_the_files_have_the_published_form(made_up):
    first = {key: gzip.decompress((made_up / name).read_bytes()).splitlines()[0] for key, name in FILES.items()}
    assert re.match(
        rb"\{'user_id': '[^']+', 'items_count': \d+, 'steam_id': '7656\d{13}', 'user_url': ", first["libraries"]
    )
    assert re.search(rb"\{u'(publisher|genres|app_name)': \[?u['\"]", first["catalogue"])
    assert first["reviews"].startswith(b"{'user_id': ")
    assert first["bundles"].startswith(b"{'bundle_final_price': '$")
    assert len(gzip.decompress((made_up / FILES["libraries"]).read_bytes()).splitlines()) == 300


def test_every_flaw_of_the_published_files_is_there(tables):
    facts = tables.facts.set_index("what")["count"]
    absent = set(facts[facts == 0].index)
    # Real as well: the published files have neither.
    assert absent <= {
        "lines: items_count is not the number of games",
        "owned copies: under another name than before",
        "reviews: of a game that is nowhere else",
    }
    reasons = " ".join(tables.reconciliation()["reasons"])
    for reason in (
        *("player seen before", "game seen before in this library", "id seen before", "no id, and none"),
        *("exact repeat", "item_id is empty", "game seen before in this bundle"),
    ):
        assert reason in reasons
    assert tables.games.nlargest(1, "owners")["name"].item().endswith(" Test")
    names = " ".join(tables.games["name"])
    assert {"'", '"', "\\", "™", "&"} <= set(names)


@pytest.mark.slow
def test_the_switch_turns_the_flaws_off(tmp_path):
    make(tmp_path, players=300, seed=7, clean=True)
    tables = parse(tmp_path)
    assert tables.reconciliation()["dropped"].sum() == 0
    facts = tables.facts.set_index("what")["count"]
    stays = {"owned copies: never played", "catalogue: no metascore"}
    # Chance makes some rarely owned games stand in the same few libraries.
    assert set(facts[facts > 0].index) - {"owned apps: twin of a better known one"} == stays


@pytest.mark.slow
def test_libraries_and_fame_are_as_in_the_published_panel():
    world = draw_world(88_310, 7, clean=False)
    people = draw_people(world, 88_310, 7)
    sizes = people.sizes[people.sizes > 0]
    # Twins make the libraries a sixth larger than what is drawn.
    assert np.median(sizes) * 1.17 == pytest.approx(40, rel=0.05)
    assert sizes.mean() * 1.17 == pytest.approx(72, rel=0.08)
    assert (people.sizes == 0).mean() == pytest.approx(16_806 / 88_310, abs=0.005)
    assert (people.repeats >= 0).sum() == pytest.approx(684, abs=20)
    assert np.isfinite(world.fame).sum() + (world.twin_of >= 0).sum() == 10_978
    half = len(sizes) // 2
    assert np.median(sizes[:half]) > 2 * np.median(sizes[half:])


def test_a_third_is_never_played_and_minutes_are_heavy_tailed(tables):
    minutes = tables.owned["minutes_total"]
    played = np.log(minutes[minutes > 0])
    assert (minutes == 0).mean() == pytest.approx(0.36, abs=0.06)
    assert played.mean() == pytest.approx(5.3, abs=0.4)
    assert played.std() == pytest.approx(2.2, abs=0.2)


def test_those_who_own_a_game_own_games_that_taste_alike(tables):
    genre = tables.games.set_index("game_id")["genres"].map(lambda genres: "RPG" in list(genres))
    share = genre.reindex(tables.owned["game_id"]).groupby(tables.owned["player_id"].to_numpy()).mean()
    sizes = tables.players.set_index("player_id")["games"].reindex(share.index)
    spread = pd.Series(share[sizes > 40])
    by_chance = np.sqrt((spread.mean() * (1 - spread.mean()) / sizes[sizes > 40]).mean())
    assert spread.std() > 1.25 * by_chance


@pytest.mark.parametrize("players", [299, 88_311])
def test_other_sizes_are_refused(tmp_path, players):
    with pytest.raises(Problem, match="out of range"):
        make(tmp_path, players=players, seed=1)


def test_the_command_says_what_is_wrong_in_one_sentence(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(command.logs, "set_up", lambda: None)
    assert command.main(["--players", "10", "--out", str(tmp_path / "raw")]) == 1
    assert capsys.readouterr().err.strip() == "players: 10 is out of range. Use 300 to 88,310."
    assert not (tmp_path / "raw").exists()


def test_nobody_is_real(made_up, tables):
    # Steam numbers its accounts from here on.
    assert tables.players["player_id"].astype("int64").max() < 76561197960265728
