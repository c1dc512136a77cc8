"""Which months are new, and how they are pinned in a parameter file."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.refresh.arrivals import Offer, choose_new, list_offers
from crowdwise.kickstarter.refresh.pins import pin_months
from crowdwise.storage.fetch import Fetched
from web_server import Web

START = "Kickstarter_2018-01-12T10_20_09_196Z"
NEXT = "Kickstarter_2018-02-15T03_20_44_743Z"
BEFORE = "Kickstarter_2017-12-15T10_20_51_610Z"


def offer(name: str) -> Offer:
    return Offer(name, f"/x/{name}", name[12:22] if name.startswith("Kickstarter") else "unknown")


def fetched(url: str) -> Fetched:
    return Fetched(url.rpartition("/")[2], Path("x"), url, 12, "0e1" + "0" * 29, "f" * 64)


def test_only_months_are_taken_from_a_page_and_json_before_csv(web: Web) -> None:
    names = [f"{NEXT}.zip", f"{START}.json.gz", f"{START}.zip", "Kickstarter_2018.json.gz", f"{NEXT}.json.gz"]
    links = "".join(f'<a href="/k/{name}">x</a>' for name in names)
    others = f'<a href="/indiegogo.zip">y</a><a href="/k/{BEFORE}.zip">csv alone</a><a href="{START}.json.gz.md5">z</a>'
    web.serve("p", (links + others).encode(), kind="text/html")
    found = list_offers("published", web.url("p"))
    assert [o.name for o in found] == [f"{BEFORE}.zip", f"{START}.json.gz", f"{NEXT}.json.gz"]
    assert [o.date for o in found] == ["2017-12-15", "2018-01-12", "2018-02-15"]
    assert found[1].origin == web.url(f"k/{START}.json.gz")


def test_new_is_later_than_the_newest_held_in_any_form() -> None:
    offers = [offer(f"{name}.json.gz") for name in (BEFORE, START, NEXT)]
    choice = choose_new(offers, [f"{START}.zip"])
    assert [o.name for o in choice.chosen] == [f"{NEXT}.json.gz"]
    assert (choice.waiting, choice.after) == (0, "2018-01-12")
    assert choose_new(offers, [f"{START}.json.gz", f"{NEXT}.zip"]).chosen == ()


def test_since_asks_for_earlier_ones_and_most_says_how_many() -> None:
    offers = [offer(f"{name}.json.gz") for name in (BEFORE, START, NEXT)]
    held = [f"{START}.json.gz"]
    assert [o.date for o in choose_new(offers, held, since="2017-12-15", most=5).chosen] == ["2017-12-15", "2018-02-15"]
    one = choose_new(offers, held, since="2017")
    assert ([o.date for o in one.chosen], one.waiting) == (["2017-12-15"], 1)


def test_a_file_without_a_date_is_counted() -> None:
    assert choose_new([offer("sample.json.gz")], [f"{START}.zip"]).undated == 1


@pytest.mark.parametrize("settings", [{"since": "soon"}, {"since": "2018-1"}, {"most": 0}])
def test_settings_that_mean_nothing_are_problems(settings: dict[str, object]) -> None:
    with pytest.raises(Problem, match=r"is no date|is below 1"):
        choose_new([], [], **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "months",
    [
        "  months:\n    - {url: https://a.example/a.gz, size: null, md5: null}\n    # a note\n",
        "  months: # those we hold\n    - url: https://a.example/a.gz\n      size: 3\n",
        "  months:\n  - {url: https://a.example/a.gz}\n",
        "  months: []\n",
        "  months: [ ] # none yet\n",
    ],
)
def test_a_month_is_pinned_once_and_the_rest_stays(tmp_path: Path, months: str) -> None:
    path = tmp_path / "kickstarter.yaml"
    text = f"# First\nacquire:\n  source: published\n{months}  seed: 1 # the seed\n\nmodel:\n  months: [7]\n"
    path.write_text(text)
    before = yaml.safe_load(text)
    assert pin_months(path, [fetched("https://b.example/b.gz"), fetched("https://c.example/c.gz")]) == 2
    after = yaml.safe_load(path.read_text())
    assert after["acquire"]["months"][-2:] == [
        {"url": f"https://{x}.example/{x}.gz", "size": 12, "md5": "0e1" + "0" * 29} for x in "bc"
    ]
    assert after["acquire"]["months"][:-2] == before["acquire"]["months"]
    assert {k: v for k, v in after["acquire"].items() if k != "months"} == {"source": "published", "seed": 1}
    assert after["model"] == {"months": [7]}
    for note in ("# First", "# the seed", *(x for x in ("# a note", "# those we hold", "# none yet") if x in months)):
        assert note in path.read_text()
    kept = path.read_bytes()
    assert pin_months(path, [fetched("https://b.example/b.gz")]) == 0
    assert path.read_bytes() == kept


@pytest.mark.parametrize(
    "text",
    [
        "acquire:\n  source: published\n",
        "acquire: 3\n",
        "acquire: {months: [{url: a}]}\n",
        "acquire:\n  months: [{url: a}]\n",
        "acquire:\n  months: 4\n",
        "acquire: {months: [{url: a}]}\nmodel:\n  months:\n    - {url: z}\n",
        "a: [\n",
    ],
)
def test_a_file_that_can_not_be_added_to_is_a_problem_and_stays(tmp_path: Path, text: str) -> None:
    path = tmp_path / "kickstarter.yaml"
    path.write_text(text)
    with pytest.raises(Problem, match="months"):
        pin_months(path, [fetched("https://b.example/b.gz")])
    assert path.read_text() == text
