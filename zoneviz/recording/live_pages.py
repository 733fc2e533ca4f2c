"""Events of a file that is being written, or was left open: SQLite copies the rows into memory, and the pages there are decoded.

No number becomes a Python integer, which takes more than half of the time.
"""

import sqlite3

import numpy as np

from zoneviz.errors import InputError
from zoneviz.events import COLUMNS
from zoneviz.recording import schema, trust
from zoneviz.recording.catalogs import integers
from zoneviz.recording.image import AVAILABLE
from zoneviz.recording.sqlite_pages import LEAF, decode
from zoneviz.state.rows import Ints

LEAST = 1024
"""Fewer events are read one by one."""
_PAGE = 1 << 14
_ROW = 128
"""Upper bound of the bytes of ten integers in a row. A longer one has a text, which must not fill the memory."""
_TABLE = schema.EVENTS.replace(" INTEGER NOT NULL", "")
"""A column without a type keeps a text that looks like a number."""
_COPY = "INSERT INTO memory.events SELECT * FROM main.events WHERE seq BETWEEN ? AND ? LIMIT ?"
_ROWS = f"SELECT seq, {', '.join(COLUMNS)} FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?"


def read(db: sqlite3.Connection, first: int, last: int) -> Ints:
    """The events first to last that are there, (n, 10).

    Errors: InputError if a value is not a number; sqlite3.Error.
    """
    count = last - first + 1
    if AVAILABLE and count >= LEAST:
        with trust.copying(db, _TABLE, _PAGE):
            limit = db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _ROW)
            try:
                db.execute(_COPY, (first, last, count))
            except sqlite3.DataError:
                raise InputError("It is damaged: a value is not a number.") from None
            finally:
                db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limit)
            data = db.serialize(name="memory")
        kinds = np.frombuffer(data, np.uint8)[_PAGE::_PAGE]  # of the pages after the schema
        rows, cells = decode([data[at * _PAGE : (at + 1) * _PAGE] for at in (np.flatnonzero(kinds == LEAF) + 1).tolist()])
        if len(rows) == cells == count and (np.diff(rows[:, 0]) > 0).all():
            return rows
    return integers(db.execute(_ROWS, (first, last, count)), 10)
