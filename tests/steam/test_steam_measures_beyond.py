"""What lists are besides right: how they spread over games, how unheard-of, how mixed, and how like the library."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.spatial.distance import pdist
from scipy.stats import entropy

from crowdwise.steam.measures import diversity, measure_exposure, miscalibration, novelty, rank
from crowdwise.steam.measures.exposure import coverage, gini
from small_libraries import a_slice, given, libraries

EVERY = np.ones(300, dtype=bool)


@pytest.fixture(scope="module")
def lists():
    """The lists of 400 players by chance, and by what is best known, out of 300 games."""
    rng = np.random.default_rng(4)
    owned, wanted = rng.random((2, 400, 300)) < 0.05
    chance, popular = rng.random(owned.shape), np.broadcast_to(-np.arange(300.0), owned.shape)
    return [
        rank(given(scores), libraries(owned), {"all": a_slice(wanted)})["all"].games for scores in (chance, popular)
    ]


def test_a_random_list_lowers_gini_and_a_popularity_list_raises_it(lists):
    chance, popular = (measure_exposure(games, EVERY, seed=1) for games in lists)
    assert chance.gini.value < 0.3
    assert popular.gini.value > 0.9
    assert chance.coverage.value == 1.0
    assert popular.coverage.value < 0.1


def test_exposures_intervals_hold_the_value_and_are_drawn_from_the_seed(lists):
    games = lists[0][:40]
    one, same, other = (measure_exposure(games, EVERY, seed=seed) for seed in (1, 1, 2))
    assert one == same != other
    for estimate in (one.coverage, one.gini):
        assert 0 <= estimate.low < estimate.value < estimate.high <= 1
        assert estimate.high - estimate.low < 0.2
        assert (estimate.n, estimate.level) == (40, 0.95)


def test_coverage_is_of_candidates_and_knows_no_padding():
    few = np.array([True, True, False, True])
    exposure = measure_exposure(np.array([[0, 1, -1], [1, -1, -1]]), few, seed=1)
    assert exposure.coverage.value == pytest.approx(2 / 3)
    assert exposure.gini.value == pytest.approx(gini(np.array([1, 2, 0])))


@for_all(st.lists(st.integers(0, 20), min_size=1, max_size=12).filter(any))
def test_gini_is_half_the_mean_difference_of_pairs_over_the_mean(counts):
    x = np.array(counts, dtype=float)
    assert gini(x) == pytest.approx(np.abs(x[:, None] - x).mean() / 2 / x.mean(), abs=1e-12)


def test_ginis_and_coverages_bounds():
    assert gini(np.full(7, 3)) == pytest.approx(0)
    assert gini(np.eye(1, 50)[0]) == pytest.approx(1 - 1 / 50)
    assert coverage(np.array([0, 3, 1, 0])) == 0.5
    with pytest.raises(ValueError, match="no candidate"):
        gini(np.zeros(3))


def test_novelty_is_bits_of_the_share_of_owners():
    games = np.array([[0, 1], [2, -1], [-1, -1], [3, 3]])
    assert novelty(games, np.array([8, 4, 1, 0]), 8) == pytest.approx([0.5, 3.0, np.nan, 3.0], nan_ok=True)


def test_lists_of_the_unknown_are_more_novel(lists):
    owners = np.arange(300, 0, -1)
    chance, popular = (novelty(games, owners, 1000).mean() for games in lists)
    assert chance > popular + 0.5


@settings(deadline=None)
@for_all(st.integers(0, 10_000))
def test_diversity_is_the_mean_cosine_distance_of_pairs(seed):
    rng = np.random.default_rng(seed)
    features = (rng.random((12, 5)) < 0.4).astype(float)
    games = np.array([rng.permutation(12)[:4] for _ in range(6)])
    games[0, 2:] = -1
    mine = diversity(games, sparse.csr_matrix(features))
    for row, value in zip(games, mine, strict=True):
        known = features[[game for game in row if game >= 0 and features[game].any()]]
        expected = pdist(known, "cosine").mean() if len(known) > 1 else np.nan
        assert value == pytest.approx(expected, abs=1e-9, nan_ok=True)


def test_diversitys_bounds():
    features = sparse.csr_matrix([[1, 1, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]])
    assert diversity(np.array([[0, 1], [0, 2], [0, 3]]), features) == pytest.approx([0.0, 1.0, np.nan], nan_ok=True)


GENRES = sparse.csr_matrix([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]])


def test_a_list_like_the_library_is_calibrated():
    library = sparse.csr_matrix([[1, 1, 0, 0, 0]])
    assert miscalibration(np.array([[2, -1]]), library, GENRES) == pytest.approx([0.0])
    assert miscalibration(np.array([[0, 1]]), library, GENRES) == pytest.approx([0.0])


def test_miscalibration_is_the_divergence_of_the_smoothed_list():
    library, games = sparse.csr_matrix([[1, 0, 1, 1, 1]]), np.array([[0, 3, 4]])
    p, q = np.array([1.5, 0.5, 1]) / 3, np.array([1, 0, 1]) / 2
    for smoothing in (0.01, 0.2):
        expected = entropy(p, (1 - smoothing) * q + smoothing * p)
        mine = miscalibration(games, library, GENRES, smoothing=smoothing)
        assert mine == pytest.approx([expected])


def test_nothing_in_common_is_the_worst_and_nothing_known_is_not_a_number():
    library = sparse.csr_matrix([[1, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 1]])
    worst, unknown_list, unknown_library = miscalibration(np.array([[3], [4], [0]]), library, GENRES)
    assert worst == pytest.approx(-np.log(0.01))
    assert np.isnan([unknown_list, unknown_library]).all()
    with pytest.raises(ValueError, match="2 lists, but 3 libraries"):
        miscalibration(np.array([[3], [4]]), library, GENRES)
