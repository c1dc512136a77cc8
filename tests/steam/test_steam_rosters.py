"""Files of players: each form that is read, and each fault that is said."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.steam.libraries import read_libraries
from crowdwise.steam.raw import FILES
from crowdwise.steam.rosters import Roster, read_roster

OWNED = {"7": ["10", "620"], "76561197960265729": ["620"]}
ROWS = [(player, game) for player, games in OWNED.items() for game in games]


def libraries(roster: Roster) -> dict[str, list[str]]:
    owned: dict[str, list[str]] = {player: [] for player in roster.players.to_pylist()}
    names = roster.games.to_pylist()
    for player, game in zip(roster.player.tolist(), roster.game.tolist(), strict=True):
        owned[roster.players[player].as_py()].append(names[game])
    return owned


def write(path: Path, text: str) -> Path:
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


def write_csv(path: Path) -> Path:
    return write(path, "game_id,more,player_id\n" + "".join(f"{game},x,{player}\n" for player, game in ROWS))


def write_jsonl(path: Path) -> Path:
    return write(path, "".join(json.dumps({"player_id": p, "games": g}) + "\n" for p, g in OWNED.items()))


def write_parquet(path: Path, **types: str) -> Path:
    table = pd.DataFrame(ROWS, columns=["player_id", "game_id"])
    table.astype(types).assign(minutes_total=[5.0, 0.0, None]).to_parquet(path)
    return path


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("p.csv", write_csv),
        ("P.CSV", write_csv),
        ("p.csv.gz", write_csv),
        ("p.jsonl", write_jsonl),
        ("p.jsonl.gz", write_jsonl),
        ("p.parquet", write_parquet),
        ("p.parquet", lambda path: write_parquet(path, player_id="int64", game_id="int32")),
        ("p.parquet", lambda path: write_parquet(path, game_id="category")),
    ],
)
def test_every_form_gives_the_same_players(tmp_path: Path, name: str, make: Callable[[Path], Path]) -> None:
    roster = read_roster(make(tmp_path / name))
    assert libraries(roster) == OWNED
    assert [tally.unreadable for tally in roster.tallies] == [0]
    assert all(tally.balances for tally in roster.tallies)


def test_the_publishers_lines_are_read_with_players_who_own_nothing(made_up: Path) -> None:
    path = made_up / FILES["libraries"]
    roster, known = read_roster(path), read_libraries(path)
    assert roster.players.to_pylist() == known.players["player_id"].tolist()
    assert {p: sorted(g) for p, g in libraries(roster).items() if g} == {
        player: sorted(part["game_id"]) for player, part in known.owned.groupby("player_id")
    }
    assert any(not games for games in libraries(roster).values())


def test_a_players_lines_are_united_and_numbers_of_ids_taken_as_digits(tmp_path: Path) -> None:
    lines = ['{"player_id": 7, "games": [10, "10", 620]}', "", '{"player_id": "8", "games": []}']
    lines += ['{"player_id": "7", "games": ["30"], "more": 1}']
    roster = read_roster(write(tmp_path / "p.jsonl", "\n".join(lines)))
    assert libraries(roster) == {"7": ["10", "620", "30"], "8": []}
    (tally,) = roster.tallies
    assert (tally.read, tally.kept, tally.unreadable, tally.balances) == (4, 2, 0, True)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("nonsense", "this is not JSON"),
        ("[" * 100_000, "this is not JSON"),
        ("[1]", 'this is no object with "player_id" and "games"'),
        ('{"player_id": "7"}', "this is no object"),
        ('{"player_id": "7", "games": "10"}', '"games" is no list'),
        ('{"player_id": "7", "games": [10.0]}', "game_id: 10.0 has decimals"),
        ('{"player_id": "7", "games": [null]}', "game_id: None is not text"),
        ('{"player_id": "7", "games": [[1, 2]]}', "is not text"),
        ('{"player_id": 7.5e16, "games": []}', r"player_id: 7.5e\+16 has decimals"),
        ('{"player_id": " ", "games": []}', "an id is empty"),
        ('{"player_id": "7", "games": [""]}', "an id is empty"),
    ],
)
def test_a_line_that_is_no_player_is_counted_with_its_number_and_reason(tmp_path: Path, line: str, why: str) -> None:
    path = write(tmp_path / "p.jsonl", f'{{"player_id": "7", "games": ["10"]}}\n{line}\n')
    (tally,) = read_roster(path, max_reject_share=0.5).tallies
    (reject,) = tally.rejects
    assert reject.line == 2
    with pytest.raises(Problem, match=f"1 of 2 lines can't be read .*; first, line 2, .*{why}.* MAX_REJECT_SHARE"):
        read_roster(path)


def test_rows_of_a_csv_that_are_none_are_counted_with_their_numbers(tmp_path: Path) -> None:
    lines = [
        "player_id,game_id,minutes_total",
        "7,10,5",
        "7",
        "7,,5",
        "",
        "7,20,",
        "7.0,20,5",
        "7,7.6E+16,5",
        "8,30,-1",
    ]
    lines += ["8,30,nan", "8,40,1.5", "9,50,1,2"]
    roster = read_roster(write(tmp_path / "p.csv", "\n".join(lines) + "\n"), max_reject_share=1)
    assert libraries(roster) == {"7": ["10", "20"], "8": ["40"]}
    (tally,) = roster.tallies
    assert tally.balances
    assert sorted((one.line, one.why) for one in tally.rejects) == [
        (3, "1 values in 3 columns"),
        (4, "game_id is empty"),
        (7, "player_id has decimals: digits of it are lost"),
        (8, "game_id has decimals: digits of it are lost"),
        (9, "minutes_total is not a number of minutes"),
        (10, "minutes_total is not a number of minutes"),
        (12, "4 values in 3 columns"),
    ]


def test_a_table_of_ids_that_lost_digits_is_refused_at_once_with_all_of_them_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", "player_id,game_id\n" + "7,20.0\n" * 5000)
    with pytest.raises(Problem, match=r"5,000 of 5,000 lines can't be read .* line 2, game_id has decimals"):
        read_roster(path)
    roster = read_roster(path, max_reject_share=1)
    assert len(roster.player) == 0
    assert roster.tallies[0].balances


def test_names_of_players_may_look_like_numbers(tmp_path: Path) -> None:
    names = ["12e4", "3.14", "1,5", "007"]
    path = write(tmp_path / "p.jsonl", "".join(json.dumps({"player_id": n, "games": ["1"]}) + "\n" for n in names))
    assert list(libraries(read_roster(path))) == names
    pd.DataFrame({"player_id": names, "game_id": "1"}).to_parquet(tmp_path / "p.parquet")
    assert list(libraries(read_roster(tmp_path / "p.parquet"))) == names


def test_rows_of_a_parquet_that_are_none_are_counted(tmp_path: Path) -> None:
    table = pd.DataFrame({"player_id": ["7", None, "7", "7"], "game_id": ["10", "20", "", "30"]})
    table.assign(minutes_total=[1.0, 2.0, 3.0, -1.0]).to_parquet(tmp_path / "p.parquet")
    roster = read_roster(tmp_path / "p.parquet", max_reject_share=1)
    assert libraries(roster) == {"7": ["10"]}
    assert sorted((one.line, one.why.split()[0]) for one in roster.tallies[0].rejects) == [
        (2, "player_id"),
        (3, "game_id"),
        (4, "minutes_total"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("p.txt", "", "this is no file of players by its name"),
        ("p.json", "{}", r"Bring one that ends in \.json\.gz"),
        ("missing.csv", None, "there is no such file"),
        ("p.csv", "", "can't be read as .csv"),
        ("p.csv", "player_id,game_id\n", "the table holds no row"),
        ("p.csv", "player,game\n1,2\n", "there is no column player_id or game_id among player, game"),
        ("p.csv", "player_id,game_id\n\udcff,2\n", "can't be read as .csv"),
        ("p.jsonl", "", "the file holds no line"),
        ("p.parquet", "nonsense", "can't be read as .parquet"),
        ("p.csv.gz", b"nonsense", "can't be read as .csv.gz"),
        ("p.jsonl.gz", b"\x1f\x8bnonsense", "truncated or corrupt"),
        ("p.json.gz", b"", "the file holds no line"),
        ("p.json.gz", b"{}\n", "1 of 1 lines can't be read"),
    ],
)
def test_a_file_that_is_none_is_one_sentence(
    tmp_path: Path, name: str, content: str | bytes | None, words: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))
    with pytest.raises(Problem, match=words) as caught:
        read_roster(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("column", "kind", "words"),
    [
        ("game_id", "float64", r"game_id holds numbers with decimals \(double\): digits of ids are lost"),
        ("player_id", "float32", "player_id holds numbers with decimals"),
        ("game_id", "datetime64[ns]", "game_id is neither text nor whole numbers"),
    ],
)
def test_a_column_of_ids_that_are_none_is_refused(tmp_path: Path, column: str, kind: str, words: str) -> None:
    number = "int64" if kind.startswith("date") else kind
    write_parquet(tmp_path / "p.parquet")
    table = pd.read_parquet(tmp_path / "p.parquet")
    table[column] = table[column].astype(number).astype(kind)
    table.to_parquet(tmp_path / "p.parquet")
    with pytest.raises(Problem, match=words):
        read_roster(tmp_path / "p.parquet")
