"""Opening a file that a stranger may have made: read-only, nothing of its own is run, and no query lasts for ever.

SQLite itself is asked to distrust the file, its schema is compared with ours before anything is read, an authorizer
allows reading only, and a progress handler ends what takes too long.
"""

import os
import re
import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from pathlib import Path

from zoneviz import resources
from zoneviz.errors import InputError
from zoneviz.recording import schema

LENGTH_LIMIT = 1 << 26
"""Bytes of the longest value or row SQLite may give us."""
SECONDS = 4.0
"""How long one reading may take, if its caller expects nothing longer."""
_OPERATIONS = 20_000  # steps of SQLite's machine between two looks at the clock: a millisecond or two
_HEAD = 100  # bytes of the head of a database file
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LENGTH_LIMIT,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1 << 20,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_READING = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE, sqlite3.SQLITE_TRANSACTION)
_PRAGMAS = ("journal_mode", "application_id", "user_version", "quick_check", "page_count", "page_size", "table_info", "database_list")
_DANGEROUS = ("load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "zeroblob", "randomblob")


class Watch:
    """The clock of one connection: what is asked within `limit` must be answered in time."""

    def __init__(self) -> None:
        self._until = 0.0

    def limit(self, seconds: float) -> None:
        """From now on, so many wall-clock seconds."""
        self._until = time.monotonic() + seconds

    def over(self) -> bool:
        """Whether the time is up; SQLite asks this as it works."""
        return time.monotonic() > self._until


class Pages:
    """The pages of a database file, past SQLite: read-only, whole pages, within the clock of `watch`. Close it.

    Errors: OSError if it cannot be opened; sqlite3.OperationalError ("interrupted") when the time is up.
    """

    def __init__(self, file: Path, watch: Watch) -> None:
        self._watch = watch
        self._file = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        head = os.pread(self._file, _HEAD, 0).ljust(_HEAD, b"\0")
        size = int.from_bytes(head[16:18], "big")
        valid = size >= 512 and size & (size - 1) == 0
        self.size = 1 << 16 if size == 1 else size if valid else 4096
        """Bytes of a page; the default where the head of the file is damaged."""
        self.reserved = head[20]
        """Bytes at the end of each page that SQLite leaves alone."""
        self._closed = weakref.finalize(self, os.close, self._file)

    def read(self, number: int) -> bytes:
        """Page `number`, from 1; shorter or empty past the end of the file."""
        if self._watch.over():
            raise sqlite3.OperationalError("interrupted")
        return os.pread(self._file, self.size, (number - 1) * self.size)

    def __iter__(self) -> Iterator[bytes]:
        """All whole pages in order."""
        number = 1
        while len(page := self.read(number)) == self.size:
            yield page
            number += 1

    def close(self) -> None:
        """Close the file. Closing twice does nothing."""
        self._closed()


def connect(file: Path, *, salvage: bool = False) -> tuple[sqlite3.Connection, Watch]:
    """A connection that can only read. `salvage`: go on where the file is shorter than it says.

    Errors: sqlite3.Error if it cannot be opened. A file that is in WAL mode with nothing beside it is opened as one
    that does not change, for else SQLite would make files beside it.
    """
    lone = not any(Path(f"{file}{suffix}").exists() for suffix in ("-wal", "-journal"))
    db = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro{'&immutable=1' if lone else ''}", uri=True, isolation_level=None)
    watch = Watch()
    watch.limit(SECONDS)
    try:
        for category, value in _LIMITS.items():
            db.setlimit(category, value)
        # Sorting must not write files either.
        for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "temp_store = MEMORY"):
            db.execute(f"PRAGMA {pragma}")
        if salvage:
            db.execute("PRAGMA writable_schema = ON")  # SQLite then reads what there is; nothing can be written all the same
        db.set_progress_handler(watch.over, _OPERATIONS)
        with suppress(sqlite3.DatabaseError):
            # Its first use looks to the authorizer like a write to the schema; the file itself is not asked anything.
            db.execute("SELECT 1 FROM json_each('[]')").fetchall()
        db.set_authorizer(_authorize)
    except sqlite3.Error:
        db.close()
        raise
    return db, watch


