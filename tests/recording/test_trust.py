"""What a hostile file could try: running code, endless queries, values of other types than the column's."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.recording.test_recorder import record
from zoneviz.errors import InputError, UsageError
from zoneviz.recording import Recording, schema, trust

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT x FROM c"
FORBIDDEN = (
    "ATTACH 'x' AS x",
    "PRAGMA writable_schema = ON",
    "PRAGMA query_only = OFF",
    "VACUUM INTO 'x'",
    "DROP TABLE events",
    "SELECT load_extension('x')",
    "CREATE TEMP TABLE t (x)",
    "PRAGMA journal_mode = WAL",
    "SELECT zeroblob(1000000000)",
)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    record(tmp_path / "a.zvz", 3000, [700])
    return tmp_path / "a.zvz"


def forge(path: Path, *statements: str) -> None:
    """Change a file against its own schema: the texts of the schema, values that violate constraints."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            db.execute(statement)


def test_quotes_do_not_matter_in_the_schema() -> None:
    assert (
        trust.normal('CREATE TABLE "a" (\n   "b" INTEGER\n)')
        == trust.normal("CREATE TABLE [a]([b] INTEGER)")
        == "CREATE TABLE a(b INTEGER)"
    )
    assert trust.normal("SELECT ' \"x\" '") != trust.normal("SELECT 'x'")
    assert set(schema.REQUIRED) | {"events_named", "idx_tasks_id", "idx_threads_id"} == set(trust.expected())


@pytest.mark.parametrize(
    "statements",
    [
        (
            "DROP VIEW events_named",
            "CREATE VIEW events_named AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT x FROM c",
        ),
        ("UPDATE sqlite_master SET sql = replace(sql, 'e.seq', 'randomblob(1e9)') WHERE name = 'events_named'",),
        ("UPDATE sqlite_master SET sql = replace(sql, '\"text\" TEXT', '\"text\" TEXT GENERATED ALWAYS AS (1)') WHERE name = 'names'",),
        ("UPDATE sqlite_master SET sql = 'CREATE VIRTUAL TABLE names USING fts5(id, text)', rootpage = 0 WHERE name = 'names'",),
        ("UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'events') WHERE name = 'samples'",),
    ],
)
def test_no_code_of_the_file_is_run(good: Path, statements: tuple[str, ...]) -> None:
    forge(good, *statements)
    with pytest.raises(InputError) as refused:
        Recording(good)
    assert "takes too long" not in str(refused.value), "it was run, and stopped by the clock"


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_only_reading_is_allowed(good: Path, sql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = good.read_bytes()
    monkeypatch.chdir(good.parent)
    with Recording(good) as recording, pytest.raises(UsageError):
        recording.query(sql)
    assert good.read_bytes() == before and not (good.parent / "x").exists()


def test_an_endless_query_is_stopped(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Recording(good) as recording:
        watch = recording._opened.watch
        monkeypatch.setattr(watch, "limit", lambda seconds: setattr(watch, "_until", time.monotonic() + 0.3))
        with pytest.raises(InputError, match="takes too long"):
            recording.query("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c")


@pytest.mark.parametrize("value", ["'5'", "1.5", "9e999", "NULL", "x'00'", "'text'"])
@pytest.mark.parametrize(
    ("table", "column", "look"),
    [
        ("events", "size", lambda r: r.events()),
        ("events", "time", lambda r: r.seq_at(5)),
        ("samples", "tasks", lambda r: r.samples()),
        ("zone_samples", "free", lambda r: r.samples()),
        ("zones", "elem_size", lambda r: None),
        ("recording", "seed", lambda r: None),
        ("checkpoints", "state", lambda r: r.checkpoint(3000)[0].bit_length() if isinstance(r.checkpoint(3000)[1], bytes) else None),
    ],
)
def test_values_of_another_type_are_refused(good: Path, table: str, column: str, value: str, look: Callable[[Recording], object]) -> None:
    if table == "checkpoints" and value.startswith("x"):
        pytest.skip("a blob is what belongs there")
    # A BLOB column accepts any value; the text of the schema is restored afterwards.
    word = "BLOB" if column == "state" else "INTEGER"
    with closing(sqlite3.connect(good, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        (sql,) = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        loose = sql.replace(" NOT NULL", "").replace(f"{column} {word}", f"{column} BLOB").replace(f'"{column}" {word}', f'"{column}" BLOB')
        db.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (loose, table))
        db.execute(f"PRAGMA schema_version = {db.execute('PRAGMA schema_version').fetchone()[0] + 1}")
    with closing(sqlite3.connect(good, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute(f"UPDATE {table} SET {column} = {value}")
        db.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, table))
    with pytest.raises(InputError) as caught, Recording(good) as recording:
        look(recording)
    assert "\n" not in str(caught.value)


def test_extreme_numbers_are_refused(good: Path) -> None:
    forge(good, "UPDATE events SET size = 9223372036854775807, extra = -9223372036854775808, address = -1")
    with Recording(good) as recording, pytest.raises(InputError, match=r"zvz is damaged: an event has the invalid size 9[0-9]{18}\.$"):
        recording.events()
