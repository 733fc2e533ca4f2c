"""Events decoded from the pages of a recording without SQLite: six times as fast, and from damaged files too.

Knows only the plain case of SQLite's documented file format (https://www.sqlite.org/fileformat2.html, chapters 1.6 and 2.1): table
b-tree pages whose cells fit the page, rows of a key and nine integers. `trust.Pages` gives whole pages and nothing else.
"""

import sqlite3
from bisect import bisect_left

import numpy as np
import numpy.typing as npt

from zoneviz.recording import schema, stopping
from zoneviz.recording.trust import Pages
from zoneviz.state.rows import KIND, SEQ, Ints

LEAF = 13
INTERIOR = 5
HEADER = 11  # bytes of a record's header: its length, and one serial type per column
BYTES = np.array([0, 1, 2, 3, 4, 6, 8, 0, 0, 0], np.int64)  # of a number, by its serial type
_SHIFT = np.array([63, 56, 48, 40, 32, 16, 0, 63, 63, 63], np.int64)
_KEY_BYTES = 8
_DEPTH = 8
_ROOM = 256  # bytes of pages per row: a row takes at most 90, and our pages are full
_CACHED = 4096
_AT_ONCE = 256  # pages decoded together when all are looked at


class Unplain(Exception):
    """This module cannot read the file; SQLite may."""


class EventPages:
    """The table `events` of a finished recording."""

    def __init__(self, db: sqlite3.Connection, pages: Pages) -> None:
        """Errors: Unplain if the table is not ours or pages have reserved bytes; sqlite3.Error for damage."""
        found = db.execute("SELECT rootpage, sql FROM sqlite_master WHERE type = 'table' AND name = 'events'").fetchone()
        if not found or found[1] != schema.EVENTS or pages.reserved:
            raise Unplain
        self._pages = pages
        self._root: int = found[0]
        self._inner: dict[int, tuple[list[int], list[int]]] = {}

    def read(self, first: int, last: int) -> Ints:
        """Events first to last, (n, 10), exactly those.

        Errors: Unplain.
        """
        leaves: list[bytes] = []
        # Pages may point at one another in a circle: visit no more than such a stretch can have.
        self._visits = (last - first) // 4 + 64
        self._collect(self._root, first, last, leaves, _DEPTH)
        rows, cells = decode(leaves)
        if not cells or len(rows) != cells or (np.diff(rows[:, SEQ]) != 1).any() or rows[0, SEQ] > first or rows[-1, SEQ] < last:
            raise Unplain
        before = int(rows[0, SEQ])
        return rows[first - before : last - before + 1]

    def _collect(self, number: int, first: int, last: int, leaves: list[bytes], depth: int) -> None:
        """Append the leaf pages below page `number` that may hold these events, in order."""
        self._visits -= 1
        if self._visits < 0:
            raise Unplain
        inner = self._inner.get(number)
        if inner is None:
            size = self._pages.size
            page = self._pages.read(number) if number > 1 else b""
            if len(page) != size or depth < 0 or len(leaves) * size > _ROOM * (last - first) + 4 * size:
                raise Unplain
            if page[0] == LEAF:
                leaves.append(page)
                return
            inner = _interior(page)
            if len(self._inner) < _CACHED:
                self._inner[number] = inner
        keys, children = inner
        # A child holds the rows up to its key; the one after the last key holds the rest.
        for i in range(bisect_left(keys, first), min(bisect_left(keys, last), len(keys)) + 1):
            self._collect(children[i], first, last, leaves, depth - 1)


def carve(pages: Pages) -> Ints:
    """Every row of a database that has the shape of an event, as (n, 10) in order of the key. No other table has such rows."""
    found = [np.empty((0, 10), np.int64)]
    leaves: list[bytes] = []
    for page in pages:
        if page[0] == LEAF:
            leaves.append(page)
        if len(leaves) == _AT_ONCE:
            stopping.check()
            found.append(decode(leaves)[0])
            leaves = []
    rows = np.concatenate([*found, decode(leaves)[0]])
    rows = rows[(rows[:, SEQ] > 0) & (rows[:, KIND] > 0) & (rows[:, KIND] < 256)]
    return rows[np.argsort(rows[:, SEQ], kind="stable")]


