"""The open file of a Recording: connections to it, its private copy, its packed events, and its pages read without SQLite."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from zoneviz.errors import InputError, ZonevizError
from zoneviz.recording import conversions, copies, schema, trust
from zoneviz.recording.packed_events import PackedEvents
from zoneviz.recording.private import PrivateCopy
from zoneviz.recording.sqlite_pages import EventPages, Unplain
from zoneviz.state.rows import Ints

_Answer = TypeVar("_Answer")


class Opened:
    """The file at `path`, once `open` is called. `copy`: a private copy of it that another Recording lends."""

    def __init__(self, path: Path, copy: PrivateCopy | None) -> None:
        self.path = path
        self.finished = False
        """Whether the recording was finished, so that a connection can stay open between calls."""
        self.watch = trust.Watch()
        self._kept: sqlite3.Connection | None = None
        self._closed = False
        self._pages: trust.Pages | None = None
        self.events: EventPages | None = None
        self.plain = True
        """Whether its events can be read without SQLite, as far as is known."""
        self.private = copy
        self._lent = copy is not None
        self.packed: PackedEvents | None = None

    def open(self) -> None:
        """Find out whether it is packed. Errors: InputError if the file is missing, not a file, or damaged."""
        with trust.reading(self.path):
            if self.path.is_dir():
                raise InputError(f"{self.path} is a folder, not a recording.")
            if not self.path.is_file():
                raise InputError(f"{self.path} does not exist.")
            if self.private is None and copies.is_packed(self.path):
                self.private, self._lent = copies.shared(self.path, copies.readable), True
        self.packed = PackedEvents(self.private.packed) if isinstance(self.private, copies.Tables) else None

    @property
    def file(self) -> Path:
        """The database that is read: the recording or its private copy."""
        return self.private.file if self.private is not None else self.path

    def left_open(self) -> bool:
        """Whether SQLite left files beside it: it is being written, or its program was killed."""
        return any(Path(f"{self.path}{suffix}").exists() for suffix in ("-wal", "-journal"))

    def recover(self) -> None:
        """Read a private copy from now on, with what SQLite can recover."""
        with trust.reading(self.path):
            self.private = copies.recovered(self.path)

    def lend(self) -> PrivateCopy | None:
        """The private copy, which now remains until its last reference is gone; None without one."""
        self._lent = True
        return self.private

    def close(self) -> None:
        """Close the file. Closing twice does nothing."""
        self._closed = True
        self._close_pages()
        self._close_kept()
        if self.private is not None and not self._lent:
            self.private.close()
        self.private = self.packed = None

    def _close_pages(self) -> None:
        if self._pages is not None:
            self._pages.close()
            self._pages = None

    def _close_kept(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    @contextmanager
    def in_place(self) -> Iterator[PackedEvents | None]:
        """Events and checkpoints of a packed recording, read in place; None if they are rows."""
        with trust.reading(self.path):
            yield self.packed

    def asked(self, ask: Callable[[], _Answer]) -> _Answer:
        """The answer to a query. If it is about events that are read in place, they are unpacked first."""
        try:
            return ask()
        except ZonevizError:
            if not (self.watch.denied and isinstance(self.private, copies.Tables)):
                raise
        with trust.reading(self.path):
            self.private, self.packed = self.private.unpacked(), None
        self._close_kept()
        return ask()

    def from_pages(self, db: sqlite3.Connection, first: int, last: int) -> Ints | None:
        """The events first to last, (n, 10), if the file is finished and plain enough to read them without SQLite."""
        if db is not self._kept or not self.plain:
            return None
        try:
            if self.events is None:
                if self.left_open():
                    return None
                self._pages = trust.Pages(self.file, self.watch)
                self.events = EventPages(db, self._pages)
            return self.events.read(first, last)
        except (Unplain, OSError):
            self.plain = False
            self._close_pages()
            return None

    @contextmanager
    def connection(self, events: int = 0) -> Iterator[sqlite3.Connection]:
        """A connection with a time limit for reading that many events."""
        if self._closed:
            raise ValueError(f"the recording {self.path} is closed")
        db = self._kept
        try:
            with trust.reading(self.path):
                if db is None:
                    db, self.watch = trust.connect(self.file, without=copies.ELSEWHERE if self.packed else ())
                    if trust.check(db, self.path) < schema.FORMAT:
                        db.close()
                        db, self.watch = self._converted()
                self.watch.limit(trust.SECONDS + events / trust.EVENTS_A_SECOND)
                yield db
                # In WAL mode the recorder may still have to leave it, which an open connection would prevent.
                if self.finished and db is not self._kept and db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                    self._kept = db
        finally:
            if db is not None and db is not self._kept:
                db.close()

    def _converted(self) -> tuple[sqlite3.Connection, trust.Watch]:
        """The same recording in our format, in a private copy."""
        if self.private is None and not self.left_open():
            self.private, self._lent = copies.shared(self.path, copies.recovered), True
        else:
            self.private = self.private or copies.recovered(self.path)
            conversions.bring_up(self.private.file, self.path)
        db, watch = trust.connect(self.private.file)
        trust.check(db, self.path)
        return db, watch
