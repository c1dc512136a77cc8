import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crowdwise.kickstarter.repair import Unrepairable, read_nested


def test_sound_text_is_read_as_it_is() -> None:
    assert read_nested('{"id": 1, "name": "a \\"b\\""}') == ({"id": 1, "name": 'a "b"'}, False)


def test_bare_quotes_inside_a_name_are_mended() -> None:
    found, mended = read_nested('{"id":3476332579,"name":"Creator "quoted" name","is_registered":null}')
    assert mended
    assert found == {"id": 3476332579, "name": 'Creator "quoted" name', "is_registered": None}


def test_a_line_break_inside_a_text_is_mended() -> None:
    found, mended = read_nested('{"id":1,"blurb":"one\ntwo","show_feature_image":true}')
    assert (found["blurb"], found["show_feature_image"], mended) == ("one\ntwo", True, True)


def test_quotes_at_both_ends_and_before_commas_are_mended() -> None:
    found, _ = read_nested('{"name":""Firebird" folio","blurb":"I\'m not "just another", I have a voice","n":0}')
    assert found == {"name": '"Firebird" folio', "blurb": 'I\'m not "just another", I have a voice', "n": 0}


@pytest.mark.parametrize(
    "text",
    [
        *('{"id":1,"name":"cut o', "[1, 2]", "7", "no json", '{"id":1,"a":"x" "y":"z","id":2}'),
        *("[" * 100_000, f'{{"id": {"9" * 5000}}}'),
    ],
    ids=["cut", "list", "number", "words", "twice", "deep", "long number"],
)
def test_what_is_not_certain_is_refused(text: str) -> None:
    with pytest.raises(Unrepairable):
        read_nested(text)


plain = st.text(st.characters(codec="utf-8", exclude_characters='"\\'), max_size=30)
values = st.one_of(st.none(), st.booleans(), st.integers(), plain)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), values, max_size=6))
def test_any_sound_object_is_read_unchanged(found: dict[str, Any]) -> None:
    assert read_nested(json.dumps(found)) == (found, False)


@given(before=plain, quoted=plain, after=plain)
def test_a_quoted_word_in_a_name_survives(before: str, quoted: str, after: str) -> None:
    name = f'{before}"{quoted}"{after}'
    assume('":' not in name and "}" not in name and "]" not in name and "," not in name)
    assert read_nested(f'{{"id":5,"name":"{name}","last":true}}')[0] == {"id": 5, "name": name, "last": True}
