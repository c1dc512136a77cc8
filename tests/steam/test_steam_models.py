"""Models: by their definitions on small libraries, and against each other on made-up ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from crowdwise.steam.interactions import Interactions
from crowdwise.steam.models import (
    ALS,
    BPR,
    EASE,
    Blend,
    Chance,
    FeaturedLight,
    FoldedIn,
    ItemKNN,
    Light,
    Neighbours,
    Popularity,
    RP3Beta,
)
from crowdwise.steam.weights import keep_largest


def interactions(minutes):
    """Give interactions from rows of minutes; -1 is not owned."""
    minutes = np.asarray(minutes, dtype=np.float32)
    rows, columns = np.nonzero(minutes >= 0)
    owned = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=minutes.shape)
    played = sparse.csr_matrix((minutes[rows, columns], (rows, columns)), shape=minutes.shape)
    return Interactions(*(np.arange(size).astype(str) for size in minutes.shape), owned, played)


SMALL = interactions([[9, 5, -1, -1], [1, -1, 3, -1], [-1, 7, 2, 0], [4, 4, 4, -1]])


def quick_models():
    return [
        Chance(5),
        Popularity(),
        Popularity("played"),
        Neighbours(),
        ItemKNN(20),
        RP3Beta(neighbours=50),
        ALS(4, iterations=3),
        BPR(4, iterations=5),
        Light(4, 2),
        Light(4, 2, loss="bpr"),
        FeaturedLight(4, 2),
        FoldedIn(Light(4, 2)),
        EASE(penalty=10.0),
        EASE(penalty=10.0, predict="played"),
        Blend(EASE(penalty=10.0), FoldedIn(Light(4, 2))),
    ]


def named(model):
    return f"{model.name} {getattr(model, 'predict', '')}"


def test_popularity_counts_owners_or_players():
    assert Popularity().fit(SMALL).scores(SMALL.take(np.array([0, 2]))).tolist() == [[3, 3, 3, 1]] * 2
    assert Popularity("played").fit(SMALL).scores(SMALL.take(np.array([0]))).tolist() == [[3, 3, 3, 0]]


def test_neighbours_are_those_who_own_what_a_player_plays_most():
    # Player 0 plays game 0 most; of its three owners all own 0, two own 1, two own 2, none owns 3.
    first = SMALL.take(np.array([0]))
    assert Neighbours(most_played=1).fit(SMALL).scores(first)[0] == pytest.approx([1, 2 / 3, 2 / 3, 0])
    both = Neighbours(most_played=2).fit(SMALL).scores(first)[0]
    assert both == pytest.approx([(1 + 2 / 3) / 2, (2 / 3 + 1) / 2, (2 / 3 + 2 / 3) / 2, (0 + 1 / 3) / 2])


def test_games_never_played_are_the_last_to_look_from():
    scores = Neighbours(most_played=1).fit(SMALL).scores(SMALL.take(np.array([2])))[0]
    assert scores == pytest.approx([2 / 3, 1, 2 / 3, 1 / 3])


def test_item_knn_adds_up_the_cosines_of_weighted_libraries():
    weight = np.log(4 / np.diff(SMALL.owned.indptr))
    columns = SMALL.owned.toarray() * weight[:, None]
    norms = np.linalg.norm(columns, axis=0)
    cosine = columns.T @ columns / np.outer(norms, norms)
    np.fill_diagonal(cosine, 0)
    expected = SMALL.owned.toarray() @ cosine
    assert ItemKNN(neighbours=4).fit(SMALL).scores(SMALL) == pytest.approx(expected, abs=1e-6)


def test_walks_of_three_steps_are_rp3beta():
    owned = SMALL.owned.toarray()
    to_game, to_owner = owned / owned.sum(1, keepdims=True), (owned / owned.sum(0)).T
    walk = to_owner @ to_game
    np.fill_diagonal(walk, 0)
    expected = to_game @ (walk / owned.sum(0) ** 0.7)
    assert RP3Beta(0.7, 4).fit(SMALL).scores(SMALL) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("predict", ["owned", "played"])
def test_ease_is_the_ridge_regression_of_each_game_on_the_others(trial, predict):
    some = trial.train.take(np.arange(60))
    model = EASE(3.0, row_power=0.5, play_power=0.0, popularity_power=0.0, kept=10**6, predict=predict).fit(some)
    owned, target = some.owned.toarray().astype(float), some.signal(predict).toarray()
    sizes = owned.sum(1)
    root = np.sqrt(sizes**-0.5)[:, None]
    penalty = 3.0 * (sizes**0.5).sum() / sizes.sum()
    for game in (0, 3, 17):
        others = np.delete(np.arange(owned.shape[1]), game)
        given = np.vstack([root * owned[:, others], np.sqrt(penalty) * np.eye(len(others))])
        wanted = np.concatenate([root[:, 0] * target[:, game], np.zeros(len(others))])
        expected = np.linalg.solve(given.T @ given, given.T @ wanted)
        column = model.weights[:, [game]].toarray().ravel()
        assert column[game] == 0
        assert column[others] == pytest.approx(expected, abs=1e-5)


@pytest.mark.slow
def test_ease_is_scaled_towards_what_is_played_and_away_from_the_best_known(trial):
    settings = {"penalty": 10.0, "kept": 10**6}
    plain = EASE(**settings, play_power=0.0, popularity_power=0.0).fit(trial.train).weights.toarray()
    scaled = EASE(**settings, play_power=0.5, popularity_power=0.2).fit(trial.train).weights.toarray()
    owners = trial.train.owned.toarray().sum(0)
    rate = (trial.train.signal("played").toarray().sum(0) + 2) / (owners + 4)
    assert scaled == pytest.approx(plain * np.sqrt(rate) * np.maximum(owners, 1) ** -0.2, abs=1e-6)


def test_a_ridge_that_is_too_small_is_refused(trial):
    with pytest.raises(ValueError, match=r"the penalty -[\d.]+ is too small"):
        EASE(-100.0).fit(trial.train)


def test_the_largest_weights_of_each_column_are_kept_and_the_earlier_of_equals():
    weights = np.array([[0.0, -3.0], [2.0, 1.0], [-2.0, 1.0], [1.0, 0.0]], dtype=np.float32)
    kept = keep_largest(weights, 2)
    assert kept.toarray().tolist() == [[0, -3], [2, 1], [-2, 0], [0, 0]]
    assert keep_largest(weights, 9).toarray().tolist() == weights.tolist()
    assert keep_largest(np.zeros((3, 2), dtype=np.float32), 1).nnz == 0


def test_only_so_many_weights_are_kept(trial):
    for model in (ItemKNN(5), RP3Beta(neighbours=5), EASE(10.0, kept=5)):
        model.fit(trial.train)
        weights = next(v for v in vars(model).values() if sparse.issparse(v))
        assert np.diff(sparse.csc_matrix(weights).indptr).max() <= 5
        assert model.size < 5 * trial.whole.shape[1] * 8 + 8 * (trial.whole.shape[1] + 1) + 1


@pytest.mark.parametrize("model", quick_models(), ids=named)
def test_a_model_gives_the_same_bits_twice_and_any_library_gets_finite_scores(trial, model):
    empty, all_ = np.zeros((1, trial.whole.shape[1])) - 1, np.ones((1, trial.whole.shape[1]))
    odd = interactions(np.vstack([empty, all_, np.where(np.arange(len(all_[0])) == 3, 1, -1)]))
    strange = Interactions(np.array(["a", "b", "c"]), trial.whole.game_ids, odd.owned, odd.minutes)
    first = model.fit(trial.train).scores(trial.train)
    assert first.dtype == np.float32
    assert first.shape == trial.train.shape
    assert np.isfinite(model.scores(strange)).all()
    assert (first == model.fit(trial.train).scores(trial.train)).all()
    assert model.size >= 0


@pytest.mark.parametrize("model", quick_models(), ids=named)
def test_a_players_scores_do_not_depend_on_who_else_is_asked_for(trial, model):
    whole = model.fit(trial.train).scores(trial.train)
    assert model.scores(trial.train.take(np.array([9, 3])))[1] == pytest.approx(whole[3], rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("model", [ItemKNN(), RP3Beta(), ALS(), BPR(), Light(2, 1), EASE(), Neighbours()], ids=named)
def test_scores_before_fitting_are_refused(trial, model):
    with pytest.raises(ValueError, match="fit"):
        model.scores(trial.train)


def test_lightfms_scores_are_its_predictions_less_the_players_bias(trial, light):
    scores = light.scores(trial.train)
    players, games = np.repeat([3, 8], trial.whole.shape[1]), np.tile(np.arange(trial.whole.shape[1]), 2)
    theirs = light.fitted.predict(players.astype(np.int32), games.astype(np.int32)) - light.fitted.user_biases[players]
    assert scores[[3, 8]].ravel() == pytest.approx(theirs, abs=1e-4)


def test_a_featured_games_vector_is_its_own_and_its_features(trial):
    model = FeaturedLight(4, 2, scale=0.5, seed=1).fit(trial.train)
    own, shared = np.split(model.fitted.item_embeddings, [trial.whole.shape[1]])
    assert shared.shape[0] == trial.train.features.shape[1] > 20
    assert model.fold.vectors == pytest.approx(own + 0.5 * trial.train.features @ shared, abs=1e-5)
    plain = Interactions(trial.train.player_ids, trial.train.game_ids, trial.train.owned, trial.train.minutes)
    with pytest.raises(ValueError, match="without features"):
        FeaturedLight(4, 2).fit(plain)


def test_players_never_seen_are_folded_in_and_the_others_are_not(trial, light):
    known = trial.train.take(np.array([5]))
    unknown = Interactions(np.array(["nobody"]), known.game_ids, known.owned, known.minutes)
    folded = FoldedIn(light).fit(trial.train).scores(known)
    assert (light.scores(unknown) == folded).all()
    assert (light.scores(known) != folded).any()


def test_als_solves_for_players_it_has_not_seen(trial):
    model = ALS(8, iterations=30).fit(trial.train)
    known = trial.train.take(np.arange(20))
    unknown = Interactions(np.arange(20).astype(str), known.game_ids, known.owned, known.minutes)
    together = np.corrcoef(model.scores(known).ravel(), model.scores(unknown).ravel())[0, 1]
    assert together > 0.99


def test_early_stopping_keeps_the_best_epoch(trial):
    given = iter([0.1, 0.5, 0.4, 0.3, 0.9])
    light = Light(4, 30, seed=1, patience=2, check_every=2).fit(trial.train, lambda model: next(given))
    assert light.best_epoch == 4
    plain = Light(4, 4, seed=1).fit(trial.train)
    assert (light.fitted.item_embeddings == plain.fitted.item_embeddings).all()
    assert (light.fold.weights == plain.fold.weights).all()
    assert next(given) == 0.9


def test_minutes_weigh_what_lightfm_learns(trial):
    owned, minutes = (Light(4, 3, learn_from=kind, seed=1).fit(trial.train) for kind in ("owned", "minutes"))
    assert (owned.fitted.item_embeddings != minutes.fitted.item_embeddings).any()


@pytest.mark.slow
def test_a_blend_is_the_sum_of_its_parts_and_keeps_the_share_that_scores_best(trial, blend):
    parts = [part.scores(trial.train) for part in (blend.ease, blend.light)]
    unit = blend.scoring(trial.train.owned).share / blend.share
    assert blend.scores(trial.train) == pytest.approx(parts[0] + 0.5 * unit * parts[1], rel=1e-4, abs=1e-4)
    tried = Blend(blend.ease, blend.light).weigh(trial.train)
    scores = tried.choose([0.0, 1.0, 2.0], lambda model: -abs(model.share - 0.75))
    assert scores == {0.0: -0.75, 1.0: -0.25, 2.0: -1.25}
    assert tried.share == 1.0


def test_contributions_are_the_terms_of_the_score(trial, blend):
    library = trial.train.take(np.array([4]))
    owned, scoring = library.owned.indices.astype(np.int64), blend.scoring(trial.train.owned)
    score = scoring.scores(library.owned)[0]
    game = int(np.argmax(score))
    fold = scoring.fold
    average = fold.centre @ fold.weights[:-2] + np.log(len(owned)) * fold.weights[-2] + fold.weights[-1]
    base = scoring.share * (average @ fold.vectors[game] + fold.biases[game])
    assert base + scoring.contributions(np.array([game]), owned).sum() == pytest.approx(score[game], abs=1e-4)
