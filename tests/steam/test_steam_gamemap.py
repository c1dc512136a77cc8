"""The map of games: shared libraries bring games together, fame and collectors do not, and every run is the same."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from scipy import sparse
from sklearn.metrics import adjusted_rand_score

from crowdwise.steam.coownership import gather, measure_likeness, most_owned
from crowdwise.steam.figures.coownership import draw_map, tabulate_groups, tell
from crowdwise.steam.figures.placing import Names, is_drawable
from crowdwise.steam.gamemap import GameMap, map_games, tell_tags


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def describe(matrix: np.ndarray, tags: list[list[str]] | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the tables of players (rows) who own games (columns)."""
    n = matrix.shape[1]
    ids = [f"g{k:03}" for k in range(n)]
    games = pd.DataFrame(
        {
            "game_id": ids,
            "name": [f"Game {k}" for k in range(n)],
            "genres": [[] for _ in ids],
            "tags": tags or [[] for _ in ids],
            "owners": matrix.sum(axis=0).astype(int),
            "is_game": True,
            "twin_of": None,
        }
    )
    player, game = np.nonzero(matrix)
    owned = pd.DataFrame({"player_id": [f"p{k}" for k in player], "game_id": np.array(ids)[game]})
    return games, owned


def planted(games: int, players: int = 400) -> np.ndarray:
    """Half of the players like the even games, the others the odd ones; games differ in fame, players in appetite."""
    rng = np.random.default_rng(5)
    likes = (np.arange(players)[:, None] % 2) == (np.arange(games) % 2)
    odds = rng.normal(0, 1, players)[:, None] + np.linspace(0.5, -1.5, games) + 2.0 * likes - 1.0
    return rng.random((players, games)) < 1 / (1 + np.exp(-odds))


def tasteless(games: int, players: int) -> np.ndarray:
    """Only fame and appetite count, and both vary much."""
    rng = np.random.default_rng(6)
    odds = rng.normal(-0.5, 1.5, players)[:, None] + np.linspace(2.0, -2.0, games)
    return rng.random((players, games)) < 1 / (1 + np.exp(-odds))


def test_two_kinds_of_players_make_two_groups():
    tags = [["Chess"] if k % 2 else ["Racing"] for k in range(10)]
    found = map_games(*describe(planted(10), tags), seed=1)
    assert adjusted_rand_score(found.games["group"], found.games["game_id"].str[1:].astype(int) % 2) == 1
    assert sorted(found.groups["name"]) == ["Chess", "Racing"]
    assert found.lift[0, 1] < 0.95 < 1.05 < min(found.lift[0, 0], found.lift[1, 1])
    assert found.agreement > 0.9
    assert found.held_out > 1.05
    larger, smaller = found.groups["name"]
    assert tell(found).startswith(f"“{larger}” and “{smaller}” games share a library ")


def test_more_groups_than_kinds_do_not_mix_the_kinds():
    found = map_games(*describe(planted(30)), seed=1)
    kind = found.games["game_id"].str[1:].astype(int) % 2
    assert set(kind.groupby(found.games["group"]).mean()) == {0.0, 1.0}
    places = found.games[["x", "y"]].to_numpy()
    apart = np.linalg.norm(places[:, None] - places, axis=2) + np.diag(np.full(30, np.inf))
    assert (kind.to_numpy()[apart.argmin(axis=1)] == kind).mean() > 0.95


def test_fame_and_collectors_bring_no_games_together():
    matrix = sparse.csr_matrix(tasteless(20, 6000).astype(float))
    likeness = measure_likeness(matrix)
    everyone = np.ones(20, dtype=bool)
    naive = likeness.both / np.outer(likeness.both.diagonal(), likeness.both.diagonal()) * matrix.shape[0]
    assert naive[~np.eye(20, dtype=bool)].min() > 1.05  # collectors: every pair seems to belong together
    assert likeness.lift(everyone, everyone) == pytest.approx(1, abs=0.01)
    famous = np.arange(20) < 3
    assert likeness.lift(famous, famous) == pytest.approx(1, abs=0.01)
    assert np.abs(likeness.correlation).mean() < 0.06


def test_a_map_without_taste_says_so():
    found = map_games(*describe(tasteless(20, 1000)), seed=1)
    assert found.agreement < 0.3
    assert draw_map(found)[1].startswith("Libraries show no firm groups of games")


def test_libraries_with_all_or_none_of_the_games_say_nothing():
    matrix = np.vstack([planted(10), np.ones((50, 10), dtype=bool), np.zeros((50, 10), dtype=bool)])
    games, owned = describe(matrix)
    told = (matrix.sum(axis=1) > 0) & (matrix.sum(axis=1) < 10)
    assert gather(owned, games["game_id"]).shape == (told.sum(), 10)


