"""The compiled part: bytes of lines in, places and values of fields out, or a line is left for Python to judge.

It reads a subset of Python's literals: what ``repr`` writes. What it takes has the meaning that Python gives it; a line
with anything else in it (an escape in a field's name, ``1e5``, a tuple, a comment, a missing field) it leaves. Whether
the bytes are UTF-8 is the caller's to see.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numba import njit as numba_njit

from crowdwise.steam.literals.form import Kind, Plan

TEXT, WHOLE, TRUTH, NUMBER, NUMBER_OR_TEXT, TEXTS, RECORDS = (int(kind) for kind in Kind)
MISSING, PLAIN, ESCAPED, COUNTED, LISTED = range(5)
WHOLE_DIGITS = 18  # fits 64 bits whatever the digits are
EXACT_DIGITS = 15  # below 2**53: a float holds it, and its quotient by a power of ten is rounded once
FAIL = -1

SPACE, QUOTE, APOSTROPHE, COMMA, MINUS, POINT, ZERO, NINE, COLON = (ord(c) for c in " \"',-.09:")
OPEN_LIST, BACKSLASH, CLOSE_LIST, SMALL_U, OPEN, CLOSE = (ord(c) for c in "[\\]u{}")
TRUE, FALSE, NONE = (np.frombuffer(word, dtype=np.uint8) for word in (b"True", b"False", b"None"))
ENDS_A_RUN = np.array([byte < SPACE or byte in b"\"'\\" for byte in range(256)])  # of the bytes of a text

# Nothing here makes or keeps an array: without counting references to them, which numba would do at every call, it
# is four times as fast.
njit = partial(numba_njit, cache=True, _nrt=False)


@njit
def scan(
    buffer: np.ndarray,
    starts: np.ndarray,
    ends: np.ndarray,
    outer: Plan,
    inner: Plan,
    lines: np.ndarray,
    records: np.ndarray,
    texts: np.ndarray,
    taken: np.ndarray,
) -> int:
    """Read lines; fill the stores and `taken` (bool, one a line), and give how many were taken.

    The i-th line taken is row i of `lines`. A line that is not taken leaves nothing behind.
    """
    row = n_records = n_texts = 0
    for line in range(len(starts)):
        counts = _line(buffer, starts[line], ends[line], outer, inner, lines, records, texts, row, n_records, n_texts)
        taken[line] = counts[0] != FAIL
        if taken[line]:
            n_records, n_texts = counts
            row += 1
    return row


@njit
def _line(buffer, i, end, outer, inner, lines, records, texts, row, n_records, n_texts):  # type: ignore[no-untyped-def]
    """Read one line into a row; give the new numbers of records and texts, FAIL first if it is not to be taken."""
    failed = FAIL, FAIL
    for k in range(len(outer.fields)):
        lines[row, k, 0] = MISSING
    guess = 0
    i = _skip(buffer, i, end)
    if i >= end or buffer[i] != OPEN:
        return failed
    i = _skip(buffer, i + 1, end)
    while i < end and buffer[i] != CLOSE:
        k, i = _name(buffer, i, end, outer.names, outer.fields, guess)
        if i == FAIL:
            return failed
        kind = NUMBER_OR_TEXT
        if k != FAIL:
            guess = k + 1
            kind = outer.fields[k, 2]
        if kind in (TEXTS, RECORDS) and buffer[i] == OPEN_LIST:
            first = n_records if kind == RECORDS else n_texts
            i = _skip(buffer, i + 1, end)
            while i < end and buffer[i] != CLOSE_LIST:
                if kind == RECORDS:
                    i = _record(buffer, i, end, inner.names, inner.fields, inner.required, records, n_records)
                    n_records += 1
                else:
                    i = _scalar(buffer, i, end, TEXT, texts, 0, n_texts)
                    if i != FAIL and texts[n_texts, 0, 0] == MISSING:
                        return failed
                    n_texts += 1
                if i != FAIL:
                    i = _between(buffer, i, end, CLOSE_LIST)
                if i == FAIL:
                    return failed
            i += 1
            lines[row, k, 0], lines[row, k, 1] = LISTED, first
            lines[row, k, 2] = n_records if kind == RECORDS else n_texts
        else:
            i = _scalar(buffer, i, end, kind, lines, k, row)
        if i != FAIL:
            i = _between(buffer, i, end, CLOSE)
        if i == FAIL:
            return failed
    if i >= end or _skip(buffer, i + 1, end) != end:
        return failed
    return (n_records, n_texts) if _has_all(lines, row, outer.required) else failed


@njit
def _record(buffer, i, end, names, fields, required, store, row):  # type: ignore[no-untyped-def]
    """Read an inner record into a row, and give the place after it or FAIL."""
    for k in range(len(fields)):
        store[row, k, 0] = MISSING
    if buffer[i] != OPEN:
        return FAIL
    guess = 0
    i = _skip(buffer, i + 1, end)
    while i < end and buffer[i] != CLOSE:
        k, i = _name(buffer, i, end, names, fields, guess)
        if i == FAIL:
            return FAIL
        kind = NUMBER_OR_TEXT
        if k != FAIL:
            guess = k + 1
            kind = fields[k, 2]
        i = _scalar(buffer, i, end, kind, store, k, row)
        if i != FAIL:
            i = _between(buffer, i, end, CLOSE)
        if i == FAIL:
            return FAIL
    if i >= end:
        return FAIL
    return i + 1 if _has_all(store, row, required) else FAIL


@njit
def _has_all(store, row, required):  # type: ignore[no-untyped-def]
    """Say whether none of the required fields of a row is missing."""
    found = 0
    for k in range(store.shape[1]):
        found |= (store[row, k, 0] != MISSING) << k
    return found & required == required


@njit
def _skip(buffer, i, end):  # type: ignore[no-untyped-def]
    """Pass over spaces."""
    while i < end and buffer[i] == SPACE:
        i += 1
    return i


@njit
def _between(buffer, i, end, close):  # type: ignore[no-untyped-def]
    """After a value: give the place of the next one or of `close`; FAIL where neither follows."""
    i = _skip(buffer, i, end)
    if i < end and buffer[i] == close:
        return i
    if i >= end or buffer[i] != COMMA:
        return FAIL
    i = _skip(buffer, i + 1, end)
    return i if i < end else FAIL  # one comma too many means nothing in Python


@njit
def _name(buffer, i, end, names, fields, guess):  # type: ignore[no-untyped-def]
    """Read a field's name and the colon; give its number (FAIL: none of ours) and the value's place (FAIL: no name)."""
    n = len(fields)
    if guess < n:  # the next of ours, written as ever?
        first, width = fields[guess, 0], fields[guess, 1]
        after = i + width + 4
        if after < end and buffer[i] == APOSTROPHE and buffer[after - 1] == SPACE and buffer[after] != SPACE:
            j = 0
            while j < width and buffer[i + 1 + j] == names[first + j]:
                j += 1
            if j == width and buffer[after - 3] == APOSTROPHE and buffer[after - 2] == COLON:
                return guess, after
    start, stop, flag = _text(buffer, i, end)
    i = _skip(buffer, stop + 1, end)
    if flag != PLAIN or i >= end or buffer[i] != COLON:
        return FAIL, FAIL
    i = _skip(buffer, i + 1, end)
    if i >= end:
        return FAIL, FAIL
    width = stop - start
    for step in range(n):
        k = guess + step
        if k >= n:
            k -= n
        if fields[k, 1] != width:
            continue
        first, j = fields[k, 0], 0
        while j < width and buffer[start + j] == names[first + j]:
            j += 1
        if j == width:
            return k, i
    return FAIL, i


@njit
def _text(buffer, i, end):  # type: ignore[no-untyped-def]
    """Read a text's quotes; give where it begins and ends between them, and PLAIN, ESCAPED or MISSING (no text)."""
    if buffer[i] == SMALL_U:
        i += 1
    if i >= end or (buffer[i] != APOSTROPHE and buffer[i] != QUOTE):
        return i, i, MISSING
    quote = buffer[i]
    i += 1
    start, flag = i, PLAIN
    while i < end:
        byte = buffer[i]
        if not ENDS_A_RUN[byte]:
            i += 1
        elif byte == quote:
            return start, i, flag
        elif byte == BACKSLASH:
            flag = ESCAPED
            i += 2
            if i > end or buffer[i - 1] < SPACE:
                return i, i, MISSING
        elif byte < SPACE:
            return i, i, MISSING
        else:
            i += 1
    return i, i, MISSING


