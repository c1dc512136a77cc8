"""Words of names and blurbs as a few numbers: TF-IDF, then a truncated singular value decomposition.

The weighing is scikit-learn's (sublinear term counts, smoothed inverse document frequency, rows of length one; the
decomposition is latent semantic analysis, Deerwester et al. 1990), but serving it takes NumPy and SciPy only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.base.seeds import derive

_TOKEN = re.compile(r"(?u)\b\w\w+\b")


def tokens(text: str) -> list[str]:
    """Give the words of a text: two or more letters, digits or underscores, in lower case."""
    return _TOKEN.findall(text.lower())


def texts_of(projects: pd.DataFrame) -> list[str]:
    """Give each project's name and blurb as one text."""
    return (projects["name"].fillna("") + " " + projects["blurb"].fillna("")).tolist()


@dataclass(frozen=True)
class WordCounts:
    """How often each word stands in each text: `counts` (texts x words, CSR) and the words of its columns, sorted."""

    counts: sparse.csr_matrix
    words: tuple[str, ...]

    @classmethod
    def of(cls, texts: Iterable[str], words: Sequence[str] | None = None) -> WordCounts:
        """Count words: all that occur, or the given ones only."""
        number: dict[str, int] = {} if words is None else {word: k for k, word in enumerate(words)}
        columns: list[int] = []
        values: list[int] = []
        ends = [0]
        for text in texts:
            found = Counter(tokens(text))
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


@dataclass(frozen=True)
class TextSpace:
    """A fitted text transform.

    Attributes
    ----------
    words : tuple of str
        The vocabulary.
    idf : ndarray, shape (words,)
    components : ndarray of float32, shape (k, words)
    """

    words: tuple[str, ...]
    idf: np.ndarray
    components: np.ndarray

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the features it gives."""
        return tuple(f"text_{k}" for k in range(len(self.components)))

    def weigh(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        """Give the TF-IDF rows, of length one each, of counts whose columns are `words`."""
        weighed = counts.astype(np.float64, copy=True)
        weighed.data = (1 + np.log(weighed.data)) * self.idf[weighed.indices]
        length = np.sqrt(weighed.multiply(weighed).sum(axis=1).A1)
        scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
        return sparse.diags(scale) @ weighed

    def transform_counts(self, counts: sparse.csr_matrix) -> np.ndarray:
        """Give the text features of counts whose columns are `words`; shape (texts, k)."""
        return np.asarray(self.weigh(counts) @ self.components.T.astype(np.float64))

    def transform(self, texts: Sequence[str]) -> np.ndarray:
        """Give the text features of texts; shape (texts, k)."""
        return self.transform_counts(WordCounts.of(texts, self.words).counts)

    def save(self, path: Path) -> None:
        """Write it as an ``.npz`` of plain arrays."""
        words = np.frombuffer("\n".join(self.words).encode(), dtype=np.uint8)
        np.savez_compressed(path, words=words, idf=self.idf, components=self.components)

    @classmethod
    def load(cls, path: Path) -> TextSpace:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            words = arrays["words"].tobytes().decode()
            return cls(tuple(words.split("\n")) if words else (), arrays["idf"], arrays["components"])


def fit_text(counted: WordCounts, rows: np.ndarray, *, components: int, seed: int, rarest: int = 10) -> TextSpace:
    """Fit the transform on the given rows only.

    Parameters
    ----------
    counted : WordCounts
        Of all texts; words that are not in the rows given do not matter.
    rows : ndarray of int
        The training texts.
    components : int
        How many numbers a text becomes (fewer if the vocabulary is smaller).
    rarest : int
        In how many training texts a word must stand.
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
