"""Events out of the pages of a damaged database, without SQLite: https://www.sqlite.org/fileformat2.html, chapters 1.6 and 2.1."""

from array import array
from itertools import pairwise
from pathlib import Path

import numpy as np

from zoneviz.state.rows import Ints

_LEAF = 0x0D
_COLUMNS = 10
_SIZES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 8: 0, 9: 0}
"""Bytes of an integer by its serial type; 8 and 9 are the numbers 0 and 1."""


def carve(path: Path) -> Ints:
    """Every row of ten columns that are a key and nine integers, as (n, 10) in order of the key: no other table has such."""
    found = array("q")
    with path.open("rb") as file:
        head = file.read(100)
        size = int.from_bytes(head[16:18], "big")
        size = 1 << 16 if size == 1 else size if size >= 512 and size & (size - 1) == 0 else 4096
        file.seek(0)
        while page := file.read(size):
            if page[0] == _LEAF:
                _leaf(page, found)
    rows = np.frombuffer(found, np.int64).reshape(-1, _COLUMNS)
    return rows[np.argsort(rows[:, 0], kind="stable")]


def _leaf(page: bytes, found: "array[int]") -> None:
    cells = int.from_bytes(page[3:5], "big")
    for at in range(8, 8 + 2 * min(cells, len(page) // 4), 2):
        row = _cell(page, int.from_bytes(page[at : at + 2], "big"))
        if row is not None:
            found.extend(row)


def _cell(page: bytes, at: int) -> list[int] | None:
    try:
        length, at = _varint(page, at)
        key, at = _varint(page, at)
        end = at + length
        # Ten small serial types take a byte each, and the length of their header another.
        if page[at] != _COLUMNS + 1 or page[at + 1] != 0 or end > len(page):
            return None
        types = page[at + 2 : at + 1 + _COLUMNS]
        at += 1 + _COLUMNS
        borders = [at]
        for kind in types:
            at += _SIZES[kind]
            borders.append(at)
    except (IndexError, KeyError):
        return None
    if at != end or not 0 < key < 1 << 62:
        return None
    values = (
        kind - 8 if kind >= 8 else int.from_bytes(page[a:b], "big", signed=True)
        for kind, (a, b) in zip(types, pairwise(borders), strict=True)
    )
    row = [key, *values]
    return row if 0 < row[1] < 256 else None


def _varint(page: bytes, at: int) -> tuple[int, int]:
    """A number of SQLite's changing length, and where it ends."""
    value = 0
    for i in range(8):
        byte = page[at + i]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + i + 1
    return value << 8 | page[at + 8], at + 9
