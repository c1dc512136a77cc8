"""The parser gives what `ast.literal_eval` gives, whatever the line, wherever the blocks are cut."""

from __future__ import annotations

import ast
import logging
import subprocess
import sys
import warnings

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crowdwise.steam.forms import BUNDLE, GAME, LIBRARY, REVIEWER
from crowdwise.steam.literals import Form, Kind, batches, parse
from crowdwise.steam.literals.columns import Columns, make_store
from crowdwise.steam.literals.scanner import scan
from crowdwise.steam.madeup.literals import python2

FORMS = {"library": LIBRARY, "game": GAME, "reviewer": REVIEWER, "bundle": BUNDLE}
EVERY_KIND = Form(
    {
        "text": Kind.TEXT,
        "whole": Kind.WHOLE,
        "truth": Kind.TRUTH,
        "number": Kind.NUMBER,
        "either": Kind.NUMBER_OR_TEXT,
        "texts": Kind.TEXTS,
        "records": Kind.RECORDS,
    },
    inner=Form({"a": Kind.TEXT, "b": Kind.WHOLE, "c": Kind.NUMBER_OR_TEXT}, required=("a",)),
)


def rows(data: bytes, form: Form, size: int = 1 << 20) -> list[dict]:
    blocks = [data[k : k + size] for k in range(0, len(data), size)]
    return [row for batch in parse(blocks, form) for row in batch.to_pylist()]


def as_python(row: dict, form: Form) -> dict:
    """Give a row's fields as Python has them; True is not 1 here."""

    def value(name, kind, inner):
        if kind == Kind.NUMBER_OR_TEXT and inner is not None:
            return inner["text"] if inner["number"] is None else inner["number"]
        if kind == Kind.RECORDS and inner is not None:
            return [as_python(one, form.inner) for one in inner]
        return repr(inner) if kind in (Kind.WHOLE, Kind.TRUTH) else inner

    return {name: value(name, kind, row[name]) for name, kind in form.fields.items()}


def expected(record: dict, form: Form) -> dict:
    """Give the form's fields of a record as Python reads it."""
    full = {name: list(v) if isinstance(v := record.get(name), tuple) else v for name in form.fields}
    for name, kind in form.fields.items():
        if kind in (Kind.WHOLE, Kind.TRUTH):
            full[name] = repr(full[name])
    if form.inner and full[form.records] is not None:
        full[form.records] = [expected(one, form.inner) for one in full[form.records]]
    return full


def taken_by_the_scanner(line: bytes, form: Form) -> bool:
    """Say whether compiled code reads the line, or leaves it to Python."""
    columns = Columns(line)
    starts, ends = batches._bounds(line)
    stores = [make_store(1, len(form.fields)), make_store(99, 9), make_store(99, 1)]
    taken = columns.buffer[: len(starts)] > 255
    scan(columns.buffer, starts, ends, form.plan, (form.inner or batches.NO_INNER).plan, *stores, taken)
    return bool(taken[0])


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=12)
VALUES = {
    Kind.TEXT: TEXT,
    Kind.WHOLE: st.integers(-(2**63), 2**63 - 1),
    Kind.TRUTH: st.booleans(),
    Kind.NUMBER: st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53),
    Kind.TEXTS: st.lists(TEXT, max_size=4),
}
VALUES[Kind.NUMBER_OR_TEXT] = VALUES[Kind.NUMBER] | st.decimals(0, 999, places=2).map(float) | TEXT


def records(form: Form) -> st.SearchStrategy[dict]:
    """Give records that fit a form: what is not required may be missing or None, names may be in any order."""
    values = {name: VALUES.get(kind, st.none()) for name, kind in form.fields.items()}
    if form.inner:
        values[form.records] = st.lists(records(form.inner), max_size=4)
    optional = {name: value | st.none() for name, value in values.items() if name not in form.required}
    required = {name: values[name] for name in form.required}
    made = st.fixed_dictionaries(required, optional=optional)
    return made.flatmap(lambda record: st.permutations(list(record.items())).map(dict)) | made


WRITTEN = st.sampled_from([repr, python2, ascii])


