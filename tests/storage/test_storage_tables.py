"""Tables and documents come back as they were written, and the same content gives the same bytes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crowdwise.base.errors import Problem
from crowdwise.storage.documents import read_json, write_json
from crowdwise.storage.inputs import recorded
from crowdwise.storage.tables import read_table, write_table

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
DOCUMENT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=15,
)
shared_folder = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": ["76561198000000001", None],
            "lists": [["a", "戦"], []],
            "price": [9.99, np.nan],
            "when": pd.to_datetime(["2023-01-02T03:04:05Z", None], utc=True),
            "flag": pd.array([True, None], "boolean"),
        },
        index=[5, 9],
    )


def test_a_table_comes_back_without_its_index(home, table):
    write_table(table, home / "deep" / "x.parquet")
    back = read_table(home / "deep" / "x.parquet")
    assert list(back.index) == [0, 1]
    assert back["lists"].map(list).to_list() == [["a", "戦"], []]
    pd.testing.assert_frame_equal(back.drop(columns="lists"), table.drop(columns="lists").reset_index(drop=True))


def test_named_columns_only_are_read_in_their_order(home, table):
    write_table(table, home / "x.parquet")
    assert list(read_table(home / "x.parquet", ["price", "id"]).columns) == ["price", "id"]


def test_the_same_rows_give_the_same_bytes(home, table):
    for name in ("a", "b"):
        write_table(table.copy(), home / name)
    assert (home / "a").read_bytes() == (home / "b").read_bytes()


def test_a_table_that_is_missing_or_broken_is_a_problem(home):
    with pytest.raises(Problem, match=r"not made yet.*make acquire"):
        read_table(home / "x.parquet")
    (home / "x.parquet").write_bytes(b"PAR1 and then nothing of the kind")
    with pytest.raises(Problem, match="this is no table that can be read"):
        read_table(home / "x.parquet")


def test_a_table_that_can_not_be_written_leaves_the_one_before(home, table):
    write_table(table, home / "x.parquet")
    before = (home / "x.parquet").read_bytes()
    with pytest.raises(Exception, match=r"[Cc]onver|mixed|expected"):
        write_table(pd.DataFrame({"mixed": [1, "a", object()]}), home / "x.parquet")
    assert (home / "x.parquet").read_bytes() == before


@shared_folder
@given(document=DOCUMENT)
def test_any_document_survives(home, document):
    write_json(document, home / "x.json")
    assert read_json(home / "x.json") == document


def test_documents_are_sorted_readable_and_end_with_a_newline(home):
    write_json({"b": "Ü", "a": 1}, home / "x.json")
    assert (home / "x.json").read_text(encoding="utf-8") == '{\n  "a": 1,\n  "b": "Ü"\n}\n'


def test_a_number_that_json_lacks_is_refused_and_nothing_is_left(home):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json({"x": float("nan")}, home / "out" / "x.json")
    assert list((home / "out").iterdir()) == []


def test_a_document_that_is_missing_or_broken_is_a_problem(home):
    with pytest.raises(Problem, match="this file is not made yet"):
        read_json(home / "x.json")
    (home / "x.json").write_text('{"a": ')
    with pytest.raises(Problem, match="this is not JSON"):
        read_json(home / "x.json")


def test_reading_is_noted_even_when_the_file_is_missing(home):
    with pytest.raises(Problem):
        read_json(home / "missing.json")
    assert home / "missing.json" in recorded()


def test_a_stage_reads_the_table_it_has_just_written(home, table, monkeypatch):
    monkeypatch.setenv("CROWDWISE_PENDING", str(home / "journal"))
    write_table(table, home / "x.parquet")
    assert not (home / "x.parquet").exists()
    assert len(read_table(home / "x.parquet")) == 2
