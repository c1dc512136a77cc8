"""The model that is deployed, from fit to saved bytes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

FIT = """
import hashlib, numpy as np, pandas as pd, scipy.sparse as sp, sys
from crowdwise.steam.deployment import build_recommender
from crowdwise.steam.interactions import Interactions
from crowdwise.steam.models import EASE, Blend, FoldedIn, Light

rng = np.random.default_rng(1)
owned = sp.random(2000, 900, density=0.03, format="csr", dtype=np.float32, random_state=1)
owned.data[:] = 1
ids = np.arange(1, 1001).astype(str).astype(object)
words = np.array(list("abcdefghij"), dtype=object)
games = pd.DataFrame({
    "game_id": ids, "name": ids, "price": 1.0, "players": 1, "twin_of": None, "is_game": True,
    "genres": [list(rng.choice(words, 2)) for _ in ids], "tags": [list(rng.choice(words, 3)) for _ in ids],
    "owners": np.r_[np.maximum(np.bincount(owned.indices, minlength=900), 1), np.zeros(100, int)],
})
whole = Interactions(np.arange(2000).astype(str), ids[:900], owned, owned)
blend = Blend(EASE(20.0), FoldedIn(Light(32, 3, seed=1)), 0.5, seed=1)
recommender = build_recommender(blend, whole, games)
print(len(recommender.games))
scoring = recommender.scoring
parts = [scoring.weights.data, scoring.weights.indices, scoring.fold.vectors, scoring.fold.biases, scoring.fold.weights,
         np.array([scoring.share, scoring.spread])]
wide = sp.csr_matrix((owned.data, owned.indices, owned.indptr), shape=(2000, scoring.games))
parts += [scoring.scores(wide), scoring.scores(wide[7])]
parts += [model.scores(whole) for model in (blend, blend.ease, blend.light)]
print([hashlib.sha256(np.ascontiguousarray(part).tobytes()).hexdigest()[:12] for part in parts])
"""


@pytest.mark.slow
def test_the_model_and_its_scores_are_the_same_bytes_on_any_number_of_threads():
    found = []
    for threads in ("1", "2", "4"):
        environment = os.environ | {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        run = subprocess.run([sys.executable, "-c", FIT], env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        found.append(run.stdout)
    assert found[0].startswith("1000\n")  # the 100 games that nobody owns among them
    assert found[0] == found[1] == found[2]
