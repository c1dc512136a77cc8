"""One pass gives every player's list and area: as LightFM and a plain reading of the rules do, however it is cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from lightfm import LightFM
from lightfm.evaluation import auc_score, precision_at_k, recall_at_k
from scipy import sparse
from sklearn.metrics import roc_auc_score

from crowdwise.steam.measures import Slice, per_player, rank
from small_libraries import a_slice, given, libraries


def plainly(scores, owned, wanted, candidates, top):
    """Judge one player by the rules as they are written; None if there is nothing to judge."""
    ranked = [game for game in range(len(scores)) if candidates[game] and not owned[game]]
    positives = [game for game in ranked if wanted[game]]
    negatives = [game for game in ranked if not wanted[game]]
    if not positives or not negatives:
        return None
    wins = sum((scores[p] > scores[n]) + 0.5 * (scores[p] == scores[n]) for p in positives for n in negatives)
    best = sorted(ranked, key=lambda game: (-scores[game], game))[:top]
    padding = top - len(best)
    return (
        len(positives),
        wins / len(positives) / len(negatives),
        best + [-1] * padding,
        [bool(wanted[game]) for game in best] + [False] * padding,
    )


@st.composite
def worlds(draw):
    shape = draw(st.integers(1, 5)), draw(st.integers(1, 14))
    values = draw(st.sampled_from([st.integers(-2, 2), st.integers(-99, 99)]))
    some = draw(st.sampled_from([st.booleans(), st.just(False), st.just(True)]))
    return (
        draw(arrays(np.float32, shape, elements=values.map(float))),
        draw(arrays(bool, shape, elements=some)),
        [draw(arrays(bool, shape)) for _ in range(3)],
        [draw(arrays(bool, shape[1])) for _ in range(2)],
    )


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@for_all(worlds(), st.integers(1, 12), st.integers(1, 3), st.integers(1, 2))
def test_it_is_what_the_rules_say(world, top, block, threads):
    scores, owned, targets, (candidates, others) = world
    slices = {
        "one": a_slice(targets[0], candidates),
        "other": a_slice(targets[1], others),
        "alike": a_slice(targets[2], candidates),
    }
    ranked = rank(given(scores), libraries(owned), slices, top=top, block=block, threads=threads)
    for name, target, may in zip(slices, targets, (candidates, others, candidates), strict=True):
        plain = {row: plainly(scores[row], owned[row], target[row], may, top) for row in range(len(scores))}
        plain = {row: judged for row, judged in plain.items() if judged}
        mine = ranked[name]
        assert mine.rows.tolist() == list(plain)
        wanted, auc, games, hits = zip(*plain.values(), strict=True) if plain else ((), (), (), ())
        assert mine.wanted.tolist() == list(wanted)
        assert mine.auc.tolist() == pytest.approx(list(auc), abs=1e-12)
        assert mine.games.tolist() == list(games)
        assert mine.hits.tolist() == list(hits)


@pytest.fixture(scope="module")
def lightfm_model():
    rng = np.random.default_rng(5)
    owned = rng.random((150, 90)) < 0.2
    held = owned & (rng.random(owned.shape) < 0.4)
    train, test = (sparse.coo_matrix(part.astype(np.float32)) for part in (owned & ~held, held))
    model = LightFM(no_components=8, loss="warp", random_state=1).fit(train, epochs=2, num_threads=1)
    values = model.user_embeddings @ model.item_embeddings.T + model.item_biases
    ranked = rank(given(values), libraries(train.toarray()), {"all": a_slice(held)})["all"]
    return model, train, test, ranked


@pytest.mark.parametrize(
    ("metric", "measure", "more"),
    [("auc", auc_score, {}), ("precision_at_10", precision_at_k, {"k": 10}), ("recall_at_10", recall_at_k, {"k": 10})],
)
def test_the_measures_are_lightfms(lightfm_model, metric, measure, more):
    model, train, test, ranked = lightfm_model
    theirs = measure(model, test, train_interactions=train, num_threads=1, **more)
    mine = per_player(ranked)[metric].to_numpy()
    assert mine.mean() == pytest.approx(theirs.mean(dtype=np.float64), abs=1e-6)
    assert mine == pytest.approx(theirs, abs=1e-6)
    assert 0.05 < mine.mean() < 0.95


def test_a_library_of_thousands_is_ranked_exactly():
    rng = np.random.default_rng(3)
    games = 10_978
    order = rng.permutation(games)
    owned, wanted = np.zeros((2, 1, games))
    owned[0, order[:6_210]], wanted[0, order[6_210:7_762]] = 1, 1
    scores = rng.integers(0, 500, (1, games)).astype(np.float32)
    ranked = rank(given(scores), libraries(owned), {"all": a_slice(wanted)})["all"]
    left = owned[0] == 0
    assert ranked.wanted.tolist() == [1_552]
    assert ranked.auc[0] == pytest.approx(roc_auc_score(wanted[0, left], scores[0, left]), abs=1e-12)
    assert ranked.games[0].tolist() == [g for g in np.argsort(-scores[0], kind="stable") if left[g]][:10]


def test_ties_count_half_and_the_better_known_game_stands_first():
    wanted = np.eye(1, 20, 9)
    ranked = rank(given(np.ones((1, 20))), libraries(np.eye(1, 20, 3)), {"all": a_slice(wanted)})["all"]
    assert ranked.auc.tolist() == [0.5]
    assert ranked.games[0].tolist() == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10]
    assert ranked.hits[0].tolist() == [False] * 8 + [True, False]


def test_a_held_out_game_outside_the_target_is_a_miss():
    scores, owned = [[0, 9, 5, 1]], [[1, 0, 0, 0]]
    played = rank(given(scores), libraries(owned), {"played": a_slice([[0, 0, 1, 0]])})["played"]
    assert played.auc.tolist() == [0.5]
    assert played.games[0, :2].tolist() == [1, 2]


def test_a_target_game_that_is_no_candidate_is_nowhere():
    scores, owned = [[0, 9, 5, 1]], [[1, 0, 0, 0]]
    proper = rank(given(scores), libraries(owned), {"games only": a_slice([[0, 1, 1, 0]], [1, 0, 1, 1])})["games only"]
    assert proper.wanted.tolist() == [1]
    assert proper.auc.tolist() == [1.0]
    assert proper.games[0].tolist() == [2, 3] + [-1] * 8


def test_explicit_zeros_and_repeated_cells_of_a_target_mean_what_they_should():
    target = sparse.csr_matrix((np.array([0.0, 1.0, 1.0]), np.array([1, 3, 3]), np.array([0, 3])), shape=(1, 5))
    slices = {"all": Slice(target, np.ones(5, dtype=bool))}
    ranked = rank(given([[5, 4, 3, 2, 1]]), libraries(np.zeros((1, 5))), slices)["all"]
    assert ranked.wanted.tolist() == [1]
    assert ranked.auc.tolist() == [0.25]
    assert target.nnz == 3


def test_only_the_players_asked_for_are_judged_and_scored_once():
    asked = []

    def scores(shown):
        asked.extend(shown.player_ids.tolist())
        return np.zeros(shown.shape)

    wanted = np.eye(6)
    wanted[4] = 0
    slices = {"one": a_slice(wanted), "other": a_slice(wanted, [1, 1, 1, 0, 1, 1])}
    ranked = rank(scores, libraries(np.zeros((6, 6))), slices, players=np.array([5, 3, 4, 1]), block=2)
    assert asked == ["1", "3", "5"]
    assert ranked["one"].rows.tolist() == [1, 3, 5]
    assert ranked["other"].rows.tolist() == [1, 5]


@pytest.mark.parametrize("options", [{"block": 1}, {"block": 7}, {"block": 7, "threads": 2}, {"block": 10_000}])
def test_blocks_and_threads_change_nothing(options):
    rng = np.random.default_rng(8)
    owned, wanted = rng.random((2, 60, 200)) < 0.1
    scores = rng.integers(0, 30, owned.shape)
    slices = {"all": a_slice(wanted)}
    mine, other = (rank(given(scores), libraries(owned), slices, **more)["all"] for more in ({"block": 16}, options))
    for part in ("rows", "wanted", "auc", "games", "hits"):
        assert np.array_equal(getattr(mine, part), getattr(other, part))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
@pytest.mark.parametrize("threads", [1, 2])
def test_scores_that_are_not_finite_are_refused(value, threads):
    class Broken:
        name = "broken model"

        def scores(self, shown):
            return np.where(shown.player_ids[:, None] == "7", value, np.zeros(shown.shape))

    with pytest.raises(ValueError, match=r"broken model .* player 7 \(row 7\) and game 0"):
        rank(Broken().scores, libraries(np.zeros((9, 9))), {"all": a_slice(np.eye(9))}, block=2, threads=threads)


def test_shapes_that_do_not_agree_are_refused():
    shown = libraries(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="'all' has a target of shape"):
        rank(given(np.zeros((2, 3))), shown, {"all": a_slice(np.eye(2))})
    with pytest.raises(ValueError, match=r"scores of shape \(2, 2\)"):
        rank(given(np.zeros((2, 2))), shown, {"all": a_slice(np.eye(2, 3))})
    with pytest.raises(ValueError, match="at least 1"):
        rank(given(np.zeros((2, 3))), shown, {"all": a_slice(np.eye(2, 3))}, top=0)


def test_scores_may_be_laid_out_anyhow_and_stay_as_they_were():
    scores = np.asfortranarray(np.arange(12.0).reshape(3, 4))
    scores.flags.writeable = False
    wide = np.broadcast_to(np.arange(4, dtype=np.float32), (3, 4))
    for values in (scores, wide):
        ranked = rank(lambda shown, values=values: values, libraries(np.eye(3, 4)), {"all": a_slice(np.eye(3, 4, 1))})
        assert ranked["all"].games[0, :3].tolist() == [3, 2, 1]
    assert scores[0].tolist() == [0, 1, 2, 3]


def test_no_one_to_judge_is_no_error():
    ranked = rank(given(np.zeros((2, 3))), libraries(np.ones((2, 3))), {"all": a_slice(np.ones((2, 3)))})["all"]
    assert len(ranked.rows) == 0
    assert per_player(ranked).shape == (0, 7)
