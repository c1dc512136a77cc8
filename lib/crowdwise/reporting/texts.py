"""Texts with numbers in them, compared with a tolerance: pages, outputs of cells, models in text form."""

from __future__ import annotations

import base64
import re

NUMBER = re.compile(r"(?<![\w.])[-+−]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")
HASH = re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b")
DRAWN = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
PIXELS = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=]+|(?<=\n)iVBORw0KGgo[A-Za-z0-9+/=\n]+")


def _unpacked(found: re.Match[str]) -> str:
    return base64.b64decode(found.group(1)).decode("utf-8", errors="replace")


def _number(text: str) -> tuple[float, float]:
    """Give a printed number's value and what one in its last place is worth."""
    plain = text.replace(",", "").replace("−", "-")
    digits, _, power = plain.lower().partition("e")
    places = len(digits.partition(".")[2])
    return float(plain), 10.0 ** (int(power or 0) - places)


def differ(a: str, b: str, tolerance: float) -> bool:
    """Say whether two texts differ.

    Parameters
    ----------
    a, b : str
    tolerance : float
        0 asks for equal texts. Above it, what stands between the numbers must be equal, and each number within
        ``tolerance * max(1, |a|, |b|)`` and one in its last place, by which rounding can part two printed numbers.
        Drawings (SVG) are compared as the texts they are; hashes and pixels are not compared.
    """
    if a == b:
        return False
    if tolerance == 0:
        return True
    x, y = (HASH.sub("#", PIXELS.sub("pixels", DRAWN.sub(_unpacked, text))) for text in (a, b))
    if NUMBER.sub("0", x) != NUMBER.sub("0", y):
        return True
    pairs = zip(NUMBER.findall(x), NUMBER.findall(y), strict=True)
    return any(_are_apart(one, other, tolerance) for one, other in pairs)


def _are_apart(a: str, b: str, tolerance: float) -> bool:
    if a == b:
        return False
    (one, last), (other, last_of_other) = _number(a), _number(b)
    room = tolerance * max(1.0, abs(one), abs(other)) + max(last, last_of_other) * 1.0000001
    return abs(one - other) > room


def strip_pictures(text: str) -> str:
    """Give a text with its pictures left out, to be shown."""
    return re.sub(r"data:image/[^\"' )]+", "(picture)", text)
