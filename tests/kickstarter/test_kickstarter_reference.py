"""Reference rates: a wrong cell is caught, a right one is not, and a bad file is told in a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.base.seeds import generator
from crowdwise.kickstarter.figures.bias import draw_reference
from crowdwise.kickstarter.reference import compare_with_reference, read_reference, reference_table

GOOD = "category,rate,n,source\nGames,0.41,1200,a yearbook\nmusic/jazz,0.5,,a yearbook\n"


@pytest.fixture
def decided() -> pd.DataFrame:
    """Games and their video games succeed at 0.4, music at 0.7."""
    rng = generator(1, "reference")
    category = np.array(["games/video games", "games/puzzles", "music/jazz"])[rng.integers(0, 3, 3000)]
    parent = np.array([text.partition("/")[0] for text in category])
    success = rng.random(3000) < np.where(parent == "games", 0.4, 0.7)
    return pd.DataFrame({"category": category, "parent_category": parent, "success": success})


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "rates.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_rates_are_read_with_canonical_categories(tmp_path: Path) -> None:
    table = read_reference(
        written(tmp_path, "\ufeff category , rate,n,source\n\nComics/Comics, 0.6 ,,them\nMusic/Jazz,1,7,us\n")
    )
    assert table["category"].tolist() == ["comics", "music/jazz"]
    assert table["rate"].tolist() == [0.6, 1.0]
    assert np.isnan(table["n"].iloc[0])
    assert table["n"].iloc[1] == 7
    assert "n" in read_reference(written(tmp_path, "category,rate,source\ngames,0.4,them\n"))


def test_a_wrong_rate_is_caught_and_a_right_one_is_not(decided: pd.DataFrame, tmp_path: Path) -> None:
    rates = "games,0.4,,a\ngames/puzzles,0.4,5000,a\nmusic/jazz,0.4,5000,a\nmusic,0.8,,a\nart,.5,,a\n"
    text = f"category,rate,n,source\n{rates}"
    table = compare_with_reference(decided, read_reference(written(tmp_path, text))).set_index("category")
    assert table["finding"].to_dict() == {
        "games": "no difference shown",
        "games/puzzles": "no difference shown",
        "music/jazz": "higher in the crawl",
        "music": "lower in the crawl",
        "art": "not in the crawl",
    }
    assert table.loc["games", "projects"] == (decided["parent_category"] == "games").sum()
    assert table.loc["games/puzzles", "reference_low"] < 0.4 < table.loc["games/puzzles", "reference_high"]
    assert (table.loc["games", ["reference_low", "reference_high"]] == 0.4).all()
    finding = draw_reference(table.reset_index())[1]
    assert finding == "Of 4 reference rates, the crawl is higher than 1 and lower than 1"


def test_true_rates_are_rejected_no_more_often_than_stated(decided: pd.DataFrame) -> None:
    reference = pd.DataFrame({"category": ["games", "music"], "rate": [0.4, 0.7], "n": np.nan, "source": "the truth"})
    wrong = 0
    for seed in range(200):
        luck = generator(seed, "true rates").random(len(decided))
        won = luck < np.where(decided["parent_category"] == "games", 0.4, 0.7)
        found = compare_with_reference(decided.assign(success=won), reference)["finding"]
        wrong += bool((found != "no difference shown").any())
    assert wrong <= 18  # 200 draws at 5%: more than 18 has a chance below 1%


def test_none_given_is_said_with_how_to_give_one(decided: pd.DataFrame, tmp_path: Path) -> None:
    assert reference_table(decided, "", tmp_path) is None
    assert "category, rate, n, source" in draw_reference(None)[1]
    written(tmp_path, GOOD)
    table = reference_table(decided, "rates.csv", tmp_path)
    assert table is not None
    assert table["category"].tolist() == ["games", "music/jazz"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("category,share,source\ngames,0.4,a\n", "rates.csv: there is no column 'rate'"),
        ("category,rate\ngames,0.4\n", "there is no column 'source'"),
        ("category,rate,source\n", "it holds no rate"),
        ("", "this file is empty"),
        ("category,rate,source\ngardens/moss,0.4,a\n", "line 2: there is no category 'gardens/moss'"),
        ("category,rate,source\ngames/puzzles,0.4,a\nmusic/puzzles,0.4,a\n", "line 3: games/puzzles stands twice"),
        ("category,rate,source\ngames,1.4,a\n", "'1.4' looks like a percentage. Write it as a share, 0.014"),
        ("category,rate,source\ngames,43%,a\n", "'43%' looks like a percentage. Write it as a share, 0.43"),
        ("category,rate,source\ngames,-0.1,a\n", "'-0.1' is not between 0 and 1"),
        ("category,rate,source\ngames,nan,a\n", "'nan' is not between 0 and 1"),
        ("category,rate,source\ngames,many,a\n", "'many' is not a number"),
        ("category,rate,source\ngames,,a\n", "'' is not a number"),
        ("category,rate,source\ngames,0.4,a\n\nGames,0.5,b\n", "line 4: games stands twice, first on line 2"),
        ("category,rate,n,source\ngames,0.4,12.5,a\n", "n is '12.5', not a whole number"),
        ("category,rate,n,source\ngames,0.4,0,a\n", "n is '0', not a whole number"),
        ("category,rate,source\ngames,0.4,\n", "no source is given"),
        ("category,rate,source\ngames,0.4\n", "line 2: it has 2 cells, not 3"),
        ("category,rate,rate,source\ngames,0.4,0.4,a\n", "two columns have one name"),
        ('category,rate,source\n"games,0.4,a\n', "this is not a CSV file"),
        (b"category,rate,source\ngames,0.4,\xff\xfe\n", "this is not a CSV file"),
    ],
)
def test_a_bad_file_is_told_in_a_sentence(tmp_path: Path, text: str | bytes, words: str) -> None:
    with pytest.raises(Problem) as told:
        read_reference(written(tmp_path, text), where="rates.csv")
    assert words in str(told.value)
    assert "rates.csv" in str(told.value)


def test_a_missing_file_is_told(decided: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"nowhere\.csv: there is no such file"):
        reference_table(decided, "nowhere.csv", tmp_path)
