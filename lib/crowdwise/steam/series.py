"""Which names mean the same game in another edition, and which belong to one series."""

from __future__ import annotations

import re
import unicodedata

MARKS = re.compile(r"[™®©]|\((?:tm|r|c)\)", re.IGNORECASE)
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
APART = re.compile(r"\s*:\s+|\s+[-–—]+\s+|:$")  # what stands between a series' name and a title within it
AUTHORS = re.compile(r"^(?:sid meier|tom clancy|american mcgee|clive barker|joe dever)['’]?s\s+")
EDITION = re.compile(
    r"\b(?:game of the year|prepare to die|director['’]?s cut|\d+(?:st|nd|rd|th) anniversary|[^\s:–—-]+(?: special)?)"
    r"\s+(?:edition|version)$"
)
ENDINGS = re.compile(
    r"\b(?:hd|hd remaster(?:ed)?|full hd|remaster(?:ed)?|redux|goty|gold|gold pack|deluxe|definitive|classics?|complete"
    r"|(?:complete|komplete) (?:collection|pack|story|saga|edition)|collection|anthology|trilogy|anniversary"
    r"|(?:director['’]?s|final|extended) cut|edition|demo|tech demo|beta|alpha|test|public test|test server|prologue"
    r"|dedicated server|multi-?player|single-?player|free[- ]to[- ]play|osx|mac)$"
)
NUMBER = re.compile(
    r"(?<=\S)[\s,]+(?:\d[\d.]*|\d+k\d+|x{1,2}i{0,3}|x?(?:i{1,3}|iv|vi{0,3}|ix|x)|episodes?|seasons?|chapter|part|book|vol(?:ume)?\.?"
    r"|one|two|three|four|five)$"
)
SEPARATORS = " \t:;,.!-–—/+&"


def edition_key(name: str) -> str:
    """Give what all editions of one game have in common: *Portal 2* and *PORTAL™ 2 - Game of the Year Edition*.

    Signs (™), what stands in brackets, and endings that name an edition, a demo or a test are left out, and so is the
    case of letters. A name of nothing else stays as it is.
    """
    return _words(_bare(name)) or name


def series_key(name: str) -> str:
    """Give what the games of one series have in common: *portal* for *Portal* and *Portal 2*.

    It is what stands before the first colon or dash, without the edition, the numeral, the year and the author's name.
    So *Warhammer 40,000: ...* is one series, and *BioShock Infinite* is not of *BioShock*'s, for no name says so.
    """
    head = _bare(APART.split(_bare(name), maxsplit=1)[0])
    head = AUTHORS.sub("", head)
    while (shorter := _bare(NUMBER.sub("", head))) != head:
        head = shorter
    return _words(head) or edition_key(name)


def _bare(name: str) -> str:
    """Take away signs, brackets and what names an edition, as long as something is left."""
    left = unicodedata.normalize("NFKD", MARKS.sub("", name)).casefold()
    left = " ".join(left.split()).rstrip(SEPARATORS)
    while True:
        shorter = left
        for ending in (BRACKETS, EDITION, ENDINGS):
            cut = ending.sub("", shorter).rstrip(SEPARATORS)
            shorter = cut if any(sign.isalnum() for sign in cut) else shorter
        if shorter == left:
            return left
        left = shorter


def _words(text: str) -> str:
    letters = "".join(sign for sign in text if not unicodedata.combining(sign))
    words = "".join(sign if sign.isalnum() else " " for sign in re.sub(r"['’]", "", letters)).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words) or text.strip()
