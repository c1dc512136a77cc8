"""How frames look: escaped, aligned, counted, nothing cut."""

from __future__ import annotations

import pandas as pd

from crowdwise.reporting.frames import ROWS, frame_to_html


def test_names_are_text_and_whole() -> None:
    long = "x" * 300
    shown = frame_to_html(pd.DataFrame({"<b>": ["<script>", long]}))
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert long in shown


def test_numbers_stand_right_with_separators_and_text_left() -> None:
    shown = frame_to_html(
        pd.DataFrame({"n": [1234567], "share": [0.123456], "name": ["a"], "own": [True], "gone": [None]})
    )
    assert '<td class="number">1,234,567</td><td class="number">0.1235</td>' in shown
    assert '<td class="text">a</td><td class="text">yes</td><td class="figures">–</td>' in shown


def test_large_floats_are_not_written_in_powers_of_ten() -> None:
    shown = frame_to_html(pd.DataFrame({"x": [123456.789, 2000000.0]}))
    assert "123,456.8" in shown
    assert "2,000,000" in shown


def test_a_numbered_index_is_left_out_and_a_named_one_is_shown() -> None:
    plain = pd.DataFrame({"a": [2, 1]})
    assert "<th" + ' scope="col" class="number">a</th></tr>' in frame_to_html(plain.sort_values("a"))
    assert frame_to_html(plain.assign(b=1).set_index("a")) == frame_to_html(plain.assign(b=1))
    assert '<td class="text">row</td>' in frame_to_html(pd.DataFrame({"a": [1]}, index=["row"]))


def test_lists_and_days_read_as_words() -> None:
    frame = pd.DataFrame({"genres": [["Action", "Indie"]], "day": [pd.Timestamp("2018-01-02")]})
    shown = frame_to_html(frame)
    assert "Action, Indie" in shown
    assert "2018-01-02<" in shown


def test_no_rows_and_too_many_rows_are_said() -> None:
    assert "none" in frame_to_html(pd.DataFrame({"a": []}))
    many = frame_to_html(pd.DataFrame({"a": range(ROWS + 5)}))
    assert "5 more rows" in many
    assert many.count("<tr>") == ROWS + 1


def test_intervals_stay_on_one_line() -> None:
    shown = frame_to_html(
        pd.DataFrame({"auc": ["0.917 (0.915 to 0.919)", "0.906 [0.902, 0.910]", ""], "why": ["a", "b", "c"]})
    )
    assert shown.count('<td class="figures">') == 3
    assert shown.count('<td class="text">') == 3
