"""Likeness without popularity's pull, and one game a series."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from small_models import learn_weights, random_fold

from crowdwise.steam.fold_in import FoldIn
from crowdwise.steam.scoring import Scoring
from crowdwise.steam.similar import Likeness, fold_series

GENRES, EACH, FAMOUS = 4, 10, 0  # game 0 is owned by nearly everyone


@pytest.fixture(scope="module")
def owned() -> sparse.csr_matrix:
    rng = np.random.default_rng(5)
    taste = rng.integers(0, GENRES, 2000)
    genre = np.arange(GENRES * EACH) % GENRES
    chance = np.where(genre[None] == taste[:, None], 0.25, 0.02)
    chance[:, FAMOUS] = 0.95
    return sparse.csr_matrix((rng.random(chance.shape) < chance).astype(np.float32))


@pytest.fixture(scope="module")
def likeness(owned: sparse.csr_matrix) -> Likeness:
    weights = learn_weights(owned, penalty=5)
    u, s, _ = np.linalg.svd(owned.T.toarray(), full_matrices=False)
    fold = random_fold(weights.shape[0], 6, 1)
    fold = replace(fold, vectors=(u[:, :6] * s[:6]).astype(np.float32))
    return Likeness(Scoring(weights, fold, 0.1), np.diff(owned.tocsc().indptr))


def test_games_of_one_taste_are_alike_and_the_famous_game_is_like_none(likeness: Likeness) -> None:
    genre = np.arange(GENRES * EACH) % GENRES
    hits = famous = 0
    for game in range(1, GENRES * EACH):
        score = likeness.to(game).copy()
        score[game] = -np.inf
        best = np.argsort(-score)[:5]
        hits += int((genre[best] == genre[game]).sum())
        famous += FAMOUS in best
    assert hits > 0.9 * 5 * (GENRES * EACH - 1)
    assert famous < 4


def test_likeness_is_mutual_and_at_most_one(likeness: Likeness) -> None:
    table = np.array([likeness.to(game) for game in range(GENRES * EACH)])
    assert table == pytest.approx(table.T, abs=1e-5)
    assert table.max() <= 1 + 1e-5


def test_weights_of_another_scale_change_nothing(likeness: Likeness) -> None:
    scoring = replace(likeness.scoring, weights=likeness.scoring.weights * np.float32(7))
    assert Likeness(scoring, likeness.owners).to(7) == pytest.approx(likeness.to(7), abs=1e-5)


def test_a_game_that_nobody_owns_is_like_those_of_its_vector(likeness: Likeness) -> None:
    vectors: np.ndarray = likeness.scoring.fold.vectors
    scoring = likeness.scoring.extended(vectors[[9]], np.zeros(1))
    more = Likeness(scoring, np.append(likeness.owners, 0))
    near = np.argsort(-more.to(len(vectors))[:-1])[:9]
    assert (near % GENRES == 9 % GENRES).mean() > 0.7


def test_a_model_without_weights_still_knows_what_is_alike(likeness: Likeness) -> None:
    bare = Scoring(likeness.scoring.weights * np.float32(0), likeness.scoring.fold, 0.1)
    score = Likeness(bare, likeness.owners).to(5)
    assert np.isfinite(score).all()
    assert score[5] == pytest.approx(0.2 / 1.2, abs=1e-4)
    nothing = FoldIn(*(np.zeros_like(part) for part in vars(bare.fold).values()))
    assert not Likeness(Scoring(bare.weights, nothing, 0.1), likeness.owners).to(5).any()


def test_a_series_stands_once_with_what_is_behind_it() -> None:
    names = [
        "Portal™ - Game of the Year Edition",
        "Half-Life",
        "Portal 2",
        "Half-Life 2",
        "HALF-LIFE® 2",
        "Half-Life Demo",
    ]
    names += ["Braid", "Portal Stories: Mel", "LIMBO", "Half-Life: Source"]
    assert fold_series("Portal", names, 4) == [
        (1, ("Half-Life 2", "Half-Life: Source")),
        (2, ()),
        (6, ()),
        (7, ()),
    ]
    assert fold_series("Portal", names, 0) == []