@njit
def _word(buffer, i, end, word):  # type: ignore[no-untyped-def]
    """Give the place after a word if it stands here, else FAIL. What follows it is the caller's to see."""
    j = 0
    while j < len(word) and i + j < end and buffer[i + j] == word[j]:
        j += 1
    return i + j if j == len(word) else FAIL


@njit
def _scalar(buffer, i, end, kind, store, k, row):  # type: ignore[no-untyped-def]
    """Read a value that is no list into a cell (k is FAIL: nowhere) and give the place after it, FAIL if it is none."""
    byte = buffer[i]
    if byte in (QUOTE, APOSTROPHE, SMALL_U):
        start, stop, flag = _text(buffer, i, end)
        if flag == MISSING or (kind != TEXT and kind != NUMBER_OR_TEXT) or (k == FAIL and flag == ESCAPED):
            return FAIL
        if k != FAIL:
            store[row, k, 0], store[row, k, 1], store[row, k, 2] = flag, start, stop
        return stop + 1
    if byte == MINUS or ZERO <= byte <= NINE:
        whole, digits, decimals, after = _number(buffer, i, end)
        if after == FAIL or k == FAIL:
            return after
        if kind == WHOLE:
            if decimals != FAIL:
                return FAIL
        elif (kind != NUMBER and kind != NUMBER_OR_TEXT) or digits > EXACT_DIGITS or (whole == 0 and byte == MINUS):
            return FAIL
        store[row, k, 0], store[row, k, 1], store[row, k, 2] = COUNTED, whole, decimals
        return after
    after = _word(buffer, i, end, NONE)
    if after != FAIL:
        if k != FAIL:
            store[row, k, 0] = MISSING
        return after
    truth = _word(buffer, i, end, TRUE)
    after = truth if truth != FAIL else _word(buffer, i, end, FALSE)
    if after != FAIL and k != FAIL:
        if kind != TRUTH:
            return FAIL
        store[row, k, 0], store[row, k, 1] = COUNTED, truth != FAIL
    return after


@njit
def _number(buffer, i, end):  # type: ignore[no-untyped-def]
    """Read ``-12`` or ``4.99``; give its digits as a whole number, how many there are, those after the point (FAIL: no
    point), and the place after it (FAIL: no such number).
    """  # noqa: D205
    negative = buffer[i] == MINUS
    if negative:
        i += 1
    first, whole, point = i, np.int64(0), FAIL
    while i < end:
        byte = buffer[i]
        if ZERO <= byte <= NINE:
            if i - first > WHOLE_DIGITS:
                return whole, 0, FAIL, FAIL
            whole = whole * 10 + (np.int64(byte) - ZERO)
        elif byte == POINT and point == FAIL and i > first:
            point = i
        else:
            break
        i += 1
    decimals = i - point - 1 if point != FAIL else FAIL
    digits = i - first - (point != FAIL)
    before = digits - max(decimals, 0)
    if digits == 0 or digits > WHOLE_DIGITS or (before > 1 and buffer[first] == ZERO):
        return whole, 0, FAIL, FAIL
    return -whole if negative else whole, digits, decimals, i
