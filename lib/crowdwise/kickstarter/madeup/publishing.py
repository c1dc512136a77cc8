"""Made-up projects as the publisher's records, one dictionary an observation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crowdwise.kickstarter.categories import SUBCATEGORIES, parent_of
from crowdwise.kickstarter.madeup.population import CRAWLS, DAY
from crowdwise.kickstarter.madeup.text import slug_of, write_texts

LATE = 60 * DAY
_NAMED = {"US": "the United States", "GB": "the United Kingdom", "CA": "Canada", "AU": "Australia", "DE": "Germany"} | {
    **{"FR": "France", "MX": "Mexico", "JP": "Japan", "SE": "Sweden"}
}
_CATEGORY_IDS = {
    slug: k
    for k, slug in enumerate(
        (f"{parent}/{child}" if child else parent for parent, subs in SUBCATEGORIES.items() for child in ("", *subs)),
        start=1,
    )
}


def publish(population: pd.DataFrame, rng: np.random.Generator, *, all_states: bool) -> pd.DataFrame:
    """Add what only the site knows: ids, texts, money, the course of the campaign, and which months hold the project.

    Adds ``id, name, blurb, final`` (state in the end), ``pledged`` (in the currency), ``backers, staff_pick, place,
    in_first, in_second`` (whether the first and the second month hold it).
    """
    size, table = len(population), population.copy()
    table["id"] = np.sort(rng.choice(2**31 - 20_000, size, replace=False))[rng.permutation(size)] + 10_000
    table["creator_id"] = _creator_ids(table["creator"].to_numpy(), rng)
    table["name"], table["blurb"] = write_texts(table, rng)
    success = table["success"].to_numpy()
    over = 1 + np.where(rng.random(size) < 0.7, rng.exponential(0.25, size), rng.pareto(1.6, size))
    # All or nothing: few projects end between a third and the whole of their goal.
    short = np.where(rng.random(size) < 0.15, 0.0, rng.beta(0.45, 4.0, size) * 0.96)
    table["pledged"] = np.round(table["goal"] * np.where(success, over, short), 2)
    worth = table["pledged"] * table["rate"]
    table["backers"] = np.where(worth > 0, np.maximum(1, worth / np.exp(rng.normal(4.1, 0.5, size))), 0).astype(int)
    draw = rng.random(size)
    table["final"] = np.where(success, "successful", "failed")
    if all_states:
        gave_up = ~success & (draw < 0.06)
        table["final"] = np.where(gave_up, "canceled", np.where(draw > 0.997, "suspended", table["final"]))
    table["staff_pick"] = rng.random(size) < np.where(success, 0.22, 0.04)
    table["place"] = rng.integers(2_000_000, 2_600_000, size)
    first_day = int(CRAWLS[0].timestamp())
    early = (table["launched"] < first_day) & (table["country"] == "US")
    table["in_first"] = early & (rng.random(size) < 0.9)
    live_then = table["in_first"] & (table["deadline"] > first_day)
    table["in_second"] = ~table["in_first"] | (rng.random(size) < np.where(live_then, 0.7, 0.08))
    if not all_states:  # without flaws no month holds an unfinished project
        table["in_second"] |= live_then
        table["in_first"] &= ~live_then
        last = int(CRAWLS[1].timestamp())
        table["in_second"] |= ~table["in_first"] & (table["deadline"] > last)
    return table


def first_month(row: Any, run: str) -> dict[str, Any]:
    """Give a project as the first crawl shows it: dates to the day, no staff pick, with creator and place."""
    crawl = int(CRAWLS[0].timestamp())
    launched, deadline = row.launched // DAY * DAY, row.deadline // DAY * DAY
    data = _common(row, crawl, launched, deadline)
    data |= {"created_at": row.created // DAY * DAY, "staff_pick": None}
    data["state_changed_at"] = data["state_changed_at"] // DAY * DAY
    data["location"] = {"id": row.place, "state": "OR", "country": row.country}
    return {"table_id": "Kickstarter", "robot_id": "Kickstarter", "run_id": run, "data": data}


def second_month(row: Any, run: str) -> dict[str, Any]:
    """Give a project as the second crawl shows it: exact times, staff picks, the fields that came late, no place."""
    crawl = int(CRAWLS[1].timestamp())
    data = _common(row, crawl, row.launched, row.deadline)
    data |= {"created_at": row.created, "staff_pick": bool(row.staff_pick), "location": None}
    data["country_displayable_name"] = _NAMED[row.country]
    data["currency_trailing_code"] = row.currency not in ("GBP", "EUR")
    data["converted_pledged_amount"] = int(data["pledged"] * row.rate)
    data["percent_funded"] = round(100 * data["pledged"] / row.goal, 4)
    data["prelaunch_activated"] = bool(row.launched - row.created > 30 * DAY)
    data["video"] = None if row.place % 3 == 0 else {"id": row.place, "status": "successful"}
    data["profile"] = {
        "id": row.id,
        "state": "active",
        "blurb": row.blurb,
        "show_feature_image": row.final == "successful",
    }
    return {"table_id": "Kickstarter", "robot_id": "Kickstarter", "run_id": run, "data": data}


def _common(row: Any, crawl: int, launched: int, deadline: int) -> dict[str, Any]:
    live = row.deadline > crawl
    state = "live" if live else row.final
    done = min(1.0, max(0.02, (crawl - row.launched) / max(1, row.deadline - row.launched)))
    pledged = round(row.pledged * done, 2) if live else row.pledged
    parent = parent_of(row.category)
    category = {
        "id": _CATEGORY_IDS[row.category],
        "name": row.category.rpartition("/")[2].title(),
        "slug": row.category,
    }
    if parent != row.category:
        category |= {"parent_id": _CATEGORY_IDS[parent], "parent_name": parent.title()}
    return {
        **{"id": row.id, "name": row.name, "blurb": row.blurb, "goal": row.goal, "pledged": pledged, "state": state},
        **{"slug": slug_of(row.name), "country": row.country, "currency": row.currency, "deadline": deadline},
        **{"state_changed_at": row.launched if live else row.deadline, "launched_at": launched},
        **{"backers_count": int(row.backers * done) if live else row.backers, "static_usd_rate": row.rate},
        **{"usd_pledged": str(round(pledged * row.rate, 6)), "spotlight": state == "successful", "category": category},
        "creator": {"id": row.creator_id, "name": f"Creator {row.creator_id}"},
        **{"location": None, "urls": None, "source_url": f"https://made-up.example/categories/{parent.split(' ')[0]}"},
    }


def _creator_ids(creators: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    different, number = np.unique(creators, return_inverse=True)
    return (np.sort(rng.choice(2**31 - 1000, len(different), replace=False)) + 1000)[number]
