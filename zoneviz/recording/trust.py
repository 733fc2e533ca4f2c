"""Opening an untrusted file: read-only, without running anything in it, and with a time limit on every query.

SQLite is set to distrust the file, the schema is compared with ours before anything is read, an authorizer allows reading only, and
a progress handler stops queries that take too long.
"""

import os
import re
import sqlite3
import time
import weakref
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache, partial
from pathlib import Path

from zoneviz import resources
from zoneviz.errors import InputError
from zoneviz.recording import schema

LENGTH_LIMIT = 1 << 26
"""Upper bound of the bytes of a value or row."""
SECONDS = 4.0
"""Time limit of one read, unless the caller sets another."""
EVENTS_A_SECOND = 20_000
"""A tenth of what a slow machine reads; lengthens the time limit of a read of events."""
_OPERATIONS = 20_000  # steps of SQLite's machine between two checks of the clock: a millisecond or two
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
_IT = "It "
"""How an error begins that does not name the file."""
_DANGEROUS = ("load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "zeroblob", "randomblob")


class Watch:
    """The deadline of one connection, in wall-clock time."""

    def __init__(self) -> None:
        self._until = 0.0
        self._stopped: Callable[[], bool] | None = None
        self.denied = False
        """Whether a statement was refused because it reads a table that `connect` was called without."""

    def limit(self, seconds: float, stopped: Callable[[], bool] | None = None) -> None:
        """Set the deadline to `seconds` from now, or to when `stopped` first says so."""
        self._until, self._stopped = time.monotonic() + seconds, stopped

    def over(self) -> bool:
        """Whether the deadline has passed; SQLite calls this while it works."""
        return time.monotonic() > self._until or (self._stopped is not None and self._stopped())


def timed(db: sqlite3.Connection) -> Watch:
    """Stop what the connection executes at the deadline, which is SECONDS from now at first."""
    watch = Watch()
    watch.limit(SECONDS)
    db.set_progress_handler(watch.over, _OPERATIONS)
    return watch


class Pages:
    """The pages of a database file, read without SQLite but within the deadline of `watch`. Close it.

    Errors: OSError if it cannot be opened; sqlite3.OperationalError ("interrupted") after the deadline.
    """

    def __init__(self, file: Path, watch: Watch) -> None:
        self._watch = watch
        self._file = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        head = os.pread(self._file, _HEAD, 0).ljust(_HEAD, b"\0")
        size = int.from_bytes(head[16:18], "big")
        valid = size >= 512 and size & (size - 1) == 0
        self.size = 1 << 16 if size == 1 else size if valid else 4096
        """Bytes of a page; SQLite's default if the head of the file is damaged."""
        self.reserved = head[20]
        """Unused bytes at the end of each page."""
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


def connect(file: Path, *, salvage: bool = False, without: Collection[str] = ()) -> tuple[sqlite3.Connection, Watch]:
    """A read-only connection and its deadline. `salvage`: accept a file shorter than its header claims. `without`: tables whose rows are
    elsewhere; a statement that reads them is refused.

    Errors: sqlite3.Error if it cannot be opened.
    """
    # Without -wal beside it the file is opened as immutable; otherwise SQLite would create -wal and -shm files.
    lone = not any(Path(f"{file}{suffix}").exists() for suffix in ("-wal", "-journal"))
    db = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro{'&immutable=1' if lone else ''}", uri=True, isolation_level=None)
    watch = timed(db)
    try:
        for category, value in _LIMITS.items():
            db.setlimit(category, value)
        # Sorting must not write temporary files.
        for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "temp_store = MEMORY"):
            db.execute(f"PRAGMA {pragma}")
        if salvage:
            db.execute("PRAGMA writable_schema = ON")  # makes SQLite tolerant; the connection stays read-only
        with suppress(sqlite3.DatabaseError):
            # The authorizer would take the first use of json_each for a write to the schema. This reads nothing from the file.
            db.execute("SELECT 1 FROM json_each('[]')").fetchall()
        db.set_authorizer(partial(_authorize_without, watch, without) if without else _authorize)
    except sqlite3.Error:
        db.close()
        raise
    return db, watch


@contextmanager
def copying(db: sqlite3.Connection, table: str, page_size: int) -> Iterator[None]:
    """Context in which rows can be copied into the empty `table` (SQL) of a database `memory`, which exists as long as the context.

    The file itself stays read-only: it was opened so.
    """
    db.set_authorizer(None)
    db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 1)
    try:
        db.execute("ATTACH ':memory:' AS memory")
        try:
            db.execute(f"PRAGMA memory.page_size = {page_size}")
            db.execute("PRAGMA memory.journal_mode = OFF")
            db.execute("PRAGMA query_only = OFF")
            db.execute(table.replace("CREATE TABLE ", "CREATE TABLE memory.", 1))
            db.set_authorizer(_authorize_copying)
            yield
        finally:
            db.set_authorizer(None)
            db.execute("PRAGMA query_only = ON")
            db.execute("DETACH memory")
    finally:
        db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        db.set_authorizer(_authorize)


