"""Events as the image of a small database, from which SQLite copies them.

`INSERT INTO events SELECT * FROM image.events` copies each record as it is (SQLite's transfer optimization): no number becomes a
Python integer, and the GIL is free meanwhile. The image is in SQLite's documented file format
(https://www.sqlite.org/fileformat2.html, chapters 1.3, 1.6 and 2.1): a first page, the root of the table, and its leaves. A recording
has the same bytes whichever way its rows came.
"""

import sqlite3
from functools import cache

import numpy as np
import numpy.typing as npt

from zoneviz.recording import schema
from zoneviz.recording.sqlite_pages import BYTES, HEADER, INTERIOR, LEAF
from zoneviz.state.rows import Ints

Bytes = npt.NDArray[np.uint8]

AVAILABLE = hasattr(sqlite3.Connection, "deserialize")
"""Whether Python's SQLite can read an image; some builds cannot."""
LEAST = 1 << 10
"""Fewer events are written sooner by INSERT ... VALUES."""
MOST = 1 << 20
"""Upper bound of the events of an image: one root has room for all their leaves."""
_KEY_LIMIT = 1 << 56  # from here on the last byte of a varint has eight bits

_PAGE = 1 << 16
_LEAF_HEADER = 8
_PAGES_IN_FILE = slice(28, 32)
_AT_ONCE = 1 << 13  # rows whose arrays stay in the processor's cache
_BYTES = BYTES.astype(np.uint8)
_ZERO, _ONE = 8, 9  # serial types of the numbers 0 and 1


def _by_exponent() -> Bytes:
    """The serial type of a number >= 0, by the exponent of it as a 64-bit float, biased."""
    bits = np.arange(1 << 11) - 1022
    types = np.searchsorted([0, 7, 15, 23, 31, 47], bits).astype(np.uint8)
    types[bits <= 0], types[bits == 1] = _ZERO, _ONE
    return types


_BY_EXPONENT = _by_exponent()


def pays(rows: Ints) -> bool:
    """Whether these events (n, 10) should be written by way of an image, and can be."""
    return AVAILABLE and LEAST <= len(rows) <= MOST and int(rows[-1, 0]) < _KEY_LIMIT