def decode(leaves: list[bytes]) -> tuple[Ints, int]:
    """The rows (n, 10) in leaf pages of equal size that have the shape of an event, in order; and how many cells there are."""
    if not leaves:
        return np.empty((0, 10), np.int64), 0
    count, size = len(leaves), len(leaves[0])
    # Room after the end for the longest row: a cell may begin on the last byte, and a number is read as eight bytes.
    flat = np.frombuffer(b"".join(leaves) + bytes(128), np.uint8)
    pages = flat[: count * size].reshape(count, size)
    cells = np.minimum(pages[:, 3].astype(np.int64) << 8 | pages[:, 4], (size - 8) // 2)
    most = int(cells.max())
    pointers = pages[:, 8 : 8 + 2 * most].astype(np.int64)
    pointers = pointers[:, 0::2] << 8 | pointers[:, 1::2]
    there = np.arange(most) < cells[:, None]
    at = (np.minimum(pointers, size - 1) + np.arange(count)[:, None] * size)[there]
    total = len(at)
    length = flat.take(at)
    keys, at = _keys(flat, at + 1)
    types = flat.take(at + np.arange(1, HEADER)[:, None])
    good = (length < 128) & (keys >= 0) & (flat.take(at) == HEADER) & (types[0] == 0)
    good &= ((types[1:] - 1 < 9) & (types[1:] != 7)).all(axis=0)  # unsigned: 0, SQL's NULL, becomes 255
    if not good.all():
        at, keys, types, length = at[good], keys[good], types[:, good], length[good]
    out = np.empty((10, len(at)), np.int64)
    out[0] = keys
    words: np.ndarray[tuple[int], np.dtype[np.int64]] = np.ndarray((len(flat) - 7,), ">i8", flat, 0, (1,))
    place = at + HEADER
    # A column at a time stays in the processor's cache. The types 8 and 9 are the numbers 0 and 1 themselves, without a byte.
    for column, kind in zip(out[1:], types[1:], strict=True):
        if (kind == 8).all():  # readings have no task, thread, path and address
            column[:] = 0
            continue
        np.right_shift(words[place], _SHIFT.take(kind), out=column)
        np.copyto(column, kind == 9, where=kind >= 8)
        place += BYTES.take(kind)
    whole = place == at + length
    return (out.T if whole.all() else out.T[whole]), total


def _keys(flat: npt.NDArray[np.uint8], at: Ints) -> tuple[Ints, Ints]:
    """The row numbers that begin at `at`, -1 if too long, and where they end: seven bits a byte, the highest first."""
    keys = np.zeros(len(at), np.int64)
    more = np.ones(len(at), np.bool_)
    for _ in range(_KEY_BYTES):
        byte = flat.take(at)
        keys = np.where(more, keys << 7 | byte & 127, keys)
        at = at + more
        more &= byte >= 128
        if not more.any():
            return keys, at
    return np.where(more, -1, keys), at


def _interior(page: bytes) -> tuple[list[int], list[int]]:
    """Keys and children of an interior page; there is one child more than keys."""
    if page[0] != INTERIOR:
        raise Unplain
    keys, children = [], []
    for i in range(int.from_bytes(page[3:5], "big")):
        at = int.from_bytes(page[12 + 2 * i : 14 + 2 * i], "big")
        children.append(int.from_bytes(page[at : at + 4], "big"))
        keys.append(_key(page, at + 4))
    return keys, [*children, int.from_bytes(page[8:12], "big")]


def _key(page: bytes, at: int) -> int:
    """The row number at a place of a page."""
    key = 0
    for byte in page[at : at + 9]:
        key = key << 7 | byte & 127
        if byte < 128:
            break
    return key
