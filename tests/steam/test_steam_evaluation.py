"""The trial and the evaluation: who is tuned and tested on, what is found, and how it is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.steam.character import characterise, tabulate_character
from crowdwise.steam.contents import build_contents, build_features
from crowdwise.steam.curves import damping_curve, learning_curve, tabulate_curve
from crowdwise.steam.evaluation import (
    Evaluation,
    ratio_interval,
    tabulate,
    tabulate_all,
    tabulate_comparison,
    tabulate_newcomers,
    tabulate_ratios,
)
from crowdwise.steam.line_up import LineUp
from crowdwise.steam.measures import METRICS, per_player
from crowdwise.steam.models import Chance, ItemKNN, Popularity
from crowdwise.steam.numbers import list_numbers
from crowdwise.steam.slices import recall_by_group, recall_by_popularity, tabulate_recalls
from crowdwise.steam.small_libraries import _in_order, measure_small, tabulate_small
from crowdwise.steam.trial import SLICES, Trial, draw_trials

PROTOCOL = {"holdouts": 2, "share": 0.2, "tuning": 0.5, "min_games": 3, "min_owners": 2}
SETTINGS = {
    "popularity": {},
    "neighbours": {},
    "knn": {},
    "rp3beta": {},
    "als": {"factors": 4, "iterations": 2},
    "bpr": {"factors": 4, "iterations": 5},
    "ease": {"penalty": 20.0},
    "light": {"components": 4, "epochs": 3},
    "light_bpr": {"components": 4, "epochs": 2, "loss": "bpr"},
    "light_features": {"components": 4, "epochs": 2},
}


@pytest.fixture(scope="module")
def trials(tables):
    return draw_trials(tables.owned, tables.games, PROTOCOL, seed=7)


@pytest.fixture(scope="module")
def evaluation(trials):
    return Evaluation.run(LineUp(SETTINGS, 7, [0.0, 0.5]).fit, trials, seed=7, level=0.9)


def test_tuning_and_tested_players_are_the_same_in_every_holdout_and_whatever_the_data(trials, tables):
    assert (trials[0].tuning == trials[1].tuning).all()
    assert 0.35 < trials[0].tuning.mean() < 0.65
    assert (trials[0].test.owned != trials[1].test.owned).nnz > 0
    half = tables.owned[tables.owned["player_id"].isin(trials[0].whole.player_ids[::2])]
    (fewer,) = draw_trials(half, tables.games, PROTOCOL, seed=7, splits=1)
    before = dict(zip(trials[0].whole.player_ids, trials[0].tuning, strict=True))
    assert all(before[player] == side for player, side in zip(fewer.whole.player_ids, fewer.tuning, strict=True))


def test_few_games_and_few_owners_are_left_out(tables):
    trial = Trial.draw(tables.owned, tables.games, share=0.2, seed=1, min_games=10, min_owners=5)
    assert np.bincount(trial.whole.owned.indices).min() >= 5
    counts = tables.owned.groupby("player_id").size()
    assert set(trial.whole.player_ids) <= set(counts.index[counts >= 10])
    with pytest.raises(Problem, match="no player has 1000000 games"):
        Trial.draw(tables.owned, tables.games, share=0.2, seed=1, min_games=10**6)


def test_only_tested_players_are_measured_and_only_tuning_ones_validated(trials):
    trial = trials[0]
    model = Popularity().fit(trial.train)
    assert not trial.tuning[trial.measure(model)["played"].rows].any()
    assert trial.tuning[trial.validate(model).index].all()
    players = trial.describe()["players"]
    assert players.tolist() == [len(trial.tuning), trial.tuning.sum(), (~trial.tuning).sum()]


def test_held_out_games_never_played_are_misses(trials):
    trial = trials[0]

    class Oracle:
        name = "oracle of owning"
        size = 0

        def scores(self, libraries):
            rows = [list(trial.whole.player_ids).index(player) for player in libraries.player_ids]
            return trial.test.owned[rows].toarray()

    ranked = trial.measure(Oracle())
    assert (ranked["owned"].auc == 1).all()
    assert ranked["played"].auc.mean() < 1
    assert set(ranked) == set(SLICES)


def test_twins_and_what_is_no_game_are_neither_found_nor_ranked(trials):
    trial = trials[0]
    lists = trial.measure(Chance(1).fit(trial.train))["played, games only"].games
    assert trial.proper[lists[lists >= 0]].all()
    assert not trial.proper.all()


def test_a_players_value_is_the_mean_over_the_holdouts(trials):
    both = Evaluation.run(lambda trial: iter([Popularity().fit(trial.train)]), trials, seed=7, level=0.9)
    single = [
        Evaluation.run(lambda trial: iter([Popularity().fit(trial.train)]), [trial], seed=7, level=0.9)
        for trial in trials
    ]
    frames = [one.players["popularity"]["played"]["auc"] for one in single]
    player = frames[0].index.intersection(frames[1].index)[0]
    mean = both.players["popularity"]["played"]["auc"].loc[player]
    assert mean == pytest.approx((frames[0].loc[player] + frames[1].loc[player]) / 2)


def test_models_that_look_at_the_player_beat_popularity_and_chance(evaluation):
    ndcg = {name: evaluation.estimate("ndcg_at_10", name, "owned").value for name in evaluation.models}
    assert ndcg["chance"] < 0.05 < ndcg["popularity"]
    assert all(ndcg[name] > ndcg["popularity"] for name in ("item-kNN", "EASE", "EASE + LightFM"))
    assert evaluation.best("ndcg_at_10", "owned")[0] not in ("chance", "popularity")


@pytest.mark.slow
def test_every_number_is_told_once_with_its_interval(evaluation, tables):
    scores = list(evaluation.scores())
    assert len(scores) == 13 * 4 * (len(METRICS) + 2)
    assert all(score.estimate.low <= score.estimate.value <= score.estimate.high for score in scores)
    auc = evaluation.estimate("auc", "popularity")
    assert (auc.level, auc.n) == (0.9, len(evaluation.players["popularity"]["played"]))
    table = tabulate(scores).set_index("model")
    assert table.loc["popularity", "auc"] == f"{auc.value:.3f} [{auc.low:.3f}, {auc.high:.3f}]"
    assert tabulate_all(scores).shape == (13, 8)
    numbers = list_numbers(
        evaluation,
        scores,
        "EASE + LightFM",
        ratios=evaluation.ratios("EASE + LightFM", ["LightFM WARP"]),
        character=characterise(evaluation, tables.games),
        newcomers=evaluation.players["popularity"]["played"],
        few={("auc", "EASE"): evaluation.estimate("auc", "EASE")},
    )
    keys = [(n["name"], n.get("model"), n.get("split"), n.get("slice")) for n in numbers]
    assert len(set(keys)) == len(keys)


def test_models_are_compared_by_player_with_holms_correction(evaluation):
    table = evaluation.compare("EASE + LightFM").set_index("model")
    assert len(table) == 12
    assert (table["p_holm"] >= table["p_value"]).all()
    expected = evaluation.difference("ndcg_at_10", "chance", "EASE + LightFM")
    assert table.loc["chance", "difference"] == pytest.approx(expected.value)
    told = tabulate_comparison(evaluation.compare("EASE + LightFM"))
    assert told.loc["chance", "p_holm"] == "< 0.0001"
    assert told.loc["EASE", "p_value"] in ("< 0.0001", f"{table.loc['EASE', 'p_value']:.4f}")


def test_a_ratio_is_that_of_the_means():
    ratio = ratio_interval(np.array([2.0, 4.0, 6.0]), np.array([1.0, 2.0, 3.0]), seed=1, level=0.95)
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((2, 2, 2))
    noisy = ratio_interval(np.arange(1.0, 50), np.ones(49), seed=1, level=0.95)
    assert noisy.value == pytest.approx(25)
    assert noisy.low < 25 < noisy.high


def test_ratios_are_tabulated_by_slice(evaluation):
    ratios = evaluation.ratios("EASE", ["popularity"])
    table = tabulate_ratios(ratios)
    assert table["to be found"].tolist() == list(SLICES)
    assert table["times"][0] == round(ratios["popularity", "played"].value, 3)


def test_recall_by_group_is_that_of_the_groups_games(evaluation):
    found = recall_by_popularity(evaluation, ["item-kNN"])
    trial, ranked = evaluation.first, evaluation.lists["item-kNN"]["played"]
    owners = np.bincount(trial.train.owned.indices, minlength=trial.train.shape[1])
    recalls = []
    for row, games, hits in zip(ranked.rows, ranked.games, ranked.hits, strict=True):
        wanted = trial.slices["played"].target[row].indices
        mine = wanted[(owners[wanted] >= 20) & (owners[wanted] < 100)]
        if len(mine):
            recalls.append(len(set(games[hits]) & set(mine)) / len(mine))
    estimate = found["20 to 99 owners"]["item-kNN"]
    assert (estimate.value, estimate.n) == (pytest.approx(np.mean(recalls)), len(recalls))


def test_groups_and_lists_are_tabulated(evaluation, tables):
    table = tabulate_recalls(recall_by_group(evaluation, ["EASE", "popularity"], tables.games))
    assert {"players", "EASE", "popularity"} == set(table.columns)
    assert len(table) > 5
    lists = characterise(evaluation, tables.games)
    assert lists["novelty", "chance"].value > lists["novelty", "popularity"].value
    assert tabulate_character(lists)["model"].tolist() == evaluation.models


def test_contents_are_the_catalogues_genres():
    games = pd.DataFrame({"game_id": ["1", "2", "3"], "genres": [["A", "B"], ["A"], None], "tags": [[], None, ["A"]]})
    matrix, words = build_contents(games, np.array(["3", "1", "2"]), ["genres"], fewest=1)
    assert words == ["A", "B"]
    assert matrix.toarray().tolist() == [[0, 0], [1, 1], [1, 0]]
    assert build_contents(games, np.array(["1", "2", "3"]), ["genres", "tags"], fewest=3)[1] == ["A"]
    assert build_contents(games, np.array(["1"]), ["tags"])[0].shape == (1, 0)


def test_features_are_words_of_genre_tag_developer_and_price():
    columns = {"game_id": ["1", "2", "3"], "genres": [["A"], [], []], "tags": [[], ["T"], []]}
    games = pd.DataFrame(columns | {"developer": ["D", None, "D"], "price": [0.0, 9.99, np.nan]})
    features = build_features(games, np.array(["1", "2", "3"]), fewest=1).toarray()
    # In alphabetical order: A, T, by D, free, price band 3.
    assert features.tolist() == [[1, 0, 1, 1, 0], [0, 1, 0, 0, 1], [0, 0, 1, 0, 0]]


def test_damping_makes_lists_more_novel(trials):
    model = ItemKNN().fit(trials[0].train)
    curve = damping_curve(model, trials[0], [0.0, 0.5, 2.0], seed=7, level=0.95)
    novel = [point["novelty"].value for point in curve.values()]
    assert novel == sorted(novel)
    assert novel[-1] > novel[0] + 0.5
    plain = trials[0].measure(model)["played"].auc.mean()
    assert curve[0.0]["auc"].value == pytest.approx(plain)
    assert tabulate_curve(curve, "damping")["damping"].tolist() == [0.0, 0.5, 2.0]


def test_the_curve_damps_as_the_recommender_does(trials):
    train, model = trials[0].train, ItemKNN().fit(trials[0].train)
    owners = np.bincount(train.owned.indices, minlength=train.shape[1])
    logs, scores = np.log1p(owners), model.scores(train)

    class Damped:
        name = "damped"

        def scores(self, libraries):
            spread = np.median(scores[np.diff(train.owned.indptr) > 0].std(axis=1))
            return model.scores(libraries) - 0.7 * spread * (logs - logs.mean()) / logs.std()

    at = damping_curve(model, trials[0], [0.7], seed=7, level=0.95)[0.7]
    assert at["auc"].value == pytest.approx(trials[0].measure(Damped())["played"].auc.mean(), abs=1e-6)


def test_more_players_teach_more(trials):
    curve = learning_curve(ItemKNN, ItemKNN().fit(trials[0].train), trials[0], [0.05], seed=7, level=0.95)
    few, all_ = curve.values()
    assert list(curve)[1] == trials[0].whole.shape[0]
    assert few["ndcg_at_10"].value < all_["ndcg_at_10"].value


def test_newcomers_are_ranked_for_by_a_model_that_never_saw_them(trials):
    trial, seen = trials[0], []

    class Spy(ItemKNN):
        def fit(self, train):
            seen.extend(train.player_ids)
            return super().fit(train)

    frame = trial.measure_newcomers(Spy, share=0.3, seed=7)
    assert len(frame) > 10
    assert not set(trial.whole.player_ids[frame.index]) & set(seen)
    assert not trial.tuning[frame.index].any()
    assert frame["auc"].mean() > 0.7


def test_players_with_few_games_are_measured_apart(tables):
    trial = Trial.draw(tables.owned, tables.games, share=0.2, seed=1, min_games=20, min_owners=2)
    models = [Popularity().fit(trial.train), ItemKNN().fit(trial.train)]
    found = measure_small(models, trial, tables.owned, {"share": 0.4, "min_games": 20}, seed=1, level=0.95)
    counts = tables.owned.groupby("player_id").size()
    assert 5 < found["auc", "popularity"].n <= ((counts >= 2) & (counts < 20)).sum()
    assert found["auc", "item-kNN"].value > 0.6
    assert tabulate_small(found).index.tolist() == ["popularity", "item-kNN"]
    assert measure_small(models, trial, tables.owned, {"share": 0.4, "min_games": 2}, seed=1, level=0.95) == {}


def test_other_players_interactions_stand_in_the_trials_order(tables):
    trial = Trial.draw(tables.owned, tables.games, share=0.2, seed=1, min_games=20, min_owners=2)
    counts = tables.owned.groupby("player_id")["game_id"].transform("size")
    some = tables.owned[(counts < 20) & tables.owned["game_id"].isin(trial.whole.game_ids)]
    placed = _in_order(some, trial)
    player = placed.player_ids[3]
    mine = some[some["player_id"] == player].set_index("game_id")["minutes_total"]
    row = placed.take(np.array([3]))
    games = trial.whole.game_ids[row.owned.indices]
    assert dict(zip(games, row.minutes.data, strict=True)) == mine.astype(float).to_dict()
    assert (row.owned.data == 1).all()


def test_newcomers_are_set_beside_the_same_players_learnt_from(evaluation):
    seen = per_player(evaluation.lists["EASE"]["played"])
    table = tabulate_newcomers(evaluation, "EASE", seen.iloc[::3] * 0.5)
    assert table["players"].unique().tolist() == [len(seen.iloc[::3])]
    assert table.loc["learnt from", "auc"] == round(seen["auc"].iloc[::3].mean(), 3)
    assert table.loc["ratio", "auc"] == 0.5
