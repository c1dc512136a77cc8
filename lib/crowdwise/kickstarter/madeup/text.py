"""What made-up projects are called and say."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from crowdwise.kickstarter.categories import parent_of
from crowdwise.kickstarter.madeup.words import ADJECTIVES, EMOJI, NOUNS, PLACES, SHAPES, THINGS, TONES


def write_texts(population: pd.DataFrame, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Give each project's name and blurb, made of what it is about and how it is spoken of."""
    size = len(population)
    pick = {
        name: rng.integers(0, count, size)
        for name, count in (
            *(("adjective", len(ADJECTIVES)), ("noun", len(NOUNS)), ("place", len(PLACES)), ("shape", len(SHAPES))),
            *(("thing", 6), ("form", 12)),
        )
    }
    names, blurbs = [], []
    facts = zip(population["category"], population["tone"], population["second"], strict=True)
    for k, (category, tone, second) in enumerate(facts):
        thing = THINGS[parent_of(category)][pick["thing"][k]]
        adjective, noun = ADJECTIVES[pick["adjective"][k]], NOUNS[pick["noun"][k]]
        names.append(_name(int(pick["form"][k]), adjective, noun, thing, k))
        one, two = TONES[tone][0], TONES[second][0]
        words = {"thing": thing, "noun": noun.lower(), "place": PLACES[pick["place"][k]], "tone": one, "second": two}
        words |= {"Tone": one[0].upper() + one[1:], "Second": two[0].upper() + two[1:]}
        blurbs.append(SHAPES[pick["shape"][k]].format(**words)[:150])
    return names, blurbs


def slug_of(name: str) -> str:
    """Give a name's form in an address: lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:50] or "project"


def _name(form: int, adjective: str, noun: str, thing: str, number: int) -> str:
    title = f"{adjective} {noun}"
    if form == 0:
        return f"{title.upper()}!"
    if form == 1:
        return f'"{title}" - {thing.title()}'
    if form == 2:
        return f"{title} {EMOJI[number % len(EMOJI)]} {thing}"
    if form == 3:
        return f"{title}: Volume {number % 4 + 1}"
    return f"{title} - a {thing}" if form < 8 else f"The {title}"
