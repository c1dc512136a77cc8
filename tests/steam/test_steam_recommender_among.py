"""What is left to choose from: by price and genre (`among`), and by what a player has said (`deny`)."""

from __future__ import annotations

import pytest
from small_models import learn_fold, make_recommender

from crowdwise.base.errors import Problem


@pytest.fixture(scope="module")
def recommender(trial, tables):
    return make_recommender(trial.whole, tables.games, learn_fold(trial.whole.owned, 8))


@pytest.fixture(scope="module")
def owned(recommender):
    proper = recommender.games[recommender.games["is_game"] & recommender.games["twin_of"].isna()]
    return dict.fromkeys(proper["game_id"].iloc[:36:3], 60.0)


def ids(answers):
    return [one.game_id for one in answers]


def test_a_choice_among_some_is_the_whole_ranking_without_the_others(recommender, owned):
    whole = ids(recommender.recommend(owned, n=len(recommender.games)))
    cheap = set(recommender.games.loc[recommender.games["price"] < 10, "game_id"])
    assert 10 < len(cheap & set(whole)) < len(whole)
    assert ids(recommender.recommend(owned, among=cheap)) == [game for game in whole if game in cheap][:10]


def test_what_is_denied_does_not_come_though_it_is_among_those_to_choose_from(recommender, owned):
    best = ids(recommender.recommend(owned, n=4))
    assert ids(recommender.recommend(owned, among=best, deny=best[:1])) == best[1:]


def test_what_is_owned_does_not_come_though_it_is_among_those_to_choose_from(recommender, owned):
    assert recommender.recommend(owned, among=owned) == []


def test_fewer_than_ten_to_choose_from_are_all_that_comes(recommender, owned):
    best = ids(recommender.recommend(owned, n=3))
    assert ids(recommender.recommend(owned, among=[*best, "no such game"])) == best
    assert recommender.recommend(owned, among=[]) == []


def test_similar_games_are_chosen_among_some_as_well(recommender):
    game = recommender.games["game_id"][recommender.shown].iloc[0]
    nearest = ids(recommender.similar(game, 10))
    assert ids(recommender.similar(game, 10, among=nearest[4:7])) == nearest[4:7]
    without = ids(recommender.similar(game, 5, deny=nearest[:1]))
    assert nearest[0] not in without
    assert without[:3] == nearest[1:4]
    assert recommender.similar(game, 5, among=[]) == []


def test_a_name_is_no_list_to_choose_from(recommender, owned):
    with pytest.raises(Problem, match="is no list of games"):
        recommender.recommend(owned, among="620")
