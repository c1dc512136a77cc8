"""What a project's words say of its success beyond its category: one number for what is said, learnt out of fold.

A ridge logistic regression on TF-IDF weights and on indicators of sub-category, country and cell (sub-category and year
of launch), of which the words' part is kept. Fitted on words alone, they would stand in for the category, and with it
for what the crawl happened to catch there; beside the indicators they tell what is left within a cell.

A word need not mean the same everywhere ("first" in a film's blurb and in a game's). So each has a general weight and
one for each parent category, which is added to it there: every term stands in the matrix once for all projects, and
once more for those of each parent category ("Frustratingly Easy Domain Adaptation", Daumé 2007). The ridge penalty
keeps what a parent category adds small where it holds few projects.

The same regression, without parent categories, on the pieces of the name's words gives a second number: its spelling.

A training row's score comes from other training rows (cross-fitting, as in stacked generalisation, Wolpert 1992), else
a model would trust it more than it deserves; any other row's comes from all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.base.seeds import generator
from crowdwise.kickstarter.text import RAREST, TextSpace

PARTS, STRENGTH = 5, 1.0


def context_of(groups: Sequence[np.ndarray]) -> sparse.csr_matrix:
    """Give one indicator column for each value of each grouping of the projects; shape (projects, values)."""
    columns = []
    for group in groups:
        codes, values = pd.factorize(group, sort=True, use_na_sentinel=False)
        rows = np.arange(len(codes))
        columns.append(sparse.csr_matrix((np.ones(len(codes)), (rows, codes)), shape=(len(codes), len(values))))
    return sparse.hstack(columns, format="csr")


def learn_score(
    space: TextSpace,
    weighed: sparse.csr_matrix,
    context: sparse.csr_matrix,
    outcome: np.ndarray,
    rows: np.ndarray,
    *,
    seed: int,
    parents: Sequence[str] = (),
) -> tuple[TextSpace, np.ndarray]:
    """Learn a text space's score from training rows.

    Parameters
    ----------
    space : TextSpace
    weighed : csr_matrix, shape (projects, terms)
        As the space weighs them.
    context, outcome : as in `learn_weights`, of all projects
        No outcome but the training rows' is looked at.
    rows : ndarray of int
        The training rows.
    parents : sequence of str, shape (projects,)
        Each project's parent category; with none, there are general weights only.

    Returns
    -------
    TextSpace
        The space with its score, learnt from all training rows.
    ndarray, shape (rows,)
        The training rows' own scores, each learnt from other ones.
    """
    terms = weighed.shape[1]
    known, code = _codes(parents, rows)
    columns, kept = add_parents(weighed, code, len(known), rows) if known else (weighed, np.arange(terms))
    learnt = columns[rows], context[rows], outcome[rows]
    weights = np.zeros((1 + len(known)) * terms)
    weights[kept] = learn_weights(*learnt)
    scored = space.with_weights(weights.reshape(1 + len(known), terms), known)
    return scored, score_out_of_part(*learnt, seed=seed)


def add_parents(
    weighed: sparse.csr_matrix, code: np.ndarray, parents: int, rows: np.ndarray, rarest: int = RAREST
) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Give the terms, and beside them each parent category's own copies of them.

    Parameters
    ----------
    weighed : csr_matrix, shape (projects, terms)
    code : ndarray of int, shape (projects,)
        The number of each project's parent category; -1 for one that the training rows lack.
    parents : int
        How many there are.
    rows : ndarray of int
        The training rows.
    rarest : int
        In how many of a parent category's training rows a term must stand to have a copy there.

    Returns
    -------
    csr_matrix, shape (projects, columns)
    ndarray of int, shape (columns,)
        Each column's place among all that could be: ``terms`` general ones, then as many for each parent category.
    """
    terms = weighed.shape[1]
    of_row = np.repeat(code, np.diff(weighed.indptr))
    place = np.where(of_row >= 0, (1 + of_row) * terms + weighed.indices, -1)
    taught = np.zeros(weighed.shape[0], dtype=bool)
    taught[rows] = True
    found = place[(place >= 0) & np.repeat(taught, np.diff(weighed.indptr))]
    own = np.flatnonzero(np.bincount(found, minlength=(1 + parents) * terms) >= rarest)
    column = np.full((1 + parents) * terms, -1)
    column[own] = np.arange(len(own))
    held = np.where(place >= 0, column[place], -1)
    ends = np.concatenate([[0], np.cumsum(held >= 0)])[weighed.indptr]
    shape = (weighed.shape[0], len(own))
    copies = sparse.csr_matrix((weighed.data[held >= 0], held[held >= 0], ends), shape=shape)
    return sparse.hstack([weighed, copies], format="csr"), np.concatenate([np.arange(terms), own])


def _codes(parents: Sequence[str], rows: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """Give the parent categories of the training rows, sorted, and each project's place among them."""
    known = tuple(sorted({parents[row] for row in rows.tolist()})) if parents else ()
    number_of = {parent: number for number, parent in enumerate(known)}
    return known, np.array([number_of.get(parent, -1) for parent in parents], dtype=np.int64)


def learn_weights(
    weighed: sparse.csr_matrix, context: sparse.csr_matrix, outcome: np.ndarray, strength: float = STRENGTH
) -> np.ndarray:
    """Give each term's weight in log-odds, beside the context's indicators.

    Parameters
    ----------
    weighed : csr_matrix, shape (projects, terms)
        As `crowdwise.kickstarter.text.TextSpace.weigh` gives.
    context : csr_matrix, shape (projects, values)
    outcome : ndarray of bool, shape (projects,)
    strength : float
        Inverse of the ridge penalty.

    Returns
    -------
    ndarray, shape (terms,)
        All zero if only one outcome occurs.
    """
    from sklearn.linear_model import LogisticRegression  # serving needs no scikit-learn

    terms = weighed.shape[1]
    if terms == 0 or outcome.all() or not outcome.any():
        return np.zeros(terms)
    model = LogisticRegression(C=strength, max_iter=200, tol=1e-3)
    model.fit(sparse.hstack([weighed, context], format="csr"), outcome)
    return np.asarray(model.coef_[0][:terms])


def score_out_of_part(
    weighed: sparse.csr_matrix, context: sparse.csr_matrix, outcome: np.ndarray, *, seed: int, parts: int = PARTS
) -> np.ndarray:
    """Give each training row the score that the other parts of the training rows teach; shape (projects,)."""
    part = generator(seed, "text", "parts").permutation(len(outcome)) % parts
    score = np.zeros(len(outcome))
    for number in range(parts):
        held = part == number
        weights = learn_weights(weighed[~held], context[~held], outcome[~held])
        score[held] = weighed[held] @ weights.astype(np.float32).astype(np.float64)
    return score
