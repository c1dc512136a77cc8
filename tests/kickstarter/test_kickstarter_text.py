import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from crowdwise.kickstarter.text import TextSpace, WordCounts, fit_text, tokens

TEXTS = [
    "The Quiet Harbour - a novel novel novel",
    "A board game about a quiet harbour!",
    "Été à Paris, 夜の灯り 夜の灯り game_2",
    "",
    "one two THREE three 3D printing & more",
    "novel game harbour two",
]


def test_weights_are_those_of_scikit_learn() -> None:
    peer = TfidfVectorizer(sublinear_tf=True)
    expected = peer.fit_transform(TEXTS).toarray()
    counted = WordCounts.of(TEXTS)
    assert list(counted.words) == peer.get_feature_names_out().tolist()
    space = fit_text(counted, np.arange(len(TEXTS)), components=3, seed=1, rarest=1)
    np.testing.assert_allclose(space.weigh(counted.counts).toarray(), expected, atol=1e-12)
    np.testing.assert_allclose(space.transform(TEXTS), expected @ space.components.T.astype(float), atol=1e-12)


def test_words_are_weighed_on_training_texts_only() -> None:
    peer = TfidfVectorizer(sublinear_tf=True, min_df=2).fit(TEXTS[:3])
    space = fit_text(WordCounts.of(TEXTS), np.arange(3), components=2, seed=1, rarest=2)
    assert list(space.words) == peer.get_feature_names_out().tolist()
    np.testing.assert_allclose(space.idf, peer.idf_)
    np.testing.assert_allclose(
        space.weigh(WordCounts.of(TEXTS, space.words).counts).toarray(), peer.transform(TEXTS).toarray()
    )


def test_texts_without_a_known_word_are_nothing() -> None:
    space = fit_text(WordCounts.of(TEXTS), np.arange(len(TEXTS)), components=2, seed=1, rarest=1)
    assert space.transform(["", "xyzzy", "🎲 !!"]).tolist() == [[0.0, 0.0]] * 3


def test_too_few_words_give_no_columns() -> None:
    space = fit_text(WordCounts.of(["a b", "c"]), np.arange(2), components=4, seed=1)
    assert (space.names, space.transform(["a"]).shape) == ((), (1, 0))


def test_a_space_becomes_arrays_and_back_without_loss() -> None:
    for rarest in (1, 9):
        space = fit_text(WordCounts.of(TEXTS), np.arange(len(TEXTS)), components=2, seed=1, rarest=rarest)
        again = TextSpace.of_arrays(space.arrays())
        assert again.words == space.words
        np.testing.assert_array_equal(again.transform(TEXTS), space.transform(TEXTS))


def test_the_same_seed_gives_the_same_space() -> None:
    one, two = (fit_text(WordCounts.of(TEXTS), np.arange(6), components=2, seed=7, rarest=1) for _ in range(2))
    np.testing.assert_array_equal(one.components, two.components)


@given(st.lists(st.text(max_size=30), max_size=5))
def test_counting_all_or_given_words_agrees(texts: list[str]) -> None:
    every = WordCounts.of(texts)
    again = WordCounts.of(texts, every.words)
    assert (every.counts != again.counts).nnz == 0
    assert every.counts.sum() == sum(len(tokens(text)) for text in texts)