@pytest.mark.parametrize("form", [*FORMS.values(), EVERY_KIND], ids=[*FORMS, "every kind"])
def test_any_record_that_fits_is_read_as_python_reads_it(form):
    @settings(max_examples=80, deadline=None)
    @given(
        st.lists(records(form), min_size=1, max_size=4),
        WRITTEN,
        st.integers(1, 200),
        st.sampled_from(["\n", "\r\n"]),
        st.booleans(),
    )
    def check(made, write, size, end, closed):
        text = end.join(map(write, made)) + (end if closed else "")
        if "\0" in text:
            return
        read = rows(text.encode(), form, size)
        assert [as_python(row, form) for row in read] == [expected(ast.literal_eval(repr(one)), form) for one in made]
        assert [row["line"] for row in read] == list(range(1, len(read) + 1))
        assert all(row["why"] is None and row["faults"] is None for row in read)

    check()


LINES = [
    "{'text': 'a' 'b'}",
    "{'text': '''a'''}",
    "{'text': b'a'}",
    "{'text': r'\\d'}",
    "{'text': '\\d'}",
    "{'text': '\\x4'}",
    "{'text': '\\N{BULLET}', }",
    "{'text': U'a'}",
    "{'text' : 'a' , 'whole':  -3}",
    "  {'text': 'a'}  ",
    "\t{'text': 'a'}",
    "{'text': 'a'}  # a remark",
    "{'text': 'a', 'text': 'b'}",
    "{'text': 'a', 'text': None}",
    "{'texts': ['a', 'b'], 'texts': ['c']}",
    "{'records': [{'a': 'x'}], 'texts': ['c'], 'records': [{'a': 'y', 'a': 'z'}, {'a': 'u'}]}",
    "{'texts': ['\\x4', 'b']}",
    "{'records': [{'a': 'x'}, {'a': '\\x4'}]}",
    "{, 'text': 'a'}",
    "{'text': 'a',, 'whole': 1}",
    "{'texts': ['a', , 'b']}",
    "{'te\\x78t': 'a'}",
    "{'text': 'a\x00'}",
    "{'text': 'a\x0c'}",
    "{'text': 'a\x7f\u2028'}",
    "\ufeff{'text': 'a'}",
    "{'text': ('a')}",
    "{'whole': 007}",
    "{'whole': 00}",
    "{'whole': 1_000}",
    "{'whole': 0x1f}",
    "{'whole': +1}",
    "{'whole': --1}",
    "{'whole': 1.0}",
    "{'whole': 9223372036854775808}",
    "{'whole': 999999999999999999}",
    "{'whole': 1000000000000000000}",
    "{'whole': True}",
    "{'truth': 1}",
    "{'number': 1e5}",
    "{'number': .5}",
    "{'number': 5.}",
    "{'number': 01.5}",
    "{'number': -0.0}",
    "{'number': 4.35}",
    "{'number': 0.1234567890123456789}",
    "{'number': 9007199254740993}",
    "{'number': 1 + 2j}",
    "{'number': 123456789012345}",
    "{'either': 'NA'}",
    "{'either': [1]}",
    "{'texts': ['a', 1, None]}",
    "{'texts': ('a', 'b')}",
    "{'texts': ['a',]}",
    "{'texts': [,]}",
    "{'texts': [None]}",
    "{'texts': 'a'}",
    "{'records': [{'a': 'x'}, {'b': 2}]}",
    "{'records': [{'a': 'x', 'b': 'y'}]}",
    "{'records': [1]}",
    "{'records': {}}",
    "{'records': [{'a': 'x'} {'a': 'y'}]}",
    "{'other': {'deep': [1, 2]}, 'text': 'a'}",
    "{'other': '\\x', 'text': 'a'}",
    "{'other': 5, 'text': 'a'}",
    "{'other': 05, 'text': 'a'}",
    "{1: 2, 'text': 'a'}",
    "{**{}, 'text': 'a'}",
    "{'text': 'a'",
    "{'text': 'a'}}",
    "{'text': 'a'} {}",
    "{'text'}",
    "{'text': }",
    "{}",
    "{'text': None, 'texts': None, 'records': None, 'whole': None, 'truth': None, 'number': None, 'either': None}",
    "{'text': Nonesuch}",
    "{'truth': Truer}",
    "None",
    "[]",
    "",
    "   ",
    "'",
    "{",
    "{'",
    "{'text",
    "{'text'",
    "{'text':",
    "{'text': u",
    "{'text': -",
    "{'text': '\\",
]


