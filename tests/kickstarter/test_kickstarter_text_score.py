"""What words add to a category: learnt beside it, and out of fold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from crowdwise.kickstarter.text import TextSpace, WordCounts, fit_text, terms
from crowdwise.kickstarter.text_score import context_of, learn_weights, score_out_of_part

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
    counted = WordCounts.of(["board game", "game board", "board"], pairs=True)
    assert counted.words == ("board", "board game", "game", "game board")
    assert counted.counts.toarray().tolist() == [[1, 1, 1, 0], [1, 0, 1, 1], [1, 0, 0, 0]]
    common = counted.common(2)
    assert common.words == ("board", "game")
    assert common.counts.toarray().tolist() == [[1, 1], [1, 1], [1, 0]]


@pytest.mark.parametrize("components", [0, 2])
def test_a_score_comes_first_and_survives_saving(tmp_path, components: int) -> None:  # type: ignore[no-untyped-def]
    counted = WordCounts.of(TEXTS, pairs=True)
    space = fit_text(counted, np.arange(1000), components=components, seed=1)
    scored = space.with_weights(np.arange(len(space.words)) / 10)
    assert scored.names == ("text_score", *space.names)
    assert scored.names[1:] == tuple(f"text_{k}" for k in range(components))
    scored.save(tmp_path / "text.npz")
    again = TextSpace.load(tmp_path / "text.npz")
    np.testing.assert_array_equal(again.transform(TEXTS[:9]), scored.transform(TEXTS[:9]))
    expected = scored.weigh(counted.counts) @ scored.weights.astype(float)
    np.testing.assert_allclose(scored.transform(TEXTS)[:, 0], expected, atol=1e-12)
    assert scored.take([]).names == ()
    assert scored.take(["text_score"]).names == ("text_score",)
