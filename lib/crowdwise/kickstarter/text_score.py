"""What a project's words say of its success beyond its category: one number, learnt out of fold.

A ridge logistic regression on TF-IDF weights and on indicators of sub-category, country and cell (sub-category and year
of launch), of which the words' part is kept. Fitted on words alone, they would stand in for the category, and with it
for what the crawl happened to catch there; beside the indicators they tell what is left within a cell.

A training row's score comes from other training rows (cross-fitting, as in stacked generalisation, Wolpert 1992), else
a model would trust it more than it deserves; any other row's comes from all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.base.seeds import generator

PARTS, STRENGTH = 5, 1.0


def context_of(groups: Sequence[np.ndarray]) -> sparse.csr_matrix:
    """Give one indicator column for each value of each grouping of the projects; shape (projects, values)."""
    columns = []
    for group in groups:
        codes, values = pd.factorize(group, sort=True, use_na_sentinel=False)
        rows = np.arange(len(codes))
        columns.append(sparse.csr_matrix((np.ones(len(codes)), (rows, codes)), shape=(len(codes), len(values))))
    return sparse.hstack(columns, format="csr")


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
