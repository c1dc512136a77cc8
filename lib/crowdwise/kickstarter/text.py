"""Words of names and blurbs as a few numbers: a learnt score of their TF-IDF weights, and a decomposition of them.

The weighing is scikit-learn's (sublinear term counts, smoothed inverse document frequency, rows of length one; the
decomposition is latent semantic analysis, Deerwester et al. 1990), but serving it takes NumPy and SciPy only. How the
score is learnt stands in `crowdwise.kickstarter.text_score`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.base.seeds import derive

_TOKEN = re.compile(r"(?u)\b\w\w+\b")
_RUN = re.compile(r"\w+|[^\w\s]+")
RAREST = 5  # texts that a term must stand in
FEW = 1000  # texts that are looked through first for the words they hold
SCORE, NAME_SCORE = "text_score", "name_score"
SHORTEST, LONGEST = 3, 5  # characters of a piece


def tokens(text: str) -> list[str]:
    """Give the words of a text: two or more letters, digits or underscores, in lower case."""
    return _TOKEN.findall(text.lower())


def terms(text: str) -> list[str]:
    """Give the words of a text, and each two that follow one another."""
    words = tokens(text)
    return [*words, *(f"{one} {two}" for one, two in pairwise(words))]


def pieces(text: str) -> list[str]:
    """Give the runs of 3, 4 and 5 characters of each word, in lower case, with a space at both of its ends.

    A word is a run of letters, digits and underscores, or one of other signs; one too short for a length counts whole.
    """
    found = []
    for run in _RUN.findall(text.lower()):
        word = f" {run} "
        for length in range(SHORTEST, LONGEST + 1):
            found += [word[k : k + length] for k in range(max(1, len(word) - length + 1))]
    return found


# What a text is taken apart into, by the name of the score that is learnt from it.
SPLITS: dict[str, Callable[[str], list[str]]] = {SCORE: terms, NAME_SCORE: pieces}


def texts_of(projects: pd.DataFrame) -> list[str]:
    """Give each project's name and blurb as one text."""
    return (projects["name"].fillna("") + " " + projects["blurb"].fillna("")).tolist()


@dataclass(frozen=True)
class WordCounts:
    """How often each term stands in each text: `counts` (texts x terms, CSR) and the terms of its columns, sorted."""

    counts: sparse.csr_matrix
    words: tuple[str, ...]

    @classmethod
    def of(
        cls,
        texts: Iterable[str],
        words: Sequence[str] | None = None,
        *,
        split: Callable[[str], list[str]] = tokens,
    ) -> WordCounts:
        """Count what `split` takes texts apart into: all that occurs, or the given terms only."""
        number: dict[str, int] = {} if words is None else {word: k for k, word in enumerate(words)}
        columns: list[int] = []
        values: list[int] = []
        ends = [0]
        for text in texts:
            found = Counter(split(text))
            if words is None:
                found_columns = [number.setdefault(word, len(number)) for word in found]
                values.extend(found.values())
            else:
                found_columns = [number[word] for word in found if word in number]
                values.extend(found[word] for word in found if word in number)
            columns.extend(found_columns)
            ends.append(len(columns))
        order = sorted(number) if words is None else list(words)
        place = np.empty(len(number), dtype=np.int64)
        place[[number[word] for word in order]] = np.arange(len(order))
        counts = sparse.csr_matrix(
            (np.array(values, dtype=np.float64), place[np.array(columns, dtype=np.int64)], np.array(ends)),
            shape=(len(ends) - 1, len(order)),
        )
        counts.sort_indices()
        return cls(counts, tuple(order))

    def common(self, rarest: int = RAREST) -> WordCounts:
        """Give the counts of those terms only that stand in at least `rarest` texts."""
        kept = np.flatnonzero(np.bincount(self.counts.indices, minlength=len(self.words)) >= rarest)
        return WordCounts(self.counts[:, kept], tuple(self.words[k] for k in kept))


