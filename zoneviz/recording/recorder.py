"""Writing a recording while the events happen.

The sink is a flat list's `extend`, the cheapest thing that can be called; what else is to be done is done
once a batch, in `commit`, whose rhythm the caller chooses.
"""

import hashlib
import os
import sqlite3
import struct
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from zoneviz.errors import EnvironmentProblem, InputError
from zoneviz.events import COLUMNS, WIDTH, Catalog, Event
from zoneviz.recording import files, schema
from zoneviz.recording import header as headers
from zoneviz.recording.header import Header
from zoneviz.state.rows import Ints
from zoneviz.state.sampler import Rows, Sampler
from zoneviz.state.task_sampler import TaskSampler
from zoneviz.state.totals import Totals

_CHUNKS = (500, 50, 1)
_ROW = f"({', '.join('?' * WIDTH)})"
_INSERTS = {count: f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES {', '.join([_ROW] * count)}" for count in _CHUNKS}


class Checkpointer(Protocol):
    """Who keeps the machine's state beside the recorder (playback.Checkpointer)."""

    def feed(self, rows: Ints) -> Iterable[tuple[int, bytes]]:
        """Apply these events (n, 10) and give the checkpoints due: (seq, state)."""


class Base(Protocol):
    """The machine where a recording begins that does not begin at the first event (playback.MachineState)."""

    seq: int
    time: int
    totals: Totals

    def to_bytes(self) -> bytes:
        """The whole state, as a checkpoint."""


class NullRecorder:
    """The recorder without a file: counts and digests the events, and forgets them."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.events = 0
        """Committed so far."""
        self.time = 0
        """Simulated ns of the last committed event."""
        self._flat: list[int] = []
        self._hash = hashlib.blake2b(digest_size=16)
        self.sink = self._flat.extend
        """Call it with each event (`events.Sink`); stays the same callable for good."""

    def push(self, event: Event) -> None:
        """The same as `sink`, for who prefers a method."""
        self._flat.extend(event)

    @property
    def pending(self) -> int:
        """Events told but not yet committed."""
        return len(self._flat) // WIDTH

    @property
    def digest(self) -> str:
        """Hex of blake2b-128 over all events told so far, committed or not, as little-endian int64."""
        if not self._flat:
            return self._hash.hexdigest()
        rest = self._hash.copy()
        rest.update(self._packed())
        return rest.hexdigest()

    def commit(self) -> None:
        """Take in what was told since the last commit.

        Errors: InputError if a number does not fit 64 bits; EnvironmentProblem if it cannot be written, after
        which everything committed before is still good and only `abort` may follow.
        """
        if not self._flat:
            return
        count, packed = self.pending, self._packed()
        digest = self._hash.copy()
        digest.update(packed)
        values = np.frombuffer(packed, "<i8").reshape(count, WIDTH)
        self._write(values, digest.hexdigest())
        self._hash = digest
        self.events += count
        self.time = int(values[-1, 1])
        self._flat.clear()  # the same list: the sink is bound to it

    def finish(self, outcome: str, ended: Mapping[str, Any] | None = None) -> None:
        """Commit the rest; nothing may follow."""
        self.commit()

    def abort(self, reason: str) -> None:
        """Commit the rest; nothing may follow."""
        self.commit()

    def _write(self, values: Ints, digest: str) -> None:
        pass

    def _packed(self) -> bytes:
        """What is pending as little-endian int64; struct takes two thirds of the time of array or numpy."""
        if len(self._flat) % WIDTH:
            raise ValueError(f"an event has {WIDTH} integers; {len(self._flat)} came")
        try:
            return struct.pack(f"<{len(self._flat)}q", *self._flat)
        except struct.error:
            raise InputError("An event holds a number beyond 64 bits.") from None


class Recorder(NullRecorder):
    """Writes the recording at `path`, in WAL mode until it is closed; who reads meanwhile sees what is committed.

    `header` says what is known at the start. `checkpointer`, if given, is fed every event. `base`: the machine after
    event `base.seq`; the first event told is then the one behind it, and the base is carried in as a sample and a checkpoint.
    At no moment is there a file at `path` that is not a recording.
    Errors: UsageError if the file exists and `force` is not set, or cannot be made there; EnvironmentProblem if
    the surroundings refuse.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        catalog: Catalog,
        header: Header,
        *,
        force: bool = False,
        checkpointer: Checkpointer | None = None,
        base: Base | None = None,
    ) -> None:
        super().__init__(catalog)
        self.path = Path(path)
        if base is not None:
            self.events, self.time = base.seq, base.time
        begun = replace(header, complete=False, incomplete_reason=headers.IN_PROGRESS, first_event=self.events + 1)
        self.header = replace(begun, events=self.events, last_time=self.time, digest=self.digest)
        self._checkpointer = checkpointer
        self._sampler = Sampler(catalog) if base is None else Sampler(catalog, base.totals, (base.seq, base.time))
        self._task_sampler = TaskSampler()
        self._written = dict.fromkeys(("names", "paths", "zones", "maps", "tasks", "threads"), 0)
        self._details: list[tuple[int, str]] = []
        self._closed = False
        self._failure = ""
        row = self.header.row()
        self._db = self._begin(row, base, force)

    def _begin(self, row: Mapping[str, int | str], base: Base | None, force: bool) -> sqlite3.Connection:
        """Make the file elsewhere, with its first rows, and put it in its place: it is a good recording from its first moment."""
        new = files.draft(self.path, force)
        try:
            # Closed in WAL mode, so that there is nothing beside it when it gets its name.
            with closing(sqlite3.connect(new, isolation_level=None)) as self._db:
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("BEGIN IMMEDIATE")
                schema.create(self._db, headers.COLUMNS)
                self._db.execute(f"INSERT INTO recording ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", [*row.values()])
                self._write_catalog()
                if base is not None:
                    self._write_samples(*self._sampler.last(), [])
                    self._db.execute("INSERT INTO checkpoints VALUES (?, ?)", (base.seq, base.to_bytes()))
                self._db.execute("COMMIT")
            files.settle(new, self.path, force)
            db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            db.execute("PRAGMA synchronous = NORMAL")
            return db
        except sqlite3.Error as error:
            raise self._problem(error) from error
        finally:
            files.remove(new)

    def detail(self, seq: int, text: str) -> None:
        """Keep `text` beside event `seq`, told or yet to be told: what it holds beyond its columns. The last text counts.

        It is written when the event is committed, and not at all if that event never comes.
        """
        self._details.append((seq, schema.clean(text)))

    def finish(self, outcome: str, ended: Mapping[str, Any] | None = None) -> None:
        """Commit the rest, complete the header with how it ended, and close the file: then it is one file, not in WAL mode.

        `ended`: the result as JSON values; its "panic" is None or holds "text", "zone", "memory".
        Errors: as `commit`; the recording is then left as incomplete.
        """
        result = ended or {}
        self.commit()
        text, zone, memory = headers.panic_columns(result)
        self._close(
            replace(
                self.header,
                outcome=outcome,
                complete=True,
                incomplete_reason="",
                result=dict(result),
                panic_text=text,
                panic_zone=zone,
                panic_memory=memory,
            )
        )

    def abort(self, reason: str) -> None:
        """Commit the rest if that is possible, and close the file marked incomplete. Never raises for want of space.

        After a commit that failed, whatever it was, no other is tried: what is in memory may be half taken in.
        """
        if self._closed:
            return
        if not self._failure:
            with suppress(Exception):
                self.commit()
        with suppress(EnvironmentProblem):
            self._close(replace(self.header, outcome=self.header.outcome or "interrupted", incomplete_reason=reason))

    def _write(self, values: Ints, digest: str) -> None:
        if self._failure or self._closed:
            raise EnvironmentProblem(self._failure or f"The recording {self.path} is closed.")
        count = len(values)
        header = replace(self.header, events=self.events + count, last_time=int(values[-1, 1]), digest=digest)
        try:
            rows = np.empty((count, WIDTH + 1), np.int64)
            rows[:, 0] = np.arange(self.events + 1, self.events + 1 + count)
            rows[:, 1:] = values
            samples = (*self._sampler.feed(rows), self._task_sampler.feed(rows))
            checkpoints = list(self._checkpointer.feed(rows)) if self._checkpointer else []
            self._db.execute("BEGIN IMMEDIATE")
            self._write_catalog()
            self._write_events(count)
            self._write_samples(*samples)
            self._write_details(self.events + count)
            self._db.executemany("INSERT INTO checkpoints VALUES (?, ?)", checkpoints)
            self._db.execute("UPDATE recording SET events = ?, last_time = ?, digest = ?", (header.events, header.last_time, digest))
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._fail(error) from error
        except BaseException as error:
            # A bug, an event that cannot be, or Ctrl-C in the middle: what was begun is taken back, and it is the last.
            self._roll_back()
            self._failure = f"The recording {self.path} cannot go on: {type(error).__name__}."
            raise
        self.header = header

    def _write_events(self, count: int) -> None:
        # One statement of 500 rows costs two thirds of 500 statements of one row.
        flat, execute, at = self._flat, self._db.execute, 0
        if self.events + 1 == self.header.first_event > 1:
            # The keys of rows are counted on from the last one, so the first of a part must bring its own.
            execute(f"INSERT INTO events VALUES (?, {', '.join('?' * WIDTH)})", [self.events + 1, *flat[:WIDTH]])
            at = WIDTH
        for chunk in _CHUNKS:
            insert, width = _INSERTS[chunk], chunk * WIDTH
            for start in range(at, at + (count * WIDTH - at) // width * width, width):
                execute(insert, flat[start : start + width])
            at += (count * WIDTH - at) // width * width

    def _write_catalog(self) -> None:
        catalog = self.catalog
        names, paths = catalog.names.strings, catalog.paths.rows
        new: dict[str, list[tuple[int | str, ...]]] = {
            "names": [(i, names[i]) for i in self._unwritten("names", len(names))],
            "paths": [(i, *paths[i], catalog.paths.text(i)) for i in self._unwritten("paths", len(paths))],
            "zones": [tuple(catalog.zones[i]) for i in self._unwritten("zones", len(catalog.zones))],
            "maps": [tuple(catalog.maps[i]) for i in self._unwritten("maps", len(catalog.maps))],
            "tasks": [(i + 1, *catalog.tasks[i]) for i in self._unwritten("tasks", len(catalog.tasks))],
            "threads": [(i + 1, *catalog.threads[i]) for i in self._unwritten("threads", len(catalog.threads))],
        }
        for table, rows in new.items():
            if rows:
                # A task named again replaces the row of its old name.
                clean = [[schema.clean(v) if isinstance(v, str) else v for v in row] for row in rows]
                self._db.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", clean)

    def _unwritten(self, table: str, length: int) -> range:
        """What was added to a list of the catalog since this was last asked."""
        done, self._written[table] = self._written[table], length
        return range(done, length)

    def _write_samples(self, machines: Rows, zones: Rows, tasks: Rows) -> None:
        for table, rows in (("samples", machines), ("zone_samples", zones), ("task_samples", tasks)):
            if rows:
                # The sample of the end may be one that is there already, less a few zones.
                self._db.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)

    def _write_details(self, last: int) -> None:
        now = [row for row in self._details if row[0] <= last]
        if now:
            self._db.executemany("INSERT OR REPLACE INTO details VALUES (?, ?)", now)
            self._details = [row for row in self._details if row[0] > last]

    def _close(self, header: Header) -> None:
        if self._closed:
            raise ValueError(f"the recording {self.path} is closed already")
        # What stands there of the events was written with them, and only that can be relied on after a failure.
        row = {name: value for name, value in header.row().items() if name not in ("events", "last_time", "digest")}
        try:
            self._db.execute("BEGIN IMMEDIATE")
            if header.complete:
                self._write_catalog()
                self._write_samples(*self._sampler.last(), self._task_sampler.last())
            self._db.execute(f"UPDATE recording SET {', '.join(f'{name} = ?' for name in row)}", [*row.values()])
            self._db.execute("COMMIT")
            self.header = header
            files.leave_wal(self._db)
        except sqlite3.Error as error:
            raise self._fail(error) from error
        finally:
            self._closed = True
            self._db.close()

    def _fail(self, error: sqlite3.Error) -> EnvironmentProblem:
        self._roll_back()
        problem = self._problem(error)
        self._failure = str(problem)
        return problem

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _problem(self, error: sqlite3.Error) -> EnvironmentProblem:
        return EnvironmentProblem(f"The recording {self.path} cannot be written: {error}.")
