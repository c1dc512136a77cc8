"""Measures of lists: worked examples, scikit-learn's numbers, and what a perfect list has."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, ndcg_score, roc_auc_score

from crowdwise.steam.measures import METRICS, accuracy, per_player, rank
from small_libraries import a_slice, given, libraries

HITS = np.array([[True, False, True, False], [False, False, False, True], [False] * 4])
WANTED = np.array([2, 6, 1])


def test_worked_examples():
    assert accuracy.precision(HITS).tolist() == [0.5, 0.25, 0.0]
    assert accuracy.recall(HITS, WANTED).tolist() == pytest.approx([1.0, 1 / 6, 0.0])
    assert accuracy.hit_rate(HITS).tolist() == [1.0, 1.0, 0.0]
    assert accuracy.reciprocal_rank(HITS).tolist() == [1.0, 0.25, 0.0]
    assert accuracy.average_precision(HITS, WANTED).tolist() == pytest.approx([(1 + 2 / 3) / 2, 0.25 / 4, 0.0])
    assert accuracy.rank_biased_precision(HITS).tolist() == pytest.approx([0.2 * (1 + 0.64), 0.2 * 0.512, 0.0])
    best = [1 + 1 / np.log2(3), 1 + 1 / np.log2(3) + 1 / np.log2(4) + 1 / np.log2(5)]
    assert accuracy.discounted_gain(HITS, WANTED).tolist() == pytest.approx(
        [(1 + 1 / np.log2(4)) / best[0], 1 / np.log2(5) / best[1], 0.0]
    )


@pytest.fixture(scope="module")
def untied():
    """Fifty players' scores without ties, and what they own and want."""
    rng = np.random.default_rng(2)
    owned = rng.random((50, 40)) < 0.2
    wanted = ~owned & (rng.random(owned.shape) < 0.4)
    return rng.permuted(np.tile(np.arange(40.0), (50, 1)), axis=1), owned, wanted


def test_where_defined_alike_they_are_scikit_learns(untied):
    scores, owned, wanted = untied
    ten = rank(given(scores), libraries(owned), {"all": a_slice(wanted)})["all"]
    all_places = rank(given(scores), libraries(owned), {"all": a_slice(wanted)}, top=40)["all"]
    measures = per_player(ten)
    precision = accuracy.average_precision(all_places.hits, all_places.wanted)
    for row in range(50):
        left = ~owned[row]
        truth, values = wanted[row, left], scores[row, left]
        assert measures.loc[row, "ndcg_at_10"] == pytest.approx(ndcg_score([truth], [values], k=10))
        assert measures.loc[row, "auc"] == pytest.approx(roc_auc_score(truth, values))
        assert precision[row] == pytest.approx(average_precision_score(truth, values))


def test_a_perfect_ranking_has_the_best_values(untied):
    _, owned, wanted = untied
    ranked = rank(given(wanted), libraries(owned), {"all": a_slice(wanted)})["all"]
    measures = per_player(ranked)
    assert (measures[["auc", "ndcg_at_10", "map_at_10", "hit_rate_at_10"]] == 1).all(axis=None)
    found = np.minimum(ranked.wanted, 10)
    assert measures["precision_at_10"].to_numpy() == pytest.approx(found / 10)
    assert measures["recall_at_10"].to_numpy() == pytest.approx(found / ranked.wanted)
    assert measures["rbp"].to_numpy() == pytest.approx(1 - 0.8**found)
    assert (accuracy.reciprocal_rank(ranked.hits) == 1).all()


def test_a_table_has_a_row_a_player_and_a_column_a_metric(untied):
    scores, owned, wanted = untied
    players = np.array([3, 20, 41])
    table = per_player(rank(given(scores), libraries(owned), {"all": a_slice(wanted)}, players=players)["all"])
    assert table.index.tolist() == players.tolist()
    assert table.index.name == "row"
    assert tuple(table.columns) == METRICS
    assert set(table.dtypes.astype(str)) == {"float64"}


def test_lists_of_another_length_are_not_called_at_ten(untied):
    scores, owned, wanted = untied
    with pytest.raises(ValueError, match="lists of 10, not 5"):
        per_player(rank(given(scores), libraries(owned), {"all": a_slice(wanted)}, top=5)["all"])
