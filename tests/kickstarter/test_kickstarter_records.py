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
from crowdwise.kickstarter.records import Reject, read_records

texts = st.text(st.characters(codec="utf-8"), max_size=40)
projects = st.fixed_dictionaries({"id": st.integers(1, 2**40), "name": texts, "blurb": st.none() | texts})


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
    assert list(read_records(path)) == list(enumerate(found, start=1))


@settings(max_examples=60, deadline=None)
@given(found=st.lists(projects, max_size=6), indent=st.sampled_from([None, 2]), block=st.integers(1, 50))
def test_any_projects_survive_one_array_whatever_the_block(
    tmp_path_factory: pytest.TempPathFactory, found: list[dict[str, Any]], indent: int | None, block: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "array.json"
    path.write_text(json.dumps([wrapped(data) for data in found], indent=indent), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "_BLOCK", block)
        assert list(read_records(path)) == list(enumerate(found, start=1))


@settings(max_examples=60, deadline=None)
@given(found=st.lists(st.tuples(texts.filter(lambda t: "\x00" not in t), texts.filter(lambda t: "\x00" not in t))))
def test_any_rows_survive_the_csv_form(tmp_path_factory: pytest.TempPathFactory, found: list[tuple[str, str]]) -> None:
    path = tmp_path_factory.getbasetemp() / "month.zip"
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("name", "category"), *found])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Kickstarter.csv", text.getvalue().encode())
    assert [row for _, row in read_records(path)] == [{"name": n or None, "category": c or None} for n, c in found]


def test_a_broken_line_is_named_and_the_others_are_read(write_month: Callable[..., Path]) -> None:
    path = write_month([{"id": 1}, '{"table_id": "Kick', "", {"id": 2}, "[3]", '{"data": 4}'])
    assert list(read_records(path)) == [
        (1, {"id": 1}),
        (2, Reject(2, "line is not JSON")),
        (4, {"id": 2}),
        (5, Reject(5, "record is not an object")),
        (6, Reject(6, "record is not an object")),
    ]


def test_a_csv_row_with_another_number_of_fields_is_named(tmp_path: Path) -> None:
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Kickstarter.csv", "id,name\n1,a\n2,b,c\n3,d\n")
        archive.writestr("Kickstarter001.csv", "id,name\n4,e\n")
    found = [row for _, row in read_records(path)]
    assert found[1] == Reject(3, "row has 3 fields where the header has 2")
    assert [row["id"] for row in found if not isinstance(row, Reject)] == ["1", "3", "4"]


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
