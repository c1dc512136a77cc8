"""Prices as Steam writes them: numbers, ``$4.99``, eighteen spellings of free, and words."""

from __future__ import annotations

import re
from dataclasses import dataclass

FREE = re.compile(r"\b(free|play|install)\b", re.IGNORECASE)
LEAST = re.compile(r"starting at (\$[0-9][0-9,]*(?:\.[0-9]+)?)", re.IGNORECASE)
DOLLARS = re.compile(r"\$([0-9][0-9,]*(?:\.[0-9]+)?)")


@dataclass(frozen=True)
class Price:
    """What a game costs: an amount in USD, what that means, and the text that stood there when it was no number.

    The meaning is ``amount``, ``free``, ``from`` (the least of several prices), ``unpriced`` (the text names no price:
    *Third-party*) or ``missing``.
    """

    amount: float | None
    meaning: str
    text: str | None = None


MEANINGS = ("amount", "free", "from", "unpriced", "missing")


def parse_price(value: object) -> Price:
    """Give the price that a record's ``price`` means.

    Text that offers the game for free, or only a button to play or install it, is a price of 0; ``Starting at $499.00``
    is the least price. Other text is no price. A negative or non-finite number is none either.

    Parameters
    ----------
    value : object
        None when it is missing.
    """
    if isinstance(value, bool) or value is None:
        return Price(None, "missing")
    if isinstance(value, int | float):
        amount = float(value)
        return Price(amount, "amount") if 0 <= amount < float("inf") else Price(None, "unpriced", str(value))
    text = str(value).strip()
    if not text:
        return Price(None, "missing")
    if least := LEAST.fullmatch(text):
        return Price(parse_dollars(least[1]), "from", text)
    return Price(0.0, "free", text) if FREE.search(text) else Price(None, "unpriced", text)


def parse_dollars(value: object) -> float | None:
    """Give the amount of ``$1,234.56`` in USD, or None when the whole text is not of that form."""
    match = DOLLARS.fullmatch(value.strip()) if isinstance(value, str) else None
    return float(match[1].replace(",", "")) if match else None
