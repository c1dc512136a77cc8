"""The score: its two parts, its exact terms, its speed for the largest library, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from small_models import learn_weights, random_fold

from crowdwise.steam.fold_in import FoldIn
from crowdwise.steam.scoring import Scoring

GAMES, SHARE = 40, 0.3


def libraries(*sets: set[int]) -> sparse.csr_matrix:
    rows = np.repeat(np.arange(len(sets)), [len(one) for one in sets])
    columns = np.array([game for one in sets for game in sorted(one)], dtype=int)
    return sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=(len(sets), GAMES))


@pytest.fixture(scope="module")
def scoring() -> Scoring:
    owned = sparse.random(200, GAMES, density=0.2, format="csr", random_state=1)
    owned.data[:] = 1
    return Scoring.measured(learn_weights(owned, kept=8), random_fold(GAMES, 4, 2), SHARE, owned)


def test_the_score_is_the_owned_games_weights_and_a_share_of_the_fold_in(scoring: Scoring) -> None:
    owned = libraries({1, 5, 7}, {0}, set(), set(range(GAMES)))
    dense = owned.toarray() @ scoring.weights.toarray() + SHARE * scoring.fold.scores(owned)
    scores = scoring.scores(owned)
    assert scores.dtype == np.float32
    assert scores == pytest.approx(dense, abs=1e-4)


@settings(max_examples=40, deadline=None)
@given(sets=st.lists(st.sets(st.integers(0, GAMES - 1)), min_size=1, max_size=6))
def test_one_library_scores_the_same_alone_and_among_others(scoring: Scoring, sets: list[set[int]]) -> None:
    together = scoring.scores(libraries(*sets))
    for one, score in zip(sets, together, strict=True):
        assert scoring.scores(libraries(one))[0] == pytest.approx(score, abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(owned=st.sets(st.integers(0, GAMES - 1), min_size=1), game=st.integers(0, GAMES - 1))
def test_the_terms_of_owned_games_add_up_to_the_score(scoring: Scoring, owned: set[int], game: int) -> None:
    known = np.array(sorted(owned))
    added = scoring.contributions(np.array([game]), known)[0]
    score = scoring.scores(libraries(owned))[0, game]
    assert scoring.base(game, len(known)) + added.sum() == pytest.approx(score, abs=1e-4)
    assert added == pytest.approx(
        scoring.weights.toarray()[known, game] + SHARE * scoring.fold.contributions(game, known), abs=1e-6
    )


def test_the_spread_is_that_of_typical_scores(scoring: Scoring) -> None:
    assert 0.5 < scoring.spread / scoring.scores(libraries({1, 2, 3, 9})).std() < 2
    empty = sparse.csr_matrix((3, GAMES), dtype=np.float32)
    assert Scoring.measured(scoring.weights, scoring.fold, SHARE, empty).spread == 1.0


def test_games_that_nobody_owns_change_no_other_score(scoring: Scoring) -> None:
    more = scoring.extended(np.ones((3, 4)), np.array([0.0, 1.0, 2.0]))
    assert more.games == GAMES + 3
    owned = libraries({1, 5, 7}, {2})
    wider = sparse.csr_matrix((owned.data, owned.indices, owned.indptr), shape=(2, GAMES + 3))
    scores = more.scores(wider)
    assert scores[:, :GAMES] == pytest.approx(scoring.scores(owned), abs=1e-6)
    assert np.diff(scores[:, GAMES:], axis=1) == pytest.approx(SHARE, abs=1e-4)
    assert np.isfinite(more.contributions(np.array([GAMES + 1]), np.array([1, 5, GAMES]))).all()


def test_parts_that_are_no_scoring_are_refused(scoring: Scoring) -> None:
    fold, weights = scoring.fold, scoring.weights
    wrong = [
        (random_fold(GAMES + 1, 4, 1), weights, "are not of 41 vectors"),
        (replace(fold, centre=np.zeros(3, dtype=np.float32)), weights, "are not of 40 vectors of 4"),
        (replace(fold, biases=np.full(GAMES, np.nan, dtype=np.float32)), weights, "biases hold a number that is not"),
        (replace(fold, weights=fold.weights * np.inf), weights, "map of folding in holds a number that is not finite"),
        (fold, weights * np.nan, "weights hold a number that is not finite"),
    ]
    outside, backwards = weights.copy(), weights.copy()
    outside.indices[3] = GAMES
    backwards.indptr[2] = 0
    wrong += [(fold, outside, "out of range"), (fold, backwards, "out of range")]
    for folds, weighs, words in wrong:
        with pytest.raises(ValueError, match=words):
            Scoring(weighs, folds, SHARE)
    with pytest.raises(ValueError, match="share nan"):
        Scoring(weights, fold, float("nan"))


def test_a_share_of_nothing_leaves_the_weights_alone(scoring: Scoring) -> None:
    bare = Scoring(scoring.weights, FoldIn(*(np.zeros_like(a) for a in vars(scoring.fold).values())), 0.0)
    owned = libraries({1, 5})
    assert bare.scores(owned) == pytest.approx(scoring.weights[[1, 5]].sum(axis=0), abs=1e-6)
