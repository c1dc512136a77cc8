"""The matrix of owned games, and the part of each library that is held out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdwise.steam.interactions import build_interactions, draw_newcomers, hold_out

libraries = st.lists(
    st.dictionaries(st.integers(1, 30).map(str), st.integers(0, 99), min_size=1), min_size=1, max_size=8
)


def table(panel):
    rows = [(f"p{k}", game, minutes) for k, library in enumerate(panel) for game, minutes in library.items()]
    return pd.DataFrame(rows, columns=["player_id", "game_id", "minutes_total"])


@settings(max_examples=60, deadline=None)
@given(libraries)
def test_the_matrix_holds_what_the_table_says(panel):
    whole = build_interactions(table(panel))
    owners = np.bincount(whole.owned.indices, minlength=whole.shape[1])
    assert (np.diff(owners) <= 0).all()
    for k, player in enumerate(whole.player_ids):
        row = slice(whole.owned.indptr[k], whole.owned.indptr[k + 1])
        games = whole.game_ids[whole.owned.indices[row]]
        assert dict(zip(games, whole.minutes.data[row].astype(int), strict=True)) == panel[int(player[1:])]
        assert (np.diff(whole.owned.indices[row]) > 0).all()


@settings(max_examples=60, deadline=None)
@given(libraries, st.floats(0.05, 0.95), st.integers(0, 9))
def test_each_library_is_split_into_a_rounded_share_and_the_rest(panel, share, seed):
    whole = build_interactions(table(panel))
    train, test = hold_out(whole, share=share, seed=seed)
    sizes = np.diff(whole.owned.indptr)
    assert np.diff(test.owned.indptr).tolist() == np.rint(share * sizes).astype(int).tolist()
    assert (train.owned + test.owned != whole.owned).nnz == 0
    assert (train.minutes + test.minutes != whole.minutes).nnz == 0
    assert train.owned.multiply(test.owned).nnz == 0


def test_the_split_is_the_seeds_and_differs_between_seeds(trial):
    first = hold_out(trial.whole, share=0.2, seed=7)[1].owned
    assert (first != trial.test.owned).nnz == 0
    assert (hold_out(trial.whole, share=0.2, seed=8)[1].owned != first).nnz > 0


def test_every_place_in_a_library_is_held_out_alike():
    whole = build_interactions(table([dict.fromkeys(map(str, range(10)), 1)] * 2000))
    _, test = hold_out(whole, share=0.2, seed=1)
    held = np.bincount(test.owned.indices, minlength=10)
    assert held == pytest.approx(400, abs=80)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_a_share_that_leaves_nothing_is_refused(trial, share):
    with pytest.raises(ValueError, match="share is between 0 and 1"):
        hold_out(trial.whole, share=share, seed=1)


def test_newcomers_are_the_same_players_in_both_parts(trial):
    names = [set(), set()]
    for part, into in zip((trial.train, trial.test), names, strict=True):
        mine = part.keep(draw_newcomers(part, share=0.3, seed=3)).owned
        into.update(np.flatnonzero(np.diff(mine.indptr)).tolist())
    assert names[1] <= names[0]
    assert len(names[0]) == round(0.3 * trial.whole.shape[0])