def check_against_python(line: str | bytes, form: Form) -> None:
    """See that a line is read as Python reads it, or is named where Python can't read it or it does not fit."""
    data = line if isinstance(line, bytes) else line.encode()
    if not data:
        assert rows(data + b"\n", form)[0]["why"] == "blank line"
        return
    (row,) = rows(data, form)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            record = ast.literal_eval(data.decode())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        assert row["why"] in ("not a Python literal", "not UTF-8", "blank line")
        return
    if not isinstance(record, dict):
        assert row["why"] == "not a record"
    elif row["faults"] is None and row["why"] is None:
        assert as_python(row, form) == expected(record, form)
    elif row["why"] is None:
        left_out = {fault["field"] for fault in row["faults"]}
        read, wanted = as_python(row, form), expected({**record, form.records: None}, form)
        assert {k: v for k, v in read.items() if k not in {*left_out, form.records}} == {
            k: v for k, v in wanted.items() if k not in {*left_out, form.records}
        }
    else:
        assert row["why"].split()[0] in {"without", *form.required}


@pytest.mark.parametrize("line", LINES)
def test_odd_lines_are_read_as_python_reads_them_or_named(line):
    check_against_python(line, EVERY_KIND)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_line_with_a_byte_changed_is_read_as_python_reads_it_or_named(data):
    record = {"text": "Garry's é", "whole": 12, "truth": True, "number": 4.5, "either": "NA", "texts": ["a", "b"]}
    line = bytearray(repr({**record, "records": [{"a": "x", "b": 7, "c": 1.5}, {"a": "y", "b": 0, "c": "z"}]}).encode())
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(0, len(line) - 1))
        byte = data.draw(st.sampled_from(b" \t\0'\"\\,:{}[]()-+._0159exuNT#\x7f\x80\xc3\xed\xff") | st.integers(0, 255))
        if byte in b"\r\n":
            continue
        line[at : at + data.draw(st.integers(0, 2))] = bytes([byte])
    check_against_python(bytes(line), EVERY_KIND)


@pytest.mark.parametrize(
    "text",
    [
        b"\xff",
        b"\xc0\xaf",
        b"\xe0\x80\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xf5\x80\x80\x80",
        b"\xc3",
        b"\x80",
    ],
)
def test_bytes_that_are_no_utf8_are_named_as_such(text):
    (row,) = rows(b"{'text': '" + text + b"'}", EVERY_KIND)
    assert row["why"] == "not UTF-8"
    assert row["raw"] == b"{'text': '" + text + b"'}"
    among = rows(b"{'text': 'a'}\n{'text': '" + text + b"'}\n{'text': 'b'}\n", EVERY_KIND)
    assert [row["text"] for row in among] == ["a", None, "b"]


@pytest.mark.parametrize("text", ["é", "ࠀ", "퟿", "", "𐀀", "\U0010ffff", "戦国 🎲"])
def test_characters_of_every_width_are_read_by_the_scanner(text):
    line = repr({"text": text}).encode()
    assert taken_by_the_scanner(line, EVERY_KIND)
    assert rows(line, EVERY_KIND)[0]["text"] == text


def test_halves_of_a_character_are_joined_and_a_lone_half_is_left_out():
    game = rb"{'text': u'\ud83c\udfae!'}" + b"\n" + rb"{'text': u'\ud83c', 'whole': 3}"
    joined, lone = rows(game, EVERY_KIND)
    assert joined["text"] == "🎮!"
    assert (lone["text"], lone["whole"]) == (None, 3)
    assert lone["faults"] == [{"field": "text", "why": "text holds half a character", "text": r"'\ud83c'"}]


def test_what_a_publisher_writes_is_left_to_python_by_no_line():
    game = {"genres": ["Action"], "price": 4.99, "metascore": "NA", "early_access": False, "title": "Jäger's"}
    library = {"user_id": "1", "items_count": 1, "steam_id": "7", "user_url": "", "items": []}
    item = {"item_id": "10", "item_name": "Garry's Mod™", "playtime_forever": 2**31, "playtime_2weeks": 0}
    assert taken_by_the_scanner(python2(game).encode(), GAME)
    assert taken_by_the_scanner(repr({**library, "items": [item, item]}).encode(), LIBRARY)


