"""The streaming reader gives what reading row by row gives, whatever stands in the rows."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_projects import raw_project
from reference_months import read_reference

from crowdwise.base.errors import Problem
from crowdwise.kickstarter import months
from crowdwise.kickstarter.madeup.months import make_months
from crowdwise.kickstarter.months import read_month
from crowdwise.kickstarter.records import PATTERNS

Write = Callable[..., Path]
NAME = "Kickstarter_2020-03-12T03_20_00_000Z.json.gz"

nested_texts = st.sampled_from(
    [
        *('{"id": 5, "slug": "food/vegan"}', '{"id":9,"name":"a "b" c","x":1}', '{"id":9,"name":"cut', "[1]", "", " "),
        *('{"id": 36893488147419103232}', '{"id": 1.5, "name": "Vegan"}', '{"id": "\\ud800", "slug": " Food/Vegan "}'),
    ]
)
nested = st.one_of(
    st.none(),
    nested_texts,
    st.fixed_dictionaries(
        {},
        optional={
            "id": st.one_of(st.integers(-5, 2**66), st.booleans(), st.floats(), st.text(max_size=3), st.none()),
            "slug": st.sampled_from(["comics/no subcategory", " Art/Ceramics", "nan/latin", "food", "", None, 7]),
            "name": st.sampled_from(["Vegan", "", None]),
        },
    ),
    st.just([1, {"id": 3}]),
)
numbers = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 2_000_000_000),
    st.floats(),
    st.integers(0, 2**70),
    st.sampled_from(["12.5", " 7 ", "1_000", "1e3", "nan", "inf", "", "a blurb", "0", "-1", "1e400"]),
)
texts = st.one_of(
    st.none(),
    st.integers(0, 9),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.sampled_from(['"""A ""word"""', "Salt &amp; Sea\n by  day", "&#xD800;", '""', " "]),
)
times = st.one_of(numbers, st.integers(1_230_767_990, 1_230_768_010), st.integers(1_399_999_990, 1_408_640_013))
MUTATIONS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("goal", "pledged", "static_usd_rate", "backers_count"), numbers),
    **dict.fromkeys(("launched_at", "deadline", "created_at"), times),
    **dict.fromkeys(("name", "blurb", "country"), texts),
    **dict.fromkeys(("category", "creator", "location", "profile"), nested),
    "state": st.sampled_from(["live", "canceled", "suspended", "failed", "US", None, 3, ["failed"]]),
    "currency": st.sampled_from(["GBP", "XYZ", "usd", "USD\n", "", None, 7]),
    "id": st.one_of(st.integers(-2, 2**66), st.booleans(), st.sampled_from(["12", "1x", "", None, "7\n", 1.0, "٣"])),
    "staff_pick": st.one_of(st.none(), st.booleans(), st.integers(0, 2**66), st.sampled_from(["TRUE", "false", "?"])),
    "spotlight": st.floats(),
}


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a project of which up to three fields are something else, or missing."""
    data = raw_project(profile={"id": 1, "state": "active"})
    for name in draw(st.lists(st.sampled_from(sorted(MUTATIONS)), max_size=3, unique=True)):
        data[name] = draw(MUTATIONS[name])
        if draw(st.integers(0, 9)) == 0:
            del data[name]
    return data


def assert_same(path: Path) -> None:
    """See that a month is read as the reference reads it, to the last reject."""
    month, (table, rejects, counts, read, fields) = read_month(path), read_reference(path)
    pd.testing.assert_frame_equal(month.rows, table)
    assert [(one.line, one.reason) for one in month.rejects] == rejects
    assert (month.mended, month.broken, month.read) == (counts["mended"], counts["broken"], read)
    assert month.fields == tuple(sorted(fields))


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    found=st.lists(rows(), max_size=8),
    form=st.sampled_from(["lines", "array", "zip"]),
    chunk=st.integers(1, 5),
    broken=st.booleans(),
)
def test_any_rows_are_read_as_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, found: list[dict[str, Any]], form: str, chunk: int, broken: bool
) -> None:
    whole = [raw_project(), *found]
    path = tmp_path_factory.getbasetemp() / NAME
    if form == "lines":
        lines = [json.dumps({"table_id": "Kickstarter", "data": data}) for data in whole]
        path.write_bytes(gzip.compress("\n".join([*lines, *(["{"] if broken else [])]).encode()))
    elif form == "array":
        path.write_bytes(gzip.compress(json.dumps([{"data": data} for data in whole]).encode()))
    else:
        path = path.with_name("Kickstarter_2020-03-12.zip")
        path.write_bytes(zipped(whole, broken))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(months, "CHUNK", chunk)
        assert_same(path)


