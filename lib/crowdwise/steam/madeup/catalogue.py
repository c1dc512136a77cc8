"""The made-up ``steam_games``: one line an app that the store lists, as Python 2 printed it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from crowdwise.base.seeds import generator
from crowdwise.steam.madeup.literals import gzip_lines, python2
from crowdwise.steam.madeup.words import studio_names
from crowdwise.steam.madeup.world import GENRES, SOFTWARE, TAGS, World

FREE = (
    *(("Free",) * 45 + ("Free to Play",) * 26 + ("Free To Play",) * 23),
    *("Free Mod", "Free Demo", "Play for Free!", "Play Now", "Install Now", "Free to Try", "Free Movie", "Free to Use"),
    *("Play the Demo", "Install Theme"),
)
NO_PRICE = ("Starting at $499.00", "Third-party", "Starting at $449.00")
VAGUE = (
    *("Soon..", "Coming Soon", "TBA", "When it's done", "14 July", "SOON™", "Coming Soon/Próximamente", "即将推出"),
    *(
        "Jun 2009",
        "Aug 2014",
        "October 2017",
        "Январь 2018",
        "2018年1月",
        "Q2 2017",
        "First quarter of 2018",
        "2017 Q4",
    ),
    *("2017", "2018", "Winter 2017", "TBA 2017", "Early 2018", "H2 2018", "Late 2016 - Early 2017", "21 Jun, 2017"),
)
SENTIMENTS = ("Mixed", "Very Positive", "Positive", "Mostly Positive", "3 user reviews", "Mostly Negative")
SPECS = ("Single-player", "Multi-player", "Steam Achievements", "Steam Trading Cards", "Full controller support")


def write_catalogue(path: Path, world: World, seed: int) -> int:
    """Write the catalogue, and give its number of lines.

    Flaws: apps that are owned but not listed, lines without an id, an id that stands twice, prices that are missing or
    text, dates that are missing or none, missing publishers, genres and names, ``NA`` metascores, HTML entities.
    """
    rng = generator(seed, "steam", "madeup", "catalogue")
    apps = rng.permutation(np.flatnonzero(world.listed))
    lines = [_line(app, world, rng) for app in apps]
    studios = studio_names(max(20, len(apps) // 4), rng)
    for line, studio in zip(lines, rng.integers(0, len(studios), len(lines)), strict=True):
        line["publisher"] = line["developer"] = studios[studio]
    _spoil(lines, world, rng)
    with gzip_lines(path) as out:
        for line in lines:
            ordered = {key: line[key] for key in KEYS if key in line}
            out.write(python2(ordered).encode("ascii") + b"\n")
    return len(lines)


KEYS = (
    *("publisher", "genres", "app_name", "sentiment", "title", "url", "release_date", "tags", "discount_price"),
    *("reviews_url", "specs", "price", "metascore", "early_access", "id", "developer"),
)


def _line(app: int, world: World, rng: np.random.Generator) -> dict[str, Any]:
    name, app_id = world.names[app], str(world.ids[app])
    genres = [genre for genre, has in zip(GENRES, world.genres[app], strict=True) if has]
    if world.software[app] >= 0:
        genres = [SOFTWARE[world.software[app]]]
    tags = genres + [tag for tag, loading in zip(TAGS, world.taste[app, len(GENRES) :], strict=True) if loading > 0.35]
    days = int(365.25 * 12 * rng.beta(4.0, 1.3))
    specs = [spec for spec, draw in zip(SPECS, rng.random(len(SPECS)), strict=True) if draw < 0.5] or ["Single-player"]
    if name.endswith(" Demo"):
        specs.append("Game demo")
    if world.beside[app] and name.endswith("Soundtrack"):
        specs.append("Downloadable Content")
    line: dict[str, Any] = {
        "genres": genres,
        "app_name": name,
        "sentiment": SENTIMENTS[int(rng.integers(len(SENTIMENTS)))],
        "title": name,
        "url": f"http://store.steampowered.com/app/{app_id}/_/",
        "release_date": str(np.datetime64("2006-01-01") + days),
        "tags": tags,
        "reviews_url": f"http://steamcommunity.com/app/{app_id}/reviews/?browsefilter=mostrecent&p=1",
        "specs": specs,
        "price": float(world.price[app]),
        "early_access": bool(rng.random() < 0.05),
        "id": app_id,
    }
    if rng.random() < 0.08:
        line["metascore"] = int(np.clip(rng.normal(72, 11), 20, 97))
    if rng.random() < 0.007 and line["price"] > 1:
        line["discount_price"] = round(line["price"] * 0.75, 2)
    return line


def _spoil(lines: list[dict[str, Any]], world: World, rng: np.random.Generator) -> None:
    n = len(lines)

    def some(rate: float) -> list[int]:
        return rng.choice(n, world.flaws(rate, n), replace=False).tolist()

    if world.clean:
        return
    for line in lines:
        if line["price"] == 0.0:
            line["price"] = FREE[int(rng.integers(len(FREE)))]
        line["genres"] = [genre.replace("&", "&amp;") for genre in line["genres"]]
        line["title"] = line["title"].replace("&", "&amp;")
        line["developer"] = line["developer"].replace("&", "&amp;")
    for key, rate in (("publisher", 0.25), ("genres", 0.1), ("developer", 0.1), ("sentiment", 0.22), ("tags", 0.005)):
        for k in some(rate):
            del lines[k][key]
    for k in some(0.04):
        del lines[k]["price"]
    for number, k in enumerate(some(0.0003)):
        lines[k]["price"] = NO_PRICE[number % len(NO_PRICE)]
    for k in some(0.064):
        lines[k].pop("release_date", None)
    for number, k in enumerate(some(0.009)):
        lines[k]["release_date"] = VAGUE[number % len(VAGUE)]
    for k in some(0.0022):
        lines[k]["metascore"] = "NA"
    for k in some(0.064):
        lines[k].pop("title", None)
    nameless, bare, twice = rng.choice(n, 3, replace=False).tolist()
    lines[nameless].pop("app_name")
    lines[nameless].pop("title", None)
    lines[bare].pop("id")
    lines.append(dict(lines[twice]))
    lines.insert(n // 2, {"url": "http://store.steampowered.com/", "price": 19.99, "early_access": False})
