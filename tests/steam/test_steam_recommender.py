"""The saved recommender: what it recommends, why, and what becomes of its files."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from crowdwise.base.errors import Problem
from crowdwise.steam.deployment import build_recommender
from crowdwise.steam.fold_in import FoldIn
from crowdwise.steam.model_folder import BETWEEN, FOLD
from crowdwise.steam.models import EASE, Blend, FoldedIn, Light
from crowdwise.steam.recommender import Recommender
from crowdwise.steam.scoring import damp
from crowdwise.storage.inputs import recorded
from crowdwise.storage.whole import settle


@pytest.fixture(scope="module")
def recommender(trial, tables):
    blend = Blend(EASE(penalty=20.0, kept=50), FoldedIn(Light(8, 5, seed=7)), 0.5, 7)
    return build_recommender(blend, trial.whole, tables.games)


def library(recommender, n=12):
    proper = recommender.games[recommender.games["is_game"] & recommender.games["twin_of"].isna()]
    return dict.fromkeys(proper["game_id"].iloc[: 3 * n : 3], 60.0)


def test_ten_games_come_best_first_and_none_is_owned(recommender):
    owned = library(recommender)
    best = recommender.recommend(owned)
    assert len(best) == 10
    assert [one.score for one in best] == sorted((one.score for one in best), reverse=True)
    assert not {one.game_id for one in best} & set(owned)
    assert len({one.game_id for one in best}) == 10


def test_twins_and_what_is_no_game_come_only_when_asked_for(recommender):
    everything = recommender.recommend(library(recommender), n=len(recommender.games), every=True)
    proper = recommender.recommend(library(recommender), n=len(recommender.games))
    games = recommender.games.set_index("game_id")
    improper = games.index[~games["is_game"] | games["twin_of"].notna()]
    assert set(improper) <= {one.game_id for one in everything}
    assert not set(improper) & {one.game_id for one in proper}


def test_who_owns_a_twin_is_not_recommended_the_better_known_game(recommender):
    twin = recommender.games[recommender.games["twin_of"].notna()].iloc[0]
    best = recommender.recommend({twin["game_id"]: 0.0}, n=len(recommender.games))
    assert twin["twin_of"] not in {one.game_id for one in best}


def test_reasons_are_owned_games_with_their_exact_part_of_the_score(recommender):
    owned = library(recommender)
    games, scoring = recommender.games["game_id"].tolist(), recommender.scoring
    fold = scoring.fold
    known = np.array(sorted(games.index(game) for game in owned))
    for one in recommender.recommend(owned, n=3):
        assert 0 < len(one.reasons) <= 3
        assert {why.game_id for why in one.reasons} <= set(owned)
        assert [why.share for why in one.reasons] == sorted((why.share for why in one.reasons), reverse=True)
        assert 0 < sum(why.share for why in one.reasons) <= 1 + 1e-6
        # The parts add up to the score, less that of as many average games.
        game = games.index(one.game_id)
        average = fold.centre @ fold.weights[:-2] + np.log(len(known)) * fold.weights[-2] + fold.weights[-1]
        base = scoring.share * (average @ fold.vectors[game] + fold.biases[game])
        assert base + scoring.contributions(game, known).sum() == pytest.approx(one.score, abs=1e-4)


def test_reasons_tell_twins_once_and_what_is_no_game_never(recommender):
    games = recommender.games.set_index("game_id")
    twins = games[games["twin_of"].notna() & games["twin_of"].map(games["is_game"].to_dict()).eq(True)]
    owned = dict.fromkeys([*twins.index, *twins["twin_of"], *games.index[~games["is_game"]]], 1.0)
    known = np.array([k for k, game in enumerate(games.index) if game in owned])
    told = 0
    for one in recommender.recommend(owned, n=30):
        parts = recommender.scoring.contributions(games.index.get_loc(one.game_id), known)
        added = dict(zip(games.index[known], parts, strict=True))
        whole = sum(part for part in added.values() if part > 0)
        for why in one.reasons:
            assert games.loc[why.game_id, "is_game"]
            assert games.loc[why.game_id, "twin_of"] not in owned
            mine = [why.game_id, *twins.index[twins["twin_of"] == why.game_id]]
            assert why.share == pytest.approx(sum(added[game] for game in mine) / whole, rel=1e-4)
            told += len(mine) > 1
    assert told


def test_a_twin_alone_is_told_by_its_own_name(recommender):
    games = recommender.games
    twin = games.loc[games["twin_of"].notna() & games["is_game"], "game_id"].iloc[0]
    assert {why.game_id for one in recommender.recommend({twin: 1.0}) for why in one.reasons} == {twin}


def test_unknown_games_change_nothing_and_are_said(recommender):
    owned = library(recommender)
    with_unknown = owned | {"nonsense": 5.0}
    assert recommender.recommend(with_unknown) == recommender.recommend(owned)
    assert recommender.notes(owned) == ()
    (note,) = recommender.notes(with_unknown)
    assert note == "1 of 13 games are not known here and were left out: nonsense."


@pytest.mark.parametrize("owned", [{}, {"nonsense": 1.0}])
def test_without_a_known_game_the_best_known_come_and_it_is_said(recommender, owned):
    best = recommender.recommend(owned, n=5)
    proper = recommender.games[recommender.games["is_game"] & recommender.games["twin_of"].isna()]
    assert [one.game_id for one in best] == proper["game_id"].head(5).tolist()
    assert all(one.reasons == () for one in best)
    assert recommender.notes(owned)[-1].startswith("Without any known game")


def test_the_order_of_the_list_does_not_matter(recommender):
    owned = library(recommender)
    assert recommender.recommend(dict(reversed(owned.items()))) == recommender.recommend(owned)


@settings(max_examples=30, deadline=None)
@given(chosen=st.sets(st.integers(0, 500)), n=st.integers(0, 30))
def test_any_list_of_games_is_answered(recommender, chosen, n):
    owned = {recommender.games["game_id"].iloc[k % len(recommender.games)]: 1.0 for k in chosen}
    best = recommender.recommend(owned, n=n)
    assert len(best) == n
    assert not {one.game_id for one in best} & set(owned)


def test_a_negative_number_of_games_is_refused(recommender):
    with pytest.raises(ValueError, match="n is a number of games"):
        recommender.recommend({}, n=-1)


def test_denied_games_are_not_recommended(recommender):
    owned = library(recommender)
    first = recommender.recommend(owned)
    others = recommender.recommend(owned, deny=[first[0].game_id, "nonsense"])
    assert [one.game_id for one in others[:9]] == [one.game_id for one in first[1:]]


def test_damping_brings_less_known_games_and_leaves_the_reasons(recommender):
    owned, owners = library(recommender), recommender.games.set_index("game_id")["owners"]
    plain, damped = recommender.recommend(owned), recommender.recommend(owned, damping=1.0)
    assert np.mean([owners[one.game_id] for one in damped]) < np.mean([owners[one.game_id] for one in plain])
    before = {one.game_id: one.reasons for one in recommender.recommend(owned, n=len(owners))}
    assert all(before[one.game_id] == one.reasons for one in damped)


def test_damping_takes_a_spread_for_each_deviation_of_fame():
    scores = np.array([[1.0, 2.0, 6.0], [0.0, 0.0, 0.0]], dtype=np.float32)
    owners = np.array([1, 10, 100])
    fame = np.log1p(owners)
    expected = scores[0] - 0.5 * scores[0].std() * (fame - fame.mean()) / fame.std()
    assert damp(scores, owners, 0.5)[0] == pytest.approx(expected, abs=1e-5)
    assert damp(scores, owners, 0.5)[1].tolist() == [0, 0, 0]
    assert damp(scores, owners, 0.0) is scores


@pytest.mark.parametrize(
    ("owned", "words"),
    [
        ({620: 1.0}, "620 is no game's id: it is not text"),
        ({620.0: 1.0}, "620.0 is no game's id"),
        ({None: 1.0}, "None is no game's id"),
        ({"620": -1.0}, "-1.0 is no number of minutes of game 620"),
        ({"620": float("nan")}, "nan is no number of minutes"),
    ],
)
def test_a_library_of_the_wrong_kind_is_refused(recommender, owned, words):
    with pytest.raises(Problem, match=words):
        recommender.recommend(owned)


def test_who_owns_everything_is_recommended_nothing(recommender):
    assert recommender.recommend(dict.fromkeys(recommender.games["game_id"], 1.0)) == []


def test_similar_games_point_the_same_way(recommender):
    game = recommender.games["game_id"].iloc[0]
    alike = recommender.similar(game, 5)
    assert len(alike) == 5
    assert game not in {one.game_id for one in alike}
    assert [one.score for one in alike] == sorted((one.score for one in alike), reverse=True)
    vectors = recommender.scoring.fold.vectors
    other = recommender.games["game_id"].tolist().index(alike[0].game_id)
    cosine = vectors[0] @ vectors[other] / np.linalg.norm(vectors[0]) / np.linalg.norm(vectors[other])
    assert alike[0].score == pytest.approx(cosine, abs=1e-5)


def test_a_game_is_not_alike_to_its_own_twin(recommender):
    twin = recommender.games[recommender.games["twin_of"].notna()].iloc[0]
    near = {one.game_id for one in recommender.similar(twin["twin_of"], len(recommender.games))}
    assert twin["game_id"] not in near
    assert twin["twin_of"] not in {one.game_id for one in recommender.similar(twin["game_id"], len(recommender.games))}


def test_an_unknown_game_has_nothing_alike(recommender):
    with pytest.raises(Problem, match="'nonsense' is no game that this model knows"):
        recommender.similar("nonsense")


def save(recommender, folder):
    return recommender.save(folder, card={"trained_on": "t", "deploy": True}, metrics={"metrics": []})


def test_a_saved_model_answers_as_before_and_repeats_byte_for_byte(recommender, tmp_path):
    card = save(recommender, tmp_path / "one")
    assert save(recommender, tmp_path / "two") == card
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == sorted(
        [
            *(f"{name}.npy" for name in (*FOLD, *BETWEEN)),
            "card.json",
            "games.json",
            "metrics.json",
        ]
    )
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    loaded = Recommender.load(tmp_path / "one")
    assert isinstance(loaded.scoring.fold.vectors, np.memmap)
    assert loaded.card == card
    assert loaded.recommend(library(recommender)) == recommender.recommend(library(recommender))
    assert loaded.similar("10" if "10" in set(loaded.games["game_id"]) else loaded.games["game_id"].iloc[3]) is not None
    assert loaded.games["game_id"].tolist() == recommender.games["game_id"].tolist()


def test_the_version_is_the_contents(recommender, tmp_path):
    other = Recommender(
        recommender.games,
        replace(recommender.scoring, share=recommender.scoring.share + 1),
    )
    assert save(other, tmp_path / "b")["version"] != save(recommender, tmp_path / "a")["version"]


def test_a_missing_model_says_what_to_run(tmp_path):
    with pytest.raises(Problem, match=r"there is no saved Steam model here\. Run `make report PROFILE=\.\.\.`"):
        Recommender.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("card.json", b"{}", "this is not a Steam model"),
        ("card.json", b"[]", "can't be read"),
        ("card.json", b"{", "can't be read"),
        ("games.json", b"{}", "can't be read"),
        ("vectors.npy", b"nonsense", "can't be read"),
        ("biases.npy", None, "can't be read"),
        ("between_values.npy", None, "can't be read"),
    ],
)
def test_a_foreign_or_damaged_model_says_what_to_run(recommender, tmp_path, name, content, words):
    save(recommender, tmp_path / "model")
    place = tmp_path / "model" / name
    place.unlink() if content is None else place.write_bytes(content)
    with pytest.raises(Problem, match=words) as caught:
        Recommender.load(tmp_path / "model")
    assert "Run `make report" in str(caught.value)


def test_parts_that_do_not_fit_together_are_refused(recommender, tmp_path):
    save(recommender, tmp_path / "model")
    np.save(tmp_path / "model" / "centre.npy", np.zeros(3, dtype=np.float32))
    with pytest.raises(Problem, match="don't fit together"):
        Recommender.load(tmp_path / "model")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("between_games", lambda a: a + 10**6),
        ("between_games", lambda a: a - 10**6),
        ("between_starts", lambda a: a[:-1]),
        ("between_starts", lambda a: a[::-1].copy()),
        ("between_values", lambda a: a[:-1]),
    ],
)
def test_weights_between_games_that_are_not_there_are_refused(recommender, tmp_path, name, change):
    save(recommender, tmp_path / "model")
    path = tmp_path / "model" / f"{name}.npy"
    np.save(path, change(np.load(path)))
    with pytest.raises(Problem, match="don't fit together"):
        Recommender.load(tmp_path / "model")


def test_a_pickled_array_is_not_opened(recommender, tmp_path):
    save(recommender, tmp_path / "model")
    np.save(tmp_path / "model" / "biases.npy", np.array([{}]), allow_pickle=True)
    with pytest.raises(Problem, match="can't be read"):
        Recommender.load(tmp_path / "model")


def test_the_map_of_folding_in_is_the_least_squares_one():
    rng = np.random.default_rng(1)
    owned = sparse.random(80, 30, density=0.3, format="csr", random_state=1)
    owned.data[:] = 1.0
    vectors = rng.normal(size=(30, 4)).astype(np.float32)
    truth = rng.normal(size=(6, 4))
    sizes = np.diff(owned.indptr)[:, None]
    players = np.hstack([owned @ vectors / sizes, np.log(sizes), np.ones_like(sizes)]) @ truth
    fold = FoldIn.learn(owned, players, vectors, np.zeros(30))
    assert fold.weights == pytest.approx(truth, abs=1e-3)
    assert fold.centre == pytest.approx(owned.sum(axis=0).A1 @ vectors / owned.nnz, abs=1e-5)


def test_the_metrics_lie_beside_the_model(recommender, tmp_path):
    recommender.save(tmp_path / "m", card={"trained_on": "t", "deploy": False}, metrics={"deploy": False})
    assert json.loads((tmp_path / "m" / "metrics.json").read_text()) == {"deploy": False}


def test_a_model_of_the_unfinished_stage_is_loaded_but_is_no_input_of_it(recommender, tmp_path, monkeypatch):
    monkeypatch.setenv("CROWDWISE_PENDING", str(tmp_path / "journal"))
    save(recommender, tmp_path / "model")
    assert not (tmp_path / "model").exists()
    assert len(Recommender.load(tmp_path / "model").games) == len(recommender.games)
    assert not any(tmp_path in path.parents for path in recorded())
    settle(tmp_path / "journal")
    assert (tmp_path / "model" / "card.json").exists()
