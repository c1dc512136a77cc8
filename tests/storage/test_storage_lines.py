"""Lines come out as they were put in, and a broken gzip says where it broke."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdwise.base.errors import Problem
from crowdwise.storage.inputs import recorded
from crowdwise.storage.lines import read_lines

LINES = st.lists(st.binary(max_size=60).filter(lambda line: b"\n" not in line and not line.endswith(b"\r")))


@given(lines=LINES, packed=st.booleans(), end=st.sampled_from([b"\n", b"\r\n"]), closed=st.booleans())
def test_any_lines_survive(lines, packed, end, closed):
    text = end.join(lines) + (end if closed and lines else b"")
    expected = [] if not text else (lines if closed or lines[-1] else lines[:-1])
    if text[:2] == b"\x1f\x8b" and not packed:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(gzip.compress(text) if packed else text)
        assert list(read_lines(path)) == expected


def test_empty_lines_are_counted_too(put):
    assert list(read_lines(put("x", b"a\n\nb"))) == [b"a", b"", b"b"]


def test_gzip_members_one_after_the_other_are_one_file(put):
    assert list(read_lines(put("x.gz", gzip.compress(b"a\nb") + gzip.compress(b"c\n")))) == [b"a", b"bc"]


def test_a_truncated_gzip_names_the_line_reached(put):
    whole = gzip.compress(b"".join(b"%d\n" % k for k in range(900_000)))
    path = put("x.json.gz", whole[: len(whole) // 2])
    lines = []
    with pytest.raises(Problem, match=r"truncated or corrupt after line \d+") as problem:
        lines.extend(line for line in read_lines(path))
    assert len(lines) > 50_000  # whole blocks before the break
    assert f"after line {len(lines)} " in str(problem.value)
    assert problem.value.where == str(path)


def test_a_missing_file_is_a_problem(home):
    with pytest.raises(Problem, match="there is no such file"):
        list(read_lines(home / "x.gz"))


def test_what_is_read_is_noted_as_an_input(put):
    path = put("x", b"a")
    list(read_lines(path))
    assert path in recorded()
