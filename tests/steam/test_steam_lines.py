"""Raw lines: each is kept or counted, and a file that is not the publishers' is named as such."""

from __future__ import annotations

import gzip

import pytest

from crowdwise.base.errors import Problem
from crowdwise.steam.lines import Tally, read_batches, reconcile
from crowdwise.steam.literals import Form, Kind


def read(path, required=()):
    tally = Tally(path.name, "lines", "rows")
    form = Form({"id": Kind.TEXT, "yes": Kind.TRUTH}, required)
    records = []
    for batch in read_batches(path, form, tally):
        for row in batch.to_pylist():
            tally.kept += 1
            records.append((row["line"], row["id"]))
    return records, tally


def test_lines_are_python_literals_not_json(write_lines):
    path = write_lines([b"{'id': \"Garry's Mod\"}", b"{u'id': u'\\u00fc', 'yes': True}"])
    records, _ = read(path)
    assert records == [(1, "Garry's Mod"), (2, "ü")]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{'id': 1", "not a Python literal"),
        (b"__import__('os').getcwd()", "not a Python literal"),
        (b"<!DOCTYPE html><html>", "not a Python literal"),
        (b"{'id': '\xff'}", "not UTF-8"),
        (b"{'id': '\x00'}", "not a Python literal"),
        (b"{[]: 1}", "not a Python literal"),
        (b"(" * 5000, "not a Python literal"),
        (b"['id']", "not a record"),
        (b"{'other': 1}", "without id"),
        (b"{'id': 7}", "id is not a str"),
    ],
)
def test_what_can_not_be_read_is_counted_with_its_line_and_how_it_begins(write_lines, line, why):
    records, tally = read(write_lines([{"id": "1"}, line, {"id": "3"}]), ("id",))
    assert [number for number, _ in records] == [1, 3]
    assert tally.read == 3
    assert tally.balances
    (reject,) = tally.rejects
    assert (reject.line, reject.why) == (2, why)
    assert reject.quote.startswith(line.decode("utf-8", "replace")[:10])
    assert len(reject.quote) <= 60


def test_the_texts_of_rejects_are_kept_whole_up_to_a_number_and_all_are_counted(write_lines):
    line = b"{'id': '" + b"x" * 500
    _, tally = read(write_lines([line] * 1200))
    assert (tally.unreadable, len(tally.rejects)) == (1200, 1000)
    assert tally.rejects[0].text == line.decode()


def test_a_value_of_another_kind_is_left_out_and_counted(write_lines):
    records, tally = read(write_lines([{"id": "1", "yes": "maybe"}, {"id": "2", "yes": True}]))
    assert len(records) == tally.kept == 2
    assert tally.odd == {"yes is not a bool": 1}
    assert tally.balances


def test_blank_lines_are_counted_but_are_no_rejects(write_lines):
    records, tally = read(write_lines([{"id": "1"}, b"", b"   "]))
    assert len(records) == 1
    assert tally.dropped == {"blank line": 2}
    assert tally.rejects == []


def test_too_many_unreadable_lines_stop_the_reading_and_quote_the_first(write_lines):
    path = write_lines([b"<html>", {"id": "1"}, b"</html>"])
    _, tally = read(path)
    with pytest.raises(
        Problem, match=r"2 of 3 lines can't be read .*first, line 1, not a Python literal: <html>"
    ) as caught:
        tally.refuse(path, 0.5)
    assert str(path) in str(caught.value)
    tally.refuse(path, 0.67)


def test_a_file_without_a_line_is_a_problem(write_lines):
    path = write_lines([])
    _, tally = read(path)
    with pytest.raises(Problem, match="the file holds no line"):
        tally.refuse(path, 1.0)


def test_a_truncated_gzip_is_a_problem_that_names_the_line_reached(tmp_path):
    whole = gzip.compress(b"{'id': '1'}\n" * 50_000)
    path = tmp_path / "cut.json.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Problem, match="truncated or corrupt after line"):
        read(path)


def test_a_missing_file_is_a_problem(tmp_path):
    with pytest.raises(Problem, match="there is no such file"):
        read(tmp_path / "none.gz")


def test_a_reconciliation_tells_what_was_lost_without_a_reason():
    good = Tally("a", "lines", "rows", read=5, kept=3)
    good.dropped.update({"id seen before": 2})
    bad = Tally("b", "lines", "rows", read=5, kept=3)
    table = reconcile([good, bad])
    assert table["balances"].tolist() == [True, False]
    assert table["reasons"].tolist() == ["id seen before: 2", ""]
    assert table["dropped"].tolist() == [2, 0]
