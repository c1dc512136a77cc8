import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdwise.kickstarter.categories import SUBCATEGORIES, canonical, list_categories, list_parents, parent_of


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("food/cookbooks", "food/cookbooks"),
        ("Comics/Comic Books", "comics/comic books"),
        ("comics/comics", "comics"),
        ("journalism/no subcategory", "journalism"),
        ("technology", "technology"),
        ("nan/digital art", "art/digital art"),
        ("nan/art", "art"),
        ("other/latin", "music/latin"),
        ("dance/architecture", "design/architecture"),
        ("film & video/comedy", "film & video/comedy"),
    ],
)
def test_months_spell_one_category_in_many_ways(told: str, meant: str) -> None:
    assert canonical(told) == meant


def test_a_subcategory_of_several_parents_stays_where_the_month_has_it() -> None:
    assert canonical("other/events") == "other/events"
    assert canonical("theater/comedy") == "theater/comedy"


def test_an_unheard_of_category_is_kept() -> None:
    assert canonical("Gardens/Moss") == "gardens/moss"
    assert parent_of("gardens/moss") == "gardens"


@given(st.sampled_from([f"{p}/{c}" for p, cs in SUBCATEGORIES.items() for c in cs] + list(SUBCATEGORIES)))
def test_a_canonical_slug_is_its_own_canonical_slug(slug: str) -> None:
    assert canonical(slug) == slug
    assert canonical(slug.upper()) == slug


def test_every_category_is_listed_with_what_was_seen_of_it() -> None:
    seen = pd.DataFrame({"category": ["food", "food/vegan", "food/vegan", "gardens/moss"]})
    categories = list_categories(seen)
    counts = categories.set_index("category")["projects"]
    assert counts[counts > 0].to_dict() == {"food": 1, "food/vegan": 2, "gardens/moss": 1}
    assert counts["music/jazz"] == 0
    assert categories["category"].is_monotonic_increasing
    parents = list_parents(categories).set_index("parent_category")
    assert parents.loc["food"].tolist() == [1 + len(SUBCATEGORIES["food"]), 3]
    assert parents.loc["gardens"].tolist() == [1, 1]
    assert parents["categories"].sum() == len(categories)
