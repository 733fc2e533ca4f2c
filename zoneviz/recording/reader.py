"""Reading a recording, finished, still being written, or left behind by a program that was stopped."""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from zoneviz.errors import InputError, UsageError
from zoneviz.events import COLUMNS, Catalog, MapInfo, TaskInfo, ThreadInfo, ZoneInfo
from zoneviz.recording import header as headers
from zoneviz.recording import schema
from zoneviz.recording.header import Header
from zoneviz.recording.pages import EventPages, Unplain
from zoneviz.recording.samples import Samples, tidy
from zoneviz.recording.totals import Ints

_EVENTS = f"SELECT seq, {', '.join(COLUMNS)} FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq"
_MACHINE = ", ".join(("seq", "time", *schema.MACHINE_FIGURES))


class Recording:
    """A recording opened read-only. `catalog` grows in place with `refresh`, so who holds it sees new names.

    While it is not complete no connection is kept between calls: one would keep the recorder from closing the
    file. A Recording belongs to the thread that made it.
    Errors: InputError, in one sentence, if the file is missing, damaged, no recording or from the future. Every
    method may raise it when it meets damage.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.header: Header = Header()
        self.catalog = Catalog()
        self.event_count = 0
        """Events that can be read: as of the last `refresh`."""
        self.last_time = 0
        """Simulated ns of the last of them."""
        self._entries: dict[str, int] = {}
        self._kept: sqlite3.Connection | None = None
        self._closed = False
        self._pages: EventPages | bool | None = None
        if not self.path.is_file():
            raise InputError(f"There is no recording {self.path}.")
        with self._connection() as db:
            self._check(db)
            self._load(db)

    @property
    def complete(self) -> bool:
        """Whether it was recorded to its end."""
        return self.header.complete

    def refresh(self) -> bool:
        """Look again at a recording that is being written; True if there are new events or it became complete."""
        if self.complete:
            return False
        with self._connection() as db:
            before = self.event_count, self.complete
            self._load(db)
            return before != (self.event_count, self.complete)

    def events(self, first: int = 1, last: int | None = None) -> Ints:
        """Events numbered first to last, both included, as an int64 array (n, 10): seq and `events.COLUMNS`.

        What lies outside the recording is left out, so n may be 0. 65,536 events take about a tenth of a second while it is
        being recorded, and a tenth of that once it is complete.
        """
        first, last = max(first, 1), self.event_count if last is None else min(last, self.event_count)
        if first > last:
            return np.empty((0, 10), np.int64)
        with self._connection() as db:
            rows = self._from_pages(db, first, last)
            if rows is not None:
                return rows
            rows = np.fromiter(chain.from_iterable(db.execute(_EVENTS, (first, last))), np.int64).reshape(-1, 10)
        if len(rows) != last - first + 1 or rows[0, 0] != first or rows[-1, 0] != last:
            raise InputError(f"{self.path} is damaged: events between {first} and {last} are missing.")
        return rows

    def seq_at(self, time: int) -> int:
        """Number of the last event at or before a time in ns, 0 if there is none."""
        low, high = 0, self.event_count
        with self._connection() as db:
            while low < high:
                middle = (low + high + 1) // 2
                found = db.execute("SELECT time FROM events WHERE seq = ?", (middle,)).fetchone()
                low, high = (middle, high) if found and found[0] <= time else (low, middle - 1)
        return low

    def samples(
        self, first: int = 0, last: int | None = None, *, step: int = schema.SAMPLE_STEP, figures: Sequence[str] = schema.ZONE_FIGURES
    ) -> Samples:
        """Samples taken after events first to last, one each `step` events and one at the end of a complete recording.

        `step` is one of `schema.LEVELS`; `figures` are those of the zones that are wanted.
        """
        if step not in schema.LEVELS or not set(figures) <= set(schema.ZONE_FIGURES):
            raise ValueError(f"step is one of {schema.LEVELS}, figures are of {schema.ZONE_FIGURES}")
        whole = schema.LEVELS[-1]
        last = self.event_count if last is None else min(last, self.event_count)
        start = max(first, 0) // whole * whole
        bounds = (start, last, step, self.event_count)
        where = "WHERE seq BETWEEN ? AND ? AND (seq % ? = 0 OR seq = ?)"
        with self._connection() as db:
            machine = db.execute(f"SELECT {_MACHINE} FROM samples {where} ORDER BY seq", bounds).fetchall()
            # The samples are few and their numbers quickly told; each then leads to its zones without a look at those between.
            chosen = f"WHERE seq IN (SELECT seq FROM samples {where})" if step > schema.SAMPLE_STEP else where
            sql = f"SELECT seq, zone, {', '.join(figures)} FROM zone_samples {chosen} ORDER BY seq, zone"
            zones = db.execute(sql, bounds)
            return tidy(machine, zones, len(self.catalog.zones), figures, first)

    def task_samples(self) -> Ints:
        """What each task did, a row (seq of the stretch's last event, task, schema.TASK_FIGURES) each; none in older recordings."""
        with self._connection() as db:
            if not db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'task_samples'").fetchone():
                return np.empty((0, 2 + len(schema.TASK_FIGURES)), np.int64)
            found = db.execute(f"SELECT seq, task, {', '.join(schema.TASK_FIGURES)} FROM task_samples ORDER BY seq, task")
            return np.array(found.fetchall(), np.int64).reshape(-1, 2 + len(schema.TASK_FIGURES))

    def checkpoint(self, at_or_before: int) -> tuple[int, bytes] | None:
        """The last checkpoint at or before an event: its seq and the state as bytes; None if there is none."""
        with self._connection() as db:
            found = db.execute("SELECT seq, state FROM checkpoints WHERE seq <= ? ORDER BY seq DESC LIMIT 1", (at_or_before,)).fetchone()
        if found is None:
            return None
        if not isinstance(found[0], int) or not isinstance(found[1], bytes):
            raise InputError(f"{self.path} is damaged: a checkpoint is not what it should be.")
        return found[0], found[1]

    def query(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """The rows that SQL of one's own gives, as dicts by column.

        Errors: UsageError if SQLite does not accept it.
        """
        with self._connection() as db:
            try:
                cursor = db.execute(sql, params)
                names = [column[0] for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor]
            except (sqlite3.OperationalError, sqlite3.ProgrammingError, sqlite3.Warning) as error:
                raise UsageError(f"SQLite does not accept that: {error}.") from None

    def close(self) -> None:
        """Close the file. Closing twice does nothing."""
        self._closed = True
        if isinstance(self._pages, EventPages):
            self._pages.close()
            self._pages = None
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def __enter__(self) -> "Recording":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _from_pages(self, db: sqlite3.Connection, first: int, last: int) -> Ints | None:
        """The events, if the file is finished and plain enough to read them without SQLite."""
        if db is not self._kept or self._pages is False:
            return None
        try:
            if not isinstance(self._pages, EventPages):
                self._pages = EventPages(db)
            return self._pages.read(first, last)
        except Unplain:
            if isinstance(self._pages, EventPages):
                self._pages.close()
            self._pages = False
            return None

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if self._closed:
            raise ValueError(f"the recording {self.path} is closed")
        db = self._kept
        try:
            if db is None:
                db = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
                for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON"):
                    db.execute(f"PRAGMA {pragma}")
            yield db
            # Still in WAL mode, the recorder may be about to leave it, and a connection kept would stop that.
            if self.complete and db is not self._kept and db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                self._kept = db
        except sqlite3.Error as error:
            raise InputError(f"{self.path} cannot be read as a recording: {error}.") from error
        except (TypeError, ValueError, OverflowError) as error:
            raise InputError(f"{self.path} is damaged: {error}.") from error
        finally:
            if db is not None and db is not self._kept:
                db.close()

    def _check(self, db: sqlite3.Connection) -> None:
        if db.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
            raise InputError(f"{self.path} is not a recording of zoneviz.")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > schema.FORMAT:
            raise InputError(f"{self.path} is of format {version}, newer than the {schema.FORMAT} that this zoneviz can read.")
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")}
        missing = [name for name in schema.REQUIRED if name not in tables]
        if version < 1 or missing:
            raise InputError(f"{self.path} is damaged: it has no table {', '.join(missing) or 'of a known format'}.")

    def _load(self, db: sqlite3.Connection) -> None:
        db.execute("BEGIN")  # one moment for the header, the count and the names
        try:
            cursor = db.execute("SELECT * FROM recording LIMIT 2")
            rows = [dict(zip([c[0] for c in cursor.description], row, strict=True)) for row in cursor]
            if len(rows) != 1:
                raise InputError("It has no header.")
            self.header = headers.from_row(rows[0])
            self._load_catalog(db)
            found = db.execute("SELECT seq, time FROM events ORDER BY seq DESC LIMIT 1").fetchone() or (0, 0)
            if not all(isinstance(value, int) for value in found) or found[0] < 0:
                raise InputError("Its last event is not one.")
            self.event_count, self.last_time = found
        except InputError as error:
            raise InputError(f"{self.path} is damaged: {str(error)[0].lower()}{str(error)[1:]}") from None
        finally:
            db.execute("ROLLBACK")

    def _load_catalog(self, db: sqlite3.Connection) -> None:
        catalog = self.catalog
        names, paths = catalog.names, catalog.paths
        for (text,) in self._new(db, "names", (str,), len(names.strings)):
            names.ids.setdefault(text, len(names.strings))
            names.strings.append(text)
        for parent, frame, _ in self._new(db, "paths", (int, str, str), len(paths.rows)):
            if not 0 <= parent < len(paths.rows):
                raise InputError("A call path has no parent.")
            paths.setdefault((parent, frame), len(paths.rows))
            paths.rows.append((parent, frame))
        have = len(catalog.zones) + 1
        catalog.zones.extend(ZoneInfo(i, *row) for i, row in enumerate(self._new(db, "zones", (str, int, int, int, str), have), have))
        have = len(catalog.maps) + 1
        catalog.maps.extend(MapInfo(i, *row) for i, row in enumerate(self._new(db, "maps", (str, int, int, int), have), have))
        catalog.tasks.extend(TaskInfo(*row) for row in self._new(db, "tasks", (int, str)))
        catalog.threads.extend(ThreadInfo(*row) for row in self._new(db, "threads", (int, int, str)))

    def _new(self, db: sqlite3.Connection, table: str, types: tuple[type, ...], dense: int | None = None) -> list[Any]:
        """Rows of a table not read before, without their key; `dense`: the first key there must be, and then one by one."""
        columns = list(schema.TABLES[table])
        key = columns[0]
        first = self._entries.get(table, 0) if dense is None else dense
        rows = db.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE {key} >= ? ORDER BY {key}", (first,)).fetchall()
        for i, row in enumerate(rows, first):
            if not all(map(isinstance, row[1:], types)) or (dense is not None and row[0] != i):
                raise InputError(f"Its table {table} is not what it should be.")
        if rows:
            self._entries[table] = rows[-1][0] + 1
        return [row[1:] for row in rows]
