import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdwise.base.errors import Problem
from crowdwise.kickstarter import records
from crowdwise.kickstarter.records import Record, read_records
from crowdwise.kickstarter.rejects import Reject

texts = st.text(st.characters(codec="utf-8"), max_size=40)
projects = st.fixed_dictionaries({"id": st.integers(1, 2**40), "name": texts, "blurb": st.none() | texts})


def rows_of(path: Path) -> list[tuple[int, dict[str, Any]] | Reject]:
    """Give what was read without its text, once from orjson and once from the exact reading."""
    found = list(read_records(path))
    plain = [(row.line, row.data) if isinstance(row, Record) else row for row in found]
    assert plain == [(row.line, row.exact()) if isinstance(row, Record) else row for row in found]
    return plain


def wrapped(data: dict[str, Any]) -> dict[str, Any]:
    return {"table_id": "Kickstarter", "run_id": "r", "data": data}


@settings(max_examples=60, deadline=None)
@given(found=st.lists(projects, min_size=1, max_size=6), ascii_only=st.booleans())
def test_any_projects_survive_json_lines(
    tmp_path_factory: pytest.TempPathFactory, found: list[dict[str, Any]], ascii_only: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "lines.json.gz"
    lines = [json.dumps(wrapped(data), ensure_ascii=ascii_only) for data in found]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    assert rows_of(path) == list(enumerate(found, start=1))


@settings(max_examples=60, deadline=None)
@given(found=st.lists(projects, max_size=6), indent=st.sampled_from([None, 2]), block=st.integers(1, 50))
def test_any_projects_survive_one_array_whatever_the_block(
    tmp_path_factory: pytest.TempPathFactory, found: list[dict[str, Any]], indent: int | None, block: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "array.json"
    path.write_text(json.dumps([wrapped(data) for data in found], indent=indent), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "_BLOCK", block)
        assert rows_of(path) == list(enumerate(found, start=1))


@settings(max_examples=60, deadline=None)
@given(found=st.lists(st.tuples(texts.filter(lambda t: "\x00" not in t), texts.filter(lambda t: "\x00" not in t))))
def test_any_rows_survive_the_csv_form(tmp_path_factory: pytest.TempPathFactory, found: list[tuple[str, str]]) -> None:
    path = tmp_path_factory.getbasetemp() / "month.zip"
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("name", "category"), *found])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Kickstarter.csv", text.getvalue().encode())
    assert [row[1] for row in rows_of(path)] == [{"name": n or None, "category": c or None} for n, c in found]


def test_a_broken_line_is_named_and_the_others_are_read(write_month: Callable[..., Path]) -> None:
    path = write_month([{"id": 1}, '{"table_id": "Kick', "", {"id": 2}, "[3]", '{"data": 4}'])
    assert rows_of(path) == [
        (1, {"id": 1}),
        Reject(2, "line is not JSON"),
        (4, {"id": 2}),
        Reject(5, "record is not an object"),
        Reject(6, "record is not an object"),
    ]


def test_a_csv_row_with_another_number_of_fields_is_named(tmp_path: Path) -> None:
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Kickstarter.csv", "id,name\n1,a\n2,b,c\n3,d\n")
        archive.writestr("Kickstarter001.csv", "id,name\n4,e\n")
    found = rows_of(path)
    assert found[1] == Reject(3, "row has 3 fields where the header has 2")
    assert [row[1]["id"] for row in found if not isinstance(row, Reject)] == ["1", "3", "4"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (gzip.compress(b""), "empty"),
        (b"<!DOCTYPE html><html>Not found</html>", "web page"),
        (gzip.compress(b"<html><body>AccessDenied"), "web page"),
        (gzip.compress(json.dumps([{"data": {"id": i}} for i in range(5)]).encode()[:-30]), "after record"),
        (gzip.compress(b'{"data": {"id": 1}}\n' * 5000)[:-20], "truncated"),
        (gzip.compress(json.dumps([{"id": i} for i in range(90_000)]).encode())[:-5000], "truncated"),
    ],
    ids=["empty", "empty gzip", "page", "page in gzip", "half an array", "cut lines", "cut array"],
)
def test_a_file_that_is_no_whole_month_is_a_problem(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "Kickstarter_2020-01-01.json.gz"
    path.write_bytes(content)
    with pytest.raises(Problem, match=words) as raised:
        list(read_records(path))
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(("content", "words"), [(b"PK\x03\x04 cut", "corrupt"), (None, "no such file")])
def test_a_zip_that_is_none_is_a_problem(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "month.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Problem, match=words):
        list(read_records(path))


def test_a_zip_without_csv_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "month.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    with pytest.raises(Problem, match=r"no \.csv file"):
        list(read_records(path))


def test_what_orjson_refuses_is_read_as_json_reads_it(write_month: Callable[..., Path]) -> None:
    big = 2**70
    found = list(read_records(write_month([f'{{"id": {big}, "x": NaN}}', '{"name": "\\ud800"}', f'{{"id": {big}}}'])))
    assert [row.plain for row in found if isinstance(row, Record)] == [False, False, True]
    exact = [row.exact() for row in found if isinstance(row, Record)]
    assert exact[0]["id"] == exact[2]["id"] == big
    assert exact[1] == {"name": "\ud800"}


def test_what_no_parser_takes_is_named(write_month: Callable[..., Path]) -> None:
    lines = ["[" * 100_000, '{"data": {"id": ' + "9" * 5000 + "}}", '{"id": 1, "name": "\x01"}', b'{"id": "\xff"}']
    # A line of brackets would be an array if it came first.
    found = list(read_records(write_month([{"id": 1}, *lines])))[1:]
    assert found == [Reject(n, "line is not JSON") for n in range(2, 6)]
    assert [row.text for row in found if isinstance(row, Reject)][3] == '{"id": "\ufffd"}'


def test_of_two_fields_with_one_name_the_last_counts(write_month: Callable[..., Path]) -> None:
    line = '{"data": {"id": 1}, "data": {"id": 2, "goal": 5, "goal": 6, "x": {"a": 1, "a": 2}}}'
    assert rows_of(write_month([line])) == [(1, {"id": 2, "goal": 6, "x": {"a": 2}})]


@pytest.mark.parametrize("array", [False, True])
def test_a_byte_order_mark_and_crlf_are_no_part_of_the_data(tmp_path: Path, array: bool) -> None:
    path = tmp_path / "Kickstarter_2020-01-01.json"
    content = b'[{"id": 1},\r\n{"id": 2}]\r\n' if array else b'{"id": 1}\r\n\r\n{"id": 2}\r\n'
    path.write_bytes(b"\xef\xbb\xbf" + content)
    assert rows_of(path) == [(1, {"id": 1}), (2 if array else 3, {"id": 2})]


def test_nested_lists_of_objects_and_nan_do_not_end_a_record_of_an_array(tmp_path: Path) -> None:
    inner = [{"a": k, "b": [{"c": "}, {"}, {"d": []}]} for k in range(9)]
    text = json.dumps([{"id": 1, "x": inner}, {"id": 2, "x": float("nan")}, {"id": 3, "x": inner}, 4, [5]])
    path = tmp_path / "array.json"
    path.write_text(text)
    found = [row.data["id"] if isinstance(row, Record) else row.reason for row in read_records(path)]
    assert found == [1, 2, 3, "record is not an object", "record is not an object"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("a.csv", b"id,name\n1,\xff\n", r"a\.csv can't be read after line"), ("a.csv", b"", "CSV file is empty")],
)
def test_a_part_that_is_no_csv_is_a_problem(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / "month.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content)
    with pytest.raises(Problem, match=words):
        list(read_records(path))
