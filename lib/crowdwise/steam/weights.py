"""Weights between games, and what a library makes of them: the heart of every item-item model."""

from __future__ import annotations

import numpy as np
from scipy import sparse


def keep_largest(weights: np.ndarray, kept: int) -> sparse.csc_matrix:
    """Keep each column's largest weights by absolute value, the rest being 0.

    Of equal weights at the edge the earlier rows (better known games) are kept, so that the result is the same
    everywhere.

    Parameters
    ----------
    weights : ndarray of float32, shape (games, n)
    kept : int
        How many a column; all non-zero ones where there are fewer.

    Returns
    -------
    csc_matrix of float32, shape (games, n)
    """
    games, columns = weights.shape
    rows, values, ends = [], [], [0]
    for column in range(columns):
        strength = np.abs(weights[:, column])
        if kept < games:
            edge = np.partition(strength, games - kept)[games - kept]
            above = np.flatnonzero(strength > edge)
            level = np.flatnonzero(strength == edge)[: kept - len(above)] if edge > 0 else above[:0]
            chosen = np.sort(np.concatenate([above, level]))
        else:
            chosen = np.flatnonzero(strength)
        rows.append(chosen.astype(np.int32))
        values.append(weights[chosen, column].astype(np.float32))
        ends.append(ends[-1] + len(chosen))
    return sparse.csc_matrix((np.concatenate(values), np.concatenate(rows), np.asarray(ends)), shape=weights.shape)


def densify(libraries: sparse.csr_matrix, weights: sparse.csr_matrix) -> np.ndarray:
    """Give ``libraries @ weights`` as a dense array (float32), without the sparse product in between.

    Parameters
    ----------
    libraries : csr_matrix, shape (n, games)
    weights : csr_matrix, shape (games, games)
        A row an owned game, a column a game it speaks for.
    """
    scores = np.zeros((libraries.shape[0], weights.shape[1]), dtype=np.float32)
    add_products(libraries, weights, scores)
    return scores


def add_products(libraries: sparse.csr_matrix, weights: sparse.csr_matrix, scores: np.ndarray) -> None:
    """Add ``libraries @ weights`` to `scores` (float32, shape (n, games)) in its place.

    The scores may be of the first games only, as long as no game after them has weights.
    """
    from crowdwise.steam.compiled import add_weights  # numba: half a second that one library need not wait for

    # As plain arrays: an array mapped from a file would have the code compiled once more.
    given, between = ((np.asarray(m.indptr), np.asarray(m.indices), np.asarray(m.data)) for m in (libraries, weights))
    add_weights(*given, *between, scores)


def sparse_size(weights: sparse.csr_matrix | None) -> int:
    """Give the bytes of a sparse matrix's arrays."""
    return 0 if weights is None else weights.data.nbytes + weights.indices.nbytes + weights.indptr.nbytes
