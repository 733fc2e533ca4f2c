"""Writing a recording while the events happen.

The sink only extends a list, the cheapest call there is. Everything else happens once per batch, in `commit`, as often as the
caller chooses.
"""

import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from zoneviz.errors import EnvironmentProblem
from zoneviz.events import Catalog, Machine
from zoneviz.recording import files, inserting, keeping, schema
from zoneviz.recording import header as headers
from zoneviz.recording.header import Header
from zoneviz.recording.keeping import Past
from zoneviz.recording.stream import Batch, EventStream, Tape
from zoneviz.state.checkpointer import CHECKPOINT_STEP, Checkpointer
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints
from zoneviz.state.sampler import Sampled, Sampler
from zoneviz.state.task_sampler import TaskSampler
from zoneviz.state.totals import Totals


class Recorder:
    """Writes the recording at `path`, in WAL mode until it is closed; readers see what is committed.

    `header` holds what is known at the start. `base`: the machine after event `base.seq`; the recording then begins with the
    next event and carries the base as a sample and a checkpoint. `checkpoint_step`: events from one checkpoint to the next.
    `tape`: as for `EventStream`.
    The file at `path` is a valid recording from the moment it appears.
    Errors: UsageError if the file exists and `force` is not set, or cannot be made there; EnvironmentProblem if
    the system refuses.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        catalog: Catalog,
        header: Header,
        *,
        force: bool = False,
        base: MachineState | None = None,
        checkpoint_step: int = CHECKPOINT_STEP,
        tape: Tape | None = None,
    ) -> None:
        self.path = Path(path)
        self.catalog = catalog
        last, time = (0, 0) if base is None else (base.seq, base.time)
        self.stream = EventStream(self._write, last=last, time=time, tape=tape)
        self.sink = self.stream.sink
        """Call it with each event (`events.Sink`)."""
        begun = replace(header, complete=False, incomplete_reason=headers.IN_PROGRESS, first_event=self.events + 1)
        self.header = replace(begun, events=self.events, last_time=self.time, digest=self.digest)
        self._checkpointer = Checkpointer(catalog, checkpoint_step, base and base.copy())
        self._sampler = Sampler(catalog, base)
        self._task_sampler = TaskSampler()
        self._written = dict.fromkeys(("names", "paths", "zones", "maps", "figures", "tasks", "threads"), 0)
        self._machine: Machine | None = None
        self._details: list[tuple[int, str]] = []
        self._closed = False
        self._failure = ""
        self._forgot = False
        row = self.header.row()
        self._db = self._begin(row, base, force)

    @property
    def events(self) -> int:
        """Number of the last committed event."""
        return self.stream.events

    @property
    def time(self) -> int:
        """Simulated ns of the last committed event."""
        return self.stream.time

    @property
    def digest(self) -> str:
        """Hex of blake2b-128 over all events so far, committed or pending, as little-endian int64."""
        return self.stream.digest

    @property
    def totals(self) -> Totals:
        """The figures after the last committed event; not to be changed."""
        return self._sampler.totals

    def commit(self) -> None:
        """Write the pending events in one transaction.

        Errors: as `EventStream.commit`, and EnvironmentProblem if the file cannot be written. Everything committed before is
        then still intact, and only `abort` may follow.
        """
        self.stream.commit()

    def feed(self, rows: Ints) -> None:
        """Commit what is pending, then these events, as `EventStream.feed`. Errors: as there, and as `commit`."""
        self.stream.feed(rows)

    def detail(self, seq: int, text: str) -> None:
        """Keep `text` with event `seq`, past or future: what it holds beyond its columns. A later text replaces it.

        It is written when the event is committed, and dropped if the event never comes.
        """
        self._details.append((seq, schema.clean(text)))

    def can_forget(self, seq: int) -> bool:
        """Whether enough is committed to forget the events up to `seq`."""
        return keeping.settled(seq) <= self._sampler.complete_to

    def forget(self, past: Past) -> None:
        """Replace the oldest events by `past`; `can_forget` the last of them. The others keep their numbers.

        From then on the recording has no digest until it is finished. Errors: as `commit`.
        """
        self.commit()
        try:
            self._db.execute("BEGIN IMMEDIATE")
            keeping.replace(self._db, self.catalog, past, self._checkpointer.step)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._fail(error) from error
        except BaseException:
            self._roll_back()
            raise
        self.header = replace(self.header, first_event=past.base.seq + 1, digest="")
        self._forgot = True

    def used(self) -> int:
        """Bytes of the file that hold something; what was forgotten is filled before the file grows."""
        return keeping.used(self._db)

    def finish(self, outcome: str, ended: Mapping[str, Any] | None = None) -> None:
        """Commit the rest, complete the header and close the file, which leaves WAL mode and is a single file then.

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
        """Commit the rest if possible, and close the file marked incomplete. Never raises for lack of space.

        After a failed commit there is no second attempt: samples and checkpoints may have taken in half of it.
        """
        if self._closed:
            return
        if not self._failure:
            with suppress(Exception):
                self.commit()
        with suppress(EnvironmentProblem):
            self._close(replace(self.header, outcome=self.header.outcome or headers.INTERRUPTED, incomplete_reason=reason))

    def _begin(self, row: Mapping[str, int | str], base: MachineState | None, force: bool) -> sqlite3.Connection:
        """Make the file under another name, with its first rows, then rename it: nobody sees half a recording."""
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
                    self._write_samples(self._sampler.last(), self._task_sampler.last())
                    self._db.execute("INSERT INTO checkpoints VALUES (?, ?)", (base.seq, base.to_bytes()))
                self._db.execute("COMMIT")
            files.settle(new, self.path, force)
            db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            db.execute("PRAGMA synchronous = NORMAL")
            inserting.attach(db)
            return db
        except sqlite3.Error as error:
            raise self._problem(error) from error
        finally:
            files.remove(new)

    def _write(self, batch: Batch) -> None:
        if self._failure or self._closed:
            raise EnvironmentProblem(self._failure or f"The recording {self.path} is closed.")
        rows, digest = batch.rows, "" if self._forgot else batch.digest
        last, time = int(rows[-1, 0]), int(rows[-1, 2])
        try:
            samples = (self._sampler.feed(rows), self._task_sampler.feed(rows))
            checkpoints = self._checkpointer.feed(rows)
            loaded = inserting.load(self._db, rows)  # not possible within a transaction
            self._db.execute("BEGIN IMMEDIATE")
            self._write_catalog()
            self._write_events(rows, loaded)
            self._write_samples(*samples)
            self._write_details(last)
            self._db.executemany("INSERT INTO checkpoints VALUES (?, ?)", checkpoints)
            self._db.execute("UPDATE recording SET events = ?, last_time = ?, digest = ?", (last, time, digest))
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._fail(error) from error
        except BaseException as error:
            # A bug, an invalid event, or Ctrl-C in the middle: roll back, and allow no further commit.
            self._roll_back()
            self._failure = f"The recording {self.path} cannot continue: {type(error).__name__}."
            raise
        self.header = replace(self.header, events=last, last_time=time, digest=digest)

    def _write_events(self, rows: Ints, loaded: bool) -> None:
        inserting.events(self._db, rows, loaded)

    def _write_catalog(self) -> None:
        catalog = self.catalog
        names, paths = catalog.names.strings, catalog.paths.rows
        new: dict[str, list[tuple[int | str, ...]]] = {
            "names": [(i, names[i]) for i in self._unwritten("names", len(names))],
            "paths": [(i, *paths[i], catalog.paths.text(i)) for i in self._unwritten("paths", len(paths))],
            "zones": [tuple(catalog.zones[i]) for i in self._unwritten("zones", len(catalog.zones))],
            "maps": [tuple(catalog.maps[i]) for i in self._unwritten("maps", len(catalog.maps))],
            "figures": [tuple(catalog.figures[i]) for i in self._unwritten("figures", len(catalog.figures))],
            "tasks": [(i + 1, *catalog.tasks[i]) for i in self._unwritten("tasks", len(catalog.tasks))],
            "threads": [(i + 1, *catalog.threads[i]) for i in self._unwritten("threads", len(catalog.threads))],
        }
        for table, rows in new.items():
            if rows:
                # A renamed task replaces its row.
                clean = [[schema.clean(v) if isinstance(v, str) else v for v in row] for row in rows]
                self._db.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", clean)

        if catalog.machine != self._machine:
            self._machine = catalog.machine
            facts = [(name, json.dumps(value)) for name, value in catalog.machine._asdict().items()]
            self._db.executemany("INSERT OR REPLACE INTO machine VALUES (?, ?)", facts)

    def _unwritten(self, table: str, length: int) -> range:
        """Indices added to a list of the catalog since the last call."""
        done, self._written[table] = self._written[table], length
        return range(done, length)

    def _write_samples(self, sampled: Sampled, tasks: Ints) -> None:
        for table, rows in (*sampled._asdict().items(), ("task_samples", tasks)):
            # The final sample may exist already, without a few of the zones.
            inserting.table(self._db, table, rows)

    def _write_details(self, last: int) -> None:
        now = [row for row in self._details if row[0] <= last]
        if now:
            self._db.executemany("INSERT OR REPLACE INTO details VALUES (?, ?)", now)
            self._details = [row for row in self._details if row[0] > last]

    def _close(self, header: Header) -> None:
        if self._closed:
            raise ValueError(f"the recording {self.path} is closed already")
        # The columns about events were written with them; after a failure only those values are right.
        row = {name: value for name, value in header.row().items() if name not in ("events", "last_time", "digest")}
        try:
            self._db.execute("BEGIN IMMEDIATE")
            if header.complete:
                self._write_catalog()
                self._write_samples(self._sampler.last(), self._task_sampler.last())
            self._db.execute(f"UPDATE recording SET {', '.join(f'{name} = ?' for name in row)}", [*row.values()])
            self._db.execute("COMMIT")
            files.leave_wal(self._db)
            if header.complete and self._forgot:
                header = replace(header, digest=keeping.digest(self._db, self.path, header.first_event, header.events))
                self._db.execute("UPDATE recording SET digest = ?", (header.digest,))
            self.header = header
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
