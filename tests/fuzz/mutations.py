"""Damages a good recording: bytes, pages, rows, values of every type, schema, packing. The same number and seed, the same damage."""

import random
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import zstandard

PAGE = 4096
TABLES = (
    "events", "recording", "zone_samples", "kinds", "names", "paths", "zones", "maps", "tasks", "threads", "samples", "checkpoints",
    "machine", "task_samples", "details", "figures", "figure_samples",
)  # fmt: skip
VALUES = (
    None, 0, 1, -1, 2, 5000, -(1 << 63), (1 << 63) - 1, 1 << 31, 1 << 40, 65535, 4096, float("nan"), float("inf"), -1.5, 1e300,
    (1 << 48) - 1, (1 << 52) - 1, "", "5", "1073741824", "9" * 30, "boot_zone_memory",
    "text", "\0", "[red]x[/]", "\x1b[2J", "x" * 100_000, "{", "[" * 3000, '{"a": NaN}', "null", '{"counts": 5}',
    b"", b"\0" * 10, b"zvS1", b"zvS1" + b"\0" * 50, b"zvS5" + b"\0" * 50, b"zvS6" + b"\0" * 50, b"\xff" * 5000,
)  # fmt: skip
SCHEMA = (
    "CREATE TRIGGER t AFTER UPDATE ON recording BEGIN DELETE FROM events; END",
    "CREATE VIEW v AS SELECT * FROM events",
    "CREATE TABLE extra (x)",
    "CREATE INDEX i ON events (time)",
    "CREATE VIRTUAL TABLE f USING fts5(x)",
    "DROP VIEW events_named",
    "DROP VIEW events_named; CREATE VIEW events_named AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c",
    "DROP TABLE {table}",
    "ALTER TABLE {table} RENAME TO other",
    "ALTER TABLE {table} ADD COLUMN more",
    "ALTER TABLE {table} RENAME TO kept; CREATE VIEW {table} AS SELECT * FROM kept",
    "ALTER TABLE {table} RENAME TO kept; CREATE VIEW {table} AS WITH RECURSIVE c AS (SELECT 1 UNION ALL SELECT * FROM c) SELECT * FROM c",
    "PRAGMA user_version = {number}",
    "PRAGMA application_id = {number}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA encoding = 'UTF-16'",
    "PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage = {page} WHERE name = '{table}'",
    "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, 'INTEGER', 'INTEGER CHECK (length(zeroblob(1e9)))')",
    "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', 'DEFAULT 5') WHERE name = '{table}'",
    "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = NULL WHERE name = '{table}'",
    "PRAGMA writable_schema = ON; UPDATE sqlite_master SET type = 'index' WHERE name = '{table}'",
)


