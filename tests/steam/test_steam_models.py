"""Models: by their definitions on small libraries, and against each other on made-up ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from crowdwise.steam.evaluation import Evaluation, tabulate
from crowdwise.steam.interactions import Interactions
from crowdwise.steam.models import Chance, FoldedWarp, ItemKNN, Neighbours, Popularity, Warp


def interactions(minutes):
    """Give interactions from rows of minutes; -1 is not owned."""
    minutes = np.asarray(minutes, dtype=np.float32)
    rows, columns = np.nonzero(minutes >= 0)
    owned = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=minutes.shape)
    played = sparse.csr_matrix((minutes[rows, columns], (rows, columns)), shape=minutes.shape)
    return Interactions(*(np.arange(size).astype(str) for size in minutes.shape), owned, played)


SMALL = interactions([[9, 5, -1, -1], [1, -1, 3, -1], [-1, 7, 2, 0], [4, 4, 4, -1]])


def test_popularity_counts_owners():
    assert Popularity().fit(SMALL).scores(np.array([0, 2])).tolist() == [[3, 3, 3, 1]] * 2


def test_neighbours_are_those_who_own_what_a_player_plays_most():
    # Player 0 plays game 0 most; of its three owners all own 0, two own 1, two own 2, none owns 3.
    scores = Neighbours(most_played=1).fit(SMALL).scores(np.array([0]))[0]
    assert scores == pytest.approx([1, 2 / 3, 2 / 3, 0])
    both = Neighbours(most_played=2).fit(SMALL).scores(np.array([0]))[0]
    assert both == pytest.approx([(1 + 2 / 3) / 2, (2 / 3 + 1) / 2, (2 / 3 + 2 / 3) / 2, (0 + 1 / 3) / 2])


def test_games_never_played_are_the_last_to_look_from():
    scores = Neighbours(most_played=1).fit(SMALL).scores(np.array([2]))[0]
    assert scores == pytest.approx([2 / 3, 1, 2 / 3, 1 / 3])


def test_item_knn_adds_up_the_cosines_of_weighted_libraries():
    weight = np.log(4 / np.diff(SMALL.owned.indptr))
    columns = SMALL.owned.toarray() * weight[:, None]
    norms = np.linalg.norm(columns, axis=0)
    cosine = columns.T @ columns / np.outer(norms, norms)
    np.fill_diagonal(cosine, 0)
    expected = SMALL.owned.toarray() @ cosine
    assert ItemKNN(neighbours=3).fit(SMALL).scores(np.arange(4)) == pytest.approx(expected, abs=1e-6)


def test_item_knn_keeps_the_nearest_only(trial):
    model = ItemKNN(neighbours=5).fit(trial.train)
    assert np.diff(sparse.csc_matrix(model._near).indptr).max() <= 5


def test_games_without_an_owner_in_training_score_nothing():
    train = interactions([[1, 1, -1], [1, 1, -1]])
    for model in (Popularity(), Neighbours(), ItemKNN(2)):
        scores = model.fit(train).scores(np.arange(2))
        assert np.isfinite(scores).all()
        assert (scores[:, 2] == 0).all()


def test_chance_gives_a_player_the_same_scores_whoever_else_is_asked_for(trial):
    model = Chance(5).fit(trial.train)
    assert (model.scores(np.array([3, 9]))[1] == model.scores(np.array([9]))[0]).all()
    assert (model.scores(np.array([3]))[0] != model.scores(np.array([9]))[0]).any()


def test_warp_learns_the_same_bits_twice(trial, warp):
    again = Warp(8, 8, 0.05, 0.0, 7).fit(trial.train)
    assert (again.fitted.item_embeddings == warp.fitted.item_embeddings).all()
    other = Warp(8, 1, 0.05, 0.0, 8).fit(trial.train)
    assert (other.fitted.item_embeddings != warp.fitted.item_embeddings).any()


@pytest.mark.parametrize("model", [Neighbours(), ItemKNN(), Warp(2, 1, 0.05, 0.0, 1)], ids=lambda m: m.name)
def test_scores_before_fitting_are_refused(model):
    with pytest.raises(ValueError, match="fit"):
        model.scores(np.array([0]))


def test_models_that_look_at_the_player_beat_popularity_and_chance(trial, warp):
    models = [Chance(1), Popularity(), Neighbours(), ItemKNN(), warp, FoldedWarp(warp)]
    evaluation = Evaluation(
        {m.name: trial.measure(m.fit(trial.train) if m is not warp else m) for m in models}, 7, 0.95
    )
    ndcg = {m.name: evaluation.estimate("ndcg_at_10", m.name).value for m in models}
    assert ndcg["chance"] < 0.03 < ndcg["popularity"]
    assert all(ndcg[name] > ndcg["popularity"] for name in ("neighbours", "item-kNN"))
    assert evaluation.difference("ndcg_at_10", "item-kNN", "popularity").low > 0


def test_every_number_is_told_once_with_its_interval(trial):
    evaluation = Evaluation.run([Popularity()], trial, seed=7, level=0.9)
    scores = list(evaluation.scores())
    assert len({(score.metric, score.slice) for score in scores}) == len(scores) == 3 * 5
    auc = evaluation.estimate("auc", "popularity")
    assert (auc.level, auc.n) == (0.9, len(evaluation.ranked["popularity"]["all"].players))
    assert tabulate(scores)["auc"].tolist() == [f"{auc.value:.3f} [{auc.low:.3f}, {auc.high:.3f}]"]


def test_folding_in_ranks_about_as_well_as_the_learnt_vectors(trial, warp):
    folded = trial.measure(FoldedWarp(warp).fit(trial.train))["all"].players["auc"].mean()
    assert folded == pytest.approx(trial.measure(warp)["all"].players["auc"].mean(), abs=0.03)


def test_newcomers_are_ranked_for_by_a_model_that_never_saw_them(trial, warp):
    ranked = trial.measure_newcomers(warp, share=0.25, seed=7)
    assert 0 < len(ranked.players) <= round(0.25 * trial.whole.shape[0])
    assert ranked.players["auc"].mean() > 0.7
