"""The state of a page in its address: it comes back as it was, and nothing that is typed there does harm."""

from __future__ import annotations

import base64
import json
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdwise.app.address import LONGEST, MOST, PageState, read_fragment, split_address, write_fragment
from crowdwise.base.errors import Problem

ENTRY = "0123456789abcdef"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def packed(document: object) -> str:
    return "s=" + base64.urlsafe_b64encode(zlib.compress(json.dumps(document).encode())).decode().rstrip("=")


@given(
    st.integers(0, 2), st.dictionaries(st.sampled_from(["steam", "kickstarter"]), st.dictionaries(st.text(), VALUES))
)
@settings(max_examples=30, deadline=None)
def test_a_state_comes_back_as_it_was(tab: int, systems: dict[str, dict[str, object]]) -> None:
    state = PageState(tab, systems)
    fragment = write_fragment(state)
    if len(fragment) < LONGEST:
        assert read_fragment(split_address(f"?unit=x&y#{fragment}")[1]) == state


def test_the_start_leaves_the_address_clean() -> None:
    assert write_fragment(PageState()) == ""
    assert read_fragment("") == read_fragment("rendered_cells") == PageState()


def long_state(games: int) -> dict[str, object]:
    return {"owned": [[str(k * 7919 % 1_000_003), k * 31 % 977] for k in range(games)]}


def test_an_address_that_grows_too_long_names_the_diarys_entry_instead() -> None:
    state = PageState(1, {"steam": long_state(3_000), "kickstarter": {"name": "short"}})
    fragment = write_fragment(state, {"steam": ENTRY})
    assert len(fragment) <= LONGEST
    assert read_fragment(fragment) == PageState(1, {"steam": ENTRY, "kickstarter": {"name": "short"}})
    assert read_fragment(write_fragment(state)) == PageState(1, {"kickstarter": {"name": "short"}})


@pytest.mark.parametrize(
    "fragment",
    [
        *("s=", "s=x", "s=%00", "s=💥", "s=AAAA", "s=" + "A" * 5_000, packed({"tab": 0})[:-6]),
        *(packed(value) for value in ([], 1, None, {}, {"tab": "0"}, {"tab": -1}, {"tab": 10}, {"tab": True})),
        *(packed({"tab": 0, "steam": value}) for value in (1, None, [], "x", ENTRY + "0", "../x")),
        packed({"tab": 0, "steam": {"x": "0" * MOST}}),
        "s=" + base64.urlsafe_b64encode(zlib.compress(b"[" * 100_000)).decode(),
    ],
)
def test_nonsense_is_one_sentence(fragment: str) -> None:
    with pytest.raises(Problem, match=r"is no state of this page\. The page starts anew"):
        read_fragment(fragment)


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_anything_typed_is_a_state_or_a_problem(text: str) -> None:
    query, fragment = split_address(f"?{text}#s={text}")
    assert isinstance(query, str)
    with suppress(Problem):
        assert isinstance(read_fragment(fragment), PageState)


def test_an_endless_address_is_none() -> None:
    assert split_address("?unit=1#" + "s" * 1_000_000) == ("", "")
