"""What the recommender recommends and why, what it takes for a library, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from small_models import learn_fold, make_recommender

from crowdwise.base.errors import Problem
from crowdwise.steam.fold_in import FoldIn
from crowdwise.steam.recommender import Recommender
from crowdwise.steam.similar import Likeness


@pytest.fixture(scope="module")
def recommender(trial, tables):
    return make_recommender(trial.whole, tables.games, learn_fold(trial.whole.owned, 8))


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
    improper = improper[games.loc[improper, "owners"] > 0]
    assert set(improper) <= {one.game_id for one in everything}
    assert not set(improper) & {one.game_id for one in proper}


def test_who_owns_a_twin_is_not_recommended_the_better_known_game(recommender):
    twin = recommender.games[recommender.games["twin_of"].notna()].iloc[0]
    best = recommender.recommend({twin["game_id"]: 0.0}, n=len(recommender.games))
    assert twin["twin_of"] not in {one.game_id for one in best}


def test_reasons_are_owned_games_with_their_exact_part_of_the_score(recommender):
    owned = library(recommender)
    games, scoring = recommender.games["game_id"].tolist(), recommender.scoring
    known = np.array(sorted(games.index(game) for game in owned))
    for one in recommender.recommend(owned, n=3):
        assert 0 < len(one.reasons) <= 3
        assert {why.game_id for why in one.reasons} <= set(owned)
        assert [why.share for why in one.reasons] == sorted((why.share for why in one.reasons), reverse=True)
        assert 0 < sum(why.share for why in one.reasons) <= 1 + 1e-6
        # The parts add up to the score, less that of as many average games.
        game = games.index(one.game_id)
        added = scoring.contributions(np.array([game]), known)[0]
        assert scoring.base(game, len(known)) + added.sum() == pytest.approx(one.score, abs=1e-4)
        shares = added[np.argsort(-added)][:3] / added[added > 0].sum()
        assert [why.share for why in one.reasons] == pytest.approx(shares.tolist(), rel=1e-3)


def test_reasons_tell_twins_once_and_what_is_no_game_never(recommender):
    games = recommender.games.set_index("game_id")
    twins = games[games["twin_of"].notna() & games["twin_of"].map(games["is_game"].to_dict()).eq(True)]
    owned = dict.fromkeys([*twins.index, *twins["twin_of"], *games.index[~games["is_game"]]], 1.0)
    known = np.array([k for k, game in enumerate(games.index) if game in owned])
    told = 0
    for one in recommender.recommend(owned, n=30):
        parts = recommender.scoring.contributions(np.array([games.index.get_loc(one.game_id)]), known)[0]
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


def test_similar_games_are_the_most_alike_that_somebody_owns(recommender):
    game = recommender.games["game_id"].iloc[0]
    alike = recommender.similar(game, 5)
    assert len(alike) == 5
    assert [one.score for one in alike] == sorted((one.score for one in alike), reverse=True)
    likeness = Likeness(recommender.scoring, recommender.games["owners"].to_numpy()).to(0)
    proper = (recommender.games["is_game"] & recommender.games["twin_of"].isna()).to_numpy()
    best = likeness[proper & (recommender.games["owners"] > 0).to_numpy() & (np.arange(len(proper)) > 0)].max()
    assert alike[0].score == pytest.approx(best, abs=1e-6)
    every = {one.game_id for one in recommender.similar(game, 10**6)}
    owners = recommender.games.set_index("game_id")["owners"]
    assert game not in every
    assert (owners[list(every)] > 0).all()


def test_similar_games_show_a_series_once_and_name_the_rest(recommender):
    first = recommender.games.loc[recommender.shown, "game_id"].iloc[0]
    near = [one.game_id for one in recommender.similar(first, 4)]
    names = dict(zip(near, ["Saga 2", "Saga™ 2: Gold Edition", "Saga 3", "Other"], strict=True)) | {first: "Saga"}
    games = recommender.games.assign(name=[names.get(k, n) for k, n in recommender.games[["game_id", "name"]].values])
    alike = Recommender(games, recommender.scoring).similar(first, 10)
    assert (alike[0].game_id, alike[0].also) == (near[0], ("Saga 3",))
    assert alike[1].name == "Other"
    assert len(alike) == 10


def test_games_that_nobody_owns_come_only_when_asked_for_and_then_alone(recommender):
    new = set(recommender.games.loc[recommender.is_new & recommender.shown, "game_id"])
    assert new
    owned = library(recommender)
    assert not new & {one.game_id for one in recommender.recommend(owned, n=10**6, every=True)}
    best = recommender.recommend(owned, n=10**6, new=True)
    assert {one.game_id for one in best} == new
    assert {why.game_id for one in best for why in one.reasons} <= set(owned)
    other = recommender.recommend(list(recommender.games["game_id"].iloc[40:60]), n=10**6, new=True)
    assert [one.game_id for one in other] != [one.game_id for one in best]
    average = recommender.recommend([], n=10**6, new=True)
    base = recommender.scoring.base(slice(None), 1)
    assert {one.game_id for one in average} == new
    assert [one.score for one in average] == pytest.approx(sorted(base[recommender.known(new)], reverse=True))
    one = best[0].game_id
    assert one not in {another.game_id for another in recommender.recommend([*owned, one], n=10**6, new=True)}


def test_denied_games_do_not_come(recommender):
    owned = library(recommender)
    best = [one.game_id for one in recommender.recommend(owned)]
    assert [one.game_id for one in recommender.recommend(owned, deny=[best[0], "nonsense"], n=9)] == best[1:]
    assert recommender.recommend(owned, deny=best)[0].game_id not in best
    assert recommender.recommend([], deny=[best[0]], n=10**6)[0].game_id != best[0]


def test_damping_brings_games_of_fewer_owners_and_takes_the_stated_part_off_the_score(recommender):
    owned = library(recommender)
    owners = recommender.games.set_index("game_id")["owners"]
    mean = [
        owners[[one.game_id for one in recommender.recommend(owned, n=20, damping=damping)]].mean()
        for damping in (0, 0.5, 1, 5)
    ]
    assert mean == sorted(mean, reverse=True)
    assert mean[2] < 0.8 * mean[0]
    plain = {one.game_id: one for one in recommender.recommend(owned, n=10**6)}
    usual = np.log1p(owners[recommender.shown & ~recommender.is_new])
    for one in recommender.recommend(owned, n=20, damping=0.5):
        fame = (np.log1p(owners[one.game_id]) - usual.mean()) / usual.std(ddof=0)
        shares = [why.share for why in plain[one.game_id].reasons]
        assert [why.share for why in one.reasons] == pytest.approx(shares, rel=1e-4)
        taken = plain[one.game_id].score - one.score
        assert taken == pytest.approx(0.5 * recommender.scoring.spread * fame, abs=1e-4)


def test_a_list_of_ids_or_pairs_is_a_library_and_repeated_ids_count_once(recommender):
    owned = library(recommender)
    best = recommender.recommend(owned)
    assert recommender.recommend([*owned, *owned]) == best
    assert recommender.recommend(iter(owned)) == best
    assert recommender.recommend(list(owned.items())) == best
    assert recommender.notes([*owned, "x", "x"]) == ("1 of 13 games are not known here and were left out: x.",)


def test_a_whole_number_is_taken_as_its_digits(recommender):
    owned = list(library(recommender))
    assert recommender.recommend([int(game) for game in owned]) == recommender.recommend(owned)
    assert recommender.recommend(np.array(owned).astype(np.int64)) == recommender.recommend(owned)


@pytest.mark.parametrize(
    ("owned", "words"),
    [
        ([10.0], "game_id: 10.0 has decimals, so digits of the id may be lost"),
        ({7.65e16: 1}, r"7\.65e\+16 has decimals"),
        ([float("nan")], "nan has decimals"),
        ([None], "None is not text"),
        ([True], "True is not text"),
        ([b"10"], "is not text"),
        ([["10"]], "is not text"),
        ([("10", 1, 2)], "is not a game and its minutes"),
        ("10", "'10' is no list of games"),
        (10, "10 is no list of games"),
        (None, "None is no list of games"),
        ({"10": -1}, "game 10: -1 is not a number of minutes"),
        ({"10": float("nan")}, "game 10: nan is not a number of minutes"),
        ({"10": float("inf")}, "inf is not a number"),
        ({"10": None}, "None is not a number"),
        ({"10": "5"}, "'5' is not a number"),
        ({"10": True}, "True is not a number"),
    ],
)
def test_what_is_no_library_is_refused_with_the_value(recommender, owned, words):
    with pytest.raises(Problem, match=words):
        recommender.recommend(owned)


def test_every_game_owned_leaves_none_and_more_than_all_gives_all(recommender):
    everything = recommender.games["game_id"].tolist()
    assert recommender.recommend(everything) == []
    assert len(recommender.recommend([], n=10**9)) == int((recommender.shown & ~recommender.is_new).sum())


@pytest.mark.parametrize("damping", [-0.1, float("nan"), float("inf")])
def test_damping_that_is_none_is_refused(recommender, damping):
    with pytest.raises(ValueError, match="damping is a number from 0 on"):
        recommender.recommend([], damping=damping)


def test_games_that_are_not_the_scorings_are_refused(recommender):
    games = recommender.games
    with pytest.raises(ValueError, match="are not the"):
        Recommender(games.iloc[1:], recommender.scoring)
    with pytest.raises(ValueError, match="are not the"):
        Recommender(games.assign(game_id=[games["game_id"].iloc[1], *games["game_id"].iloc[1:]]), recommender.scoring)
    with pytest.raises(ValueError, match="stand after"):
        Recommender(games.iloc[::-1], recommender.scoring)


def test_a_game_is_not_alike_to_its_own_twin(recommender):
    twin = recommender.games[recommender.games["twin_of"].notna()].iloc[0]
    near = {one.game_id for one in recommender.similar(twin["twin_of"], len(recommender.games))}
    assert twin["game_id"] not in near
    assert twin["twin_of"] not in {one.game_id for one in recommender.similar(twin["game_id"], len(recommender.games))}


def test_an_unknown_game_has_nothing_alike(recommender):
    with pytest.raises(Problem, match="'nonsense' is no game that this model knows"):
        recommender.similar("nonsense")


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