def zipped(found: list[dict[str, Any]], broken: bool) -> bytes:
    """Give projects in the CSV form, in two parts."""
    names = list(raw_project(profile=None))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for k in (0, 1):
            text = io.StringIO(newline="")
            to = csv.writer(text)
            to.writerow(names)
            for data in found[k::2]:
                values = [data.get(name) for name in names]
                texts = [json.dumps(v) if isinstance(v, dict | list) else "" if v is None else str(v) for v in values]
                to.writerow([value.encode("utf-8", "replace").decode() for value in texts])
            if broken:
                to.writerow(["1", "2"])
            archive.writestr(f"Kickstarter00{k}.csv", text.getvalue().encode())
    return packed.getvalue()


def test_rows_at_every_border_are_read_as_one_by_one(write_month: Write) -> None:
    opened, days = 1_230_768_000, 100 * 86_400
    launches = [(opened + k / 2, opened + 1e6) for k in range(-3, 4)]
    lengths = [(1_400_000_003, 1_400_000_003 + k) for k in (-1, 0, 1, days - 1, days, days + 0.5, days + 1)]
    dates = [raw_project(launched_at=launched, deadline=deadline) for launched, deadline in launches + lengths]
    created = [raw_project(created_at=k) for k in (opened - 1, opened, 1_400_000_003, 1_400_000_003.5, 1_400_000_004)]
    numbers = [(name, value) for name in ("goal", "pledged") for value in (0, 1e-9, 1e9 - 0.01, 1e9)]
    numbers += [("backers_count", value) for value in (-0.5, 0.5, 2**31 - 1, 2**31)]
    numbers += [("name", value) for value in ("&#xD800;", "a&lt;b", '"""A ""word"""', " a\u2003b ", "&nbsp;")]
    numbers += [("staff_pick", value) for value in (2**70, 0, 1, 1.0, "TRUE", "?")]
    assert_same(write_month([*dates, *created, *(raw_project(**{name: value}) for name, value in numbers)]))


def test_made_up_months_are_read_as_one_by_one(tmp_path: Path) -> None:
    for path in make_months(tmp_path, projects=1500, seed=11)[0]:
        assert_same(path)


@pytest.mark.realdata
@pytest.mark.slow
def test_every_real_month_is_read_as_one_by_one(realdata: Path) -> None:
    paths = sorted(path for pattern in PATTERNS for path in (realdata / "kickstarter").glob(pattern))
    assert len(paths) == 4
    for path in paths:
        assert_same(path)


def test_a_chunk_of_rejects_alone_and_one_of_rows_alone_keep_the_order(
    write_month: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(months, "CHUNK", 2)
    bad = raw_project(state="?")
    items = ["{", bad, raw_project(id=1), raw_project(id=2), raw_project(id=3, currency="£"), raw_project(id="4"), "["]
    month = read_month(write_month(items))
    assert month.rows["project_id"].tolist() == ["1", "2", "4"]
    assert [one.line for one in month.rejects] == [1, 2, 5, 7]
    assert (month.rejects[0].text, month.read) == ("{", 7)


def test_half_a_character_in_a_text_that_is_kept_is_left_out(write_month: Write) -> None:
    month = read_month(write_month([raw_project(), raw_project(name="a \ud800"), raw_project(spotlight="\ud800")]))
    assert (len(month.rows), [one.line for one in month.rejects]) == (2, [2])
    assert "half of a surrogate pair" in month.rejects[0].reason


def test_numbers_beyond_all_bounds_are_left_out(write_month: Write) -> None:
    huge = ({"goal": 10**400}, {"goal": 1e9}, {"goal": 2e8, "static_usd_rate": 5}, {"backers_count": 1e300})
    month = read_month(write_month([raw_project(goal=999_999_999), *(raw_project(**change) for change in huge)]))
    assert [one.reason for one in month.rejects] == [
        "goal is not a finite number",
        *["goal is absurd (1,000,000,000 US dollars or more)"] * 2,
        "pledged or backers_count is absurd",
    ]


def test_only_a_thousand_texts_are_kept(write_month: Write) -> None:
    month = read_month(write_month([raw_project(), *["{"] * 1100]))
    assert sum(one.text is not None for one in month.rejects) == 1000
    assert len(month.rejects) == 1100


def test_a_month_of_another_site_is_told_by_its_fields(write_month: Write) -> None:
    other = {"title": "A lamp", "tagline": "It glows", "currency": "USD", "funds_raised_percent": 1.2, "close_date": ""}
    with pytest.raises(Problem, match="these are no Kickstarter projects: the records have close_date, currency, fun"):
        read_month(write_month([other] * 3, "Indiegogo_2020-03-12T03_20_00_000Z.json.gz"))
