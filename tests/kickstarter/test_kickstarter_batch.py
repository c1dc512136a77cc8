"""Chances for a file of drafts: the same as one by one, written whole, and every fault one sentence."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crowdwise.base.layout import Layout
from crowdwise.kickstarter import batch
from crowdwise.kickstarter.draft import Draft
from crowdwise.kickstarter.drafts import EXAMPLE, make_draft
from crowdwise.kickstarter.predictor import Predictor
from project_copy import copy_project, run_make

Run = Callable[..., int]
DRAFTS = (
    EXAMPLE,
    replace(EXAMPLE, name='Soup, "hot"\nand cold', blurb="", goal=10.5, currency="GBP", earlier_successes=0),
    replace(EXAMPLE, name="🎲", blurb="静かな港", category="Games/Puzzles", country="de", duration_days=60),
    replace(EXAMPLE, launched_on=date(2010, 1, 1), duration_days=91, prelaunch_days=0, goal=1e9),
)
HEAD = ",".join(asdict(EXAMPLE))
GOOD = "Soup,A book,food,500,USD,US,2026-03-03,30,21,0,0"


@pytest.fixture(scope="module")
def saved(predictor: Predictor, tmp_path_factory: pytest.TempPathFactory) -> Layout:
    layout = Layout("sample", tmp_path_factory.mktemp("saved"))
    predictor.save(layout.model("kickstarter"), metrics={}, trained_on="a made-up world", deploy=True)
    return layout


@pytest.fixture
def run(saved: Layout, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("CROWDWISE_ROOT", str(saved.root))

    def command(projects: object, out: object, *more: str) -> int:
        return batch.main(["--profile", "sample", "--projects", str(projects), "--out", str(out), *more])

    return command


def write_csv(path: Path, drafts: tuple[Draft, ...] = DRAFTS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, ["project_id", *reversed(asdict(EXAMPLE))])
        rows.writeheader()
        rows.writerows({**asdict(draft), "project_id": f"p{k}"} for k, draft in enumerate(drafts))
    return path


def read(path: Path) -> pd.DataFrame:
    if path.suffix == ".jsonl":
        return pd.DataFrame([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()])
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, keep_default_na=False)


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".jsonl"])
def test_a_file_gives_what_each_draft_gives_alone(run: Run, predictor: Predictor, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"chances{ending}"
    assert run(write_csv(tmp_path / "drafts.csv"), out) == 0
    table = read(out)
    assert table["project_id"].tolist() == ["p0", "p1", "p2", "p3"]
    assert table["line"].tolist() == [2, 4, 5, 6], "the second one's name holds a line's end"
    for row, draft in zip(table.to_dict("records"), DRAFTS, strict=True):
        alone = predictor.predict(draft)
        for name in ("probability", "low", "high", "base_rate"):
            assert row[name] == pytest.approx(getattr(alone, name), abs=1e-12)
        assert {step.feature: pytest.approx(step.points) for step in alone.contributions} == {
            name.removeprefix("points_"): row[name] for name in table if name.startswith("points_")
        }
        assert (row["speaks_of"], row["warning"]) == (alone.speaks_of, alone.warning)
        assert row["notes"] == ". ".join(alone.notes)


def test_json_lines_give_the_same_bytes_as_the_table_does(run: Run, tmp_path: Path) -> None:
    rows = [{**asdict(draft), "launched_on": draft.launched_on.isoformat()} for draft in DRAFTS]
    lines = tmp_path / "drafts.jsonl"
    lines.write_text("".join(json.dumps({**row, "project_id": f"p{k}"}) + "\n" for k, row in enumerate(rows)))
    assert run(lines, tmp_path / "one.csv") == 0
    assert run(write_csv(tmp_path / "drafts.csv"), tmp_path / "two.csv") == 0
    one, two = (read(tmp_path / name).drop(columns="line") for name in ("one.csv", "two.csv"))
    pd.testing.assert_frame_equal(one, two)


def test_many_drafts_are_judged_in_blocks(
    run: Run, predictor: Predictor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = tuple(replace(EXAMPLE, goal=100.0 * (k + 1)) for k in range(50))
    monkeypatch.setattr(batch, "BLOCK", 7)
    assert run(write_csv(tmp_path / "drafts.csv", drafts), tmp_path / "out.parquet") == 0
    alone = [predictor.predict(draft).probability for draft in drafts]
    assert read(tmp_path / "out.parquet")["probability"].tolist() == pytest.approx(alone)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (GOOD.replace("500", "0"), "goal: 0.0 is no amount above 0"),
        (GOOD.replace("500", "much"), "goal: 'much' is no number"),
        (GOOD.replace("500", ""), "goal: it is left out"),
        (GOOD.replace("500", "nan"), "goal: nan is no amount"),
        (GOOD.replace("food", "war"), "category: the model knows no category 'war'"),
        (GOOD.replace("USD", "XAU"), "currency: no month shows a rate"),
        (GOOD.replace("US,2", "Atlantis,2"), "country: 'Atlantis' is no country's code"),
        (GOOD.replace("2026-03-03", "3.3.2026"), "launched_on: '3.3.2026' is no day"),
        (GOOD.replace("2026-03-03", "2007-03-03"), "launched_on: 2007-03-03 is no day since Kickstarter opened"),
        (GOOD.replace(",30,", ",61,"), "duration_days: 61 is not a whole number from 1 to 60"),
        (GOOD.replace(",30,", ",30.5,"), "duration_days: '30.5' is no whole number"),
        (GOOD.replace(",0,0", ",1,2"), "earlier_successes: 2 is not a whole number from 0 to 1"),
        (GOOD.replace("Soup", "x" * 10_001), "name: it has 10,001 characters"),
        ("one,two", "it has 2 cells, not 11"),
    ],
)
def test_a_draft_that_cannot_be_is_counted_with_its_line_and_reason(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, words: str
) -> None:
    file, out = tmp_path / "drafts.csv", tmp_path / "out.csv"
    file.write_text("\n".join([HEAD, GOOD, row, GOOD]))
    assert run(file, out) == 1
    said = capsys.readouterr().err
    assert f"1 of 3 drafts can't be judged, more than 0.001 of them; first on line 3: {words}" in said
    assert len(said.splitlines()) == 1
    assert not out.exists()
    assert run(file, out, "--max-reject-share", "0.4") == 0
    said = capsys.readouterr().err
    assert "drafts.csv, line 3 was left out: " in said
    assert "1 drafts left out, 2 rows" in said
    assert read(out)["line"].tolist() == [2, 4]


@pytest.mark.parametrize("line", ["{", "[1]", "7", '{"name": 3}', json.dumps({"name": "Soup"}), "null"])
def test_a_line_that_is_no_draft_is_counted(run: Run, tmp_path: Path, line: str) -> None:
    good = json.dumps({**asdict(EXAMPLE), "launched_on": "2026-03-03"})
    (tmp_path / "d.jsonl").write_text(f"{good}\n\n{line}\n")
    assert run(tmp_path / "d.jsonl", tmp_path / "o.jsonl") == 1
    assert run(tmp_path / "d.jsonl", tmp_path / "o.jsonl", "--max-reject-share", "0.5") == 0
    assert read(tmp_path / "o.jsonl")["line"].tolist() == [1]


@pytest.mark.parametrize(
    ("name", "text", "out", "words"),
    [
        ("d.csv", "", "o.csv", "there is no column name, category"),
        ("d.csv", HEAD, "o.csv", "it holds no draft"),
        ("d.csv", HEAD.replace("goal,", ""), "o.csv", "there is no column goal"),
        ("d.csv", f"{HEAD},goal\n{GOOD},5", "o.csv", "two columns have one name"),
        ("d.csv", f'{HEAD}\n"{GOOD}', "o.csv", "this can't be read"),
        ("d.csv", f"{HEAD}\n{GOOD}", "o.xlsx", ".xlsx is no form of table"),
        ("d.csv", f"{HEAD}\n{GOOD}", "d.csv", "this is the file of drafts itself"),
        ("d.csv", f"{HEAD}\n{GOOD}", "", "OUT names no file"),
        ("d.xlsx", "x", "o.csv", "no file of drafts by its name"),
        ("", "", "o.csv", "PROJECTS names no file"),
    ],
)
def test_a_fault_is_one_sentence_and_nothing_is_written(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, out: str, words: str
) -> None:
    if name:
        (tmp_path / name).write_text(text)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert run(*(part and tmp_path / part for part in (name, out))) == 1
    said = capsys.readouterr().err
    assert words in said
    assert len(said.splitlines()) == 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_missing_file_or_one_in_another_coding_is_a_problem(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "no.csv", tmp_path / "o.csv") == 1
    assert "there is no such file" in capsys.readouterr().err
    (tmp_path / "d.csv").write_bytes(f"{HEAD}\nSüppe,{GOOD}".encode("utf-16"))
    assert run(tmp_path / "d.csv", tmp_path / "o.csv") == 1
    assert "this can't be read" in capsys.readouterr().err


def test_columns_that_are_not_looked_at_are_named(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "d.csv").write_text(f"{HEAD},colour\n{GOOD},red\n")
    assert run(tmp_path / "d.csv", tmp_path / "o.csv") == 0
    assert "d.csv: not looked at: colour" in capsys.readouterr().err


def test_what_may_be_left_out_is_taken_as_nothing() -> None:
    row: dict[str, Any] = {**asdict(EXAMPLE), "launched_on": "2026-03-03", "blurb": " ", "earlier_projects": None}
    del row["earlier_successes"]
    draft = make_draft(row, ["name", "country"])
    assert (draft.blurb, draft.earlier_projects, draft.earlier_successes) == ("", 0, 0)


def test_the_template_is_a_file_that_can_be_judged(
    run: Run, predictor: Predictor, tmp_path: Path, capsys: pytest.CaptureFixture[str], root: Path
) -> None:
    assert batch.main(["--template"]) == 0
    text = capsys.readouterr().out
    (tmp_path / "d.csv").write_text(text)
    assert run(tmp_path / "d.csv", tmp_path / "o.csv") == 0
    assert read(tmp_path / "o.csv")["probability"].tolist() == pytest.approx([predictor.predict(EXAMPLE).probability])
    readme = (root / "README.md").read_text()
    assert all(f"    {line}\n" in readme for line in text.splitlines()), "the README shows the template"


@pytest.mark.slow
def test_make_predicts(saved: Layout, tmp_path: Path) -> None:
    folder = copy_project(tmp_path / "crowdwise")
    (folder / "data" / "sample" / "kickstarter").mkdir(parents=True)
    (folder / "data" / "sample" / "kickstarter" / "model").symlink_to(saved.model("kickstarter"))
    out = tmp_path / "with space" / "chances.csv"
    made = run_make(folder, "predict", f"PROJECTS={write_csv(tmp_path / 'drafts.csv')}", f"OUT={out}")
    assert made.returncode == 0, made.stderr
    assert len(read(out)) == 4
    assert "4 drafts" in made.stderr