def test_a_missing_number_or_text_is_nothing_at_all():
    assert rows(b"{'text': 'a'}", EVERY_KIND)[0]["either"] is None


def test_zero_keeps_its_sign():
    assert repr(rows(b"{'number': -0.0}", EVERY_KIND)[0]["number"]) == "-0.0"


def test_what_a_line_must_have_is_named_where_it_lacks():
    library = {"user_id": "1", "steam_id": "7", "items": []}
    lacks = [{**library, "steam_id": 7}, {k: v for k, v in library.items() if k != "items"}, {**library, "items": {}}]
    whys = [rows(repr(one).encode(), LIBRARY)[0]["why"] for one in lacks]
    assert whys == ["steam_id is not a str", "without items", "items is not a list"]


def test_a_record_inside_that_lacks_something_is_left_out_alone():
    good = {"item_id": "10", "item_name": "A", "playtime_forever": 5, "playtime_2weeks": 0}
    line = {"user_id": "1", "steam_id": "7", "items": [good, {**good, "playtime_forever": "5"}, {}, 3]}
    (row,) = rows(repr(line).encode(), LIBRARY)
    assert row["items"] == [good]
    assert [fault["why"] for fault in row["faults"]] == [
        "playtime_forever is not an int",
        "without item_id",
        "not a record",
    ]


def test_lines_are_numbered_on_from_the_first_and_stay_in_order():
    data = b"{'text': 'a'}\n\n{'text': '\\x'}\n{'text': 1e5}\n{'text': 'b'}"
    read = [row for batch in parse([data], EVERY_KIND, first_line=41) for row in batch.to_pylist()]
    assert [row["line"] for row in read] == [41, 42, 43, 44, 45]
    assert [row["text"] for row in read] == ["a", None, None, None, "b"]
    assert [row["why"] for row in read] == [None, "blank line", "not a Python literal", None, None]


@given(st.integers(1, 70))
@settings(deadline=None)
def test_parts_of_a_file_read_apart_make_the_whole(size):
    lines = [repr({"text": f"line {k} é", "texts": ["x"] * (k % 3)}).encode() + b"\n" for k in range(20)]
    whole = pa.Table.from_batches(parse([b"".join(lines)], EVERY_KIND))
    parts, at = [], 1
    for half in (lines[:7], lines[7:]):
        data = b"".join(half)
        parts += parse([data[k : k + size] for k in range(0, len(data), size)], EVERY_KIND, first_line=at)
        at += len(half)
    assert pa.Table.from_batches(parts).combine_chunks().equals(whole.combine_chunks())


def test_a_form_needs_an_inner_form_for_records_and_only_then():
    with pytest.raises(ValueError, match="inner form"):
        Form({"records": Kind.RECORDS})
    with pytest.raises(ValueError, match="inner form"):
        Form({"text": Kind.TEXT}, inner=Form({}))
    with pytest.raises(ValueError, match="at most 60"):
        Form({str(k): Kind.TEXT for k in range(61)})


@pytest.mark.slow
def test_compiling_is_told_once_and_kept(tmp_path):
    code = (
        "import logging; logging.basicConfig(level='INFO', format='%(message)s')\n"
        "from crowdwise.steam.forms import LIBRARY\n"
        "from crowdwise.steam.literals import parse\n"
        "list(parse([b'{}'], LIBRARY))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"NUMBA_CACHE_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stderr
        for _ in range(2)
    ]
    assert "the parser was compiled in" in said[0]
    assert said[1] == ""


@example(b"{'text': 'a'}")
@given(st.binary(max_size=60).filter(lambda line: b"\n" not in line and b"\r" not in line))
@settings(max_examples=200, deadline=None)
def test_no_bytes_are_too_much(line):
    logging.getLogger("crowdwise.steam").debug("trying %r", line)
    read = rows(line, EVERY_KIND)
    assert len(read) == (1 if line else 0)