def bytes_at_random(data: bytes, chance: random.Random, _: Path) -> bytes:
    """Change some bytes, anywhere or in page headers."""
    spoiled = bytearray(data)
    for _i in range(chance.choice((1, 1, 5, 50, 500))):
        at = chance.randrange(len(data)) if chance.random() < 0.5 else chance.randrange(len(data) // PAGE) * PAGE + chance.randrange(120)
        spoiled[at % len(data)] = chance.choice((0, 1, 2, 5, 10, 13, 127, 128, 255, chance.randrange(256)))
    return bytes(spoiled)


def pages(data: bytes, chance: random.Random, _: Path) -> bytes:
    """Zero pages, replace them by others or by noise, redirect a pointer, or cut off the end."""
    spoiled, count = bytearray(data), len(data) // PAGE
    for _i in range(chance.choice((1, 1, 3, 10))):
        at, other = chance.randrange(count) * PAGE, chance.randrange(count) * PAGE
        kind = chance.randrange(5)
        if kind == 0:
            spoiled[at : at + PAGE] = bytes(PAGE)
        elif kind == 1:
            spoiled[at : at + PAGE] = data[other : other + PAGE]
        elif kind == 2:
            spoiled[at : at + PAGE] = chance.randbytes(PAGE)
        elif kind == 3:
            place = at + chance.randrange(8, 200)
            spoiled[place : place + 4] = struct.pack(">I", chance.choice((0, 1, at // PAGE + 1, other // PAGE + 1, count + 5)))
        else:
            return bytes(spoiled[: chance.randrange(len(data))])
    return bytes(spoiled)


def _sql(data: bytes, folder: Path, change: Callable[[sqlite3.Connection], None]) -> bytes:
    path = folder / "spoiled.db"
    path.write_bytes(data)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for pragma in ("synchronous = OFF", "journal_mode = OFF", "ignore_check_constraints = ON"):
            db.execute(f"PRAGMA {pragma}")
        with suppress(sqlite3.Error):
            change(db)
    return path.read_bytes()


def rows(data: bytes, chance: random.Random, folder: Path) -> bytes:
    """Put values of every type into cells; delete, replace and add rows."""

    def change(db: sqlite3.Connection) -> None:
        # Without its constraints a column takes anything, as in a forged file.
        db.execute("PRAGMA writable_schema = ON")
        kept = db.execute("SELECT name, sql FROM sqlite_master").fetchall()
        db.execute("UPDATE sqlite_master SET sql = replace(replace(sql, ' NOT NULL', ''), ' INTEGER,', ' BLOB,')")
        version = db.execute("PRAGMA schema_version").fetchone()[0]
        db.execute(f"PRAGMA schema_version = {version + 1}")
        for _i in range(chance.choice((1, 1, 2, 10))):
            table = chance.choice(TABLES)
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            if not columns:  # an older format does not have it
                continue
            column, value = chance.choice(columns), chance.choice(VALUES)
            count = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            row = f"{columns[0]} = (SELECT {columns[0]} FROM {table} LIMIT 1 OFFSET {chance.randrange(max(count, 1))})"
            what = chance.randrange(6)
            with suppress(sqlite3.Error):
                if what == 0:
                    db.execute(f"DELETE FROM {table} WHERE {row}")
                elif what == 1:
                    db.execute(
                        f"INSERT OR REPLACE INTO {table} VALUES ({','.join('?' * len(columns))})", [chance.choice(VALUES) for _ in columns]
                    )
                elif what == 2:
                    db.execute(f"UPDATE {table} SET {column} = ?", (value,))
                else:
                    db.execute(f"UPDATE {table} SET {column} = ? WHERE {row}", (value,))
        for name, sql in kept:
            db.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, name))

    return _sql(data, folder, change)


def schema(data: bytes, chance: random.Random, folder: Path, change_to: str) -> bytes:
    """Tables, views, triggers and indexes that a recording does not have: `change_to` is one of SCHEMA."""

    def change(db: sqlite3.Connection) -> None:
        words = {"table": chance.choice(TABLES), "number": chance.choice((0, 1, 2, 99, -1)), "page": chance.randrange(1, 40)}
        for statement in change_to.format(**words).split("; "):
            db.execute(statement) if "BEGIN" not in statement else db.executescript(f"{statement}; END")

    return _sql(data, folder, change)


def packing(data: bytes, chance: random.Random, folder: Path) -> bytes:
    """A recording packed as a whole with changed bytes, cut off, with a wrong size or with other contents."""
    kind = chance.randrange(5)
    if kind == 0:
        return zstandard.ZstdCompressor(level=1).compress(chance.choice((bytes(1 << 20), b"", b"hello", data[:5000], b"SQLite format 3\0")))
    packed = bytearray(zstandard.ZstdCompressor(level=1, write_checksum=True).compress(chance.choice((data, pages(data, chance, folder)))))
    if kind == 1:
        return bytes(packed[: chance.randrange(len(packed))])
    if kind == 2:
        packed[4:13] = chance.randbytes(9)
    for _i in range(chance.choice((0, 1, 5, 50))):
        packed[chance.randrange(len(packed))] = chance.randrange(256)
    return bytes(packed) + (b"more" if kind == 3 else b"")