@dataclass(frozen=True)
class TextSpace:
    """A fitted text transform.

    Attributes
    ----------
    words : tuple of str
        The vocabulary: words, and pairs of words with a space between; of a score of names, pieces of words.
    idf : ndarray, shape (words,)
    components : ndarray of float32, shape (k, words)
    weights : ndarray of float32, shape (1 + parents, words) or (0, words)
        What each term adds to the score, in log-odds for a text that is nothing else: in general, and a row for each
        parent category with what to add there. Empty if there is no score.
    parents : tuple of str
        The parent categories that have weights of their own, sorted.
    score : str
        What the score is called, one of `SPLITS`, which says what texts are taken apart into.
    """

    words: tuple[str, ...]
    idf: np.ndarray
    components: np.ndarray
    weights: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    parents: tuple[str, ...] = ()
    score: str = SCORE

    @property
    def scored(self) -> bool:
        """Whether a score comes first among the features."""
        return self.weights.size > 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the features it gives."""
        return (*((self.score,) if self.scored else ()), *(f"text_{k}" for k in range(len(self.components))))

    def take(self, names: Collection[str]) -> TextSpace:
        """Give the transform without its score, or without its decomposition, where these are not among the names."""
        weights = self.weights if self.score in names else self.weights[:0]
        components = self.components if "text_0" in names else self.components[:0]
        return replace(self, weights=weights, components=components)

    def with_weights(self, weights: np.ndarray, parents: Sequence[str] = ()) -> TextSpace:
        """Give the same transform with a score; weights of shape (words,), or (1 + parents, words)."""
        return replace(self, weights=np.atleast_2d(weights).astype(np.float32), parents=tuple(parents))

    def weigh(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        """Give the TF-IDF rows, of length one each, of counts whose columns are `words`."""
        weighed = counts.astype(np.float64, copy=True)
        weighed.data = (1 + np.log(weighed.data)) * self.idf[weighed.indices]
        length = np.sqrt(weighed.multiply(weighed).sum(axis=1).A1)
        scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
        return sparse.diags(scale) @ weighed

    def transform_counts(self, counts: sparse.csr_matrix, parents: Sequence[str] = ()) -> np.ndarray:
        """Give the text features of counts whose columns are `words`; shape (texts, names)."""
        return self.project(self.weigh(counts), parents)

    def project(self, weighed: sparse.csr_matrix, parents: Sequence[str] = ()) -> np.ndarray:
        """Give the text features of TF-IDF rows as `weigh` gives; shape (texts, names).

        Parameters
        ----------
        weighed : csr_matrix, shape (texts, words)
        parents : sequence of str
            Each text's parent category. A text of one without weights of its own has the general ones, as have all if
            none is given.
        """
        rows = np.vstack([self.weights[:1], self.components]) if self.scored else self.components
        found = np.asarray(weighed @ rows.T.astype(np.float64))
        if self.scored and len(parents):
            number_of = {parent: number for number, parent in enumerate(self.parents)}
            place = np.array([number_of.get(parent, -1) for parent in parents])
            for number in np.unique(place[place >= 0]).tolist():
                own = place == number
                found[own, 0] += weighed[own] @ self.weights[1 + number].astype(np.float64)
        return found

    def transform(self, texts: Sequence[str], parents: Sequence[str] = ()) -> np.ndarray:
        """Give the text features of texts, of these parent categories as in `project`; shape (texts, names)."""
        space = self._among(texts) if len(texts) <= FEW else self
        return space.transform_counts(WordCounts.of(texts, space.words, split=SPLITS[self.score]).counts, parents)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: k for k, word in enumerate(self.words)}

    def _among(self, texts: Sequence[str]) -> TextSpace:
        """Give the transform with those terms only that stand in the texts: the others add nothing to them."""
        split = SPLITS[self.score]
        found = {word for text in texts for word in split(text)} & self._places.keys()
        # With no term at all there would be no score either, and its column would be missing.
        found |= set(self.words[:1])
        kept = np.array(sorted(self._places[word] for word in found), dtype=np.int64)
        weights = self.weights[:, kept] if self.scored else self.weights
        words = tuple(self.words[k] for k in kept)
        return replace(self, words=words, idf=self.idf[kept], components=self.components[:, kept], weights=weights)

    def arrays(self) -> dict[str, np.ndarray]:
        """Give it as plain arrays."""
        lists = {"words": self.words, "parents": self.parents, "score": (self.score,)}
        packed = {name: np.frombuffer("\n".join(texts).encode(), dtype=np.uint8) for name, texts in lists.items()}
        return packed | {"idf": self.idf, "components": self.components, "weights": self.weights}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> TextSpace:
        """Take what `arrays` gave."""
        words, parents, score = (arrays[name].tobytes().decode() for name in ("words", "parents", "score"))
        idf, components, weights = (arrays[name] for name in ("idf", "components", "weights"))
        terms, known = (tuple(text.split("\n")) if text else () for text in (words, parents))
        return cls(terms, idf, components, weights, known, score)


def fit_text(
    counted: WordCounts, rows: np.ndarray, *, components: int, seed: int, rarest: int = RAREST, score: str = SCORE
) -> TextSpace:
    """Fit the transform on the given rows only, without a score.

    Parameters
    ----------
    counted : WordCounts
        Of all texts; words that are not in the rows given do not matter.
    rows : ndarray of int
        The training texts.
    components : int
        How many numbers a text becomes (fewer if the vocabulary is smaller).
    rarest : int
        In how many training texts a term must stand.
    score : str
        What a score of it will be called, which says what the counts are of (see `SPLITS`).
    """
    from sklearn.utils.extmath import randomized_svd  # serving needs no scikit-learn

    train = counted.counts[rows]
    documents = np.bincount(train.indices, minlength=train.shape[1])
    kept = np.flatnonzero(documents >= rarest)
    idf = np.log((1 + len(rows)) / (1 + documents[kept])) + 1
    words = tuple(counted.words[k] for k in kept)
    size = min(components, max(0, len(kept) - 1))
    empty = TextSpace(words, idf, np.zeros((size, len(kept)), dtype=np.float32), score=score)
    if size == 0:
        return empty
    weighed = empty.weigh(train[:, kept])
    found = randomized_svd(weighed, size, n_iter=4, random_state=derive(seed, "text"), flip_sign=True)
    return replace(empty, components=found[2].astype(np.float32))