def test_only_games_that_many_own_are_on_the_map():
    games, _ = describe(planted(10))
    games.loc[0, "is_game"], games.loc[1, "twin_of"], games.loc[2, "owners"] = False, "g000", 3
    shown = most_owned(games, most=4, min_owners=20)
    assert len(shown) == 4
    assert not {"g000", "g001", "g002"} & set(shown["game_id"])
    assert shown["owners"].is_monotonic_decreasing


@pytest.mark.slow
def test_every_run_gives_the_same_bytes(tables):
    pictures = []
    for _ in range(2):
        figure, _ = draw_map(map_games(tables.games, tables.owned, seed=1, min_owners=5))
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", metadata={"Software": None})
        pictures.append(buffer.getvalue())
    assert pictures[0] == pictures[1]


@pytest.mark.slow
def test_the_order_of_the_rows_does_not_matter(tables):
    one = map_games(tables.games, tables.owned, seed=1, min_owners=5)
    mixed = tables.owned.sample(frac=1, random_state=1)
    other = map_games(tables.games.sample(frac=1, random_state=1), mixed, seed=1, min_owners=5)
    pd.testing.assert_series_equal(one.games["group"], other.games["group"])
    assert np.allclose(one.lift, other.lift)


@pytest.mark.parametrize("shape", [(0, 3), (1, 3), (1, 40), (30, 1), (30, 2), (30, 4), (30, 9), (30, 12), (99, 40)])
def test_few_games_or_players_make_a_map_without_a_claim(shape):
    matrix = np.random.default_rng(2).random(shape) < 0.5
    found = map_games(*describe(matrix), seed=1, min_owners=1)
    figure, finding = draw_map(found)
    assert finding.startswith(("Too few games", "Libraries show no firm groups"))
    assert len(tabulate_groups(found)) == len(found.groups)
    assert np.isfinite(found.games[["x", "y"]].to_numpy()).all()
    assert found.measures() == {}
    figure.draw_without_rendering()


def test_a_group_is_told_by_tags_that_are_rare_elsewhere():
    tags = [["Action", "Chess"], ["Action", "Chess"], ["Action", "Odd"], []] + [["Action", "Racing"]] * 6
    told = tell_tags(tags, np.arange(10) < 4)
    assert told.index.tolist() == ["Chess"]
    # 2 of the 3 that have tags, against (0 + 1) of (6 + 2): a game without tags counts on neither side.
    assert told["Chess"] == pytest.approx((2 / 3) / (1 / 8))


def test_a_rare_tag_tells_more_than_a_frequent_one():
    tags = [["Action", "Chess"]] * 6 + [["Action"]] * 4 + [["Action"]] * 7 + [["Chess"]] + [["Racing"]] * 2
    assert tell_tags(tags, np.arange(20) < 10).index.tolist() == ["Chess", "Action"]


def test_no_name_is_written_upon_another(tables):
    found = map_games(tables.games, tables.owned, seed=1, min_owners=5)
    figure, _ = draw_map(found)
    axes = figure.axes[0]
    boxes = [text.get_window_extent() for text in axes.texts]
    assert len(boxes) > 20
    assert not [1 for one, other in itertools.combinations(boxes, 2) if one.overlaps(other)]


def test_a_name_covers_no_mark_where_it_can_stand_elsewhere():
    _, axes = plt.subplots()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    names = Names(axes, [(0.5, 0.5), (0.53, 0.5), (0.56, 0.5)])
    assert names.beside("Chess", 0.5, 0.5)
    assert axes.texts[0].get_ha() == "right"


def test_names_that_the_font_cannot_draw_are_left_out():
    assert is_drawable("Señor Núñez: Ωmega")
    assert not is_drawable("星の庭")
    assert not is_drawable("مرفأ")


def test_groups_are_named_on_the_map_only_if_they_are_firm():
    games = pd.DataFrame(
        {
            "game_id": list("abcd"),
            "name": list("ABCD"),
            "owners": 30,
            "group": [0, 0, 1, 1],
            "x": range(4),
            "y": range(4),
        }
    )
    groups = pd.DataFrame({"name": ["Chess", "Racing"], "games": [2, 2]})
    for agreement, named in ((0.9, True), (0.1, False)):
        figure, _ = draw_map(GameMap(games, groups, np.array([[1.2, 0.8], [0.8, 1.2]]), agreement, 1.2, 100))
        assert ({"Chess", "Racing"} <= {text.get_text() for text in figure.axes[0].texts}) is named
