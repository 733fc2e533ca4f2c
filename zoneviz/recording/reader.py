"""Reading a recording: finished, still being written, or left behind by a killed program."""

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from zoneviz.errors import Forgotten, InputError, UsageError
from zoneviz.events import COLUMNS, Catalog
from zoneviz.recording import answers, bounds, live_pages, trust
from zoneviz.recording import header as headers
from zoneviz.recording.answers import Answer
from zoneviz.recording.catalogs import StoredCatalog, integers
from zoneviz.recording.header import Header
from zoneviz.recording.opened import Opened
from zoneviz.recording.private import PrivateCopy
from zoneviz.recording.samples import Samples, read_samples
from zoneviz.state.figures import LEVELS, SAMPLE_STEP, TASK_FIGURES, ZONE_FIGURES
from zoneviz.state.rows import Ints

_ROWS = f"SELECT seq, {', '.join(COLUMNS)} FROM events"
EVENTS_FROM = f"{_ROWS} WHERE seq >= ? ORDER BY seq"
_EVENT_BYTES = 11
"""Lower bound of the bytes of an event in a file."""
_QUERY_EVENTS = 1 << 21


class Recording:
    """A recording opened read-only. One of an older format, and the tables of a packed one, are read from a private copy, shared by all
    Recordings of that file in this program; so are the events of a packed one after an SQL query about them.

    `copy`: lent by another Recording of the same file (`lend`).
    `catalog` grows in place with `refresh`. While the recording is incomplete, no connection stays open between calls: it would
    keep the recorder from closing the file. Use a Recording only in the thread that made it.
    Errors: InputError if the file is missing, damaged, of a newer format or not a recording. Every method raises it on damage.
    """

    def __init__(self, path: str | os.PathLike[str], copy: PrivateCopy | None = None) -> None:
        self.path = Path(path)
        self.header: Header = Header()
        self._names = StoredCatalog()
        self.catalog: Catalog = self._names
        self.first_event = 1
        """Number of the first event: 1, except in an excerpt, whose state before it is in a checkpoint."""
        self.event_count = 0
        """Number of the last event, as of the last `refresh`."""
        self.last_time = 0
        """Simulated ns of the last event."""
        self._opened = Opened(self.path, copy)
        try:
            self._opened.open()
            self._open()
        except BaseException:
            self.close()
            raise

    @property
    def file(self) -> Path:
        """The database that is read: the recording or its private copy."""
        return self._opened.file

    @property
    def complete(self) -> bool:
        """Whether the recording was finished."""
        return self.header.complete

    def refresh(self) -> bool:
        """Update from a recording that is being written; True if it has new events or became complete."""
        if self.complete:
            return False
        with self._opened.connection() as db:
            before = self.event_count, self.complete
            self._load(db)
            return before != (self.event_count, self.complete)

    def events(self, first: int = 1, last: int | None = None) -> Ints:
        """Events first to last, both included, as an int64 array (n, 10): seq and `events.COLUMNS`.

        Numbers outside the recording are ignored, so n may be 0. 65,536 events take about 10 ms, and 40 ms while the recording
        is being written.
        """
        first, last = max(first, self.first_event), self.event_count if last is None else min(last, self.event_count)
        if first > last:
            return np.empty((0, 10), np.int64)
        count = last - first + 1
        with self._opened.in_place() as packed:
            if packed:
                return bounds.events(packed.events(first, last))
        with self._opened.connection(count) as db:
            if (rows := self._opened.from_pages(db, first, last)) is not None:
                return bounds.events(rows)
            rows = bounds.events(live_pages.read(db, first, last))
        if len(rows) != count or rows[0, 0] != first or rows[-1, 0] != last or (np.diff(rows[:, 0]) != 1).any():
            self.refresh()
            if first < self.first_event:
                raise Forgotten(f"The oldest events of {self.path} were dropped while they were read. Try again.")
            raise InputError(f"{self.path} is damaged: events between {first} and {last} are missing.")
        return rows

    def events_of(
        self,
        *kinds: int,
        subject: int | None = None,
        first: int = 1,
        last: int | None = None,
        most: int | None = None,
        backwards: bool = False,
    ) -> Ints:
        """The events of these kinds from first to last, about `subject` unless None, as `events`: (n, 10) with n at most `most`.

        `backwards`: the last ones, in descending order.
        """
        last = self.event_count if last is None else min(last, self.event_count)
        asked: list[int] = [*map(int, kinds)]
        count = max(last - max(first, self.first_event) + 1, 0)
        most = count if most is None else most
        with self._opened.in_place() as packed:
            if packed:
                return bounds.events(packed.events_of(asked, subject, max(first, self.first_event), last, most, backwards))
        where = f"seq BETWEEN ? AND ? AND kind IN ({', '.join('?' * len(asked))})"
        if subject is not None:
            where, asked = f"{where} AND subject = ?", [*asked, subject]
        sql = f"{_ROWS} WHERE {where} ORDER BY seq {'DESC' if backwards else 'ASC'} LIMIT ?"
        with self._opened.connection(count) as db:
            return bounds.events(integers(db.execute(sql, (first, last, *asked, most)), 10))

    def seq_at(self, time: int) -> int:
        """Number of the last event at or before a time in ns; `first_event` - 1 if all are later."""
        low, high = self.first_event - 1, self.event_count
        with self._opened.in_place() as packed:
            if packed:
                return packed.seq_at(time)
        with self._opened.connection() as db:
            while low < high:
                middle = (low + high + 1) // 2
                found = db.execute("SELECT time FROM events WHERE seq = ?", (middle,)).fetchone()
                if found is None or not isinstance(found[0], int):
                    raise InputError(f"{self.path} is damaged: event {middle} is missing.")
                low, high = (middle, high) if found[0] <= time else (low, middle - 1)
        return low

    def samples(
        self, first: int = 0, last: int | None = None, *, step: int = SAMPLE_STEP, figures: Sequence[str] = ZONE_FIGURES
    ) -> Samples:
        """Samples taken after events first to last: every `step` events, and at the end of a complete recording.

        `step` is one of `figures.LEVELS`; `figures`: the figures of zones to read.
        Errors: ValueError for another step or figure.
        """
        if step not in LEVELS or not set(figures) <= set(ZONE_FIGURES):
            raise ValueError(f"step is one of {LEVELS}, figures are of {ZONE_FIGURES}")
        last = self.event_count if last is None else min(last, self.event_count)
        with self._opened.connection(last - max(first, 0)) as db:
            return read_samples(db, self.catalog, first, last, step, figures, (self.first_event - 1, self.event_count))

    def details(self, first: int = 1, last: int | None = None) -> dict[int, str]:
        """What events first to last hold beyond their columns, by seq. Empty in a simulated run."""
        last = self.event_count if last is None else min(last, self.event_count)
        with self._opened.connection() as db:
            rows = db.execute("SELECT seq, text FROM details WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last)).fetchall()
        if not all(isinstance(text, str) for _, text in rows):
            raise InputError(f"{self.path} is damaged: a detail is not a text.")
        return dict(rows)

    def task_samples(self) -> Ints:
        """What each task did in each stretch, (n, 2 + TASK_FIGURES) int64: seq of the stretch's last event, task, figures."""
        columns = ("seq", "task", *TASK_FIGURES)
        with self._opened.connection(self.event_count) as db:
            rows = integers(db.execute(f"SELECT {', '.join(columns)} FROM task_samples ORDER BY seq, task"), len(columns))
            return bounds.checked(rows, columns, "a sample")

    def checkpoint(self, at_or_before: int) -> tuple[int, bytes] | None:
        """The last checkpoint at or before an event, as its seq and the state in bytes; or None."""
        with self._opened.in_place() as packed:
            if packed:
                return packed.checkpoint(at_or_before)
        with self._opened.connection() as db:
            # SQLite compares 64 bits only.
            bound = max(-1, min(at_or_before, (1 << 63) - 1))
            found = db.execute("SELECT seq, state FROM checkpoints WHERE seq <= ? ORDER BY seq DESC LIMIT 1", (bound,)).fetchone()
        if found is None:
            return None
        if not isinstance(found[0], int) or not isinstance(found[1], bytes):
            raise InputError(f"{self.path} is damaged: a checkpoint has invalid values.")
        return found[0], found[1]

    def checkpoint_seqs(self) -> Ints:
        """The events after which there is a checkpoint, ascending, (n,)."""
        with self._opened.in_place() as packed:
            if packed:
                return np.array(packed.file.checkpoints, np.int64)
        with self._opened.connection(self.event_count) as db:
            return integers(db.execute("SELECT seq FROM checkpoints ORDER BY seq"), 1)[:, 0]

    def events_span(self) -> tuple[int, int | None, int | None]:
        """How many events the file holds, and the lowest and highest of their numbers; None without events."""
        with self._opened.in_place() as packed:
            if packed:
                count = packed.file.head.events
                return (count, packed.file.first_event, packed.file.last_event) if count else (0, None, None)
        with self._opened.connection(_QUERY_EVENTS) as db:
            count, low, high = db.execute("SELECT count(*), min(seq), max(seq) FROM events").fetchone()
            return count, low, high

    def query(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """The result rows of an SQL query, as dicts by column.

        Errors: UsageError if SQLite does not accept the query.
        """
        return self._opened.asked(lambda: self._query(sql, params))

    def _query(self, sql: str, params: Sequence[Any] | Mapping[str, Any]) -> list[dict[str, Any]]:
        with self._opened.connection(_QUERY_EVENTS) as db:
            return answers.rows(db, sql, params)

    def table(self, sql: str, most: int = 1000, seconds: float = trust.SECONDS, stopped: Callable[[], bool] | None = None) -> Answer:
        """The answer to a user's SQL query: at most `most` rows, within `seconds` of wall-clock time, unless `stopped` earlier.

        Errors: UsageError if SQLite does not accept the query, or if it takes too long or is stopped.
        """
        return self._opened.asked(lambda: self._table(sql, most, seconds, stopped))

    def _table(self, sql: str, most: int, seconds: float, stopped: Callable[[], bool] | None) -> Answer:
        with self._opened.connection() as db:
            self._opened.watch.limit(seconds, stopped)
            try:
                return answers.ask(db, sql, most)
            except answers.TooLong:
                raise UsageError(f"The query took longer than {seconds:g} s and was stopped.") from None

    def close(self) -> None:
        """Close the file. Closing twice does nothing."""
        self._opened.close()

    def lend(self) -> PrivateCopy | None:
        """The private copy read in place of the file, or None. With it, another thread can make a second Recording.

        It is removed with the last reference.
        """
        return self._opened.lend()

    def integrity(self) -> list[str]:
        """The problems that SQLite's own check finds in the file."""
        with self._opened.connection(4 * _QUERY_EVENTS) as db:
            found = [str(row[0]) for row in db.execute("PRAGMA quick_check(20)")]
        return [] if found == ["ok"] else found

    def __enter__(self) -> "Recording":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _open(self) -> None:
        try:
            with self._opened.connection() as db:
                self._load(db)
        except InputError as error:
            # Left open in a read-only folder, or just being closed: SQLite can only read a copy.
            cause = error.__cause__
            if not (isinstance(cause, sqlite3.OperationalError) and self._opened.left_open() and self._opened.private is None):
                raise
            self._opened.recover()
            with self._opened.connection() as db:
                self._load(db)

    def _load(self, db: sqlite3.Connection) -> None:
        db.execute("BEGIN")  # header, count and names of the same moment
        try:
            cursor = db.execute("SELECT * FROM recording LIMIT 2")
            rows = [dict(zip([c[0] for c in cursor.description], row, strict=True)) for row in cursor]
            if len(rows) != 1:
                raise InputError("Its header is missing.")
            header = headers.from_row(rows[0])
            size = sum(Path(f"{self.file}{suffix}").stat().st_size for suffix in ("", "-wal") if Path(f"{self.file}{suffix}").exists())
            # A finished file does not change, so that its names can be read later; a private copy is gone by then.
            unchanging = header.complete and not (self._opened.private or self._opened.left_open())
            self._names.load(db, size, trust.Again(self.path) if unchanging else None)
            before = header.first_event - 1
            packed = self._opened.packed and self._opened.packed.last(before + 1)
            last = packed or db.execute("SELECT seq, time FROM events ORDER BY seq DESC LIMIT 1").fetchone() or (before, 0)
            if not all(isinstance(value, int) for value in last) or before < 0 or last[0] < before or not 0 <= last[1] < bounds.PLACE:
                raise InputError("Its last event is invalid.")
            if not packed and (last[0] - before) * _EVENT_BYTES > size:
                raise InputError("Its last event has a number too large for the file.")
            self.header, self.first_event, (self.event_count, self.last_time) = header, header.first_event, last
            self._opened.finished = header.complete
        except InputError as error:
            raise trust.damaged(self.path, error) from None
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")
