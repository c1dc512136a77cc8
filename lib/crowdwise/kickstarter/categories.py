"""Kickstarter's categories: one spelling for each, whatever a month calls it.

A category's canonical slug is ``parent/sub-category`` in lower case, as in ``food/cookbooks``; a project filed under a
parent alone has the parent's name for its slug, as in ``food``.
"""

from __future__ import annotations

import pandas as pd

SUBCATEGORIES: dict[str, tuple[str, ...]] = {
    "art": (
        *("ceramics", "conceptual art", "digital art", "illustration", "installations", "mixed media", "painting"),
        *("performance art", "public art", "sculpture", "social practice", "textiles", "video art"),
    ),
    "comics": ("anthologies", "comic books", "events", "graphic novels", "webcomics"),
    "crafts": (
        *("candles", "crochet", "diy", "embroidery", "glass", "knitting", "pottery", "printing", "quilts"),
        *("stationery", "taxidermy", "weaving", "woodworking"),
    ),
    "dance": ("performances", "residencies", "spaces", "workshops"),
    "design": (
        *("architecture", "civic design", "graphic design", "interactive design", "product design", "toys"),
        "typography",
    ),
    "fashion": (
        *("accessories", "apparel", "childrenswear", "couture", "footwear", "jewelry", "pet fashion"),
        "ready-to-wear",
    ),
    "film & video": (
        *("action", "animation", "comedy", "documentary", "drama", "experimental", "family", "fantasy", "festivals"),
        *("horror", "movie theaters", "music videos", "narrative film", "romance", "science fiction", "shorts"),
        *("television", "thrillers", "webseries"),
    ),
    "food": (
        *("bacon", "community gardens", "cookbooks", "drinks", "events", "farmer's markets", "farms", "food trucks"),
        *("restaurants", "small batch", "spaces", "vegan"),
    ),
    "games": (
        *("gaming hardware", "live games", "mobile games", "playing cards", "puzzles", "tabletop games"),
        "video games",
    ),
    "journalism": ("audio", "photo", "print", "video", "web"),
    "music": (
        *("blues", "chiptune", "classical music", "comedy", "country & folk", "electronic music", "faith", "hip-hop"),
        *("indie rock", "jazz", "kids", "latin", "metal", "pop", "punk", "r&b", "rock", "world music"),
    ),
    "photography": ("animals", "fine art", "nature", "people", "photobooks", "places"),
    "publishing": (
        *("academic", "anthologies", "art books", "calendars", "children's books", "comedy", "fiction", "letterpress"),
        *("literary journals", "literary spaces", "nonfiction", "periodicals", "poetry", "radio & podcasts"),
        *("translations", "young adult", "zines"),
    ),
    "technology": (
        *("3d printing", "apps", "camera equipment", "diy electronics", "fabrication tools", "flight", "gadgets"),
        *("hardware", "makerspaces", "robots", "software", "sound", "space exploration", "wearables", "web"),
    ),
    "theater": ("comedy", "experimental", "festivals", "immersive", "musical", "plays", "spaces"),
}

_PARENTS_OF: dict[str, list[str]] = {}
for _parent, _children in SUBCATEGORIES.items():
    for _child in _children:
        _PARENTS_OF.setdefault(_child, []).append(_parent)


def canonical(slug: str) -> str:
    """Give the canonical slug of a category.

    Months differ: ``Comics/Comics``, ``comics/no subcategory`` and ``comics`` are one category; a month whose table of
    parents was incomplete says ``nan/digital art``, ``other/latin`` or ``dance/architecture``. A sub-category that
    stands under just one parent is put there; where two could be meant, the month's word stands.

    Parameters
    ----------
    slug : str
        As the month has it, as in ``"Comics/Comic Books"``.

    Returns
    -------
    str
        In lower case, as in ``"comics/comic books"``.
    """
    parent, _, child = (part.strip() for part in slug.strip().lower().partition("/"))
    if child in ("", "no subcategory", parent):
        return parent
    if child in SUBCATEGORIES and parent not in SUBCATEGORIES:
        return child
    if child in SUBCATEGORIES.get(parent, ()):
        return f"{parent}/{child}"
    homes = _PARENTS_OF.get(child, [])
    return f"{homes[0] if len(homes) == 1 else parent}/{child}"


def parent_of(category: str) -> str:
    """Give the parent of a canonical slug: what stands before its ``/``."""
    return category.partition("/")[0]


def list_categories(projects: pd.DataFrame) -> pd.DataFrame:
    """Give every category there is, seen or not: ``category, parent_category, projects``, in order.

    Those of Kickstarter's own table stand in it with 0 projects where none was seen; a category that only the data
    knows stands in it as the data has it.

    Parameters
    ----------
    projects : DataFrame
        With ``category``.
    """
    known = dict.fromkeys(SUBCATEGORIES, 0)
    known |= {f"{parent}/{child}": 0 for parent, children in SUBCATEGORIES.items() for child in children}
    seen = {str(name): int(n) for name, n in projects["category"].value_counts().items()}
    rows = [(name, parent_of(name), n) for name, n in sorted((known | seen).items())]
    return pd.DataFrame(rows, columns=["category", "parent_category", "projects"])


def list_parents(categories: pd.DataFrame) -> pd.DataFrame:
    """Give the parents of categories: ``parent_category``, how many ``categories`` each has, and their ``projects``."""
    found = categories.groupby("parent_category", sort=True)["projects"].agg(["size", "sum"]).reset_index()
    return found.set_axis(["parent_category", "categories", "projects"], axis=1)
