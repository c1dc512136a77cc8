"""From byte blocks to record batches, a row a line."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from crowdwise.steam.literals.columns import Columns, gather, make_store
from crowdwise.steam.literals.form import Form, Kind
from crowdwise.steam.literals.reference import read_line
from crowdwise.steam.literals.scanner import scan

log = logging.getLogger("crowdwise.steam")
NO_INNER = Form({})


def parse(blocks: Iterable[bytes], form: Form, *, first_line: int = 1) -> Iterator[pa.RecordBatch]:
    r"""Read lines of Python literals: one row a line, in order, whatever the line holds.

    A row has what `ast.literal_eval` gives for its line, in the form's fields. A line that can't be read has ``why``
    and its bytes in ``raw`` instead; what inside a line can't be read stands in ``faults``. Lines end with ``\n`` or
    ``\r\n``, the last one perhaps with nothing. Blocks may be cut anywhere, and need not come from a file: a part of
    a file, cut at a line's end, is read the same way on another machine.

    Parameters
    ----------
    blocks : iterable of bytes
        Unpacked bytes; 8 MB each is a good size. Memory grows with the size of a block and of a line, not of the whole.
    form : Form
    first_line : int
        The number of the first line.

    Yields
    ------
    RecordBatch
        Of schema ``form.schema``, one a block in which a line ends.
    """
    compile_once(form)
    rest, number = b"", first_line
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        if cut == 0:
            rest += block
            continue
        batch = read_lines(rest + block[:cut], form, number)
        rest = block[cut:]
        number += len(batch)
        yield batch
    if rest:
        yield read_lines(rest, form, number)


def read_lines(data: bytes, form: Form, first_line: int) -> pa.RecordBatch:
    """Read whole lines; see `parse`."""
    starts, ends = _bounds(data)
    outer, inner = form.plan, (form.inner or NO_INNER).plan
    lines = make_store(len(starts), len(form.fields))
    # Room for as many as could stand there: what is not written to takes no memory.
    records = make_store(len(data) // form.inner.shortest + 1 if form.inner else 0, len(inner.fields))
    texts = make_store(len(data) // len(b"'',") + 1 if Kind.TEXTS in form.fields.values() else 0, 1)
    taken = np.zeros(len(starts), dtype=bool)
    columns = Columns(data)
    rows = scan(columns.buffer, starts, _readable(data, starts, ends), outer, inner, lines, records, texts, taken)
    arrays, refused = columns.lines(form, lines[:rows], records, texts)
    numbers = np.flatnonzero(taken)
    nothing = [pa.nulls(rows, form.schema.field(name).type) for name in ("why", "raw", "faults")]
    batch = pa.RecordBatch.from_arrays([pa.array(numbers + first_line), *arrays, *nothing], schema=form.schema)
    if not refused.any() and taken.all():
        return batch
    taken[numbers[refused]] = False
    left = np.flatnonzero(~taken)
    read = [{"line": int(k) + first_line, **read_line(data[starts[k] : ends[k]], form)} for k in left.tolist()]
    by_python = pa.RecordBatch.from_pylist(read, schema=form.schema)
    kept = batch.filter(pa.array(~refused))
    order = np.argsort(np.concatenate([numbers[~refused], left]), kind="stable")
    return pa.concat_batches([kept, by_python]).take(pa.array(order))


def compile_once(form: Form) -> None:
    """Compile what reads the lines, or load it from where the first run kept it, and say how long compiling took."""
    if scan.signatures:
        return
    start = time.perf_counter()
    read_lines(b"{}", form, 1)
    if sum(part.stats.cache_misses.total() for part in (scan, gather)):
        log.info("the parser was compiled in %.0f s; later runs find it compiled", time.perf_counter() - start)


def _readable(data: bytes, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Give the lines' ends, but for a line that is not UTF-8 its start: nothing is there for the scanner."""
    offsets = pa.py_buffer(np.array([0, len(data)], dtype=np.int32))
    try:
        pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(data)]).validate(full=True)
        return ends
    except pa.ArrowInvalid:
        return np.array([end if _is_utf8(data[start:end]) else start for start, end in zip(starts, ends, strict=True)])


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _bounds(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Give where each line begins and ends (without its end)."""
    starts, ends, at = [], [], 0
    while at < len(data):
        stop = data.find(b"\n", at)
        after = stop + 1
        if stop < 0:
            stop = after = len(data)
        starts.append(at)
        ends.append(stop - 1 if stop > at and data[stop - 1] == 13 else stop)
        at = after
    return np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)