class Again:
    """Opens a file that was read and checked once more: each call gives a new connection, in any thread.

    Errors, inside that context: InputError if the file is damaged, or is not the same any more.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._was = self._identity()

    def _identity(self) -> tuple[int, ...]:
        """What changes if the file is replaced; empty if it is gone."""
        with suppress(OSError):
            found = self._path.stat()
            return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
        return ()

    @contextmanager
    def __call__(self) -> Iterator[sqlite3.Connection]:
        with reading(self._path):
            if self._identity() != self._was:
                raise InputError(f"{self._path} was removed or replaced while it was open. Open it again.")
            db, _ = connect(self._path)
            try:
                yield db
            except InputError as error:
                raise damaged(self._path, error) from None
            finally:
                db.close()


def damaged(path: Path, error: InputError) -> InputError:
    """An error about the contents of a recording, with the name of its file."""
    return InputError(f"{path} is damaged: {str(error)[0].lower()}{str(error)[1:]}")


def check(db: sqlite3.Connection, path: Path) -> int:
    """Check that it is a recording with exactly our schema, and return its format version. An older version's schema is not checked.

    Errors: InputError; sqlite3.Error if it cannot be read.
    """
    if db.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
        raise InputError(f"{path} is not a zoneviz recording.")
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > schema.FORMAT:
        raise InputError(f"{path} has format {version}, newer than {schema.FORMAT}, which this zoneviz reads. Use a newer zoneviz.")
    if version < 1:
        raise InputError(f"{path} is damaged: its format {version} does not exist.")
    if version == schema.FORMAT:
        check_schema(db, path, expected())
    return version


def check_schema(db: sqlite3.Connection, path: Path, ours: dict[str, tuple[str, str]], noun: str = "recording") -> None:
    """Check that the file has exactly these items: name -> (type, SQL as `normal` makes it). `noun`: what the file is called in errors.

    Errors: InputError.
    """
    found = db.execute("SELECT name, type, sql, rootpage FROM sqlite_master LIMIT 200").fetchall()
    there = {}
    for name, kind, sql, _ in found:
        if not (isinstance(name, str) and isinstance(kind, str) and isinstance(sql, str | None)):
            raise InputError(f"{path} is damaged: its schema has invalid values.")
        if sql is not None or not name.startswith("sqlite_autoindex_"):
            there[name] = (kind, normal(sql or ""))
    for name, item in ours.items():
        if name not in there or there[name][0] != item[0]:
            raise InputError(f"{path} is damaged: the {item[0]} {name} is missing.")
        if there[name] != item:
            raise InputError(f"{path} is not a valid {noun}: {item[0]} {name} has an unexpected schema.")
    strange = sorted(set(there) - set(ours))
    if strange:
        name = strange[0]
        raise InputError(f"{path} is not a valid {noun}: it has an unexpected {there[name][0]} {name[:100]!r}.")
    roots = [root for *_, root in found if root]
    if len(set(roots)) != len(roots):
        raise InputError(f"{path} is damaged: two tables share their pages.")


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
    """SQL of a schema without redundant spaces and quotes, in which releases of sqlite-utils differ."""
    bare = re.sub(r'"(\w+)"|\[(\w+)\]|`(\w+)`', lambda found: found[1] or found[2] or found[3], sql)
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(bare.split()))


@contextmanager
def reading(path: Path, noun: str = "recording") -> Iterator[None]:
    """Context for reading: errors from SQLite, invalid values and excessive memory become an InputError about `path`, a `noun`."""
    try:
        yield
    except InputError as error:
        if not str(error).startswith(_IT):
            raise
        raise InputError(f"{path} {str(error).removeprefix(_IT)}") from None
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            raise InputError(f"{path} takes too long to read: it is damaged, or too large for this machine.") from None
        raise InputError(f"{path} cannot be read as a {noun}: {_one_line(error)}.") from error
    except sqlite3.Error as error:
        raise InputError(f"{path} cannot be read as a {noun}: {_one_line(error)}.") from error
    except (TypeError, ValueError, OverflowError, MemoryError) as error:
        raise InputError(f"{path} is damaged: {_one_line(error)}.") from error


def _one_line(error: Exception) -> str:
    """The text of an error on one line, shortened: it may quote the file."""
    return " ".join(str(error).split())[:200]


def _authorize(action: int, first: str | None, second: str | None, database: str | None, source: str | None) -> int:
    if action in _READING:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if second in _DANGEROUS else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS:
        # With an argument these would set something, except the two that inspect a table.
        return sqlite3.SQLITE_OK if second is None or first in ("quick_check", "table_info") else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_DENY


def _authorize_copying(action: int, first: str | None, second: str | None, database: str | None, source: str | None) -> int:
    if action == sqlite3.SQLITE_INSERT and database == "memory":
        return sqlite3.SQLITE_OK
    return _authorize(action, first, second, database, source)


def _authorize_without(watch: Watch, without: Collection[str], action: int, first: str | None, *more: str | None) -> int:
    if action == sqlite3.SQLITE_READ and first in without:
        watch.denied = True
        return sqlite3.SQLITE_DENY
    second, database, source = more
    return _authorize(action, first, second, database, source)
