"""What words add to a category: learnt beside it, and out of fold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from crowdwise.kickstarter.text import TextSpace, WordCounts, fit_text, pieces, terms
from crowdwise.kickstarter.text_score import add_parents, context_of, learn_score, learn_weights, score_out_of_part

RNG = np.random.default_rng(3)
# Nine of ten art projects succeed, one of ten game projects; "signed" helps in both.
KIND = np.repeat(["art", "games"], 500)
SIGNED = RNG.random(1000) < 0.5
OUTCOME = RNG.random(1000) < np.where(KIND == "art", 0.75, 0.15) + 0.2 * SIGNED
TEXTS = [
    f"{'painting' if kind == 'art' else 'dice'} {'signed' if signed else 'plain'} copy"
    for kind, signed in zip(KIND, SIGNED, strict=True)
]


def weights_beside(groups: list[np.ndarray]) -> dict[str, float]:
    counted = WordCounts.of(TEXTS)
    space = fit_text(counted, np.arange(1000), components=0, seed=1)
    weights = learn_weights(space.weigh(counted.counts), context_of(groups), OUTCOME)
    return dict(zip(space.words, weights, strict=True))


def test_words_do_not_stand_in_for_the_category_beside_it() -> None:
    alone, beside = weights_beside([np.zeros(1000)]), weights_beside([KIND])
    assert alone["painting"] - alone["dice"] > 2
    assert beside["painting"] - beside["dice"] < 0.7 * (alone["painting"] - alone["dice"])
    assert beside["signed"] - beside["plain"] > 0.5


def test_noise_earns_no_score_out_of_part() -> None:
    noise = sparse.random(600, 300, density=0.05, format="csr", rng=np.random.default_rng(1))
    outcome = np.random.default_rng(2).random(600) < 0.5
    context = context_of([np.zeros(600)])
    known = noise @ learn_weights(noise, context, outcome, strength=10.0)
    unseen = score_out_of_part(noise, context, outcome, seed=1)
    assert np.corrcoef(known, outcome)[0, 1] > 0.5
    assert abs(np.corrcoef(unseen, outcome)[0, 1]) < 0.15


def test_one_outcome_or_no_word_gives_no_weight() -> None:
    some = sparse.csr_matrix(np.eye(4))
    assert learn_weights(some, context_of([np.zeros(4)]), np.ones(4, bool)).tolist() == [0.0] * 4
    assert learn_weights(some[:, :0], context_of([np.zeros(4)]), np.array([1, 0, 1, 0], bool)).shape == (0,)


def test_an_unknown_value_is_a_value_of_its_own() -> None:
    context = context_of([np.array(["a", None, "a"], dtype=object), np.array([1, 2, 3])])
    assert context.toarray().sum(axis=1).tolist() == [2.0] * 3
    assert context.shape == (3, 5)


def test_pairs_of_words_are_terms() -> None:
    assert terms("A Board game, board game!") == [
        "board",
        "game",
        "board",
        "game",
        "board game",
        "game board",
        "board game",
    ]
    counted = WordCounts.of(["board game", "game board", "board"], split=terms)
    assert counted.words == ("board", "board game", "game", "game board")
    assert counted.counts.toarray().tolist() == [[1, 1, 1, 0], [1, 0, 1, 1], [1, 0, 0, 0]]
    common = counted.common(2)
    assert common.words == ("board", "game")
    assert common.counts.toarray().tolist() == [[1, 1], [1, 1], [1, 0]]


def helped_and_hurt() -> tuple[list[str], list[str], np.ndarray]:
    """Give texts, parent categories and outcomes: "signed" helps in art, hurts in games and says nothing in food."""
    rng = np.random.default_rng(5)
    parents, signed = rng.choice(["art", "food", "games"], 1500), rng.random(1500) < 0.5
    chance = 0.5 + 0.3 * (2 * signed - 1) * np.select([parents == "art", parents == "games"], [1, -1], 0)
    return [f"a {'signed' if s else 'plain'} copy" for s in signed], parents.tolist(), rng.random(1500) < chance


def fitted_score(
    texts: list[str], parents: list[str], outcome: np.ndarray, rows: np.ndarray, apart: bool = True
) -> TextSpace:
    counted = WordCounts.of(texts)
    space = fit_text(counted, rows, components=0, seed=1)
    weighed = space.weigh(counted.counts)
    context = context_of([np.array(parents)])
    return learn_score(space, weighed, context, outcome, rows, seed=1, parents=parents if apart else [])[0]


def test_a_word_helps_in_one_parent_category_and_hurts_in_another() -> None:
    texts, parents, outcome = helped_and_hurt()
    scored = fitted_score(texts, parents, outcome, np.arange(1500))
    assert scored.parents == ("art", "food", "games")
    assert scored.weights.shape == (4, len(scored.words))
    pair = ["a signed copy", "a plain copy"]
    gap = {parent: -np.diff(scored.transform(pair, [parent] * 2)[:, 0])[0] for parent in (*scored.parents, "comics")}
    assert gap["art"] > 0.5
    assert gap["games"] < -0.5
    assert abs(gap["food"]) < 0.4
    # One score for all would say next to nothing.
    general = fitted_score(texts, parents, outcome, np.arange(1500), apart=False)
    assert abs(np.diff(general.transform(pair)[:, 0])[0]) < 0.3


def test_an_unknown_parent_category_falls_back_to_the_general_weights() -> None:
    texts, parents, outcome = helped_and_hurt()
    scored = fitted_score(texts, parents, outcome, np.arange(1500))
    general = replace(scored, parents=(), weights=scored.weights[:1]).transform(texts[:9])
    np.testing.assert_array_equal(scored.transform(texts[:9], ["comics"] * 9), general)
    np.testing.assert_array_equal(scored.transform(texts[:9]), general)
    assert not np.array_equal(scored.transform(texts[:9], ["art"] * 9), general)
    # One that only projects to be judged have is unknown, too.
    rows = np.flatnonzero(np.array(parents) != "games")
    later = fitted_score(texts, parents, outcome, rows)
    assert later.parents == ("art", "food")


def test_only_terms_that_a_parent_category_has_often_enough_get_a_copy() -> None:
    weighed = sparse.csr_matrix(np.array([[1, 0, 2], [1, 3, 0], [1, 0, 0], [4, 5, 6], [7, 0, 0]], dtype=float))
    columns, kept = add_parents(weighed, np.array([0, 0, 1, -1, 1]), 2, np.arange(4), rarest=2)
    # Of the first, its first term stands in two texts; of the second, in one training text only.
    assert kept.tolist() == [0, 1, 2, 3]
    assert columns.toarray()[:, :3].tolist() == weighed.toarray().tolist()
    assert columns.toarray()[:, 3].tolist() == [1, 1, 0, 0, 0]


def test_no_score_of_a_training_row_reads_its_own_outcome_and_none_reads_a_judged_ones() -> None:
    texts, parents, outcome = helped_and_hurt()
    counted, rows = WordCounts.of(texts), np.arange(1000)
    space = fit_text(counted, rows, components=0, seed=1)
    told = space.weigh(counted.counts), context_of([np.array(parents)])

    def scores(outcome: np.ndarray) -> tuple[TextSpace, np.ndarray]:
        return learn_score(space, *told, outcome, rows, seed=1, parents=parents)

    turned, other = outcome.copy(), outcome.copy()
    turned[7], other[1000:] = ~outcome[7], ~outcome[1000:]
    scored, own = scores(outcome)
    assert scores(turned)[1][7] == own[7]
    assert (scores(turned)[1] != own).sum() > 500
    np.testing.assert_array_equal(scores(other)[1], own)
    np.testing.assert_array_equal(scores(other)[0].weights, scored.weights)


def test_pieces_are_runs_of_three_to_five_characters_of_a_word() -> None:
    assert pieces("Owl!") == [" ow", "owl", "wl ", " owl", "owl ", " owl ", " ! ", " ! ", " ! "]
    assert pieces(" \n") == []
    assert {" 夜の", "夜の灯"} <= set(pieces("夜の灯り"))


@pytest.mark.parametrize("components", [0, 2])
def test_a_score_comes_first_and_survives_saving(tmp_path, components: int) -> None:  # type: ignore[no-untyped-def]
    counted = WordCounts.of(TEXTS, split=terms)
    space = fit_text(counted, np.arange(1000), components=components, seed=1)
    size = len(space.words)
    weights = np.vstack([np.arange(size) / 10, np.ones(size), np.zeros(size)])
    scored = space.with_weights(weights, ["art", "games"])
    assert scored.names == ("text_score", *space.names)
    assert scored.names[1:] == tuple(f"text_{k}" for k in range(components))
    again = TextSpace.of_arrays(scored.arrays())
    assert (again.words, again.parents, again.score) == (scored.words, scored.parents, scored.score)
    kinds = ["art", "games", "food"] * 3
    np.testing.assert_array_equal(again.transform(TEXTS[:9], kinds), scored.transform(TEXTS[:9], kinds))
    general = scored.weigh(counted.counts) @ scored.weights[0].astype(float)
    np.testing.assert_allclose(scored.transform(TEXTS)[:, 0], general, atol=1e-12)
    more = scored.transform(TEXTS, KIND.tolist())[:, 0] - general
    added = np.asarray(scored.weigh(counted.counts).sum(axis=1)).ravel()
    np.testing.assert_allclose(more[KIND == "art"], added[KIND == "art"], atol=1e-12)
    assert (more[KIND == "games"] == 0).all()
    assert scored.take([]).names == ()
    assert scored.take(["text_score"]).names == ("text_score",)
