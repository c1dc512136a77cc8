"""Words of names and blurbs as a few numbers: a learnt score of their TF-IDF weights, and a decomposition of them.

The weighing is scikit-learn's (sublinear term counts, smoothed inverse document frequency, rows of length one; the
decomposition is latent semantic analysis, Deerwester et al. 1990), but serving it takes NumPy and SciPy only. How the
score is learnt stands in `crowdwise.kickstarter.text_score`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.base.seeds import derive

_TOKEN = re.compile(r"(?u)\b\w\w+\b")
RAREST = 5  # texts that a term must stand in
FEW = 1000  # texts that are looked through first for the words they hold
SCORE = "text_score"


def tokens(text: str) -> list[str]:
    """Give the words of a text: two or more letters, digits or underscores, in lower case."""
    return _TOKEN.findall(text.lower())


def terms(text: str) -> list[str]:
    """Give the words of a text, and each two that follow one another."""
    words = tokens(text)
    return [*words, *(f"{one} {two}" for one, two in pairwise(words))]


def texts_of(projects: pd.DataFrame) -> list[str]:
    """Give each project's name and blurb as one text."""
    return (projects["name"].fillna("") + " " + projects["blurb"].fillna("")).tolist()


@dataclass(frozen=True)
class WordCounts:
    """How often each term stands in each text: `counts` (texts x terms, CSR) and the terms of its columns, sorted."""

    counts: sparse.csr_matrix
    words: tuple[str, ...]

    @classmethod
    def of(cls, texts: Iterable[str], words: Sequence[str] | None = None, *, pairs: bool = False) -> WordCounts:
        """Count words: all that occur, or the given ones only; with pairs, also each two that follow one another."""
        split = terms if pairs else tokens
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
        The vocabulary: words, and pairs of words with a space between.
    idf : ndarray, shape (words,)
    components : ndarray of float32, shape (k, words)
    weights : ndarray of float32, shape (words,) or (0,)
        What each term adds to the score, in log-odds for a text that is nothing else; empty if there is no score.
    """

    words: tuple[str, ...]
    idf: np.ndarray
    components: np.ndarray
    weights: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.float32))

    @property
    def scored(self) -> bool:
        """Whether a score comes first among the features."""
        return len(self.weights) > 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the features it gives."""
        return (*((SCORE,) if self.scored else ()), *(f"text_{k}" for k in range(len(self.components))))

    def take(self, names: Collection[str]) -> TextSpace:
        """Give the transform without its score, or without its decomposition, where these are not among the names."""
        weights = self.weights if SCORE in names else self.weights[:0]
        components = self.components if "text_0" in names else self.components[:0]
        return replace(self, weights=weights, components=components)

    def with_weights(self, weights: np.ndarray) -> TextSpace:
        """Give the same transform with a score."""
        return replace(self, weights=weights.astype(np.float32))

    def weigh(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        """Give the TF-IDF rows, of length one each, of counts whose columns are `words`."""
        weighed = counts.astype(np.float64, copy=True)
        weighed.data = (1 + np.log(weighed.data)) * self.idf[weighed.indices]
        length = np.sqrt(weighed.multiply(weighed).sum(axis=1).A1)
        scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
        return sparse.diags(scale) @ weighed

    def transform_counts(self, counts: sparse.csr_matrix) -> np.ndarray:
        """Give the text features of counts whose columns are `words`; shape (texts, names)."""
        return self.project(self.weigh(counts))

    def project(self, weighed: sparse.csr_matrix) -> np.ndarray:
        """Give the text features of TF-IDF rows as `weigh` gives; shape (texts, names)."""
        rows = np.vstack([self.weights, self.components]) if self.scored else self.components
        return np.asarray(weighed @ rows.T.astype(np.float64))

    def transform(self, texts: Sequence[str]) -> np.ndarray:
        """Give the text features of texts; shape (texts, names)."""
        space = self._among(texts) if len(texts) <= FEW else self
        return space.transform_counts(WordCounts.of(texts, space.words, pairs=True).counts)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: k for k, word in enumerate(self.words)}

    def _among(self, texts: Sequence[str]) -> TextSpace:
        """Give the transform with those terms only that stand in the texts: the others add nothing to them."""
        found = {word for text in texts for word in terms(text)} & self._places.keys()
        # With no term at all there would be no score either, and its column would be missing.
        found |= set(self.words[:1])
        kept = np.array(sorted(self._places[word] for word in found), dtype=np.int64)
        weights = self.weights[kept] if self.scored else self.weights
        words = tuple(self.words[k] for k in kept)
        return TextSpace(words, self.idf[kept], self.components[:, kept], weights)

    def arrays(self) -> dict[str, np.ndarray]:
        """Give it as plain arrays."""
        words = np.frombuffer("\n".join(self.words).encode(), dtype=np.uint8)
        return {"words": words, "idf": self.idf, "components": self.components, "weights": self.weights}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> TextSpace:
        """Take what `arrays` gave."""
        words = arrays["words"].tobytes().decode()
        parts = (arrays[name] for name in ("idf", "components", "weights"))
        return cls(tuple(words.split("\n")) if words else (), *parts)

    def save(self, path: Path) -> None:
        """Write it as an ``.npz`` of plain arrays."""
        np.savez_compressed(path, **self.arrays())  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> TextSpace:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls.of_arrays(dict(arrays))


def fit_text(counted: WordCounts, rows: np.ndarray, *, components: int, seed: int, rarest: int = RAREST) -> TextSpace:
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
    """
    from sklearn.utils.extmath import randomized_svd  # serving needs no scikit-learn

    train = counted.counts[rows]
    documents = np.bincount(train.indices, minlength=train.shape[1])
    kept = np.flatnonzero(documents >= rarest)
    idf = np.log((1 + len(rows)) / (1 + documents[kept])) + 1
    words = tuple(counted.words[k] for k in kept)
    size = min(components, max(0, len(kept) - 1))
    empty = TextSpace(words, idf, np.zeros((size, len(kept)), dtype=np.float32))
    if size == 0:
        return empty
    weighed = empty.weigh(train[:, kept])
    found = randomized_svd(weighed, size, n_iter=4, random_state=derive(seed, "text"), flip_sign=True)
    return TextSpace(words, idf, found[2].astype(np.float32))
