"""Prices as Steam writes them: numbers, ``$4.99``, eighteen spellings of free, and words."""

from __future__ import annotations

import re

FREE = re.compile(r"\b(free|play|install)\b", re.IGNORECASE)
DOLLARS = re.compile(r"\$([0-9][0-9,]*(?:\.[0-9]+)?)")


def parse_price(value: object) -> tuple[float | None, str | None]:
    """Give a price in USD, and the text that stood there when it was no number.

    Text that offers the game for free, or only a button to play or install it, is a price of 0. Other text
    (``Starting at $499.00``, ``Third-party``) is no price. A negative or non-finite number is none either.

    Parameters
    ----------
    value : object
        The record's ``price``; None when it is missing.

    Returns
    -------
    price : float or None
    text : str or None
    """
    if isinstance(value, bool) or value is None:
        return None, None
    if isinstance(value, int | float):
        price = float(value)
        return (price, None) if 0 <= price < float("inf") else (None, str(value))
    text = str(value).strip()
    if not text:
        return None, None
    return (0.0 if FREE.search(text) else None), text


def parse_dollars(value: object) -> float | None:
    """Give the amount of ``$1,234.56`` in USD, or None when the whole text is not of that form."""
    match = DOLLARS.fullmatch(value.strip()) if isinstance(value, str) else None
    return float(match[1].replace(",", "")) if match else None
