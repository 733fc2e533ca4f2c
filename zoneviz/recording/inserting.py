"""Rows into the tables of a recording: events by an image where that pays, others 500 to a statement."""

import sqlite3
from functools import cache

from zoneviz.recording import image
from zoneviz.state.rows import Ints

_CHUNKS = (500, 50, 1)
"""Rows of a statement. One statement of 500 rows costs two thirds of 500 statements of one row."""


def attach(db: sqlite3.Connection) -> None:
    """Prepare a connection for `load`."""
    db.execute("ATTACH ':memory:' AS image")


def load(db: sqlite3.Connection, rows: Ints) -> bool:
    """Load an image of these events (n, 10), for `events`, if that pays. Not within a transaction."""
    if pays := image.pays(rows):
        db.deserialize(image.image(rows), name="image")
    return pays


def events(db: sqlite3.Connection, rows: Ints, loaded: bool) -> None:
    """Insert events; `loaded`: what `load` returned for them."""
    if loaded:
        db.execute("INSERT INTO main.events SELECT * FROM image.events")
    else:
        table(db, "events", rows)


def table(db: sqlite3.Connection, name: str, rows: Ints) -> None:
    """Insert rows (n, columns), except those whose key is there already."""
    execute, at, count = db.execute, 0, len(rows)
    for chunk in _CHUNKS:
        past = at + (count - at) // chunk * chunk
        for start in range(at, past, chunk):
            execute(_statement(name, rows.shape[1], chunk), rows[start : start + chunk].ravel().tolist())
        at = past


@cache
def _statement(name: str, width: int, rows: int) -> str:
    """A statement that inserts this number of rows with `width` columns."""
    row = f"({', '.join('?' * width)})"
    return f"INSERT OR IGNORE INTO main.{name} VALUES {', '.join([row] * rows)}"
