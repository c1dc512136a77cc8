"""Measures of a ranking: against LightFM's own, against first principles, and as they should behave."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lightfm.evaluation import auc_score, precision_at_k, recall_at_k
from sklearn.metrics import ndcg_score, roc_auc_score

from crowdwise.steam.interactions import Interactions
from crowdwise.steam.models import Chance, Popularity
from crowdwise.steam.ranking import area_under_curve, discounted_gain, rank

scores = st.lists(st.integers(-4, 4).map(float), min_size=1, max_size=12).map(np.array)


class Given:
    """A model whose scores are given."""

    name = "given"

    def __init__(self, values):
        self.values = np.asarray(values, dtype=np.float32)

    def fit(self, train):
        return self

    def scores(self, players):
        return self.values[players]


def measure(values, train, test, *, played=None, proper=None):
    from scipy import sparse

    train, test = (sparse.csr_matrix(np.asarray(part, dtype=np.float32)) for part in (train, test))
    names = [np.arange(size).astype(str) for size in train.shape]
    every = np.ones(train.shape[1], dtype=bool) if proper is None else np.asarray(proper, dtype=bool)
    targets = {"all": test} if played is None else {"all": test, "played": sparse.csr_matrix(np.asarray(played, float))}
    interactions = Interactions(*names, train, train)
    return rank(Given(values), interactions, targets, dict.fromkeys(targets, every))


@given(scores, scores)
def test_the_area_counts_ties_half(wanted, rivals):
    truth = np.r_[np.ones(len(wanted)), np.zeros(len(rivals))]
    assert area_under_curve(wanted, rivals) == pytest.approx(roc_auc_score(truth, np.r_[wanted, rivals]))


@given(st.lists(st.booleans(), min_size=10, max_size=10), st.integers(0, 5))
def test_discounted_gain_is_scikit_learns(hits, missed):
    wanted = sum(hits) + missed
    if wanted == 0:
        return
    truth = np.r_[np.array(hits, float), np.ones(missed)]
    order = -np.arange(len(truth), dtype=float)
    assert discounted_gain(np.array(hits), wanted) == pytest.approx(ndcg_score([truth], [order], k=10))


def test_the_measures_are_lightfms(trial, warp):
    ranked = trial.measure(warp)["all"].players
    model, train, test = warp.fitted, trial.train.owned.tocoo(), trial.test.owned.tocoo()
    for name, theirs in (
        ("auc", auc_score(model, test, train, num_threads=1)),
        ("precision_at_10", precision_at_k(model, test, train, k=10, num_threads=1)),
        ("recall_at_10", recall_at_k(model, test, train, k=10, num_threads=1)),
    ):
        assert ranked[name].to_numpy() == pytest.approx(
            theirs[ranked.index] if len(theirs) > len(ranked) else theirs, abs=1e-5
        )


def test_owned_games_are_out_of_the_ranking():
    ranked = measure([[9, 8, 7, 1]], [[1, 1, 0, 0]], [[0, 0, 1, 0]])["all"].players
    assert ranked.loc[0, ["auc", "recall_at_10", "ndcg_at_10"]].tolist() == [1.0, 1.0, 1.0]
    assert ranked.loc[0, "precision_at_10"] == pytest.approx(0.1)


def test_held_out_games_outside_a_slice_are_neither_hit_nor_miss():
    sliced = measure([[0, 9, 5, 1]], [[1, 0, 0, 0]], [[0, 1, 1, 0]], played=[[0, 0, 1, 0]])
    assert sliced["played"].players.loc[0, ["auc", "ndcg_at_10"]].tolist() == [1.0, 1.0]


def test_what_may_not_be_recommended_is_neither_wanted_nor_shown():
    ranked = measure([[0, 9, 5, 1]], [[1, 0, 0, 0]], [[0, 1, 1, 0]], proper=[1, 0, 1, 1])["all"]
    assert ranked.players.loc[0, "recall_at_10"] == 1.0
    assert ranked.coverage == pytest.approx(2 / 3)


def test_players_without_held_out_games_are_not_measured():
    ranked = measure(np.zeros((2, 3)), [[1, 0, 0], [1, 0, 0]], [[0, 0, 0], [0, 1, 0]])["all"].players
    assert ranked.index.tolist() == [1]
    assert ranked.loc[1, "auc"] == 0.5


def test_of_equal_scores_the_better_known_comes_first():
    test = np.zeros((1, 20))
    test[0, 9] = 1
    assert measure(np.zeros((1, 20)), np.zeros((1, 20)), test)["all"].players.loc[0, "recall_at_10"] == 1.0
    test[0, [9, 10]] = 0, 1
    assert measure(np.zeros((1, 20)), np.zeros((1, 20)), test)["all"].players.loc[0, "recall_at_10"] == 0.0


def test_chance_is_at_a_half_and_covers_all_and_popularity_covers_little(trial):
    chance = trial.measure(Chance(3).fit(trial.train))["all"]
    popular = trial.measure(Popularity().fit(trial.train))["all"]
    assert chance.players["auc"].mean() == pytest.approx(0.5, abs=0.03)
    assert chance.coverage > 0.6 > 0.1 > popular.coverage
    assert popular.players["auc"].mean() > 0.8


def test_scores_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="not finite"):
        measure([[np.nan, 0]], [[0, 0]], [[0, 1]])
