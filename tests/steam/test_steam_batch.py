"""Recommendations for a file of players: the same as one by one, written whole, and every fault one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_models import learn_fold, make_recommender

from crowdwise.base.layout import Layout
from crowdwise.steam import batch
from crowdwise.steam.compiled import choose_best
from crowdwise.steam.recommender import Recommender, best_first
from crowdwise.steam.rosters import read_roster
from crowdwise.storage.tables import read_table
from project_copy import copy_project, run_make

COLUMNS = ["player_id", "rank", "game_id", "name", "score", "because_game_id", "because_name", "basis"]


@pytest.fixture(scope="module")
def recommender(trial, tables) -> Recommender:
    return make_recommender(trial.whole, tables.games, learn_fold(trial.whole.owned, 8))


@pytest.fixture(scope="module")
def saved(recommender: Recommender, tmp_path_factory: pytest.TempPathFactory) -> Layout:
    layout = Layout("sample", tmp_path_factory.mktemp("saved"))
    recommender.save(layout.model("steam"), card={"trained_on": "a made-up world", "deploy": True}, metrics={})
    return layout


@pytest.fixture
def run(saved: Layout, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CROWDWISE_ROOT", str(saved.root))

    def command(players: Path, out: Path, *more: str) -> int:
        return batch.main(["--profile", "sample", "--players", str(players), "--out", str(out), *more])

    return command


def draw_libraries(recommender: Recommender) -> dict[str, list[str]]:
    """Players of all sizes: of nothing, of one unknown game, of twins and new games, of everything."""
    rng = np.random.default_rng(4)
    ids = recommender.games["game_id"].to_numpy()
    twins = ids[recommender.twin_of >= 0]
    drawn = {f"p{k}": rng.choice(ids, k % 40 + 1, replace=False).tolist() for k in range(550)}
    special = {"empty": [], "unknown": ["nonsense"], "all": ids.tolist(), "all but two": ids[2:].tolist()}
    return drawn | special | {"twins": twins.tolist(), "new": ids[recommender.is_new].tolist(), "twice": ["x", "x"]}


@pytest.fixture(scope="module")
def players(recommender: Recommender, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("players") / "players.jsonl"
    lines = (json.dumps({"player_id": key, "games": own}) for key, own in draw_libraries(recommender).items())
    path.write_text("\n".join(lines))
    return path


@pytest.mark.slow
def test_every_player_gets_what_they_would_get_alone(
    recommender: Recommender, players: Path, run, tmp_path: Path
) -> None:
    assert run(players, tmp_path / "best.parquet") == 0
    table = read_table(tmp_path / "best.parquet")
    assert list(table) == COLUMNS
    given = dict(list(table.groupby("player_id")))
    for player, owned in draw_libraries(recommender).items():
        alone = recommender.recommend(owned)
        mine = given.get(player, table.iloc[:0])
        assert mine["rank"].tolist() == list(range(1, len(alone) + 1))
        assert mine["score"].tolist() == pytest.approx([one.score for one in alone], abs=1e-4)
        # Scores of a block differ from those of one library in their last bits, so near equals may change places.
        differ = [k for k, one in enumerate(alone) if mine["game_id"].iloc[k] != one.game_id]
        scores = [one.score for one in alone]
        assert all(min(abs(scores[k] - other) for other in scores[:k] + scores[k + 1 :]) < 1e-4 for k in differ)
        for k, one in enumerate(alone):
            because = mine["because_game_id"].iloc[k]
            if k not in differ and one.reasons:
                near = [why.game_id for why in one.reasons if why.share > one.reasons[0].share - 1e-4]
                assert because in near
            elif k not in differ:
                assert because is None or pd.isna(because)
        known = any(game in recommender.place for game in owned)
        assert set(mine["basis"]) <= {"library" if known else "popular"}
    assert "all" not in given


@pytest.mark.parametrize("n", [1, 3, 7, 50])
def test_the_first_of_equal_scores_comes_first(n: int) -> None:
    scores = np.array([[1, 2, 2, 0, 2, 1, 1, 3, 0, 2]], dtype=np.float32)
    best = np.full((1, n), -1, dtype=np.int64)
    nobody, all_shown = np.full(10, -1), np.ones(10, dtype=bool)
    choose_best(np.array([0, 1]), np.array([7]), scores.copy(), all_shown, nobody, best)
    order = [1, 2, 4, 9, 0, 5, 6, 3, 8]
    assert best[0].tolist() == (order + [-1] * 50)[:n]
    assert best_first(scores[0], np.arange(10) != 7, n).tolist() == order[:n]


def test_a_game_that_stands_twice_counts_once(recommender: Recommender, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(f"player_id,game_id\n7,{recommender.games['game_id'].iloc[3]}\n" + "7,x\n")
    once = batch.as_libraries(read_roster(tmp_path / "p.csv"), recommender)
    text = (tmp_path / "p.csv").read_text()
    (tmp_path / "p.csv").write_text(text + text.split("\n", 1)[1])
    twice = batch.as_libraries(read_roster(tmp_path / "p.csv"), recommender)
    assert (twice[0] != once[0]).nnz == 0
    assert (once[1], twice[1]) == (1, 2)


def test_all_three_forms_hold_the_same_rows(players: Path, run, tmp_path: Path) -> None:
    for name in ("best.parquet", "best.csv", "best.jsonl"):
        assert run(players, tmp_path / name, "--n", "3") == 0
    table = read_table(tmp_path / "best.parquet")
    text = {"player_id": str, "game_id": str, "because_game_id": str}
    rows = pd.read_csv(tmp_path / "best.csv", dtype=text)
    lines = pd.read_json(tmp_path / "best.jsonl", lines=True, dtype=text)
    for other in (rows, lines):
        assert list(other) == COLUMNS
        for name in ("player_id", "game_id", "name", "rank", "basis"):
            assert other[name].tolist() == table[name].tolist()
        assert other["score"].to_numpy() == pytest.approx(table["score"].to_numpy(), rel=1e-4)
    assert table["rank"].max() == 3


def test_it_says_what_was_done_and_what_was_left_out(players: Path, run, tmp_path: Path, capsys) -> None:
    spoilt = tmp_path / "players.jsonl"
    spoilt.write_text(players.read_text() + "\nnonsense\n")
    assert run(spoilt, tmp_path / "best.csv", "--max-reject-share", "0.01") == 0
    said = capsys.readouterr().err
    assert "557 players, 3 of them by what most own: without a known game" in said
    assert "line 558 was left out: this is not JSON (" in said
    assert "1 lines or items left out" in said
    assert run(spoilt, tmp_path / "other.csv") == 1
    assert "1 of 558 lines can't be read (at most 0.10% may be); first, line 558" in capsys.readouterr().err
    assert not (tmp_path / "other.csv").exists()


def test_players_of_other_data_are_refused_not_served_nonsense(run, tmp_path: Path, capsys) -> None:
    foreign = tmp_path / "players.csv"
    foreign.write_text("player_id,game_id\n" + "".join(f"7,x{k}\n" for k in range(10)))
    assert run(foreign, tmp_path / "best.csv") == 1
    said = capsys.readouterr().err
    assert "10 of 10 owned games are unknown to the model of profile sample, which learnt from a made-up world" in said
    assert run(foreign, tmp_path / "best.csv", "--max-unknown-share", "1") == 0
    assert set(pd.read_csv(tmp_path / "best.csv")["basis"]) == {"popular"}


@pytest.mark.parametrize(
    ("players", "out", "more", "words"),
    [
        ("", "best.csv", [], "PLAYERS names no file. Say make recommend PLAYERS=file OUT=file."),
        ("p.csv", "", [], "OUT names no file"),
        ("p.csv", "best.xlsx", [], ".xlsx is no form of table that is written here"),
        ("p.csv", "best", [], "no ending is no form of table"),
        ("p.csv", "folder.csv", [], "this is a folder"),
        ("p.csv", "p.csv", [], "this is the file of players itself"),
        ("p.csv", "p.csv/best.csv", [], "p.csv is no folder. Name a place"),
        ("p.csv", "/proc/best.csv", [], "this can't be written"),
        ("p.csv", "new/folder/best.csv", ["--profile", "other"], "there is no saved Steam model here"),
        ("missing.csv", "best.csv", [], "there is no such file"),
        ("p.csv", "best.csv", ["--n", "0"], "0 is no number of games a player"),
        ("p.csv", "best.csv", ["--max-reject-share", "nan"], "MAX_REJECT_SHARE: nan is no share"),
        ("p.csv", "best.csv", ["--profile", "other"], "there is no saved Steam model here"),
    ],
)
def test_a_fault_is_one_sentence_and_leaves_nothing(
    recommender: Recommender, run, tmp_path: Path, capsys, players: str, out: str, more: list[str], words: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "p.csv").write_text(f"player_id,game_id\n7,{recommender.games['game_id'].iloc[0]}\n")
    before = {path: path.is_file() and path.read_bytes() for path in tmp_path.rglob("*")}
    assert run(*(name and tmp_path / name for name in (players, out)), *more) == 1
    said = capsys.readouterr().err
    assert words in said
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said
    assert {path: path.is_file() and path.read_bytes() for path in tmp_path.rglob("*")} == before


def test_a_result_that_fails_half_way_leaves_the_one_before(
    run, players: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    out = tmp_path / "best.jsonl"
    out.write_text("as it was")

    def fail(row: object, **how: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("crowdwise.storage.result_files.json.dumps", fail)
    assert run(players, out) == 1
    assert "the disk is full" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["best.jsonl"]
    assert out.read_text() == "as it was"


@pytest.mark.slow
def test_make_recommends(saved: Layout, players: Path, tmp_path: Path) -> None:
    folder = copy_project(tmp_path / "crowdwise")
    (folder / "data" / "sample" / "steam").mkdir(parents=True)
    (folder / "data" / "sample" / "steam" / "model").symlink_to(saved.model("steam"))
    out = tmp_path / "with space" / "best.csv"
    made = run_make(folder, "recommend", f"PLAYERS={players}", f"OUT={out}")
    assert made.returncode == 0, made.stderr
    assert len(pd.read_csv(out)) > 5_000
    assert "557 players" in made.stderr
