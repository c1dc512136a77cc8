"""The data behind a figure, read back from its marks."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from crowdwise.reporting.figures import figure_to_html
from crowdwise.reporting.marks import read_marks


def drawn(draw: str, *arguments: object, **options: object) -> pd.DataFrame:
    figure, axes = plt.subplots()
    getattr(axes, draw)(*arguments, **options)
    table = read_marks(figure)
    plt.close(figure)
    return table


def test_lines_points_and_bars_give_back_what_was_drawn() -> None:
    assert drawn("plot", [1, 2], [3.5, 4]).to_dict("list") == {"x": [1.0, 2.0], "y": [3.5, 4.0]}
    assert drawn("scatter", [1, 2], [3, 4]).to_dict("list") == {"x": [1.0, 2.0], "y": [3.0, 4.0]}
    assert drawn("barh", ["art", "food"], [3, 4]).to_dict("list") == {"x": [3.0, 4.0], "y": ["art", "food"]}


def test_whiskers_bands_and_steps_have_their_ends() -> None:
    whiskers = drawn("errorbar", [1, 2], [3, 4], yerr=[[1, 1], [2, 2]])
    assert whiskers[["low", "high"]].to_numpy().tolist() == [[2, 5], [3, 6]]
    lying = drawn("errorbar", [5], [1], xerr=[[2], [1]])
    assert lying[["x", "low", "high"]].to_numpy().tolist() == [[5, 3, 6]]
    band = drawn("fill_between", [1, 2, 3], [0, 1, 2], [4, 5, 6])
    assert band[["x", "low", "high"]].to_numpy().tolist() == [[1, 0, 4], [2, 1, 5], [3, 2, 6]]
    steps = drawn("stairs", [7, 8], [0, 1, 3])
    assert steps[["y", "low", "high"]].to_numpy().tolist() == [[7, 0, 1], [8, 1, 3]]


def test_lines_across_the_whole_plot_are_no_data() -> None:
    assert len(drawn("axhline", 0.5)) == 0
    assert len(drawn("axvspan", 0.5, 0.6)) == 0


def test_series_and_plots_are_named_where_there_are_several() -> None:
    figure, (left, right) = plt.subplots(1, 2)
    left.set_title("Left", loc="left")
    left.plot([1], [2], "o", label="early")
    left.plot([1], [3], "o", label="late")
    right.bar(["a"], [4])
    right.set(xlabel="kind", ylabel="count")
    table = read_marks(figure)
    plt.close(figure)
    assert table["plot"].tolist() == ["Left", "Left", "count by kind"]
    assert table["series"].tolist() == ["early", "late", ""]
    assert table["x"].tolist() == [1.0, 1.0, "a"]


def test_words_on_an_axis_stand_for_its_places() -> None:
    figure, axes = plt.subplots()
    axes.scatter([0.5, 0.7], np.arange(2))
    axes.set_yticks(range(2), ["chance", "popularity"])
    table = read_marks(figure)
    plt.close(figure)
    assert table["y"].tolist() == ["chance", "popularity"]


def test_a_figure_without_given_data_shows_what_was_drawn() -> None:
    figure, axes = plt.subplots()
    axes.plot([1, 2], [3, 1234])
    shown = figure_to_html(figure, alt="A line")
    assert "as it was drawn</summary>" in shown
    assert '<td class="number">1,234</td>' in shown


def test_a_figure_whose_given_data_has_no_row_shows_what_was_drawn() -> None:
    figure, axes = plt.subplots()
    axes.bar(["flagged"], [7])
    assert '<td class="number">7</td>' in figure_to_html(figure, alt="A bar", data=pd.DataFrame({"x": []}))
    figure, _ = plt.subplots()
    assert ">none</td>" in figure_to_html(figure, alt="Nothing", data=pd.DataFrame({"x": []}))