def check(db: sqlite3.Connection, path: Path) -> int:
    """That it is a recording whose schema is ours, item for item; its format version, not above ours.

    Errors: InputError; sqlite3.Error if it cannot even be asked.
    """
    if db.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
        raise InputError(f"{path} is not a recording of zoneviz.")
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > schema.FORMAT:
        raise InputError(f"{path} is of format {version}, newer than the {schema.FORMAT} that this zoneviz can read.")
    if version < 1:
        raise InputError(f"{path} is damaged: it has no known format.")
    if version == schema.FORMAT:
        check_schema(db, path, expected())
    return version


def check_schema(db: sqlite3.Connection, path: Path, ours: dict[str, tuple[str, str]]) -> None:
    """That the file holds just these items: name -> (type, SQL as `normal` makes it).

    Errors: InputError.
    """
    found = db.execute("SELECT name, type, sql, rootpage FROM sqlite_master LIMIT 200").fetchall()
    there = {}
    for name, kind, sql, _ in found:
        if not (isinstance(name, str) and isinstance(kind, str) and isinstance(sql, str | None)):
            raise InputError(f"{path} is damaged: its schema is none.")
        if sql is not None or not name.startswith("sqlite_autoindex_"):
            there[name] = (kind, normal(sql or ""))
    for name, item in ours.items():
        if name not in there or there[name][0] != item[0]:
            raise InputError(f"{path} is damaged: it has no {item[0]} {name}.")
        if there[name] != item:
            raise InputError(f"{path} is no good recording: its {item[0]} {name} is not as it should be.")
    strange = sorted(set(there) - set(ours))
    if strange:
        name = strange[0]
        raise InputError(f"{path} is no good recording: it holds a {there[name][0]} {name[:100]!r}, which no recording has.")
    roots = [root for *_, root in found if root]
    if len(set(roots)) != len(roots):
        raise InputError(f"{path} is damaged: two of its tables are one.")


def expected() -> dict[str, tuple[str, str]]:
    """The schema of our format, as `items`."""
    return items(resources.schema())


@cache
def items(sql: Path) -> dict[str, tuple[str, str]]:
    """The schema that an SQL file makes: name -> (type, SQL as `normal` makes it)."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    try:
        db.executescript(sql.read_text(encoding="utf-8"))
        return {name: (kind, normal(sql)) for name, kind, sql in db.execute("SELECT name, type, sql FROM sqlite_master WHERE sql NOT NULL")}
    finally:
        db.close()


@lru_cache(maxsize=256)
def normal(sql: str) -> str:
    """SQL of a schema without what means nothing: spaces, and quotes around plain names. Releases of sqlite-utils differ in them."""
    bare = re.sub(r'"(\w+)"|\[(\w+)\]|`(\w+)`', lambda found: found[1] or found[2] or found[3], sql)
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(bare.split()))


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Around all reading: what SQLite or a value of the wrong type complains of becomes an InputError.

    Nothing else passes but that: also memory that a file asks for and the machine does not have.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            raise InputError(f"{path} takes too long to read: it is damaged, or larger than this machine can read.") from None
        raise InputError(f"{path} cannot be read as a recording: {_one_line(error)}.") from error
    except sqlite3.Error as error:
        raise InputError(f"{path} cannot be read as a recording: {_one_line(error)}.") from error
    except (TypeError, ValueError, OverflowError, MemoryError) as error:
        raise InputError(f"{path} is damaged: {_one_line(error)}.") from error


def _one_line(error: Exception) -> str:
    """What an error says, shortened: it may quote the file."""
    return " ".join(str(error).split())[:200]


def _authorize(action: int, first: str | None, second: str | None, database: str | None, source: str | None) -> int:
    if action in _READING:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if second in _DANGEROUS else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS:
        # Each of them with an argument would set something, or look at a table: only looking is allowed.
        return sqlite3.SQLITE_OK if second is None or first in ("quick_check", "table_info") else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_DENY
