"""Invented names for games, studios and people, with the quotes, entities and scripts that real ones have."""

from __future__ import annotations

import numpy as np

FIRST = (
    *("Ashen", "Brindle", "Copper", "Distant", "Ember", "Fallow", "Gilded", "Hollow", "Iron", "Juniper", "Kindled"),
    *("Lantern", "Marrow", "Nettle", "Obsidian", "Paper", "Quiet", "Rusted", "Saffron", "Tidal", "Umber", "Velvet"),
    *("Wandering", "Amber", "Broken", "Crooked", "Drowned", "Electric", "Feral", "Ghostly", "Hidden", "Infinite"),
)
SECOND = (
    *("Archive", "Beacon", "Causeway", "Dominion", "Engine", "Frontier", "Garrison", "Harbour", "Island", "Junction"),
    *("Kingdom", "Lighthouse", "Machine", "Nebula", "Orchard", "Parade", "Quarry", "Railway", "Siege", "Tavern"),
    *("Uprising", "Voyage", "Workshop Town", "Battalion", "Circuit", "Dynasty", "Expedition", "Foundry", "Gambit"),
)
ONSET = ("Va", "Ke", "Tho", "Mi", "Zar", "Lo", "Bre", "Qui", "Fen", "Dra", "Sel", "Um", "Ory", "Hal", "Nim", "Pra")
MIDDLE = ("ra", "li", "mo", "den", "thi", "ka", "vor", "ne", "su", "gra", "")
CODA = ("ndel", "moor", "thys", "rak", "lune", "vex", "dor", "mire", "quill", "stead", "nox", "bri")
OTHER_SCRIPTS = (
    *("Кузница бурь", "Тихая гавань", "星の庭", "夜行列車の歌", "铁与雾", "유리 정원", "Ärger am Südtor"),
    *("L'Été brûlé", "Żelazny młyn", "Ελαφρύς άνεμος", "مرفأ الرمل", "Señor Núñez"),
)
SUBTITLES = ("Last Light", "The Long Winter", "Reckoning", "Origins", "Homecoming", "Under Siege", "New Dawn", "Echoes")
PEOPLE = ("quiet", "turbo", "lemon", "mister", "captain", "nova", "pixel", "grumpy", "silver", "muffin", "delta", "owl")
VERDICTS = (
    *("Can't stop playing.", 'The "tutorial" alone is worth it.', "It's fine, I guess", "10/10 would crash again"),
    *("Too short\tfor the price", "Отличная игра!", "very good\\bad port", "★★★★☆", 'Don\'t buy it: "bugs" & more'),
    *("Beautiful art.\nDull fights.", "面白い", "My friends & I play it each night", ""),
)
NUMERALS = ("", " II", " III", " IV", " V")


def game_names(n: int, rng: np.random.Generator, *, plain: bool = False) -> list[str]:
    """Give `n` different names of games; `plain` ones keep to letters, spaces and colons."""
    taken: set[str] = set()
    names: list[str] = []
    while len(names) < n:
        name = _game(rng, plain)
        if name in taken:
            name = f"{name}: {_proper(rng)}"
        if name not in taken:
            taken.add(name)
            names.append(name)
    return names


def studio_names(n: int, rng: np.random.Generator) -> list[str]:
    """Give `n` names of studios, some with an ampersand or a comma in them."""
    ends = ("Games", "Studio", "Interactive", "Works", "Entertainment, Inc.", "& Söhne", "Softworks", "Collective")
    return [f"{_proper(rng)} {ends[int(rng.integers(len(ends)))]}" for _ in range(n)]


def vanity_name(rng: np.random.Generator) -> str:
    """Give a name as people choose for their profile's address."""
    word = PEOPLE[int(rng.integers(len(PEOPLE)))] + PEOPLE[int(rng.integers(len(PEOPLE)))]
    return f"{word}{int(rng.integers(10, 99_999))}"


def _proper(rng: np.random.Generator) -> str:
    return "".join(parts[int(rng.integers(len(parts)))] for parts in (ONSET, MIDDLE, CODA))


def _game(rng: np.random.Generator, plain: bool) -> str:
    first, second = FIRST[int(rng.integers(len(FIRST)))], SECOND[int(rng.integers(len(SECOND)))]
    proper = _proper(rng)
    form = int(rng.integers(100))
    if plain or form < 30:
        return f"{proper}: {first} {second}"
    if form < 55:
        return f"{first} {second}"
    if form < 67:
        return f"{proper}'s {second}"
    if form < 76:
        return f"{first} {second}: {proper}"
    if form < 82:
        return f"{proper} & {_proper(rng)}"
    if form < 87:
        return f'The "{first}" {second}'
    if form < 91:
        return f"{proper}\\{second}"
    if form < 94:
        return f"{proper}™ {second}®"
    if form < 96:
        return f'{proper}\'s "{first}" {second}'
    if form < 98:
        return f"{first} {second}\xa0- {proper}"
    return f"{OTHER_SCRIPTS[int(rng.integers(len(OTHER_SCRIPTS)))]} {proper}"