def image(rows: Ints) -> memoryview:
    """A database whose table `events` has these rows (n, 10), with 0 < n <= MOST and seqs ascending from 1, below 2^56."""
    count, last = len(rows), int(rows[-1, 0])
    # Row numbers have the bytes of the last one. SQLite reads the zeros in front, and does not copy them.
    key_bytes = -(-last.bit_length() // 7)
    parts = [slice(start, start + _AT_ONCE) for start in range(0, count, _AT_ONCE)]
    types = [_types(np.ascontiguousarray(rows[part, 1:].T)) for part in parts]
    lengths = np.concatenate([_BYTES.take(kinds).sum(axis=0, dtype=np.uint8) for kinds in types]) + (1 + key_bytes + HEADER)

    # All leaves have as many rows as fit if each is as long as the longest; the cells of a leaf end where its page ends.
    in_leaf = (_PAGE - _LEAF_HEADER) // (int(lengths.max()) + 2)
    past = np.append(np.arange(in_leaf, count, in_leaf), count)
    in_each = np.diff(past, prepend=0)
    before = 1 if len(past) == 1 else 2  # the only leaf is the root
    ends = np.cumsum(lengths, dtype=np.int64)
    ends += np.repeat((1 + before + np.arange(len(past))) * _PAGE - ends[past - 1], in_each)
    pointers = np.zeros(len(past) * in_leaf, np.int64)
    pointers[:count] = ends - lengths

    out = np.zeros((before + len(past), _PAGE), np.uint8)
    out[0] = _first_page()
    out[0, _PAGES_IN_FILE] = _big_endian(np.array([len(out)]), 4)
    leaves = out[before:]
    leaves[:, 0] = LEAF
    leaves[:, 3:5] = _big_endian(in_each, 2)
    leaves[:, 5:7] = _big_endian(pointers[::in_leaf], 2)
    leaves[:, _LEAF_HEADER : _LEAF_HEADER + 2 * in_leaf] = _big_endian(pointers, 2).reshape(len(past), -1)
    for part, kinds in zip(parts, types, strict=True):
        _write_cells(out.reshape(-1), rows[part, 1:].T, kinds, _varints(rows[part, 0], key_bytes), ends[part])
    if before > 1:
        _write_root(out[1], 3 + np.arange(len(past)), _varints(rows[past - 1, 0], key_bytes))
    return out.data


@cache
def _first_page() -> Bytes:
    """The first page of a database with an empty table `events`, whose root is page 2."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.execute(f"PRAGMA page_size = {_PAGE}")
    db.execute(schema.EVENTS)
    data = db.serialize()
    db.close()
    return np.frombuffer(data, np.uint8, _PAGE)


def _types(columns: Ints) -> Bytes:
    """The serial type of each number: the one with the fewest bytes."""
    negative = columns < 0
    if not negative.any():
        return _BY_EXPONENT.take(columns.astype(np.float64).view(np.int64) >> 52)
    # A negative number takes the bytes of its complement. -1 and -2, whose complements are 0 and 1, take one.
    types = _types(columns ^ (columns >> 63))
    types[negative & (types >= _ZERO)] = 1
    return types


def _write_cells(out: Bytes, columns: Ints, types: Bytes, keys: Bytes, ends: Ints) -> None:
    """Write n cells, which end at `ends` (n,). `columns`, `types` (9, n); `keys` (bytes, n): row numbers as varints."""
    words: np.ndarray[tuple[int], np.dtype[np.int64]] = np.ndarray((len(out) - 7,), np.int64, out, 0, (1,))
    at = ends - 8
    # Each number is written as eight bytes, the last one first: what has too many bytes is overwritten by what is before it.
    for column, kind in zip(columns[::-1], types[::-1], strict=True):
        words[at] = column.astype(">i8").view(np.int64)
        at -= BYTES.take(kind)
    size = 1 + len(keys) + HEADER
    heads = np.empty((len(ends), size), np.uint8)
    heads[:, 0] = ends - at - 8 + HEADER
    heads[:, 1:-HEADER] = keys.T
    heads[:, -HEADER] = HEADER
    heads[:, 1 - HEADER] = 0  # NULL instead of the row number, which the cell holds
    heads[:, 2 - HEADER :] = types.T
    at += 8 - size
    for start in (*range(0, size - 8, 8), size - 8):
        words[at + start] = np.ascontiguousarray(heads[:, start : start + 8]).view(np.int64)[:, 0]


def _write_root(page: Bytes, children: Ints, keys: Bytes) -> None:
    """Write an interior page: the page numbers of its children (n,), and the last row number of each as a varint (bytes, n)."""
    cells = np.column_stack([_big_endian(children, 4), keys.T])[:-1]
    start = _PAGE - cells.size
    pointers = _big_endian(start + np.arange(len(cells)) * cells.shape[1], 2)
    page[0] = INTERIOR
    page[3:5] = _big_endian(np.array([len(cells)]), 2)
    page[5:7] = _big_endian(np.array([start]), 2)
    page[8:12] = _big_endian(children[-1:], 4)
    page[12 : 12 + pointers.size] = pointers.reshape(-1)
    page[start:] = cells.reshape(-1)


def _big_endian(numbers: Ints, width: int) -> Bytes:
    """The last `width` bytes of each number, (n, width)."""
    return numbers.astype(">i8").view(np.uint8).reshape(-1, 8)[:, -width:]


def _varints(numbers: Ints, width: int) -> Bytes:
    """Numbers as varints of `width` bytes, (width, n): seven bits a byte, the highest first; all but the last with bit 7 set."""
    out = (numbers >> 7 * np.arange(width)[::-1, np.newaxis] & 127).astype(np.uint8)
    out[:-1] |= 128
    return out
