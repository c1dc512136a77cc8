"""Figures: each says what the data says, whatever the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from crowdwise.steam.curves import damping_curve, learning_curve
from crowdwise.steam.deployment import describe_card
from crowdwise.steam.distributions import describe_twins, gini, suggest_transformations
from crowdwise.steam.evaluation import Evaluation
from crowdwise.steam.figures.acquire import draw_oddities, draw_order
from crowdwise.steam.figures.curves import draw_damping, draw_learning
from crowdwise.steam.figures.games import draw_completeness, draw_fame, draw_genres, draw_price
from crowdwise.steam.figures.labels import label_ends
from crowdwise.steam.figures.libraries import draw_library_sizes, draw_minutes, draw_never_played
from crowdwise.steam.figures.model import draw_by_library, draw_differences, draw_models
from crowdwise.steam.figures.reviews import draw_verdicts
from crowdwise.steam.models import Chance, Popularity


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def evaluation(trial):
    def fit(trial):
        return (model.fit(trial.train) for model in (Chance(1), Popularity()))

    return Evaluation.run(fit, [trial], seed=1, level=0.95)


def test_the_findings_are_the_datas(tables):
    share = (tables.owned["minutes_total"] == 0).mean()
    empty = (tables.players["games"] == 0).mean()
    finding = f"{share:.0%} of owned games were never played, and {empty:.0%} of players own no game"
    assert draw_oddities(tables.facts)[1] == finding
    games = tables.players.loc[tables.players["games"] > 0, "games"]
    assert f"at most {games.median():.0f} games" in draw_library_sizes(tables.players)[1]
    owners = tables.games.loc[tables.games["owners"] > 0, "owners"].sort_values(ascending=False)
    top = owners.head(max(1, round(0.01 * len(owners)))).sum() / owners.sum()
    assert draw_fame(tables.games)[1] == f"The best known 1% of games are {top:.0%} of all owned copies"


def test_a_file_that_shrinks_is_seen_to():
    players = pd.DataFrame({"games": [40] * 50 + [0] * 9 + [10] * 50})
    assert draw_order(players)[1] == "Median library: 40 games in the file's first half, 10 in its second"


def test_the_largest_libraries_are_played_least():
    players = pd.DataFrame({"games": [10] * 50 + [100] * 50, "games_played": [10] * 50 + [25] * 50})
    finding = draw_never_played(players, parts=2)[1]
    assert finding == "Never played, in the median: 0% of the smallest libraries, 75% of the largest"


def test_the_tenth_played_longest_is_counted():
    owned = pd.DataFrame({"minutes_total": [0] * 5 + [60] * 9 + [5400]})
    assert draw_minutes(owned)[1] == "The tenth that is played longest takes 91% of all hours"


def test_reviews_are_told_by_the_time_played():
    games = [str(k) for k in range(60)]
    owned = pd.DataFrame({"player_id": "p", "game_id": games, "minutes_total": [0] * 30 + [9000] * 30})
    reviews = pd.DataFrame({"player_id": "p", "game_id": games, "recommend": [False] * 15 + [True] * 45})
    finding = draw_verdicts(reviews, owned, level=0.95)[1]
    assert finding == "Recommended by 100% after 100 h, by 50% without playing"


@pytest.mark.parametrize("draw", [draw_price, draw_genres])
def test_games_and_copies_are_drawn_together(tables, draw):
    figure, finding = draw(tables.games, tables.owned)
    assert finding
    assert figure.axes[0].get_xlabel()


def test_completeness_is_told_for_listed_games_and_owned_copies(tables):
    listed = tables.games[tables.games["in_catalogue"]]
    finding = draw_completeness(tables.games)[1]
    assert finding.startswith(f"The price is known of {100 * listed['price'].notna().mean():.0f}% of listed games")


def test_the_best_models_are_named(evaluation):
    figure, finding = draw_models(evaluation, list(evaluation.scores()), 0.75)
    assert finding == "Popularity makes the best lists and the best order"
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["chance", "popularity"]


def test_players_for_whom_a_model_is_better_are_counted(evaluation):
    players = evaluation.players
    better = (players["popularity"]["played"]["auc"] > players["chance"]["played"]["auc"]).mean()
    assert (
        draw_differences(evaluation, "popularity", "chance")[1]
        == f"Popularity beats chance for {better:.0%} of players"
    )
    finding = draw_by_library(evaluation, ["popularity", "chance"], parts=3)[1]
    assert finding == "Popularity beats chance in 3 of 3 groups of library size"


def test_curves_are_drawn_with_what_they_find(trial):
    model = Popularity().fit(trial.train)
    damped = damping_curve(model, trial, [0.0, 2.0], seed=1, level=0.95)
    bits = damped[2.0]["novelty"].value - damped[0.0]["novelty"].value
    assert f"Damping 2 gives {bits:.1f} bits more novelty" in draw_damping(damped)[1]
    learnt = learning_curve(Popularity, model, trial, [0.1], seed=1, level=0.95)
    assert draw_learning(learnt)[1].startswith(("From", "Beyond"))


def test_a_card_is_told_with_its_settings_as_text():
    table = describe_card({"name": "x", "settings": {"components": 32, "learning_rate": 0.05}})
    assert table["the card says"].tolist() == ["x", "components 32; learning_rate 0.05"]


def test_labels_at_the_ends_of_lines_keep_apart():
    _, axes = plt.subplots()
    axes.set_ylim(0, 1)
    label_ends(axes, {"a": (1, 0.5), "b": (1, 0.51), "c": (1, 0.9)}, ["k"] * 3)
    heights = {text.get_text().strip(): text.get_position()[1] for text in axes.texts}
    assert heights["b"] - heights["a"] >= 0.06
    assert heights["c"] == 0.9
    assert (heights["a"] + heights["b"]) / 2 == pytest.approx(0.505)


def test_skewed_quantities_are_logged_and_others_left():
    rng = np.random.default_rng(1)
    heavy = pd.Series(np.exp(rng.normal(3, 2, 5000)))
    table = suggest_transformations(
        {"heavy": heavy, "even": pd.Series(rng.random(5000)), "unplayed": heavy.where(rng.random(5000) > 0.4, 0.0)}
    )
    assert table["so"].tolist() == ["log", "as it is", "zero or not, and log of the rest"]
    # The logarithm's skewness is that of the rest: zeros would add a lump to it.
    assert table["skewness of log(1 + x)"].iloc[2] == pytest.approx(table["skewness of log(1 + x)"].iloc[0], abs=0.1)


def test_only_games_of_frequent_genres_make_the_headline():
    games = pd.DataFrame(
        {
            "game_id": ["a", "b", "c", "d"],
            "genres": [["Action"], ["Indie"], ["Rare"], ["Utilities"]],
            "owners": [50, 49, 1, 100],
            "is_game": [True, True, True, False],
        }
    )
    owned = pd.DataFrame({"game_id": ["a", "b", "c", "d"], "minutes_total": [75, 5, 20, 10_000]})
    figure, finding = draw_genres(games, owned)
    assert finding == "Action is played 1.5 times as much as it is owned, Indie 0.1 times"
    assert "Utilities" not in [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_the_rarest_oddities_are_left_to_the_data(tables):
    odd = tables.facts[tables.facts["count"] > 0]
    figure, _ = draw_oddities(tables.facts, most=3)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == odd.sort_values("share", kind="stable")[
        "what"
    ].tail(3).tolist()
    assert figure.axes[0].get_xlabel().endswith(f"the 3 most frequent of {len(odd)}")


def test_twins_are_described_by_what_they_share(tables):
    table = describe_twins(tables.games, tables.owned)
    assert (table["shared"] >= 0.9).all()
    assert (table["owners"] * table["played"] >= table["twin_owners"] * table["twin_played"] - 1e-9).all()


def test_gini_is_nought_for_equals_and_near_one_for_a_monopoly():
    assert gini(pd.Series([5, 5, 5])) == pytest.approx(0)
    assert gini(pd.Series([0] * 99 + [1])) == pytest.approx(0.99)
