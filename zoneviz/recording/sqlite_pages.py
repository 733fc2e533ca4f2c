"""Events read straight from the pages of a finished recording, six times as fast as through SQLite's rows.

Only the plain case of SQLite's documented file format (https://www.sqlite.org/fileformat2.html): table b-tree pages whose
cells fit a page, ten columns of integers. Whatever else turns up raises Unplain, and the caller asks SQLite instead, which is
the judge of what a file holds. Reads nothing but whole pages, and never beyond what it read.
"""

import os
import sqlite3
from bisect import bisect_left
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zoneviz.recording import schema
from zoneviz.state.rows import Ints

_LEAF, _INTERIOR = 13, 5
_HEADER = 11  # bytes of a record's header: its length, and one serial type a column
_WIDTH = np.array([0, 1, 2, 3, 4, 6, 8, 0, 0, 0], np.int64)  # bytes of each serial type
_SHIFT = np.array([63, 56, 48, 40, 32, 16, 0, 63, 63, 63], np.int64)
_DEPTH = 8
_ROOM = 256  # bytes of pages a row may take: a row is 90 at most, pages of ours are full
_CACHED = 4096


class Unplain(Exception):
    """The file is not as this module can read it; SQLite may."""


class EventPages:
    """The events table of a database that nobody writes. `close` it."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Errors: Unplain if it is in memory, being written, or its events table is not ours; ValueError, sqlite3.Error for damage."""
        path = next((row[2] for row in db.execute("PRAGMA database_list") if row[1] == "main"), "")
        found = db.execute("SELECT rootpage, sql FROM sqlite_master WHERE type = 'table' AND name = 'events'").fetchone()
        self._size = db.execute("PRAGMA page_size").fetchone()[0]
        if not path or not found or found[1] != schema.EVENTS or any(Path(path + end).exists() for end in ("-wal", "-journal")):
            raise Unplain
        self._root: int = found[0]
        self._inner: dict[int, tuple[list[int], list[int]]] = {}
        try:
            self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError:
            raise Unplain from None
        head = os.pread(self._file, 100, 0)
        if len(head) < 100 or head[20]:
            self.close()
            raise Unplain  # bytes reserved on each page

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def read(self, first: int, last: int) -> Ints:
        """Events first to last (n, 10), exactly those.

        Errors: Unplain.
        """
        leaves: list[bytes] = []
        # Pages that point at one another could be followed without end: no more are than such a stretch can have.
        self._visits = (last - first) // 4 + 64
        self._collect(self._root, first, last, leaves, _DEPTH)
        if not leaves:
            raise Unplain
        before = _first_key(leaves[0])
        if before > first:
            raise Unplain
        rows = _decode(b"".join(leaves), len(leaves), self._size, before)[first - before : last - before + 1]
        if len(rows) != last - first + 1:
            raise Unplain
        return rows

    def _collect(self, number: int, first: int, last: int, leaves: list[bytes], depth: int) -> None:
        """Append the leaf pages under page `number` that may hold these events, in order."""
        self._visits -= 1
        if self._visits < 0:
            raise Unplain
        inner = self._inner.get(number)
        if inner is None:
            page = os.pread(self._file, self._size, (number - 1) * self._size) if number > 1 else b""
            if len(page) != self._size or depth < 0 or len(leaves) * self._size > _ROOM * (last - first) + 4 * self._size:
                raise Unplain
            if page[0] == _LEAF:
                leaves.append(page)
                return
            inner = _interior(page)
            if len(self._inner) < _CACHED:
                self._inner[number] = inner
        keys, children = inner
        # A child holds the rows up to its key; the one behind the last key holds the rest.
        for i in range(bisect_left(keys, first), min(bisect_left(keys, last), len(keys)) + 1):
            self._collect(children[i], first, last, leaves, depth - 1)


def _interior(page: bytes) -> tuple[list[int], list[int]]:
    """Keys and children of an interior page; one child more than keys."""
    if page[0] != _INTERIOR:
        raise Unplain
    keys, children = [], []
    for i in range(int.from_bytes(page[3:5], "big")):
        at = int.from_bytes(page[12 + 2 * i : 14 + 2 * i], "big")
        children.append(int.from_bytes(page[at : at + 4], "big"))
        keys.append(_key(page, at + 4))
    return keys, [*children, int.from_bytes(page[8:12], "big")]


def _key(page: bytes, at: int) -> int:
    """The row number that stands there, seven bits a byte."""
    key = 0
    for byte in page[at : at + 9]:
        key = key << 7 | byte & 127
        if byte < 128:
            break
    return key


def _first_key(leaf: bytes) -> int:
    """The number of the first event of a leaf page, whose cell begins with one byte of its length."""
    return _key(leaf, int.from_bytes(leaf[8:10], "big") + 1)


def _decode(data: bytes, count: int, size: int, first: int) -> Ints:
    """The rows (n, 10) of `count` leaf pages of `size` bytes whose first event is `first`; each column lies in one piece.

    Errors: Unplain, too if the events do not follow one another.
    """
    # Room behind the end for the longest row: a cell may begin on the last byte, and a number is read as eight bytes.
    flat = np.frombuffer(data + bytes(128), np.uint8)
    pages = flat[: count * size].reshape(count, size)
    cells = pages[:, 3].astype(np.int64) << 8 | pages[:, 4]
    most = int(cells.max())
    if 8 + 2 * most > size:
        raise Unplain
    pointers = pages[:, 8 : 8 + 2 * most].astype(np.int64)
    pointers = pointers[:, 0::2] << 8 | pointers[:, 1::2]
    there = np.arange(most) < cells[:, None]
    at = (pointers + np.arange(count)[:, None] * size)[there]
    if (pointers[there] >= size).any() or (flat.take(at) >= 128).any():
        raise Unplain
    out = np.empty((10, len(at)), np.int64)
    out[0] = np.arange(first, first + len(at))
    at = _past_keys(flat, at + 1, first)
    types = flat.take(at + np.arange(1, _HEADER)[:, None])
    if (flat.take(at) != _HEADER).any() or types[0].any() or types.max(initial=0) > 9 or (types[1:] == 0).any() or (types == 7).any():
        raise Unplain
    words: np.ndarray[tuple[int], np.dtype[np.int64]] = np.ndarray((len(flat) - 7,), ">i8", flat, 0, (1,))
    place = at + _HEADER
    # A column at a time stays in the processor's cache. The types 8 and 9 are the numbers 0 and 1 themselves, without a byte.
    for column, kind in zip(out[1:], types[1:], strict=True):
        np.right_shift(words[place], _SHIFT.take(kind), out=column)
        np.copyto(column, kind == 9, where=kind >= 8)
        place += _WIDTH.take(kind)
    return out.T


def _past_keys(flat: npt.NDArray[np.uint8], at: Ints, first: int) -> Ints:
    """Where the records begin behind keys that begin at `at`, which must be first, first + 1 ...: seven bits a byte, the highest first."""
    done = 0
    while done < len(at):
        key = first + done
        length = max(-(-key.bit_length() // 7), 1)
        past = min(done + (1 << 7 * length) - key, len(at))
        keys = np.arange(key, first + past)
        for behind in range(length - 1, -1, -1):
            if (flat.take(at[done:past]) != (keys >> 7 * behind & 127) + 128 * (behind > 0)).any():
                raise Unplain
            at[done:past] += 1
        done = past
    return at
