"""The matrix of owned games, and the part of each library that is held out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdwise.steam.interactions import build_interactions, choose_players, hold_out

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
def test_a_rounded_share_of_all_ownerships_is_held_out(panel, share, seed):
    whole = build_interactions(table(panel))
    train, test = hold_out(whole, share=share, seed=seed)
    assert test.owned.nnz == round(share * whole.owned.nnz)
    assert (train.owned + test.owned != whole.owned).nnz == 0
    assert (train.minutes + test.minutes != whole.minutes).nnz == 0
    assert train.owned.multiply(test.owned).nnz == 0


def test_the_split_is_the_seeds_and_differs_between_seeds(trial):
    first = hold_out(trial.whole, share=0.2, seed=7)[1].owned
    assert (hold_out(trial.whole, share=0.2, seed=7)[1].owned != first).nnz == 0
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


def test_players_are_chosen_by_their_id_alone():
    names = np.array([f"p{k}" for k in range(2000)])
    chosen = choose_players(names, share=0.3, seed=3, use="newcomers")
    assert chosen.mean() == pytest.approx(0.3, abs=0.04)
    assert (choose_players(names[::-1], share=0.3, seed=3, use="newcomers")[::-1] == chosen).all()
    assert (choose_players(names, share=0.3, seed=3, use="tuning") != chosen).any()
    assert (choose_players(names, share=0.3, seed=4, use="newcomers") != chosen).any()


def test_signals_are_owning_playing_and_the_log_of_the_minutes():
    whole = build_interactions(table([{"1": 0, "2": 60, "3": 10**6}]))
    owned, played, minutes = (whole.signal(kind) for kind in ("owned", "played", "minutes"))
    assert owned.nnz == minutes.nnz == 3
    assert played.nnz == 2
    values = dict(zip(whole.game_ids[minutes.indices], minutes.data, strict=True))
    assert values == pytest.approx({"1": 0.1, "2": 0.1 + 0.9 * np.log(61) / np.log(6001), "3": 1.0})
    with pytest.raises(ValueError, match="not 'bought'"):
        whole.signal("bought")


def test_libraries_are_taken_in_the_order_asked_for():
    whole = build_interactions(table([{"1": 5}, {"2": 6, "1": 7}]))
    taken = whole.take(np.array([1, 0]))
    assert taken.player_ids.tolist() == ["p1", "p0"]
    assert taken.minutes.toarray().tolist() == whole.minutes.toarray()[::-1].tolist()
