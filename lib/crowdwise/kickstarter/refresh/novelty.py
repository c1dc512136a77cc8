"""What a month holds that a model has never seen: categories, countries, currencies, words, fields."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from crowdwise.kickstarter.text import texts_of, tokens

LEVELS = ("category", "country", "currency")


@dataclass(frozen=True)
class Novelty:
    """Values never seen and how many projects have them, and words outside the vocabulary.

    Attributes
    ----------
    unseen : dict
        By column, the new values with their projects, most first.
    share : float
        Share of projects with at least one of them.
    words_then, words_now : float or None
        Share of words outside the model's vocabulary, of projects learnt from and of the month's; None without a model.
    """

    unseen: dict[str, dict[str, int]]
    share: float
    words_then: float | None
    words_now: float | None


def find_novelty(
    then: pd.DataFrame,
    now: pd.DataFrame,
    levels: Mapping[str, Collection[str]] | None = None,
    vocabulary: Collection[str] | None = None,
) -> Novelty:
    """Find what is new in a month's projects.

    Parameters
    ----------
    then, now : DataFrame
        With ``category, country, currency, name, blurb``.
    levels : mapping, optional
        The values that the model has learnt from; without a model, those of `then`.
    vocabulary : collection of str, optional
        The model's words.
    """
    found: dict[str, dict[str, int]] = {}
    new = pd.Series(False, index=now.index)
    for name in LEVELS:
        seen = set(levels[name]) if levels is not None else set(then[name].dropna())
        unseen = now[name].notna() & ~now[name].isin(seen)
        counts = now.loc[unseen, name].value_counts()
        found[name] = {str(k): int(n) for k, n in sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))}
        new |= unseen
    known = None if vocabulary is None else frozenset(vocabulary)
    words = [None if known is None else share_outside(texts_of(part), known) for part in (then, now)]
    return Novelty(found, float(new.mean()) if len(new) else 0.0, words[0], words[1])


def share_outside(texts: Iterable[str], vocabulary: Collection[str]) -> float:
    """Give the share of words that are not in the vocabulary, each occurrence counted; 0 where there is no word."""
    inside = every = 0
    for text in texts:
        found = tokens(text)
        every += len(found)
        inside += sum(word in vocabulary for word in found)
    return 1 - inside / every if every else 0.0


def compare_fields(then: Collection[str] | None, now: Collection[str]) -> dict[str, list[str]] | None:
    """Give the fields that are new and those that are gone, sorted; None if the earlier ones are not known."""
    if then is None:
        return None
    return {"new": sorted(set(now) - set(then)), "gone": sorted(set(then) - set(now))}
