"""Games that nobody owns, placed by their genres and tags."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from crowdwise.steam.content_map import ContentMap, place_new_games
from crowdwise.steam.deployment import build_recommender
from crowdwise.steam.fold_in import FoldIn
from crowdwise.steam.interactions import build_interactions
from crowdwise.steam.models import EASE, Blend, FoldedIn, Light


def fold_of(vectors, biases):
    components = vectors.shape[1]
    zeros = np.zeros((components + 2, components), dtype=np.float32)
    return FoldIn(vectors.astype(np.float32), biases.astype(np.float32), zeros, zeros[0])


def test_the_map_is_the_ridge_regression_of_vectors_on_words():
    rng = np.random.default_rng(1)
    words = (rng.random((60, 5)) < 0.4).astype(float)
    words[0] = 0  # nothing is known of it: left out
    vectors, biases = rng.normal(size=(60, 3)), rng.normal(size=60)
    mapped = ContentMap.learn(sparse.csr_matrix(words), fold_of(vectors, biases), penalty=2.0)
    told = words.any(axis=1)
    wanted = np.column_stack([vectors, biases])[told]
    centred = words[told] - words[told].mean(0)
    slope = np.linalg.solve(centred.T @ centred + 2 * np.eye(5), centred.T @ (wanted - wanted.mean(0)))
    assert mapped.weights[:-1] == pytest.approx(slope, abs=1e-3)
    assert mapped.weights[-1] == pytest.approx(wanted.mean(0) - words[told].mean(0) @ slope, abs=1e-3)
    placed, bias = mapped.place(sparse.csr_matrix(words[:4]))
    assert placed.shape == (4, 3)
    assert bias == pytest.approx(words[:4] @ mapped.weights[:-1, -1] + mapped.weights[-1, -1], abs=1e-5)


def test_only_games_that_nobody_owns_and_of_which_something_is_known_are_placed():
    games = pd.DataFrame(
        {
            "game_id": ["1", "2", "3", "4", "5", "6"],
            "genres": [["A"], ["A", "B"], ["A"], ["A"], None, ["A"]],
            "tags": [["x"], ["x"], ["x"], [], ["y"], ["x"]],
            "owners": [5, 3, 2, 0, 0, 0],
            "is_game": [True, True, True, True, True, False],
        }
    )
    fold = fold_of(np.ones((3, 2)), np.zeros(3))
    new, vectors, biases = place_new_games(games, np.array(["1", "2", "3"], dtype=object), fold)
    assert new.tolist() == ["4"]
    assert vectors == pytest.approx(np.ones((1, 2)), abs=0.1)
    assert biases == pytest.approx([0], abs=0.1)


def test_the_deployed_model_ranks_new_games_by_what_they_are(tables):
    whole = build_interactions(tables.owned)
    blend = Blend(EASE(penalty=20.0, kept=50), FoldedIn(Light(8, 4, seed=7)), 0.5)
    recommender = build_recommender(blend, whole, tables.games)
    owned = dict.fromkeys(whole.game_ids[:20], 1.0)
    new = recommender.recommend(owned, new=True)
    owners = recommender.games.set_index("game_id")["owners"]
    assert len(new) == 10
    assert all(owners[one.game_id] == 0 for one in new)
    assert all(owners[one.game_id] > 0 for one in recommender.recommend(owned))
