"""The model's folder: whole, repeatable, checked when read."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from small_models import make_recommender, random_fold

from crowdwise.base.errors import Problem
from crowdwise.steam.model_folder import ARRAYS, checksum
from crowdwise.steam.recommender import Recommender
from crowdwise.storage.inputs import recorded
from crowdwise.storage.whole import settle


@pytest.fixture(scope="module")
def recommender(trial, tables):
    return make_recommender(trial.whole, tables.games, random_fold(trial.whole.shape[1], 8, 7))


def library(recommender, n=12):
    return dict.fromkeys(recommender.games["game_id"].iloc[: 3 * n : 3], 60.0)


def save(recommender, folder):
    return recommender.save(folder, card={"trained_on": "t", "deploy": True}, metrics={"metrics": []})


def test_a_saved_model_answers_as_before_and_repeats_byte_for_byte(recommender, tmp_path):
    card = save(recommender, tmp_path / "one")
    assert save(recommender, tmp_path / "two") == card
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == sorted([*(f"{name}.npy" for name in ARRAYS), "card.json", "games.json", "metrics.json"])
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    loaded = Recommender.load(tmp_path / "one")
    assert isinstance(loaded.fold.vectors, np.memmap)
    for part in (loaded.scoring.weights.data, loaded.scoring.weights.indices, loaded.fold.biases):
        assert not part.flags.writeable
    assert loaded.scoring.weights.indices.dtype == np.int32
    assert loaded.card == card
    assert loaded.recommend(library(recommender)) == recommender.recommend(library(recommender))
    game = loaded.games["game_id"].iloc[3]
    assert loaded.similar(game) == recommender.similar(game)
    assert loaded.games["game_id"].tolist() == recommender.games["game_id"].tolist()


def test_the_version_is_the_contents(recommender, tmp_path):
    scoring, games = recommender.scoring, recommender.games
    others = [
        Recommender(games, replace(scoring, fold=replace(scoring.fold, biases=scoring.fold.biases + 1))),
        Recommender(games, replace(scoring, share=0.5)),
        Recommender(games.assign(name=games["name"] + "!"), scoring),
    ]
    versions = {save(one, tmp_path / str(k))["version"] for k, one in enumerate([recommender, *others])}
    assert len(versions) == 4


def test_the_card_says_how_many_games_and_which(recommender, tmp_path):
    card = save(recommender, tmp_path / "one")
    assert (card["games"], card["new_games"]) == (len(recommender.games) - 20, 20)
    assert card["trained_on"] == "t"
    assert card["game_ids"] == checksum(recommender.games["game_id"])
    swapped = recommender.games.assign(game_id=recommender.games["game_id"].iloc[::-1].to_numpy())
    assert checksum(swapped["game_id"]) != card["game_ids"]


def test_a_model_of_the_form_before_is_refused_with_a_sentence(recommender, tmp_path):
    save(recommender, tmp_path / "model")
    path = tmp_path / "model" / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"form": 1}))
    with pytest.raises(Problem, match=r"this model has form 1, and this version reads form 2\. Run `make report"):
        Recommender.load(tmp_path / "model")


def test_a_missing_model_says_what_to_run(tmp_path):
    with pytest.raises(Problem, match=r"there is no saved Steam model here\. Run `make report PROFILE=\.\.\.`"):
        Recommender.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("card.json", b"{}", "this is not a Steam model"),
        ("card.json", b"[]", "can't be read"),
        ("card.json", b"{", "can't be read"),
        ("games.json", b"{}", "can't be read"),
        ("vectors.npy", b"nonsense", "can't be read"),
        ("biases.npy", None, "can't be read"),
    ],
)
def test_a_foreign_or_damaged_model_says_what_to_run(recommender, tmp_path, name, content, words):
    save(recommender, tmp_path / "model")
    place = tmp_path / "model" / name
    place.unlink() if content is None else place.write_bytes(content)
    with pytest.raises(Problem, match=words) as caught:
        Recommender.load(tmp_path / "model")
    assert "Run `make report" in str(caught.value)


def swap_array(model, name, change):
    path = model / f"{name}.npy"
    array = np.load(path).copy()
    np.save(path, change(array))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("centre", lambda a: np.zeros(3, dtype=np.float32)),
        ("biases", lambda a: a + 1),
        ("vectors", lambda a: a.astype(np.float64)),
        ("weights_columns", lambda a: a[::-1].copy()),
    ],
)
def test_an_array_of_another_model_is_recognised(recommender, tmp_path, name, change):
    save(recommender, tmp_path / "model")
    swap_array(tmp_path / "model", name, change)
    with pytest.raises(Problem, match=f"don't fit together: {name} is not what the card says"):
        Recommender.load(tmp_path / "model")


def test_games_of_another_model_are_recognised(recommender, tmp_path):
    save(recommender, tmp_path / "model")
    path = tmp_path / "model" / "games.json"
    columns = json.loads(path.read_text())
    columns["game_id"][:2] = columns["game_id"][1::-1]
    path.write_text(json.dumps(columns))
    with pytest.raises(Problem, match=r"games\.json is not what the card says"):
        Recommender.load(tmp_path / "model")


def test_parts_that_the_card_vouches_for_still_have_to_fit(recommender, tmp_path):
    card = save(recommender, tmp_path / "model")
    columns = json.loads((tmp_path / "model" / "games.json").read_text())
    fewer = {name: values[:-1] for name, values in columns.items()}
    (tmp_path / "model" / "games.json").write_text(json.dumps(fewer))
    (tmp_path / "model" / "card.json").write_text(json.dumps(card | {"game_ids": checksum(fewer["game_id"])}))
    with pytest.raises(Problem, match="don't fit together"):
        Recommender.load(tmp_path / "model")


def test_a_pickled_array_is_not_opened(recommender, tmp_path):
    save(recommender, tmp_path / "model")
    np.save(tmp_path / "model" / "biases.npy", np.array([{}]), allow_pickle=True)
    with pytest.raises(Problem, match="can't be read"):
        Recommender.load(tmp_path / "model")


def test_the_metrics_lie_beside_the_model(recommender, tmp_path):
    recommender.save(tmp_path / "m", card={"trained_on": "t", "deploy": False}, metrics={"deploy": False})
    assert json.loads((tmp_path / "m" / "metrics.json").read_text()) == {"deploy": False}


def test_a_model_of_the_unfinished_stage_is_loaded_but_is_no_input_of_it(recommender, tmp_path, monkeypatch):
    monkeypatch.setenv("CROWDWISE_PENDING", str(tmp_path / "journal"))
    save(recommender, tmp_path / "model")
    assert not (tmp_path / "model").exists()
    assert len(Recommender.load(tmp_path / "model").games) == len(recommender.games)
    assert not any(tmp_path in path.parents for path in recorded())
    settle(tmp_path / "journal")
    assert (tmp_path / "model" / "card.json").exists()
